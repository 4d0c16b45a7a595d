"""The pictures of a run: hot spot, temperature cascade, year, monitors. None of them needs a GL library."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from twin.units import celsius

if TYPE_CHECKING:
    import xarray as xr

    from twin.results.records import Results


def draw_figures(folder: Path, results: Results, tree: xr.DataTree) -> tuple[Path, ...]:
    """Draw every picture of a run into `folder`; the paths."""
    from viz.charts import (
        air_history,
        cascade_stages,
        grid_study_picture,
        heat_reuse_chart,
        hot_spot_picture,
        physics_checks_picture,
        temperature_cascade,
        tornado,
        trays_picture,
        year_chart,
    )
    from viz.fields import HallView

    folder.mkdir(exist_ok=True)
    title = f"{results.site.title} · {results.conf.compute.title}"
    hall = tree["hall"].to_dataset()
    year, district = tree["year"].to_dataset(), tree["district"].to_dataset()
    paths = []
    for kind, result in enumerate(results.halls):
        name = "hot_spot.png" if kind == 0 else f"hot_spot_{kind + 1}.png"
        count = f"{result.model.count} halls" if result.model.count > 1 else "1 hall"
        view = HallView(hall=result.model.hall, data=hall, kind=kind)
        heading = f"{title} · {results.conf.hall.title} ({count})"
        paths.append(hot_spot_picture(view, folder / name, title=heading))
        if result.grids is not None:
            name = name.replace("hot_spot", "grid_study")
            paths.append(grid_study_picture(hall, folder / name, kind=kind, title=heading))
    paths.append(air_history(hall, folder / "air_history.png", controls=results.site.controls, title=title))
    if "check_value" in hall:
        paths.append(physics_checks_picture(hall, folder / "physics_checks.png", title=title))
    if "loop" in tree:
        stages = cascade_stages(tree["loop"].to_dataset(), district, year)
        paths.append(temperature_cascade(stages, folder / "temperature_cascade.png", title=title))
        if "tray_flow" in tree["loop"]:
            limit = celsius(results.conf.compute.gpu_limit_C)
            loop = tree["loop"].to_dataset()
            paths.append(trays_picture(loop, folder / "trays.png", limit=limit, title=title))
    paths.append(year_chart(year, folder / "year.png", district=district, title=title))
    if results.plan is not None:
        from twin.report.district_figure import draw_district

        drawn = draw_district(
            results.plan, folder / "district.png", title=f"{results.conf.district.title} · {title}"
        )
        paths += [drawn] if drawn is not None else []
    if results.summary.heat.delivered_GWh is not None:
        paths.append(heat_reuse_chart(district, folder / "heat_reuse.png", title=title))
    if "uncertainty" in tree:
        sample = tree["uncertainty"].to_dataset()
        paths.append(tornado(sample, folder / "uncertainty.png", title=title))
    return tuple(paths)
