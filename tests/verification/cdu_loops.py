"""A CDU loop of GB300-like racks for the tests, every figure a literal."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from solvers.fluids import load_fluid
from solvers.liquid.cdu_loop.loop import CduLoop, RackBranch, cells
from solvers.liquid.components.cdu import CduExchanger
from solvers.liquid.components.cold_plate import ColdPlate, read_cold_plate
from solvers.liquid.control.pid import Pid

DATA = Path(__file__).parents[2] / "data"
PG25 = load_fluid(DATA / "coolants" / "pg25.csv")
CP, RHO = 3952.4, 1014.0  # of PG25 near 40 degC, roughly: sizes of the example, not references
PLATE = read_cold_plate(
    DATA / "cold_plates" / "ocp_oam_2023.csv", "pg25", factor=0.65, junction_to_case=0.004
)
FLAT_PLATE = ColdPlate(name="flat", flow=np.array([1e-5, 2e-5]), resistance=np.array([0.02, 0.0199999]))


def rack(number: int, **change) -> RackBranch:
    """119 l/min at 58.6 kPa, a few per cent of difference between racks."""
    base = RackBranch(
        name=f"r{number}",
        heat=121.5e3,
        flow=2.0 * (1.0 + 0.03 * number),
        drop=58.6e3,
        modules=72,
        heat_share=0.83,
        capacity=54e3,
        coolant=15.0,
    )
    return replace(base, **change)


def loop(racks: int = 4, **change) -> CduLoop:
    flow = 2.0 * racks
    base = CduLoop(
        name="A",
        racks=tuple(rack(i) for i in range(racks)),
        plate=PLATE,
        coolant=PG25,
        temperature=313.15,
        supply=cells(60.0, 2),
        back=cells(80.0, 2),
        main_flow=flow,
        main_drop=120e3,
        pump_flow=flow,
        pump_rated=200e3,
        pump_shutoff=300e3,
        pump_efficiency=0.65,
        exchanger=CduExchanger(ua=25e3 * racks, c_tcs=flow * CP, c_fws=flow * CP),
        open_rate=flow * CP,
        valve=Pid(name="valve", gain=-0.02, integral_time=20.0, stroke=60.0),
        pump=Pid(name="pump", gain=2e-6, integral_time=5.0, low=0.2, stroke=10.0),
    )
    return replace(base, **change)
