"""Charts: each draws one PNG with matplotlib, needs no GL library and returns the path."""

from viz.charts.cascade import Stage, cascade_stages, temperature_cascade
from viz.charts.checks import physics_checks_picture
from viz.charts.district import MapPipe, district_map
from viz.charts.grid_study import grid_study_picture
from viz.charts.hall import hot_spot_picture, plan_and_sections
from viz.charts.heat_reuse import heat_reuse_chart
from viz.charts.history import air_history
from viz.charts.sweep import sweep_curve
from viz.charts.tornado import tornado
from viz.charts.trays import trays_picture
from viz.charts.year import year_chart

__all__ = [
    "MapPipe",
    "Stage",
    "air_history",
    "cascade_stages",
    "district_map",
    "grid_study_picture",
    "heat_reuse_chart",
    "hot_spot_picture",
    "physics_checks_picture",
    "plan_and_sections",
    "sweep_curve",
    "temperature_cascade",
    "tornado",
    "trays_picture",
    "year_chart",
]
