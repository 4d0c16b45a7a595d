"""The plan of a district survives the file it is stored in."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
import xarray as xr

from twin.district.plan import (
    ClassDemand,
    DistrictPlan,
    PlannedSource,
    Segment,
    SegmentKind,
    Substation,
    plan_dataset,
    read_plan,
)

PLAN = DistrictPlan(
    segments=(
        Segment(
            name="trunk",
            kind=SegmentKind.TRUNK,
            longitude=np.array([4.89, 4.90, 4.92]),
            latitude=np.array([44.93, 44.94, 44.94]),
            length=2870.0,
            nominal=300,
            lines=1,
            supply=363.15,
            back=328.15,
            loss=96e3,
        ),
        Segment(
            name="rue 1",
            kind=SegmentKind.NETWORK,
            longitude=np.array([4.92, 4.921]),
            latitude=np.array([44.94, 44.941]),
            length=140.0,
            nominal=100,
            lines=1,
            supply=363.15,
            back=328.15,
            loss=3.1e3,
        ),
    ),
    substations=(
        Substation(
            name="S1", longitude=4.921, latitude=44.941, annual_heat=3.6e12, peak=0.5e6, use="housing"
        ),
    ),
    classes=(ClassDemand(name="flats", use="housing", heat=np.full(24, 2.0e6)),),
    sources=(
        PlannedSource(
            name="wood", kind="biomass", capacity=9.7e6, cost=35.0, carbon=1e-9, rank=0, before_site=False
        ),
    ),
    perimeter=np.array([[4.8, 44.9], [5.0, 44.9], [5.0, 45.0]]),
)


def assert_same(ours: object, theirs: object) -> None:
    for field in fields(ours):  # type: ignore[arg-type]
        a, b = getattr(ours, field.name), getattr(theirs, field.name)
        if isinstance(a, tuple):
            assert len(a) == len(b)
            for one, other in zip(a, b, strict=True):
                assert_same(one, other)
        elif isinstance(a, np.ndarray):
            np.testing.assert_array_equal(a, b)
        else:
            assert a == b, field.name


def test_a_plan_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    file = tmp_path / "plan.nc"
    plan_dataset(PLAN).to_netcdf(file, engine="h5netcdf")
    with xr.open_dataset(file, engine="h5netcdf") as stored:
        again = read_plan(stored)
    assert_same(PLAN, again)
    assert again.trunk[0].name == "trunk"
    assert again.classes[0].annual == 24 * 3600.0 * 2.0e6


def test_a_run_without_a_plan_gives_an_empty_one() -> None:
    empty = read_plan(xr.Dataset({"heat_demand": ("time", np.zeros(3))}))
    assert empty.segments == empty.substations == empty.classes == empty.sources == ()
    assert empty.perimeter.shape == (0, 2)
