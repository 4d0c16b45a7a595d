"""Darcy friction factors and the pressure drop of pipes.

One published law per function; `friction_factor` joins the laminar and the turbulent law smoothly.

    dp = (f L/D + K) rho v |v| / 2        Re = rho |v| D / mu        e = roughness / D
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geometry.errors import require
from solvers._jit import kernel

Array = NDArray[np.float64]

RE_LAMINAR = 2000.0  # below: Hagen-Poiseuille
RE_TURBULENT = 4000.0  # above: Colebrook-White

REST = 1e-4  # laws without a laminar branch are made linear below: [m/s], or share of a reference flow

G = 9.80665  # standard gravity [m/s2]

_C = 0.8685889638065037  # 2 / ln 10


class Friction(IntEnum):
    """Law of a pipe; the functions below have the sources."""

    COLEBROOK = 0  # reference: laminar, smooth transition, Colebrook to round-off
    EXPLICIT = 1  # the same within 1e-6, cheaper
    SWAMEE_JAIN = 2  # as EPANET 2 computes Darcy-Weisbach pipes
    NIKURADSE = 3  # fully rough plus laminar
    HAZEN_WILLIAMS = 4
    CONSTANT = 5


# Clean commercial steel, equivalent sand roughness [m] (Moody 1944, Trans. ASME 66, 671-684)
STEEL_ROUGHNESS = 4.5e-5


# -- kernels ---------------------------------------------------------------------------------------------


@kernel
def laminar_kernel(re: float) -> float:
    """f = 64 / Re (Hagen 1839, Poiseuille 1840), Re < 2000."""
    return 64.0 / re


@kernel
def haaland_kernel(re: float, e: float) -> float:
    """Explicit turbulent law of Haaland 1983, J. Fluids Eng. 105, 89-90; Re 4e3..1e8, e 0..0.05.

    Within 2 % of Colebrook.
    """
    x = -1.8 * np.log10((e / 3.7) ** 1.11 + 6.9 / re)
    return 1.0 / (x * x)


@kernel
def swamee_jain_kernel(re: float, e: float) -> float:
    """Explicit turbulent law of Swamee and Jain 1976, J. Hydraul. Div. 102, 657-664.

    Re 5e3..1e8, e 1e-6..1e-2; within 3 % of Colebrook.
    """
    x = -2.0 * np.log10(e / 3.7 + 5.74 / re**0.9)
    return 1.0 / (x * x)


@kernel
def _towards_colebrook(x: float, a: float, b: float) -> float:
    """One step of fourth order towards the root of x + c ln(a + b x) = 0, c = 2 / ln 10.

    Inverse of the Taylor series of the left side at x; its n-th derivative is (-1)^(n-1) (n-1)! c t^n.
    """
    inside = a + b * x
    t = b / inside
    first = 1.0 + _C * t
    step = -(x + _C * np.log(inside)) / first
    second = -0.5 * _C * t * t / first
    third = _C * t * t * t / (3.0 * first)
    return x + step * (1.0 - step * (second - step * (2.0 * second * second - third)))


@kernel
def colebrook_kernel(re: float, e: float) -> float:
    """Implicit turbulent law of Colebrook 1939, J. Inst. Civ. Eng. 11, 133-156.

        1/sqrt(f) = -2 log10(e/3.7 + 2.51/(Re sqrt(f)))

    Two steps of fourth order on x = 1/sqrt(f) reach round-off for Re 2e3..1e9, e 0..0.05 (the idea of
    Clamond 2009, Ind. Eng. Chem. Res. 48, 3665-3671).
    """
    a, b = e / 3.7, 2.51 / re
    x = -_C * np.log(a + 6.0 * b)
    x = _towards_colebrook(_towards_colebrook(x, a, b), a, b)
    return 1.0 / (x * x)


@kernel
def colebrook_near(re: float, e: float, root: float) -> tuple[float, float, float]:
    """(f, d ln f / d ln Re, x) of Colebrook's law from a near x = 1/sqrt(f), that of a neighbouring Re.

    One step of fourth order, two from afar: at a flow that settles the result is exact, for one logarithm.
    root 0: no neighbour is known.
    """
    a, b = e / 3.7, 2.51 / re
    x = _towards_colebrook(root if root > 0.0 else -_C * np.log(a + 6.0 * b), a, b)
    if abs(x - root) > 0.1:
        x = _towards_colebrook(x, a, b)
    share = _C * b / (a + b * x)
    return 1.0 / (x * x), -2.0 * share / (1.0 + share), x


@kernel
def explicit_kernel(re: float, e: float) -> float:
    """Colebrook's law after a single step of fourth order: two logarithms, within 1e-6 of it."""
    a, b = e / 3.7, 2.51 / re
    x = _towards_colebrook(-_C * np.log(a + 6.0 * b), a, b)
    return 1.0 / (x * x)


@kernel
def _colebrook_slope(re: float, e: float, f: float) -> float:
    """d ln f / d ln Re of Colebrook's law, by implicit differentiation [-]."""
    x = 1.0 / np.sqrt(f)
    share = _C * 2.51 / re / (e / 3.7 + 2.51 / re * x)
    return -2.0 * share / (1.0 + share)


@kernel
def _between(re: float, f_end: float, slope_end: float) -> tuple[float, float]:
    """(f, d ln f / d ln Re) for Re 2000..4000: ln f is the cubic in ln Re that meets both laws smoothly.

    f_end and slope_end are those of the turbulent law at Re 4000. The idea of Dunlop 1991 (see
    `swamee_jain_friction`), in logarithms, where both neighbours are nearly straight.
    """
    width = np.log(2.0)
    s = np.log(re / RE_LAMINAR) / width
    y0, y1 = np.log(0.032), np.log(f_end)
    d0, d1 = -width, slope_end * width
    # cubic Hermite polynomial on s in 0..1
    c2 = 3.0 * (y1 - y0) - 2.0 * d0 - d1
    c3 = 2.0 * (y0 - y1) + d0 + d1
    y = y0 + s * (d0 + s * (c2 + s * c3))
    return np.exp(y), (d0 + s * (2.0 * c2 + s * 3.0 * c3)) / width


@kernel
def friction_kernel(re: float, e: float) -> tuple[float, float]:
    """(f, d ln f / d ln Re) over all Reynolds numbers > 0: laminar, a smooth cubic, Colebrook from 4000."""
    if re <= RE_LAMINAR:
        return 64.0 / re, -1.0
    if re >= RE_TURBULENT:
        f = colebrook_kernel(re, e)
        return f, _colebrook_slope(re, e, f)
    f_end = colebrook_kernel(RE_TURBULENT, e)
    return _between(re, f_end, _colebrook_slope(RE_TURBULENT, e, f_end))


@kernel
def explicit_friction(re: float, e: float) -> tuple[float, float]:
    """As `friction_kernel`, with the explicit form of Colebrook's law: value and slope within 1e-6."""
    if re <= RE_LAMINAR:
        return 64.0 / re, -1.0
    if re >= RE_TURBULENT:
        f = explicit_kernel(re, e)
        return f, _colebrook_slope(re, e, f)
    f_end = explicit_kernel(RE_TURBULENT, e)
    return _between(re, f_end, _colebrook_slope(RE_TURBULENT, e, f_end))


@kernel
def _swamee_jain_slope(re: float, e: float, f: float) -> float:
    """d ln f / d ln Re of Swamee and Jain's law [-]."""
    rough = 5.74 / re**0.9
    return -1.8 * _C * np.sqrt(f) * rough / (e / 3.7 + rough)


@kernel
def swamee_jain_friction(re: float, e: float) -> tuple[float, float]:
    """(f, d ln f / d ln Re): laminar, Swamee and Jain from Re 4000, and between f the cubic in Re that takes
    over value and slope of both (Dunlop 1991; the Darcy-Weisbach law of EPANET 2)."""
    if re <= RE_LAMINAR:
        return 64.0 / re, -1.0
    if re >= RE_TURBULENT:
        f = swamee_jain_kernel(re, e)
        return f, _swamee_jain_slope(re, e, f)
    f1 = swamee_jain_kernel(RE_TURBULENT, e)
    d1 = 0.5 * f1 * _swamee_jain_slope(RE_TURBULENT, e, f1)
    s = re / RE_LAMINAR - 1.0
    c2 = 3.0 * (f1 - 0.032) + 0.064 - d1
    c3 = 2.0 * (0.032 - f1) - 0.032 + d1
    f = 0.032 + s * (-0.032 + s * (c2 + s * c3))
    return f, (-0.032 + s * (2.0 * c2 + s * 3.0 * c3)) * (s + 1.0) / f


@kernel
def nikuradse_kernel(e: float) -> float:
    """Fully rough law f = (2 log10(3.71/e))^-2, e > 0 (Nikuradse 1933, Stroemungsgesetze in rauhen Rohren).

    District network codes add 64/Re to it over all Re (Lohmeier et al. 2020, Sustainability 12, 9899).
    """
    x = _C * np.log(3.71 / e)
    return 1.0 / (x * x)


@kernel
def friction_factor_kernel(re: Array, e: Array, out: Array) -> None:
    """Write the friction factor of n pipes into `out`; arrays (n,)."""
    for i in range(re.size):
        out[i] = friction_kernel(re[i], e[i])[0]


@kernel
def pipe_drop(
    law: int,
    coefficient: float,
    flow: float,
    length: float,
    diameter: float,
    roughness: float,
    minor: float,
    density: float,
    viscosity: float,
    root: float,
) -> tuple[float, float, float]:
    """Pressure drop [Pa] of a pipe, its derivative by mass flow [Pa s/kg], and the root to pass next time.

    flow [kg/s] of either sign, length, diameter and roughness [m], minor loss coefficient K [-].
    law: a Friction; coefficient: C of HAZEN_WILLIAMS, f of CONSTANT. Laminar flow makes the law linear at
    rest (these two, and a pipe of no length, are made so below REST), so zero flow is a regular point.
    root: see `colebrook_near`.
    """
    area = 0.25 * np.pi * diameter * diameter
    m = abs(flow)
    if law == Friction.HAZEN_WILLIAMS or law == Friction.CONSTANT:
        per_flow = 1.0 / (density * area)
        magnitude, derivative = _without_reynolds(
            law, coefficient, m * per_flow, length, diameter, minor, density
        )
        derivative *= per_flow
    else:
        kinetic = 0.5 / (density * area * area)  # dynamic pressure per flow squared
        re = m * diameter / (area * viscosity)
        e = roughness / diameter
        linear, line, exponent = 0.0, 0.0, 0.0
        if re <= RE_LAMINAR or law == Friction.NIKURADSE:
            # 64/Re m^2 = 64 mu A / d * m: no division by the Reynolds number
            linear = 64.0 * viscosity * area / diameter * length / diameter * kinetic
            if law == Friction.NIKURADSE:
                line = nikuradse_kernel(e)
        elif law == Friction.COLEBROOK and re >= RE_TURBULENT:
            line, exponent, root = colebrook_near(re, e, root)
        elif law == Friction.COLEBROOK:
            line, exponent = friction_kernel(re, e)
        elif law == Friction.EXPLICIT:
            line, exponent = explicit_friction(re, e)
        else:
            line, exponent = swamee_jain_friction(re, e)
        line *= length / diameter
        if length == 0.0:  # a fitting alone has no laminar wall to make it linear at rest
            still = REST * density * area
            size = np.sqrt(m * m + still * still)
            magnitude, derivative = minor * kinetic * m * size, minor * kinetic * (size + m * m / size)
        else:
            magnitude = (linear + (line + minor) * kinetic * m) * m
            derivative = linear + (line * (2.0 + exponent) + 2.0 * minor) * kinetic * m
    return (magnitude if flow >= 0.0 else -magnitude), derivative, root


@kernel
def power_slopes(r: float, n: float) -> tuple[float, float]:
    """(r |r|^(n-1), its derivative) of a share r of a reference flow, smooth, and linear at rest, by REST.

    |r|^(n-1) -> (r^2 + REST^2)^((n-1)/2), which differs by 5e-5 at a hundredth of the reference (n = 2).
    """
    size = r * r + REST * REST
    # the usual squares need a root only
    power = np.sqrt(size) if n == 2.0 else size ** (0.5 * (n - 1.0))
    return r * power, power / size * (size + (n - 1.0) * r * r)


@kernel
def _without_reynolds(
    law: int, coefficient: float, v: float, length: float, diameter: float, minor: float, density: float
) -> tuple[float, float]:
    """Drop [Pa] at a velocity v >= 0 [m/s] and its derivative by v.

    Hazen and Williams 1905: h = 4.727 L q^1.852 / (C^1.852 d^4.871) in feet and cubic feet a second, as
    EPANET 2 has it (10.6668 in metres); or Darcy-Weisbach with a constant factor.
    """
    size = v * v + REST * REST
    root = np.sqrt(size)
    if law == Friction.CONSTANT:
        minor += coefficient * length / diameter
    factor = 0.5 * density * minor
    drop, slope = factor * v * root, factor * (root + v * v / root)
    if law == Friction.HAZEN_WILLIAMS:
        area = 0.25 * np.pi * diameter * diameter
        scale = density * G * 10.666829488930054 * length / diameter**4.871
        scale *= (area / coefficient) ** 1.852
        power = size**0.426
        drop += scale * v * power
        slope += scale * power * (1.0 + 0.852 * v * v / size)
    return drop, slope


@kernel
def pipe_drop_kernel(
    flow: Array,
    length: Array,
    diameter: Array,
    roughness: Array,
    minor: Array,
    density: Array,
    viscosity: Array,
    drop: Array,
    slope: Array,
) -> None:
    """Write pressure drop [Pa] and derivative [Pa s/kg] of n pipes by Colebrook's law; arrays (n,)."""
    for i in range(flow.size):
        drop[i], slope[i], _ = pipe_drop(
            Friction.COLEBROOK,
            0.0,
            flow[i],
            length[i],
            diameter[i],
            roughness[i],
            minor[i],
            density[i],
            viscosity[i],
            0.0,
        )


# -- checked doors ---------------------------------------------------------------------------------------


def friction_factor(re: ArrayLike, relative_roughness: ArrayLike) -> Any:
    """Darcy friction factor [-] for Re > 0 and roughness/diameter in 0..0.05; numbers or arrays (broadcast).

    Laminar 64/Re to 2000, Colebrook from 4000, a smooth cubic between. Raises InputError outside.
    """
    r, e = np.broadcast_arrays(
        np.asarray(re, dtype=np.float64), np.asarray(relative_roughness, dtype=np.float64)
    )
    require(bool(np.all(r > 0.0)), f"Reynolds number = {r.min():g}: must be positive")
    require(
        bool(np.all((e >= 0.0) & (e <= 0.05))),
        f"relative roughness {e.min():g}..{e.max():g}: outside 0..0.05, where Colebrook's law holds",
    )
    flat = np.ascontiguousarray(r).reshape(-1)
    out = np.empty_like(flat)
    friction_factor_kernel(flat, np.ascontiguousarray(e).reshape(-1), out)
    return float(out[0]) if r.ndim == 0 else out.reshape(r.shape)


def fully_rough(relative_roughness: ArrayLike) -> Any:
    """Friction factor [-] at Re -> infinity, f = (2 log10(3.7/e))^-2 (von Karman 1930), e > 0.

    The f_T that scales the fitting coefficients of Crane Technical Paper 410.
    """
    e = np.asarray(relative_roughness, dtype=np.float64)
    require(bool(np.all((e > 0.0) & (e <= 0.05))), f"relative roughness {e.min():g}: outside 0..0.05")
    return (2.0 * np.log10(3.7 / e)) ** -2.0
