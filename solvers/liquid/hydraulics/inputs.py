"""From a network and its fluid to what the kernel reads: tables, loads, a guess."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geometry.errors import require
from solvers.liquid.hydraulics.border import AT_REST
from solvers.liquid.hydraulics.laws import Laws, PipeTable, PowerTable
from solvers.liquid.hydraulics.network import Network
from solvers.liquid.hydraulics.newton import Unknowns
from solvers.liquid.hydraulics.outcome import Hydraulics
from solvers.liquid.hydraulics.start import Given

Array = NDArray[np.float64]
Index = NDArray[np.intp]


def laws_of(network: Network, density: Array, viscosity: Array) -> Laws:
    """Tables of the kernel; density and viscosity (n_pipes,) of each pipe."""
    return Laws(
        PipeTable(
            network.pipe,
            network.length,
            network.diameter,
            network.roughness,
            network.minor,
            network.parallel,
            network.friction,
            network.coefficient,
            np.ascontiguousarray(density, dtype=np.float64),
            np.ascontiguousarray(viscosity, dtype=np.float64),
        ),
        PowerTable(network.power_law, network.law_flow, network.law_drop, network.law_exponent),
        network.valves,
        network.pumps,
    )


def require_between(quantity: str, values: Array, low: float, high: float, unit: str) -> None:
    """Raise InputError unless all values lie between the two, themselves excluded; nan does not."""
    wrong = ~((values > low) & (values < high))
    if wrong.any():
        place = tuple(int(i) for i in np.argwhere(wrong)[0])
        at = ", ".join(str(i) for i in place)
        limits = f"{low:g}..{high:g}" if np.isfinite(high) else f"finite and above {low:g}"
        limits = "finite" if np.isneginf(low) else limits
        require(False, f"{quantity}[{at}] = {values[place]:g} {unit}: must be {limits}")


def given_of(network: Network, device_density: float | None) -> Given:
    """Loads, heights, what is shut by hand."""
    require(
        network.pipe.size > 0 or device_density is not None or not _needs_density(network),
        "a network of valves or heights without a pipe: the density of its fluid is not known",
        hint="device_density=1000.0",
    )
    if device_density is not None:
        require_between("device_density", np.array([device_density]), 0.0, np.inf, "kg/m3")
    rho = np.nan if device_density is None else device_density
    return Given(network.inflow, network.rise, network.closed, rho)


def _needs_density(network: Network) -> bool:
    return network.valves.branch.size > 0 or bool(network.rise.any())


def guess_of(network: Network, guess: Array | Hydraulics | None) -> Unknowns:
    """Flows, states and speeds to start from; without a guess flows are nan, which the kernel fills.

    Raises InputError for a guess that has not the network's sizes.
    """
    n_branches = network.start.size
    near = guess if isinstance(guess, Hydraulics) else None
    if guess is None:
        flow = np.full(n_branches, np.nan)
    else:
        flow = np.array(guess if near is None else near.flow, dtype=np.float64)
    sizes = {"flow": (flow, n_branches)}
    if near is not None:
        sizes["state"] = (near.state, n_branches)
        sizes["speed"] = (near.speed, network.pumps.branch.size)
        sizes["mode"] = (near.mode, network.controls.slowest.size)
        sizes["worst"] = (near.worst, network.controls.slowest.size)
    for name, (values, size) in sizes.items():
        require(
            values.shape == (size,),
            f"{name} of the guess has the shape {values.shape}: must be ({size},), as the network has it",
        )
    flow[network.imposed] = network.imposed_flow
    pressure = np.zeros(len(network.nodes))
    pressure[network.fixed] = network.fixed_pressure
    speed, mode, worst = _speeds(network, near)
    return Unknowns(
        flow=flow,
        drop=np.empty(n_branches),
        pressure=pressure,
        state=np.zeros(n_branches, dtype=np.int8) if near is None else near.state.copy(),
        speed=speed,
        mode=mode,
        worst=worst,
    )


def _speeds(network: Network, near: Hydraulics | None) -> tuple[Array, Index, Index]:
    """Speeds of the pumps, modes and worst consumers of the controls to start from."""
    pumps, n = network.pumps, network.controls.slowest.size
    speed = pumps.speed.copy()
    if n == 0:
        return speed, np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp)
    obeys = pumps.control >= 0
    for c in range(n):
        require(
            bool(np.any((pumps.control == c) & (pumps.running > 0.0))),
            f"none of the pumps that keep the drop at '{_first_consumer(network, c)}' is running",
            hint="running=1 for one of them",
        )
    if near is not None:
        speed[obeys] = near.speed[obeys]
        return speed, near.mode.copy(), near.worst.copy()
    fastest = network.controls.fastest[pumps.control[obeys]]
    speed[obeys] = np.where(speed[obeys] > 0.0, np.minimum(speed[obeys], fastest), fastest)
    return speed, np.full(n, AT_REST, dtype=np.intp), np.full(n, -1, dtype=np.intp)


def _first_consumer(network: Network, control: int) -> str:
    return network.branches[network.controls.consumer[network.controls.first[control]]]
