"""Fans: volume flow against static pressure rise."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from geometry.errors import require, require_range
from geometry.grid import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class FanCurve:
    """Fans in parallel behind one resistance: the room sees the static pressure from intake to outlet.

    flow        (n,) volume flow of one fan at full speed [m3/s], rising from 0 or above
    pressure    (n,) its static pressure rise [Pa], falling
    count       equal fans in parallel
    speed       of the fans over full speed [-]: q ~ speed, dp ~ speed^2 (affinity laws, same density)
    resistance  of coil, filters and casing [Pa s2/m6]: a drop of resistance times the square of the whole
                flow, to be left out where the curve is that of the whole unit

    Between its points the curve is linear. It ends at its last point (free delivery) and at its first.
    """

    flow: tuple[float, ...]
    pressure: tuple[float, ...]
    count: int = 1
    speed: float = 1.0
    resistance: float = 0.0


def check_fan_curve(curve: FanCurve, element: str) -> None:
    """Raise InputError unless the curve gives one flow for each pressure."""
    n = len(curve.flow)
    require(
        n == len(curve.pressure) and n >= 2,
        f"fan curve of {element}: {n} flows, {len(curve.pressure)} pressures: two points or more are needed",
        hint="give pairs of volume flow and static pressure",
    )
    values = np.array([curve.flow, curve.pressure])
    require(bool(np.isfinite(values).all()), f"fan curve of {element}: not finite everywhere")
    rising = all(b > a for a, b in pairwise(curve.flow)) and curve.flow[0] >= 0.0
    require(rising, f"fan curve of {element}: flows {list(curve.flow)} m3/s must rise from 0 or above")
    falling = all(b < a for a, b in pairwise(curve.pressure)) and curve.pressure[-1] >= 0.0
    require(
        falling,
        f"fan curve of {element}: pressures {list(curve.pressure)} Pa must fall, down to 0 or above",
        hint="leave out the stall region left of the highest pressure: there one pressure has several flows",
    )
    require(curve.count >= 1, f"number of fans of {element} = {curve.count}: must be at least 1")
    require_range("fan speed", curve.speed, 0.05, 2.0, "-", element=element)
    require(
        np.isfinite(curve.resistance) and curve.resistance >= 0.0,
        f"resistance of {element} = {curve.resistance:g} Pa s2/m6: must not be negative",
    )


def whole_curve(curve: FanCurve) -> tuple[Array, Array]:
    """(n,) flows [m3/s] and static pressure rises [Pa] of all fans together at their speed, before the
    resistance is taken off."""
    flow = np.array(curve.flow) * (curve.count * curve.speed)
    return flow, np.array(curve.pressure) * curve.speed**2


def pressure_rise(curve: FanCurve, flow: float) -> tuple[float, float]:
    """Static pressure rise [Pa] at the whole `flow` [m3/s], behind the resistance, and its slope [Pa s/m3].

    Beyond its ends the curve goes on as straight as its last piece: what `operating_flow` needs on its way.
    """
    flows, pressures = whole_curve(curve)
    piece = int(np.clip(np.searchsorted(flows, flow, side="right") - 1, 0, flows.size - 2))
    slope = (pressures[piece + 1] - pressures[piece]) / (flows[piece + 1] - flows[piece])
    rise = pressures[piece] + slope * (flow - flows[piece])
    drop = curve.resistance * flow * abs(flow)
    return float(rise - drop), float(slope - 2.0 * curve.resistance * abs(flow))


def operating_flow(curve: FanCurve, rise: float) -> tuple[float, bool]:
    """Whole flow [m3/s] at which the fans deliver `rise` [Pa], and whether the curve had to be clipped.

    The flow stays between the ends of the curve: at its first point against too high a pressure, at its last
    where the room offers less resistance than the curve reaches.
    """
    flows, pressures = whole_curve(curve)
    net = pressures - curve.resistance * flows**2
    if rise >= net[0]:
        return float(flows[0]), rise > net[0]
    if rise <= net[-1]:
        return float(flows[-1]), rise < net[-1]
    piece = int(np.searchsorted(-net, -rise)) - 1
    slope = (pressures[piece + 1] - pressures[piece]) / (flows[piece + 1] - flows[piece])
    # p0 + slope (q - q0) - R q^2 = rise, the root on the falling branch, in the form without cancellation
    r, constant = curve.resistance, pressures[piece] - slope * flows[piece] - rise
    return float(2.0 * constant / (-slope + np.sqrt(slope**2 + 4.0 * r * constant))), False
