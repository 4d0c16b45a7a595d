"""What a storage should hold by the hour for heat that will be short: filled late, kept for the dearest.

Two years are dispatched first: one without storage says what is short, L, and whose heat that would be; one
with a storage that is never full or empty says what could be charged, S. Backwards through the year, what
must be held before an hour is

    R(h) = min(capacity, max(0, (R(h + 1) + L(h) - S(h) / 2) / kept)),

the sequent-peak rule of reservoirs (Thomas and Burden 1963), with the share `kept` of its heat that an hour's
losses leave. Charging stops at R of all that will be short; discharging in place of a source stops at R of
what dearer sources would make later. Everything is SI; arrays are hours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geometry.grid import Array
from solvers._jit import kernel
from solvers.district.sources import HeatSource, merit_order, stack
from solvers.heat.storage_kernels import StoreLaw

HOUR = 3600.0  # [s]
AMPLE = 1.1  # held over what will be short, for what mixes at the thermocline [-]; assumption
TRUST = 0.5  # counted on of what could be charged later, for ground that warms up first [-]; assumption


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """By hour.

    want     heat to hold at the end: no more is charged (n,) [J]
    part     what is short, by the source that would make it, the dearest first (k, n) [W]
    reserve  heat to be left for dearer ones (k, n) [J]
    """

    want: Array
    part: Array
    reserve: Array


def no_plan(hours: int) -> Plan:
    """Charge what can be charged, give what is short."""
    whole = np.full(hours, np.inf)
    return Plan(want=whole, part=whole[None, :].copy(), reserve=np.zeros((1, hours)))


def plan_storage(
    *,
    short: Array,
    surplus: Array,
    others: Array,
    sources: Sequence[HeatSource],
    capacity: float,
    kept: float,
) -> Plan:
    """The plan of a year.

    short, surplus   heat a storage could give, could be given (n,) [W]
    others           of it, what the network's other sources would make (n,) [W]: the rest is the boiler's
    sources          those sources
    capacity         most useful heat it holds [J];  kept  share of it that an hour's losses leave [-]
    """
    part = _by_source(short, others, [source for source in sources if not source.before_site])
    held = np.empty((len(part) + 1, short.size))
    for k in range(len(part) + 1):
        requirement(part[:k].sum(axis=0), TRUST * surplus, capacity, kept, held[k])
    want = np.minimum(AMPLE * held[-1], capacity)
    want[held[-1] >= capacity] = np.inf
    part[-1] = np.inf  # what nobody foresaw is served last
    return Plan(want=want, part=part, reserve=held[:-1].copy())


def storage_size(law: StoreLaw, hot: float, back: float, air: float) -> tuple[float, float]:
    """Heat of a full storage at `hot` over the return `back`, in air at `air` [K]: [J], and its share that an
    hour's losses leave [-]."""
    capacity = law.layer_capacity * law.to_air.size * max(hot - back, 1.0)
    lost = float(law.to_air.sum()) * max(hot - air, 0.0) * HOUR
    if law.shell_capacity.size:
        through = 1.0 / (1.0 / float(law.to_ground.sum()) + float((1.0 / law.shell_conductance).sum()))
        lost += through * max(hot - law.ground, 0.0) * HOUR
    return capacity, max(1.0 - lost / capacity, 0.5)


def boundless(law: StoreLaw, most: float, hours: int, spread: float) -> StoreLaw:
    """A storage without losses; this heat flow [W] in all hours, over `spread` [K], fills a quarter of it."""
    still = np.zeros_like(law.to_air)
    layer = 2.0 * 2.0 * most * hours * HOUR / (law.to_air.size * spread)
    return law._replace(
        layer_capacity=max(layer, law.layer_capacity),
        to_air=still,
        to_ground=still,
        between=law.between * 0.0,
    )


def _by_source(short: Array, others: Array, sources: Sequence[HeatSource]) -> Array:
    """(k, n) what is short by who would make it [W]: boiler and nobody, then sources from the dearest."""
    made = stack(others, sources)
    rows = [np.maximum(short - others, 0.0) + made.unmet]
    rows += [made.heat[i] for i in reversed(merit_order(sources))]
    part, left = np.zeros((len(rows), short.size)), short.copy()
    for row, heat in zip(part, rows, strict=True):
        row[:] = np.minimum(heat, left)
        left -= row
    return part


@kernel
def requirement(short: Array, surplus: Array, capacity: float, kept: float, out: Array) -> None:
    """Write what must be held at the end of each hour [J] for what is short later; years repeat."""
    n = short.size
    held = 0.0
    for step in range(2 * n):
        k = n - 1 - step % n
        out[k] = held
        held = min(max((held + (short[k] - surplus[k]) * 3600.0) / kept, 0.0), capacity)
