"""From pipe runs to networks: sizes every pipe once, at the design flows.

The plan keeps the pipes' sizes; a plan is solved for as many loads and temperatures as wanted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geometry.errors import InputError, require
from geometry.piping import Circuit, PipeRun
from solvers.fluids import Fluid, density, viscosity
from solvers.liquid.hall.loop import LoopDesign, RackLiquid
from solvers.liquid.hall.pipes import PipeSizes, SizingRule, fitting_loss, select_sizes
from solvers.liquid.hydraulics.network import Branch, ImposedFlow, Network, Pipe, Resistance, build_network
from solvers.liquid.hydraulics.solve import solve_hydraulics

Array = NDArray[np.float64]
Index = NDArray[np.intp]

_PORTS = ("in", "out", "tcs_supply", "tcs_return", "fws_in", "fws_out", "cool_in", "cool_out")


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopPlan:
    """Sized networks of a hall; in each, the pipes come first, then the devices.

    tcs: pipes, racks, CDUs (imposed flow).  fws: pipes, CDUs (imposed flow), the plant (imposed flow).
    """

    design: LoopDesign
    racks: tuple[str, ...]
    cdus: tuple[str, ...]
    tcs: Network
    fws: Network
    tcs_runs: tuple[PipeRun, ...]
    fws_runs: tuple[PipeRun, ...]
    tcs_nominal: Index  # DN of each run
    fws_nominal: Index
    rack_part: Index  # which separate loop each rack belongs to
    cdu_part: Index
    rack_in: Index  # nodes of the tcs network
    rack_out: Index
    cdu_return: Index
    cdu_supply: Index
    fws_supply: int  # nodes of the fws network where the facility water comes in and goes out
    fws_return: int

    def __str__(self) -> str:
        total = sum(run.length for run in self.tcs_runs + self.fws_runs)
        return f"LoopPlan({len(self.racks)} racks, {len(self.cdus)} CDUs, {total:.0f} m of pipe)"


def plan_loop(
    runs: Sequence[PipeRun],
    racks: Sequence[RackLiquid],
    design: LoopDesign,
    *,
    supply: float,
    spares: int = 0,
    source: str = "hall",
) -> LoopPlan:
    """Size the pipes of a hall, or of a site, at the racks' flows and a technology supply temperature [K].

    spares  units per row that may stand by; the pipes of the others are sized for it
    source  where the facility water comes from: the nodes <source>.fws_supply and <source>.fws_return
    Raises InputError naming the rack or CDU that is not connected.
    """
    require(bool(racks), "the coolant loop has no racks", hint="a hall with liquid-cooled racks")
    tcs_runs = tuple(run for run in runs if run.circuit in (Circuit.TCS_SUPPLY, Circuit.TCS_RETURN))
    fws_runs = tuple(run for run in runs if run.circuit in (Circuit.FWS_SUPPLY, Circuit.FWS_RETURN))
    require(bool(tcs_runs and fws_runs), "the hall has no coolant pipes", hint="cdus_per_row=1 or more")
    cdus = _cdu_names(tcs_runs)
    fws_supply, fws_return = f"{source}.fws_supply", f"{source}.fws_return"
    _check_connections(tcs_runs, fws_runs, racks, cdus, (fws_supply, fws_return))

    coolant, facility = design.coolant, design.facility
    rho = density(coolant, supply)
    devices: list[Branch] = [
        Resistance(
            name=rack.name,
            start=f"{rack.name}.in",
            end=f"{rack.name}.out",
            flow=rho * rack.reference_flow,
            drop=rack.reference_drop,
            exponent=rack.exponent,
        )
        for rack in racks
    ]
    devices += [
        ImposedFlow(name=cdu, start=f"{cdu}.tcs_return", end=f"{cdu}.tcs_supply", flow=0.0) for cdu in cdus
    ]
    # nothing flows yet, so the largest bore is as good as any to find out who is joined to whom
    tcs = build_network([*unsized_pipes(tcs_runs, design.sizes), *devices])
    number = {name: i for i, name in enumerate(tcs.nodes)}
    rack_in = np.array([number[f"{rack.name}.in"] for rack in racks], dtype=np.intp)
    cdu_supply = np.array([number[f"{cdu}.tcs_supply"] for cdu in cdus], dtype=np.intp)
    cdu_return = np.array([number[f"{cdu}.tcs_return"] for cdu in cdus], dtype=np.intp)
    rack_part, cdu_part = tcs.part[rack_in], tcs.part[cdu_supply]
    for i in np.flatnonzero(cdu_part != tcs.part[cdu_return]):
        raise InputError(f"CDU {cdus[i]}: no rack joins its supply to its return")
    for i in np.flatnonzero(~np.isin(rack_part, cdu_part)):
        raise InputError(
            f"rack {racks[int(i)].name}: no CDU feeds its loop\n  try: loop.cdus_per_row=1 or more"
        )

    rack_flow = np.array([rho * rack.flow for rack in racks])
    cdu_flow = share_flow(rack_flow, rack_part, cdu_part, np.ones(len(cdus), dtype=bool))
    tcs = replace(tcs, imposed_flow=cdu_flow)
    reserve = _reserve(cdus, cdu_part, spares)
    tcs, tcs_nominal = size_runs(tcs, tcs_runs, design.sizes, design.rule, coolant, supply, reserve)

    # facility flow of the rated capacity ratio, water and coolant alike in heat capacity to a few per cent
    fws_flow = cdu_flow * design.cdu.fws_ratio
    fws_devices = [
        ImposedFlow(name=cdu, start=f"{cdu}.fws_in", end=f"{cdu}.fws_out", flow=flow)
        for cdu, flow in zip(cdus, fws_flow, strict=True)
    ]
    plant = ImposedFlow(name="plant", start=fws_return, end=fws_supply, flow=float(fws_flow.sum()))
    fws = build_network([*unsized_pipes(fws_runs, design.sizes), *fws_devices, plant])
    fws, fws_nominal = size_runs(fws, fws_runs, design.sizes, design.rule, facility, supply, reserve)
    return LoopPlan(
        design=design,
        racks=tuple(rack.name for rack in racks),
        cdus=cdus,
        tcs=tcs,
        fws=fws,
        tcs_runs=tcs_runs,
        fws_runs=fws_runs,
        tcs_nominal=tcs_nominal,
        fws_nominal=fws_nominal,
        rack_part=rack_part,
        cdu_part=cdu_part,
        rack_in=rack_in,
        rack_out=np.array([number[f"{rack.name}.out"] for rack in racks], dtype=np.intp),
        cdu_return=cdu_return,
        cdu_supply=cdu_supply,
        fws_supply=fws.node(fws_supply),
        fws_return=fws.node(fws_return),
    )


def share_flow(rack_flow: Array, rack_part: Index, cdu_part: Index, running: NDArray[np.bool_]) -> Array:
    """Flow of each unit: the sum its loop's racks ask for, shared evenly by the units that run."""
    size = int(max(rack_part.max(), cdu_part.max())) + 1
    asked = np.bincount(rack_part, weights=rack_flow, minlength=size)
    units = np.bincount(cdu_part, weights=running.astype(np.float64), minlength=size)
    return np.where(running, asked[cdu_part] / np.maximum(units[cdu_part], 1.0), 0.0)


def size_runs(
    network: Network,
    runs: tuple[PipeRun, ...],
    sizes: PipeSizes,
    rule: SizingRule,
    fluid: Fluid,
    temperature: float,
    reserve: dict[str, float],
) -> tuple[Network, Index]:
    """Pick the size of every run at the network's flows, and say which DN each has.

    Manifolds, hoses and unit pipes of a row of coolant loops are each of one size. `reserve` is by how much
    more than that flow the pipes of a device must carry.
    """
    n = len(runs)
    rho = np.full(n, density(fluid, temperature))
    mu = np.full(n, viscosity(fluid, temperature))
    flow = np.abs(solve_hydraulics(network, rho, mu).flow[:n])
    for i, run in enumerate(runs):
        flow[i] *= reserve.get(_device(run.start) or _device(run.end) or "", 1.0)
    groups: dict[str, list[int]] = {}
    for i, run in enumerate(runs):
        whole = run.circuit in (Circuit.TCS_SUPPLY, Circuit.TCS_RETURN)
        groups.setdefault(f"{run.group} {run.circuit.value}" if whole else run.name, []).append(i)
    for members in groups.values():
        flow[members] = flow[members].max()
    chosen = select_sizes(sizes, rule, flow, rho, mu)
    diameter = sizes.diameter[chosen.row]
    # a run to a device leaves its manifold through the branch of a tee, the others pass straight through
    branch = np.array([bool(_device(run.start) or _device(run.end)) for run in runs], dtype=np.float64)
    elbows = np.array([max(len(run.path) - 2, 0) for run in runs], dtype=np.float64)
    minor = fitting_loss(diameter, sizes.roughness, elbows=elbows, tee_runs=1.0 - branch, tee_branches=branch)
    sized = replace(network, diameter=diameter, minor=minor, parallel=chosen.parallel.astype(np.float64))
    return sized, np.array(sizes.nominal, dtype=np.intp)[chosen.row]


def _reserve(cdus: tuple[str, ...], part: Index, spares: int) -> dict[str, float]:
    """By unit: flow with the spares standing by over flow with all running."""
    units = np.bincount(part)[part]
    for cdu, n in zip(cdus, units, strict=True):
        require(
            0 <= spares < n,
            f"spare CDUs per row = {spares}: the loop of {cdu} has {n} unit(s)",
            hint="fewer spares or more units",
        )
    return {cdu: float(n / (n - spares)) for cdu, n in zip(cdus, units, strict=True)}


def unsized_pipes(runs: tuple[PipeRun, ...], sizes: PipeSizes) -> list[Pipe]:
    """The runs as pipes of the largest bore, to find out what flows where."""
    return [
        Pipe(
            name=run.name,
            start=run.start,
            end=run.end,
            length=run.length,
            diameter=float(sizes.diameter[-1]),
            roughness=sizes.roughness,
        )
        for run in runs
    ]


def _device(node: str) -> str | None:
    """Name of the rack, CDU, cooling unit or rear door whose port a node is."""
    name, _, port = node.rpartition(".")
    return name if port in _PORTS else None


def _cdu_names(runs: tuple[PipeRun, ...]) -> tuple[str, ...]:
    ends = (run.start.rpartition(".") for run in runs)
    return tuple(name for name, _, port in ends if port == "tcs_supply")


def _check_connections(
    tcs_runs: tuple[PipeRun, ...],
    fws_runs: tuple[PipeRun, ...],
    racks: Sequence[RackLiquid],
    cdus: tuple[str, ...],
    mains: tuple[str, str],
) -> None:
    """Every rack and unit has its pipes, and every pipe end its rack."""
    tcs = {node for run in tcs_runs for node in (run.start, run.end)}
    fws = {node for run in fws_runs for node in (run.start, run.end)}
    for rack in racks:
        for port in ("in", "out"):
            require(
                f"{rack.name}.{port}" in tcs,
                f"rack {rack.name}: no pipe to its coolant {port}let",
                hint="a CDU in its row (cdus_per_row=1), or the rack among the populated ones",
            )
    known = {rack.name for rack in racks} | set(cdus)
    for node in sorted(tcs):
        name = _device(node)
        require(name is None or name in known, f"a pipe ends at '{node}', but there is no rack '{name}'")
    for cdu in cdus:
        for port in ("fws_in", "fws_out"):
            require(f"{cdu}.{port}" in fws, f"CDU {cdu}: no facility water at '{port}'")
    for node in mains:
        require(node in fws, f"the facility mains do not reach '{node}'")
