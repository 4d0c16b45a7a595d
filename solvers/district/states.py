"""A district network through its hours: at rest for one hour, reduced for a year, or in full through time.

Reduced: at a share x of the design flow, losses are e(x) times those of pipes that keep the plant's
temperatures, the pumps' head is H(x), the mean delay to the substations D(x): tables of hours at rest between
which the year interpolates. Against the full solution of odd hours: losses within 1 %, head within 2 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from geometry.errors import require
from geometry.grid import Array
from solvers.district.network import WATER, DistrictNet
from solvers.district.trunk import WATER_DENSITY, WATER_HEAT, WATER_VISCOSITY
from solvers.errors import SolverError
from solvers.fluids import enthalpy
from solvers.liquid.heat.march import HeatRun, march
from solvers.liquid.heat.nodes import node_enthalpy
from solvers.liquid.heat.state import Scheme, start
from solvers.liquid.heat.steady import solve_heat
from solvers.liquid.hydraulics.solve import Hydraulics, solve_hydraulics

HOUR = 3600.0  # [s]
SUBSTATION_DROP = 8e4  # kept at the worst substation, its exchanger and valve [Pa]; assumption
_ROUNDS = 80  # of flows at the temperatures they bring about
_SETTLED = 1e-6  # largest change of a flow between rounds, of all flow


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """What an hour asks: heat of the consumers together [W]; supply at the feeds, return of the substations,
    ground [K]; heat of the feeds beyond the first (nf - 1,) [W]."""

    heat: float
    supply: float
    back: float
    ground: float
    others: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NetState:
    """An hour at rest.

    flow         (nb,) of the branches [kg/s]
    excess       (nc,) flow of the substations over that of water that does not cool on the way [-]
    arrival      (nc,) supply temperature at the substations [K]
    back         temperature at which the first feed gets the return [K]
    loss         (nm,) of each main, both pipes [W]
    fed          (nf,) heat each feed gives [W]
    head         pressure the first feed keeps between supply and return [Pa]
    pump         hydraulic power of the feeds together [W]
    delay        mean time from the feeds to the substations, weighted by flow [s]
    """

    flow: Array
    excess: Array
    arrival: Array
    back: float
    loss: Array
    fed: Array
    head: float
    pump: float
    delay: float


def solve_hour(net: DistrictNet, hour: Hour, *, near: NetState | None = None) -> NetState:
    """The network in an hour at rest. near: the state of another hour, to begin with.

    Raises InputError where the supply is not warmer than the return, and for feeds that give more than is
    asked; SolverError, BalanceError from hydraulics and heat.
    """
    require(
        hour.supply > hour.back,
        f"return of the network = {hour.back - 273.15:g} degC: not below its supply, "
        f"{hour.supply - 273.15:g} degC",
    )
    require(hour.ground < hour.supply, "the ground around a network must be colder than its supply")
    require(len(hour.others) == len(net.feeds) - 1, f"heat of {len(net.feeds) - 1} further feeds is needed")
    wanted = hour.heat * net.share
    h_supply, h_back, h_ground = (float(enthalpy(WATER, t)) for t in (hour.supply, hour.back, hour.ground))
    gain, lift = np.ones(net.network.start.size), np.zeros(net.network.start.size)
    gain[net.consumer], lift[net.consumer] = 0.0, h_back
    gain[net.feed], lift[net.feed] = 0.0, h_supply
    around = _surroundings(net, hour.supply, hour.back, hour.ground)
    n_pipes = net.network.pipe.size
    density, viscosity = np.full(n_pipes, WATER_DENSITY), np.full(n_pipes, WATER_VISCOSITY)
    least, others = wanted / (h_supply - h_back), np.array(hour.others) / (h_supply - h_back)
    drawn = least if near is None else least * near.excess
    flows: Hydraulics | Array | None = None if near is None else near.flow
    for _ in range(_ROUNDS):
        require(
            float(others.sum()) <= float(drawn.sum()) * (1.0 + 1e-9),
            f"the feeds beyond '{net.feeds[0].name}' give {sum(hour.others):.4g} W, more than the "
            f"{hour.heat:.4g} W that are asked",
        )
        imposed = np.concatenate((drawn, [max(drawn.sum() - others.sum(), 0.0)], others))
        network = replace(net.network, imposed_flow=imposed)
        flows = solve_hydraulics(network, density, viscosity, guess=flows)
        heat = solve_heat(net.thermal, flows.flow, gain=gain, lift=lift, surroundings=around)
        at = heat.enthalpy[net.network.start[net.consumer]]
        returned = heat.enthalpy[net.network.start[net.feed]]
        # Newton for m (h_ground + (h_supply - h_ground) exp(-k/m) - h_back) = heat: convex in m
        left = np.clip((at - h_ground) / (h_supply - h_ground), 1e-9, 1.0)
        slope = h_ground - h_back + (h_supply - h_ground) * left * (1.0 - np.log(left))
        more = (wanted - drawn * (at - h_back)) / np.maximum(slope, 0.05 * (h_supply - h_back))
        more = np.clip(more, -0.6 * drawn, 2.0 * drawn)
        drawn = drawn + more
        others = np.array(hour.others) / (h_supply - returned[1:])
        if float(np.abs(more).max()) <= _SETTLED * float(drawn.sum()):
            break
    else:
        raise SolverError(f"flows of the district network did not settle in {_ROUNDS} rounds")
    assert isinstance(flows, Hydraulics)
    flow = flows.flow
    across = flows.pressure[net.network.start] - flows.pressure[net.network.end]
    head = SUBSTATION_DROP - float(across[net.consumer].min())
    # a feed meets what the network keeps between supply and return at its place
    heads = head - across[net.feed]
    consumed = flow[net.consumer]
    return NetState(
        flow=flow,
        excess=np.divide(drawn, least, out=np.ones(drawn.size), where=least > 0.0),
        arrival=heat.temperature[net.network.start[net.consumer]],
        back=float(heat.temperature[net.network.start[net.feed[0]]]),
        loss=heat.loss[net.supply] + heat.loss[net.back],
        fed=flow[net.feed] * (h_supply - returned),
        head=head,
        pump=float(np.sum(heads * flow[net.feed])) / WATER_DENSITY,
        delay=float(np.sum(_age(net, flow) * consumed) / max(float(consumed.sum()), 1e-300)),
    )


def _surroundings(net: DistrictNet, supply: float, back: float, ground: float) -> Array:
    """(ns,) what each pipe's own conductance sees: the ground, warmed by its neighbour [K]."""
    ratio = np.array([pair.mutual / pair.own for pair in net.pair])
    around = np.empty(net.thermal.stores.branch.size)
    around[net.supply] = ground + ratio * (back - ground)
    around[net.back] = ground + ratio * (supply - ground)
    return around


def _age(net: DistrictNet, flow: Array) -> Array:
    """(nc,) mean time since the water at each substation left a feed [s]: carried as an enthalpy is."""
    gain, lift = np.ones(flow.size), np.zeros(flow.size)
    gain[net.consumer], gain[net.feed] = 0.0, 0.0
    held = net.thermal.stores
    lift[held.branch] = np.divide(
        held.mass, np.abs(flow[held.branch]), out=np.zeros(held.mass.size), where=flow[held.branch] != 0.0
    )
    age = node_enthalpy(net.network, flow, gain, lift, given={}, rest=0.0, graph=net.thermal.graph)
    return age[net.network.start[net.consumer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReducedNet:
    """A network as the year sees it: tables over the share of the design flow (k,).

    own, mutual  conductance of all supply pipes to the ground and to their neighbours [W/K]
    effect       e(x) [-]; head [Pa]; delay [s]; design flow [kg/s]
    """

    share: Array
    effect: Array
    head: Array
    delay: Array
    own: float
    mutual: float
    design: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NetYear:
    """By hour (n,): losses [W], hydraulic power of the pumps [W], mean delay to the substations [s]."""

    loss: Array
    pump: Array
    delay: Array


def reduce_net(
    net: DistrictNet,
    *,
    supply: float,
    back: float,
    ground: float,
    shares: Sequence[float] = (0.02, 0.05, 0.1, 0.2, 0.35, 0.6, 1.0),
    others: Sequence[float] | None = None,
) -> ReducedNet:
    """Tables of a network from hours at rest at these shares of its design heat; temperatures of a mean
    hour [K]. others: share of the heat that each feed beyond the first gives (nf - 1,) [-]; None: nothing."""
    split = np.zeros(len(net.feeds) - 1) if others is None else np.asarray(others, dtype=np.float64)
    require(
        split.shape == (len(net.feeds) - 1,) and bool(np.all(split >= 0.0)) and float(split.sum()) < 1.0,
        f"shares of the feeds beyond the first = {split.tolist()}: one each, together below 1",
    )
    full = net.design * WATER_HEAT * (supply - back)
    states = [
        solve_hour(
            net,
            Hour(
                heat=share * full,
                supply=supply,
                back=back,
                ground=ground,
                others=tuple(share * full * split),
            ),
        )
        for share in shares
    ]
    metres = np.array([main.length for main in net.mains]) * net.lines
    own, mutual = (
        float(np.sum(metres * [getattr(pair, part) for pair in net.pair])) for part in ("own", "mutual")
    )
    ideal = (own - mutual) * (supply + back - 2.0 * ground)
    return ReducedNet(
        share=np.array([state.flow[net.consumer].sum() / net.design for state in states]),
        effect=np.array([state.loss.sum() / ideal for state in states]),
        head=np.array([state.head for state in states]),
        delay=np.array([state.delay for state in states]),
        own=own,
        mutual=mutual,
        design=net.design,
    )


def reduced_year(net: ReducedNet, *, heat: Array, supply: Array, back: Array, ground: Array) -> NetYear:
    """Losses, pump power and delay by hour (n,) for heat sold [W] and temperatures [K].

    Between the tables: the effect linear in log share, head and delay as powers of it; beyond, the ends.
    """
    log_share = np.log(net.share)
    ideal = (net.own - net.mutual) * (supply + back - 2.0 * ground)
    lost = net.own * (supply - ground) - net.mutual * (back - ground)  # by the supply alone
    effect = np.ones(heat.size)
    for _ in range(3):
        # what cools on the way to the substations is drawn on top of what they sell
        flow = (heat + effect * lost) / (WATER_HEAT * (supply - back))
        log_x = np.log(np.clip(flow / net.design, net.share[0], net.share[-1]))
        effect = np.interp(log_x, log_share, net.effect)
    head = np.exp(np.interp(log_x, log_share, np.log(net.head)))
    delay = np.exp(np.interp(log_x, log_share, np.log(np.maximum(net.delay, 1e-9))))
    return NetYear(loss=effect * ideal, pump=head * flow / WATER_DENSITY, delay=delay)


@dataclass(frozen=True, slots=True, kw_only=True)
class NetRun:
    """A network through time, by hour (n,): arrival (n, nc) [K], loss and heat fed [W], and the march."""

    arrival: Array
    loss: Array
    fed: Array
    run: HeatRun


def resolve(net: DistrictNet, hours: Sequence[Hour], *, step: float = HOUR, room: int = 256) -> NetRun:
    """The network through consecutive hours: plug flow in every pipe, so that delays are exact.

    Flows are those of each hour at rest; substations take what the water that arrives then holds. It starts
    at rest in the first hour. Raises as `solve_hour`.
    """
    require(bool(hours), "no hours to resolve")
    states: list[NetState] = []
    for hour in hours:
        states.append(solve_hour(net, hour, near=states[-1] if states else None))
    nb = net.network.start.size
    gain, lift = np.ones((len(hours), nb)), np.zeros((len(hours), nb))
    gain[:, net.consumer], gain[:, net.feed] = 0.0, 0.0
    back = enthalpy(WATER, np.array([hour.back for hour in hours]))
    supply = enthalpy(WATER, np.array([hour.supply for hour in hours]))
    lift[:, net.consumer], lift[:, net.feed] = back[:, None], supply[:, None]
    around = np.array([_surroundings(net, hour.supply, hour.back, hour.ground) for hour in hours])
    filled = np.empty(net.thermal.stores.branch.size)
    filled[net.supply], filled[net.back] = hours[0].supply, hours[0].back
    begin = start(net.thermal, filled, scheme=Scheme.PARCELS, room=room)
    flow = np.array([state.flow for state in states])
    run = march(net.thermal, begin, flow, dt=step, gain=gain, lift=lift, surroundings=around)
    returned = run.temperature[:, net.network.start[net.feed]]
    warmed = np.array([hour.supply for hour in hours])[:, None] - returned
    return NetRun(
        arrival=run.temperature[:, net.network.start[net.consumer]],
        loss=run.loss.sum(axis=1),
        fed=WATER_HEAT * np.sum(flow[:, net.feed] * warmed, axis=1),
        run=run,
    )
