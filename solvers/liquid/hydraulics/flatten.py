"""Devices in flat tables: pumps and their curves, valves that act by themselves, controls."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geometry.errors import require
from solvers.liquid.hydraulics.border import Controls
from solvers.liquid.hydraulics.laws import PumpTable
from solvers.liquid.hydraulics.records import (
    Branch,
    CheckValve,
    FlowControl,
    Pipe,
    PressureReducer,
    Pump,
    WorstPoint,
)
from solvers.liquid.hydraulics.states import FLOW_CONTROL, ONE_WAY, REDUCER, Automatic


def pump_table(pumps: Sequence[tuple[int, Pump]], controls: Sequence[WorstPoint]) -> PumpTable:
    """Pumps with their place among the branches; a pump obeys one control at most."""
    known = {pump.name for _, pump in pumps}
    control: dict[str, int] = {}
    for c, item in enumerate(controls):
        for name in item.pumps:
            require(name in known, f"{item.name}: no pump named '{name}'", hint=", ".join(sorted(known)))
            require(control.setdefault(name, c) == c, f"pump '{name}' obeys two controls")
    points = [pump.points for _, pump in pumps]
    flat = np.array([point for curve in points for point in curve], dtype=np.float64).reshape(-1, 2)
    return PumpTable(
        branch=np.array([i for i, _ in pumps], dtype=np.intp),
        flow=np.array([pump.points[-1][0] if pump.points else pump.flow for _, pump in pumps]),
        shutoff=np.array([pump.points[0][1] if pump.points else pump.shutoff for _, pump in pumps]),
        fall=np.array([pump.shutoff - pump.rated for _, pump in pumps]),
        exponent=np.array([pump.exponent for _, pump in pumps]),
        running=np.array([float(pump.running) for _, pump in pumps]),
        speed=np.array([pump.speed for _, pump in pumps]),
        control=np.array([control.get(pump.name, -1) for _, pump in pumps], dtype=np.intp),
        first=np.cumsum([0, *(len(curve) for curve in points)]).astype(np.intp),
        curve_flow=np.ascontiguousarray(flat[:, 0]),
        curve_rise=np.ascontiguousarray(flat[:, 1]),
    )


def automatic_of(items: Sequence[Branch]) -> Automatic:
    """Branches that open, close and throttle by themselves; a pump has a check valve."""
    found = []
    for i, item in enumerate(items):
        if isinstance(item, PressureReducer):
            found.append((i, REDUCER, item.pressure))
        elif isinstance(item, FlowControl):
            found.append((i, FLOW_CONTROL, item.flow))
        elif isinstance(item, CheckValve | Pump) or (isinstance(item, Pipe) and item.one_way):
            found.append((i, ONE_WAY, 0.0))
    return Automatic(
        branch=np.array([i for i, _, _ in found], dtype=np.intp),
        kind=np.array([kind for _, kind, _ in found], dtype=np.intp),
        limit=np.array([limit for _, _, limit in found], dtype=np.float64),
    )


def controls_of(controls: Sequence[WorstPoint], items: Sequence[Branch]) -> Controls:
    """Controls with their consumers' places among the branches."""
    place = {item.name: i for i, item in enumerate(items) if not isinstance(item, Pump)}
    first, consumer, least = [0], [], []
    for item in controls:
        for k, name in enumerate(item.consumers):
            require(name in place, f"{item.name}: no consumer named '{name}'")
            consumer.append(place[name])
            least.append(item.drop[k] if isinstance(item.drop, tuple) else item.drop)
        first.append(len(consumer))
    return Controls(
        first=np.array(first, dtype=np.intp),
        consumer=np.array(consumer, dtype=np.intp),
        least=np.array(least, dtype=np.float64),
        slowest=np.array([item.slowest for item in controls], dtype=np.float64),
        fastest=np.array([item.fastest for item in controls], dtype=np.float64),
    )
