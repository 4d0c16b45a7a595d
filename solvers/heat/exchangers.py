"""Heat exchangers by effectiveness and number of transfer units.

    eps = Q / (C_min (T_hot,in - T_cold,in))    NTU = UA / C_min    c = C_min / C_max,  C = m cp [W/K]

`effectiveness`, `transfer_units` and `exchange` are the checked doors, for numbers and arrays, of the
formulas in `effectiveness.py`. No exchanger here can break the second law: 0 <= eps <= 1.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geometry.errors import InputError, require
from solvers._jit import kernel
from solvers.heat import effectiveness as formulas
from solvers.heat.conductance import AT_REST, TURBULENT, film_resistance
from solvers.heat.effectiveness import Arrangement, arrangement_ntu, effectiveness_slopes

Array = NDArray[np.float64]


class Exchange(NamedTuple):
    """Heat from hot to cold [W] and the two outlet temperatures [K]."""

    heat: Any
    hot_out: Any
    cold_out: Any


# -- kernels ---------------------------------------------------------------------------------------------


@kernel(uses=(formulas,))
def effectiveness_kernel(arrangement: int, ntu: Array, c_ratio: Array, out: Array) -> None:
    """Write the effectiveness of n exchangers into `out`; arrays (n,)."""
    for i in range(ntu.size):
        out[i] = effectiveness_slopes(arrangement, ntu[i], c_ratio[i])[0]


@kernel(uses=(formulas,))
def transfer_units_kernel(arrangement: int, eps: Array, c_ratio: Array, out: Array) -> None:
    """Write the number of transfer units of n exchangers into `out`; arrays (n,)."""
    for i in range(eps.size):
        out[i] = arrangement_ntu(arrangement, eps[i], c_ratio[i])


# -- checked doors ---------------------------------------------------------------------------------------


def effectiveness(
    ntu: ArrayLike, c_ratio: ArrayLike, arrangement: Arrangement = Arrangement.COUNTERFLOW
) -> Any:
    """Effectiveness [-] for NTU [-] >= 0 and C_min/C_max [-] in 0..1; numbers or arrays (broadcast).

    Raises InputError outside these ranges. Sources: the kernels' docstrings.
    """
    n, c, shape = _broadcast(ntu, c_ratio)
    require(bool(np.all(n >= 0.0)), f"number of transfer units = {n.min():g}: must not be negative")
    out = np.empty_like(n)
    effectiveness_kernel(arrangement.value, n, c, out)
    return _shaped(out, shape)


def transfer_units(
    eps: ArrayLike, c_ratio: ArrayLike, arrangement: Arrangement = Arrangement.COUNTERFLOW
) -> Any:
    """NTU [-] that gives an effectiveness [-] in 0..1 (1 excluded): the inverse of `effectiveness`.

    Raises InputError where no finite exchanger does it.
    """
    e, c, shape = _broadcast(eps, c_ratio)
    require(
        bool(np.all((e >= 0.0) & (e < 1.0))),
        f"effectiveness {e.min():.6g}..{e.max():.6g}: must lie in 0..1, below 1",
        hint="a larger approach, or more flow: no finite exchanger reaches the inlet temperature",
    )
    out = np.empty_like(e)
    transfer_units_kernel(arrangement.value, e, c, out)
    if not np.all(np.isfinite(out)):
        raise InputError(
            f"no {arrangement.name.lower()} exchanger reaches this effectiveness\n"
            "  try: a larger approach or more flow"
        )
    return _shaped(out, shape)


def exchange(
    c_hot: ArrayLike,
    t_hot: ArrayLike,
    c_cold: ArrayLike,
    t_cold: ArrayLike,
    ua: ArrayLike,
    arrangement: Arrangement = Arrangement.COUNTERFLOW,
) -> Exchange:
    """Heat [W] and outlets [K] of two streams with capacity rates [W/K], inlets [K] and UA [W/K].

    Numbers or arrays (broadcast). Heat is negative where 'hot' is the colder stream. A stream at rest
    (capacity rate 0, or too small to divide by) exchanges nothing and leaves as it enters.
    Raises InputError for negative values.
    """
    ch, th, cc, tc, u = np.broadcast_arrays(
        *(np.asarray(v, dtype=np.float64) for v in (c_hot, t_hot, c_cold, t_cold, ua))
    )
    require(
        bool(np.all(ch >= 0.0) and np.all(cc >= 0.0) and np.all(u >= 0.0)),
        "capacity rates and UA of an exchanger must not be negative",
    )
    c_min, c_max = np.minimum(ch, cc), np.maximum(ch, cc)
    at_rest = c_min <= AT_REST
    safe = np.where(at_rest, 1.0, c_min)
    eps = effectiveness(u / safe, safe / np.where(at_rest, 1.0, c_max), arrangement)
    heat = np.where(at_rest, 0.0, eps * c_min * (th - tc))
    hot_out = th - heat / np.where(ch > AT_REST, ch, 1.0)
    cold_out = tc + heat / np.where(cc > AT_REST, cc, 1.0)
    if heat.ndim == 0:
        return Exchange(float(heat), float(hot_out), float(cold_out))
    return Exchange(heat, hot_out, cold_out)


def ua_at_flow(
    ua_nominal: ArrayLike,
    hot_flow_ratio: ArrayLike,
    cold_flow_ratio: ArrayLike,
    *,
    exponent: float = TURBULENT,
    hot_share: float = 0.5,
) -> Any:
    """UA [W/K] away from the nominal flows, as `conductance.py` has it; both films of one exponent.

    ua_nominal       UA at nominal flows [W/K]
    *_flow_ratio     flow / nominal flow [-], >= 0
    hot_share        share of the nominal resistance on the hot side [-]; 0.5 is an assumption for plate
                     exchangers with like fluids. The wall's resistance is counted with the films'.
    """
    u, hot, cold = np.broadcast_arrays(
        *(np.asarray(v, dtype=np.float64) for v in (ua_nominal, hot_flow_ratio, cold_flow_ratio))
    )
    require(bool(np.all(hot >= 0.0) and np.all(cold >= 0.0)), "flow ratios must not be negative")
    require(0.0 <= hot_share <= 1.0, f"share of the resistance on the hot side = {hot_share:g}: outside 0..1")
    still = (hot <= 0.0) | (cold <= 0.0)
    film = film_resistance.py_func
    resistance = film(hot_share, np.where(still, 1.0, hot), exponent)
    resistance = resistance + film(1.0 - hot_share, np.where(still, 1.0, cold), exponent)
    ua = np.where(still, 0.0, u / resistance)
    return float(ua) if ua.ndim == 0 else ua


def ua_from_duty(
    heat: float,
    c_hot: float,
    c_cold: float,
    inlet_difference: float,
    arrangement: Arrangement = Arrangement.COUNTERFLOW,
) -> float:
    """UA [W/K] of an exchanger from one data-sheet point.

    heat [W], capacity rates [W/K], inlet_difference = T_hot,in - T_cold,in [K]. Raises InputError when
    the point breaks the second law (effectiveness >= 1).
    """
    c_min, c_max = min(c_hot, c_cold), max(c_hot, c_cold)
    require(c_min > 0.0 and inlet_difference > 0.0, "flows and the inlet difference must be positive")
    eps = heat / (c_min * inlet_difference)
    return float(transfer_units(eps, c_min / c_max, arrangement)) * c_min


def _broadcast(first: ArrayLike, c_ratio: ArrayLike) -> tuple[Any, Any, tuple[int, ...]]:
    a, c = np.broadcast_arrays(np.asarray(first, dtype=np.float64), np.asarray(c_ratio, dtype=np.float64))
    require(
        bool(np.all((c >= 0.0) & (c <= 1.0 + 1e-12))),
        f"capacity ratio {c.min():g}..{c.max():g}: outside 0..1",
    )
    flat = np.minimum(np.ascontiguousarray(c).reshape(-1), 1.0)
    return np.ascontiguousarray(a).reshape(-1), flat, a.shape


def _shaped(out: Any, shape: tuple[int, ...]) -> Any:
    return float(out[0]) if shape == () else out.reshape(shape)
