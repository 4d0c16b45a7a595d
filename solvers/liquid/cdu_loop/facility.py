"""Facility water through time: recovery exchanger and dry cooler in series, each under its controller.

    CDUs --> return store --> recovery, a share of the water --> dry cooler, fans --> supply store --> CDUs

    M_r dT_r/dt = C (T_s - T_r) + Q                      Q of the CDUs, C the water's capacity rate
    M_s dT_s/dt = C (T_2 - T_s)                          T_2 behind both coolers

Both controllers hold the supply: the valve of the recovery exchanger and the fans act in sequence, the one in
the second place on a set point `band` higher, so that it moves only when the first has no more to give.
Exchangers are affine in the water's temperature at frozen actuators, so that a step (backward Euler, any
length) is two linear equations and closes its energy to round-off. Actuators move once a step.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geometry.errors import require
from solvers.errors import BalanceError, SolverError
from solvers.heat.two_stream import TwoStream, heat_slopes
from solvers.liquid.components.dry_cooler import CoolerLaw, DryCooler, cooler_law, cooler_slopes
from solvers.liquid.control.pid import Pid, at_rest, sample

Array = NDArray[np.float64]

CLOSURE = 1e-10  # of every step's energy
COLDEST, WARMEST = 273.15, 373.15  # of water at ambient pressure [K]
_SHUT = 1e-6  # opening or speed below which a cooler does nothing


class First(Enum):
    """Who holds the supply first; the other one waits a band higher."""

    RECOVERY = "recovery"
    COOLER = "cooler"


@dataclass(frozen=True, slots=True, kw_only=True)
class FacilityLoop:
    """Facility water at constant flow.

    rate          its capacity rate [W/K]
    return_store, supply_store  heat capacity of what the pipes hold [J/K]
    recovery      plates to the network; None: no recovery. network_rate: of the network's water [W/K]
    valve, fans   controllers of the supply [K]; their gains are negative: more actuator, colder water
    band          by which the second one's set point lies higher [K]
    """

    rate: float
    return_store: float
    supply_store: float
    cooler: DryCooler
    fans: Pid
    recovery: TwoStream | None = None
    network_rate: float = 0.0
    valve: Pid | None = None
    first: First = First.RECOVERY
    band: float = 1.0

    def __post_init__(self) -> None:
        for what, value, unit in (
            ("capacity rate", self.rate, "W/K"),
            ("return store", self.return_store, "J/K"),
            ("supply store", self.supply_store, "J/K"),
        ):
            require(
                0.0 < value < np.inf, f"{what} of the facility water = {value:g} {unit}: must be positive"
            )
        require(self.band >= 0.0, f"band of the second controller = {self.band:g} K: must not be negative")
        require(
            (self.recovery is None) == (self.valve is None),
            "a recovery exchanger and the controller of its valve belong together",
        )
        require(
            self.recovery is None or self.network_rate > 0.0,
            f"capacity rate of the network's water = {self.network_rate:g} W/K: must be positive",
        )
        for pid in (self.fans, self.valve):
            require(
                pid is None or pid.gain < 0.0,
                f"gain of controller {pid.name if pid else ''}: must be negative, more of it cools",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class FacilityState:
    """Temperatures of the stores [K], memories of the controllers (4,)."""

    back: float
    supply: float
    fans: Array
    valve: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class FacilityHistory:
    """What the facility water was at the end of every step; arrays (steps,)."""

    time: Array  # [s]
    supply: Array  # to the CDUs [K]
    back: Array  # from them [K]
    speed: Array  # of the fans [-]
    valve: Array  # share of the water through the recovery exchanger [-]
    recovered: Array  # heat to the network [W]
    rejected: Array  # heat to the air [W]
    fan_power: Array  # [W]
    closure: float  # worst energy balance of a step, relative
    end: FacilityState


def at_start(temperature: float, *, speed: float = 0.0, valve: float = 0.0) -> FacilityState:
    """Both stores at one temperature [K], actuators at rest."""
    return FacilityState(back=temperature, supply=temperature, fans=at_rest(speed), valve=at_rest(valve))


def march_facility(
    loop: FacilityLoop,
    start: FacilityState,
    *,
    step: float,
    steps: int,
    heat: ArrayLike,
    air: ArrayLike,
    target: ArrayLike,
    network: ArrayLike = np.nan,
) -> FacilityHistory:
    """March the facility water; all courses are numbers or (steps,).

    heat     of the CDUs to the water [W]
    air      at the cooler's intake [K]
    target   supply that the controllers hold [K], as `control.set_points.floating_water` gives it
    network  return of the network at the recovery exchanger [K]; nan: it takes nothing

    Raises InputError for courses of another length, SolverError where the water would freeze or boil, and
    BalanceError where the energy of a step is open by more than 1e-10.
    """
    require(step > 0.0, f"step = {step:g} s: must be positive")
    require(steps >= 1, f"steps = {steps}: one at least")
    courses = [_course(name, values, steps) for name, values in zip(
        ("heat", "air", "target", "network"), (heat, air, target, network), strict=True
    )]  # fmt: skip
    require(all(np.all(np.isfinite(c)) for c in courses[:3]), "heat, air and target must be finite")
    law = cooler_law(loop.cooler)
    fans, valve = start.fans.copy(), start.valve.copy()
    t_back, t_supply = start.back, start.supply
    speed, opening = float(fans[0]), float(valve[0])
    second = loop.band if loop.recovery is not None else 0.0
    above = (0.0, second) if loop.first is First.RECOVERY else (second, 0.0)  # of valve and fans [K]
    kept = np.empty((7, steps))
    worst = 0.0
    for k, (q, outdoor, aim, cold) in enumerate(zip(*courses, strict=True)):
        if loop.valve is not None:
            opening = sample(loop.valve, valve, target=aim + above[0], measured=t_supply, step=step)
        speed = sample(loop.fans, fans, target=aim + above[1], measured=t_supply, step=step)
        taken, power, warm = _coolers(loop, law, opening, speed, t_back, outdoor, cold)
        # T_1 = T_r - taken_r (T_r - cold), T_2 = T_1 - taken_a (T_1 - air): affine in T_r
        gain = (1.0 - taken[0]) * (1.0 - taken[1])
        lift = (1.0 - taken[1]) * taken[0] * warm + taken[1] * outdoor
        a, b = loop.return_store / step, loop.supply_store / step
        c = loop.rate
        # (a + c) T_r - c T_s = a T_r0 + Q;   -c gain T_r + (b + c) T_s = b T_s0 + c lift
        det = (a + c) * (b + c) - c * c * gain
        right_r, right_s = a * t_back + q, b * t_supply + c * lift
        new_r = ((b + c) * right_r + c * right_s) / det
        new_s = ((a + c) * right_s + c * gain * right_r) / det
        recovered = c * taken[0] * (new_r - warm)
        between = new_r - recovered / c
        rejected = c * taken[1] * (between - outdoor)
        stored = a * (new_r - t_back) + b * (new_s - t_supply)
        size = max(abs(q), abs(recovered), abs(rejected), c)
        worst = max(worst, abs(q - recovered - rejected - stored) / size)
        t_back, t_supply = new_r, new_s
        kept[:, k] = t_supply, t_back, speed, opening, recovered, rejected, power
        for where, value in (("to the CDUs", t_supply), ("from the CDUs", t_back)):
            if not COLDEST <= value <= WARMEST:
                raise SolverError(
                    f"facility water {where} at {value - 273.15:.1f} degC after {(k + 1) * step:g} s: "
                    "outside 0..100 degC\n  try: a larger cooler, a lower heat, or another target"
                )
    if not worst <= CLOSURE:
        raise BalanceError(f"facility water: energy open by {worst:.3g} relative, allowed {CLOSURE:g}")
    return FacilityHistory(
        time=step * np.arange(1.0, steps + 1.0),
        supply=kept[0],
        back=kept[1],
        speed=kept[2],
        valve=kept[3],
        recovered=kept[4],
        rejected=kept[5],
        fan_power=kept[6],
        closure=worst,
        end=FacilityState(back=t_back, supply=t_supply, fans=fans, valve=valve),
    )


def _course(name: str, values: ArrayLike, steps: int) -> Array:
    course = np.asarray(values, dtype=np.float64)
    require(course.shape in ((), (steps,)), f"course of {name}: a number or {steps} values")
    return np.broadcast_to(course, steps)


def _coolers(
    loop: FacilityLoop, law: CoolerLaw, opening: float, speed: float, hot: float, air: float, cold: float
) -> tuple[tuple[float, float], float, float]:
    """What recovery and cooler take of the water's difference to theirs [-], fan power [W], network [K]."""
    recovery, warm = 0.0, 0.0
    if loop.recovery is not None and opening > _SHUT and np.isfinite(cold) and hot > cold:
        plates = heat_slopes(loop.recovery, hot, cold, opening * loop.rate, loop.network_rate)
        recovery, warm = plates.by_hot_inlet / loop.rate, cold
    if speed <= _SHUT:
        return (recovery, 0.0), 0.0, warm
    got = cooler_slopes(law, hot, air, air, loop.rate, speed, 0.0)
    return (recovery, got.heat.water_inlet / loop.rate), float(got.state.fan_power), warm
