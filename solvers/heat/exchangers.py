"""Heat exchangers by effectiveness and number of transfer units.

    eps = Q / (C_min (T_hot,in - T_cold,in))    NTU = UA / C_min    c = C_min / C_max,  C = m cp [W/K]

Scalar kernels hold the formulas; `effectiveness`, `transfer_units` and `exchange` are their checked
doors for numbers and arrays. No exchanger here can break the second law: 0 <= eps <= 1.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geometry.errors import InputError, require
from solvers._jit import kernel

Array = NDArray[np.float64]
AT_REST = 1e-200  # capacity rate [W/K] that counts as zero: NTU = UA / C stays finite above it


class Arrangement(Enum):
    COUNTERFLOW = 0  # plate exchangers in one pass
    CROSSFLOW = 1  # both streams unmixed: dry coolers, rear doors, coils


class Exchange(NamedTuple):
    """Heat from hot to cold [W] and the two outlet temperatures [K]."""

    heat: Any
    hot_out: Any
    cold_out: Any


# -- kernels ---------------------------------------------------------------------------------------------


@kernel
def counterflow_effectiveness(ntu: float, c_ratio: float) -> float:
    """Effectiveness of a counterflow exchanger [-].

    ntu      UA / C_min [-], >= 0
    c_ratio  C_min / C_max [-], in 0..1; 1 is a regular point of the form used here.

    Source: Incropera, DeWitt, Bergman and Lavine, Fundamentals of Heat and Mass Transfer, 7th ed., Wiley
    2011, Table 11.3; written with phi = (1 - exp(-x))/x, x = NTU (1 - c): eps = NTU phi / (1 + c NTU phi).
    Check: counterflow_effectiveness(2, 1) = 2/3 exactly.
    """
    x = ntu * (1.0 - c_ratio)
    phi = -np.expm1(-x) / x if x > 1e-12 else 1.0
    return min(ntu * phi / (1.0 + c_ratio * ntu * phi), 1.0)


@kernel
def counterflow_ntu(eps: float, c_ratio: float) -> float:
    """Number of transfer units of a counterflow exchanger [-] with effectiveness `eps` in 0..1 (1 excluded).

    Source: as `counterflow_effectiveness`, Table 11.4, solved for NTU; regular at c_ratio = 1.
    """
    g = eps / (1.0 - c_ratio * eps)
    y = g * (1.0 - c_ratio)
    return g * (-np.log1p(-y) / y) if y > 1e-12 else g


@kernel
def crossflow_effectiveness(ntu: float, c_ratio: float) -> float:
    """Effectiveness of a crossflow exchanger, both streams unmixed [-].

    Source: Incropera et al. 2011, Table 11.3, eq. 11.32, an approximation. Against the exact series (Mason,
    Proc. 2nd US Nat. Congr. Appl. Mech., 1954) it is up to 3.8 % low below NTU 1 (most at c_ratio 1, NTU 0.3)
    and within -2.2 and +1.1 % above. The limit c_ratio -> 0 is 1 - exp(-NTU).
    """
    if ntu <= 0.0:
        return 0.0
    if c_ratio < 1e-9:
        return -np.expm1(-ntu)
    return -np.expm1(ntu**0.22 / c_ratio * np.expm1(-c_ratio * ntu**0.78))


@kernel
def crossflow_ntu(eps: float, c_ratio: float) -> float:
    """Number of transfer units [-] at which `crossflow_effectiveness` is `eps`: bisection on ln NTU.

    nan where no NTU below 1e6 reaches `eps`.
    """
    if eps <= 0.0:
        return 0.0
    low, high = -30.0, np.log(1e6)
    if crossflow_effectiveness(np.exp(high), c_ratio) < eps:
        return np.nan
    for _ in range(80):
        middle = 0.5 * (low + high)
        if crossflow_effectiveness(np.exp(middle), c_ratio) < eps:
            low = middle
        else:
            high = middle
    return np.exp(0.5 * (low + high))


@kernel
def effectiveness_kernel(crossflow: bool, ntu: Array, c_ratio: Array, out: Array) -> None:
    """Write the effectiveness of n exchangers into `out`; arrays (n,)."""
    for i in range(ntu.size):
        if crossflow:
            out[i] = crossflow_effectiveness(ntu[i], c_ratio[i])
        else:
            out[i] = counterflow_effectiveness(ntu[i], c_ratio[i])


@kernel
def transfer_units_kernel(crossflow: bool, eps: Array, c_ratio: Array, out: Array) -> None:
    """Write the number of transfer units of n exchangers into `out`; arrays (n,)."""
    for i in range(eps.size):
        if crossflow:
            out[i] = crossflow_ntu(eps[i], c_ratio[i])
        else:
            out[i] = counterflow_ntu(eps[i], c_ratio[i])


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
    effectiveness_kernel(arrangement is Arrangement.CROSSFLOW, n, c, out)
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
    transfer_units_kernel(arrangement is Arrangement.CROSSFLOW, e, c, out)
    if not np.all(np.isfinite(out)):
        raise InputError(
            "no crossflow exchanger reaches this effectiveness\n  try: a larger approach or more flow"
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
    exponent: float = 0.8,
    hot_share: float = 0.5,
) -> Any:
    """UA [W/K] away from the nominal flows: 1/UA = 1/(hA)_hot + 1/(hA)_cold, each hA ~ flow^exponent.

    ua_nominal       UA at nominal flows [W/K]
    *_flow_ratio     flow / nominal flow [-], >= 0
    exponent         0.8, turbulent (Dittus and Boelter 1930, in Incropera et al. 2011, eq. 8.60)
    hot_share        share of the nominal resistance on the hot side [-]; 0.5 is an assumption for plate
                     exchangers with like fluids. The wall's resistance is counted with the films'.

    Source of the form: Wetter 1999, Simulation Model: Air-to-Air Plate Heat Exchanger, LBNL-42354.
    """
    u, hot, cold = np.broadcast_arrays(
        *(np.asarray(v, dtype=np.float64) for v in (ua_nominal, hot_flow_ratio, cold_flow_ratio))
    )
    require(bool(np.all(hot >= 0.0) and np.all(cold >= 0.0)), "flow ratios must not be negative")
    require(0.0 <= hot_share <= 1.0, f"share of the resistance on the hot side = {hot_share:g}: outside 0..1")
    still = (hot <= 0.0) | (cold <= 0.0)
    resistance = hot_share * np.where(still, 1.0, hot) ** -exponent
    resistance = resistance + (1.0 - hot_share) * np.where(still, 1.0, cold) ** -exponent
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
