"""A finished run for tests of the documents: the year of a small site, without the air of its halls."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import numpy as np
import xarray as xr

from solvers.liquid.hall.lumped import LumpedLoop
from twin import config
from twin.assembly.year import year_spec
from twin.district.plan import (
    ClassDemand,
    DistrictPlan,
    PlannedSource,
    Segment,
    SegmentKind,
    Substation,
)
from twin.results.economics import economics_section
from twin.results.year import district_dataset, year_dataset
from twin.store import CONFIG_FILE, RUN_FILE, SUMMARY_FILE, write_json, write_text, write_tree
from twin.weather import typical_year
from twin.workload import it_load
from twin.year import simulate_year
from twin.year.summary import summarise_year

HOURS = 8760
PLAN = DistrictPlan(
    segments=(
        Segment(
            name="liaison", kind=SegmentKind.TRUNK, longitude=np.array([4.89, 4.90, 4.92]),
            latitude=np.array([44.93, 44.94, 44.94]), length=2870.0, nominal=300, lines=1, supply=363.15,
            back=328.15, loss=96e3,
        ),
        Segment(
            name="rue 1", kind=SegmentKind.NETWORK, longitude=np.array([4.92, 4.921]),
            latitude=np.array([44.94, 44.941]), length=140.0, nominal=100, lines=1, supply=363.15,
            back=328.15, loss=3.1e3,
        ),
    ),
    substations=(
        Substation(
            name="École", longitude=4.921, latitude=44.941, annual_heat=3.6e12, peak=0.5e6, use="school"
        ),
    ),
    classes=(ClassDemand(name="flats", use="housing", heat=np.full(HOURS, 2.0e6)),),
    sources=(
        PlannedSource(
            name="wood", kind="biomass", capacity=9.7e6, cost=35.0, carbon=1e-9, rank=0, before_site=False
        ),
    ),
    perimeter=np.empty((0, 2)),
)  # fmt: skip


def store_run(folder: Path, *overrides: str, plan: DistrictPlan | None = PLAN) -> Path:
    """Simulate the year of 20 racks and store what `twin run` would of it; the folder."""
    cfg = config.compose(["site.gpus=1440", *overrides])
    conf = config.typed(cfg)
    weather, load = typical_year(conf.climate), it_load(conf.workload)
    power = 20 * 135e3
    rate = 20 * 119.0 / 60e3 * 1022.5 * 3920.0
    rise = 0.9 * power / rate
    spec = year_spec(
        it_design_power=power,
        liquid_fraction=0.9,
        loop=LumpedLoop(c_tcs=rate, c_fws=rate, effectiveness=rise / (rise + 5.0), pump_power=0.007 * power),
        tcs_set_point=313.15,
        fws_pump_power=0.005 * power,
        air_handler_power=0.01 * power,
        hall_area=power / 20e3,
        plant=conf.plant,
        power=conf.power,
        recovery=conf.recovery,
        district=conf.district,
        weather=weather,
    )
    year = simulate_year(spec, weather, load)
    found = summarise_year(year, spec, conf.economics)
    district = district_dataset(year, conf.district.title, plan)
    tree = xr.DataTree.from_dict({"year": year_dataset(year, conf.site.title), "district": district})
    tree.attrs.update(source="caloporteur test", warnings="", status="complete")
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / CONFIG_FILE, config.to_yaml(cfg))
    write_tree(folder / RUN_FILE, tree)
    summary = {
        "schema": "caloporteur-summary-1",
        "status": "complete",
        "hall_status": "converged",
        "site": conf.site.name,
        "run": folder.name,
        "created": "2026-03-01T12:00:00+01:00",
        "it": {"gpus": 1440, "racks": 20, "halls": 1, "power_MW": power / 1e6},
        "year": asdict(found.year),
        "heat": asdict(found.heat),
        "economics": economics_section(found.ledger, found.economics, conf.economics),
    }
    write_json(folder / SUMMARY_FILE, summary)
    return folder
