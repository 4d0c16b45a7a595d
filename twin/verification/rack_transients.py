"""Racks and CDU loops through time against other models."""

from __future__ import annotations

import numpy as np

from solvers.fluids import heat_capacity
from solvers.liquid.cdu_loop.loop import CduLoop, RackBranch
from solvers.liquid.cdu_loop.march import LoopState, march, steady
from solvers.liquid.components.cdu import CduExchanger
from solvers.liquid.components.cold_plate import read_cold_plate
from solvers.liquid.control.pid import Pid
from twin.resources import data_dir
from twin.units import celsius
from twin.verification import liquid_halls as halls
from twin.verification.case import Rows, Tier, worst_absolute, worst_relative
from twin.verification.reference import read_reference

HEAT, FLOW, INLET, TAU = 132e3, 4.780450344, 303.15, 2.0
STEP = 0.1  # [s]; samples of the reference are 0.6 s apart
NARROW = 1e-3  # [kg]: next to no coolant in the pipes


def cold_plate_rack(_: Tier) -> Rows:
    """Pulses of heat, then the flow runs down to one half; coolant enters at 30 degC throughout."""
    table = read_reference("cold_plate_rack")
    time, outlet, case = (table.numbers(k)[1:] for k in ("time_s", "outlet_K", "case_K"))
    rack = _rack()
    steps = round(time[-1] / STEP)
    edges = STEP * np.arange(steps + 1)
    rest = steady(rack, water=INLET, speed=1.0, valve=1.0, load=0.62)
    start = LoopState(temperature=rest.temperature.copy(), valve=rest.valve, pump=rest.pump)
    start.temperature[1] = INLET  # its mixing volume begins at the inlet's temperature
    middle = 0.5 * (edges[1:] + edges[:-1])
    got = march(
        rack,
        start,
        step=STEP,
        steps=steps,
        water=INLET,
        load=0.62 + 0.4 * np.diff(_pulses(edges)) / STEP,
        tripped=(middle > 30.0) & (middle < 35.0),
    )
    sampled = np.round(time / STEP).astype(int) - 1
    labels = [f"{t:g} s" for t in time]
    full = time < 30.0
    ours, theirs = got.plate[sampled, 0][full] - INLET, case[full] - INLET
    early = [label for label, yes in zip(labels, full, strict=True) if yes]
    return [
        worst_absolute("flow [kg/s]", table.numbers("flow_kg_s")[1:], got.flow[sampled], labels, 1e-4),
        worst_absolute("coolant leaving the rack [K]", outlet, got.rack_outlet[sampled, 0], labels, 0.3),
        worst_relative("case above inlet at full flow [K]", theirs, ours, early, 0.03),
    ]


def _pulses(time: np.ndarray) -> np.ndarray:
    """Integral of the pulse train of period 5 s, width 2 s, first at 0.2 s."""
    late = time - 0.2
    return 2.0 * np.floor(late / 5.0) + np.clip(np.mod(late, 5.0), 0.0, 2.0)


def _rack() -> CduLoop:
    """The rack alone: an exchanger so large that the coolant enters at the water's temperature.

    Square laws, so that the flow follows the pump's run-down; plates of next to no capacity.
    """
    coolant = halls.coolant("pg25")
    rate = FLOW * float(heat_capacity(coolant, INLET))
    return CduLoop(
        name="rack",
        racks=(
            RackBranch(
                name="rack",
                heat=HEAT,
                flow=FLOW,
                drop=60e3,
                modules=226,
                heat_share=226 / 226.0918,
                capacity=1.0,
                coolant=TAU * FLOW,
            ),
        ),
        drop_exponent=2.0,
        plate=read_cold_plate(data_dir() / "cold_plates" / "ocp_oam_2023.csv", "pg25"),
        coolant=coolant,
        temperature=celsius(33.0),
        supply=(NARROW,),
        back=(NARROW,),
        main_flow=FLOW,
        main_drop=10e3,
        pump_flow=FLOW,
        pump_rated=70e3,
        pump_shutoff=80e3,
        pump_efficiency=1.0,
        coast_down=10.0,
        exchanger=CduExchanger(ua=1e9, c_tcs=rate, c_fws=1e9),
        open_rate=1e9,
        valve=Pid(name="valve", gain=-1.0, integral_time=1.0),
        pump=Pid(name="pump", gain=1.0, integral_time=1.0),
    )
