"""The district of a run as a picture: the plan of trunk and network in Lambert-93."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from twin.district.places import FRANCE, to_metres
from twin.district.plan import DistrictPlan, SegmentKind
from viz.charts.district import MapPipe, district_map


def draw_district(plan: DistrictPlan, path: Path, *, title: str) -> Path | None:
    """Draw the plan; None where no line of it is drawn on the map of France."""
    drawn = [s for s in plan.segments if s.longitude.size > 1]
    if not drawn or not all(FRANCE.holds(s.longitude, s.latitude).all() for s in drawn):
        return None
    pipes = [
        MapPipe(
            places=to_metres(np.stack((each.longitude, each.latitude), axis=1)),
            nominal=each.nominal,
            length=each.length,
            loss=each.loss,
            trunk=each.kind is SegmentKind.TRUNK,
        )
        for each in drawn
    ]
    stations = np.empty((0, 2))
    if plan.substations:
        stations = to_metres(np.array([(s.longitude, s.latitude) for s in plan.substations]))
    trunks = [pipe.places[0] for pipe in pipes if pipe.trunk]
    return district_map(
        path,
        pipes,
        site=pipes[0].places[0],
        feeds=np.array(trunks[1:]) if len(trunks) > 1 else np.empty((0, 2)),
        substations=stations,
        heat=np.array([s.annual_heat for s in plan.substations]),
        title=title,
    )
