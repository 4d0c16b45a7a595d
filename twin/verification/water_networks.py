"""Cases of water networks that other codes have solved: STANET and EPANET."""

from __future__ import annotations

import numpy as np

from geometry.grid import Array
from solvers.friction import Friction
from solvers.liquid.hydraulics.network import Branch, Network, Pipe, Pump, Valve, build_network
from solvers.liquid.hydraulics.solve import Hydraulics, solve_hydraulics
from twin.units import M3_H
from twin.verification.case import Row, Rows, Tier, worst_absolute, worst_relative
from twin.verification.reference import Table, read_reference

BAR = 1e5  # [Pa]
WATER = 1000.0  # [kg/m3]
G = 9.80665  # [m/s2]

# -- STANET ----------------------------------------------------------------------------------------------

STANET_VISCOSITY = 1.793e-3  # [Pa s]
# the water of the others' answers: IAPWS at 10 degC, the temperature that the files state
STANET_TEN_DEGREES = 1.307e-3  # [Pa s]
STANET_AT_TEN_DEGREES = ("delta", "district", "pumps", "versatility")
# pressure [-] and velocity [m/s]; `liquid.py` says why
STANET_BARS = (1e-3, 1e-3)
STANET_WIDER = {"pipe_1 PC": (2e-3, 1e-3), "district N": (2e-3, 1e-3), "district PC": (2e-3, 2e-3)}
STANET_LAWS = {"N": Friction.NIKURADSE, "PC": Friction.COLEBROOK}
OPEN_KV = 1e5  # of a valve without loss [m3/h]: 0.01 Pa at 10 kg/s
CURVE_FLOWS = np.linspace(0.0, 180.0, 721)  # where a pump's parabola is sampled [m3/h]


def stanet(_: Tier) -> Rows:
    tables = tuple(read_reference(name) for name in ("stanet_pipes", "stanet_nodes", "stanet_devices"))
    rows: list[Row] = []
    for name in dict.fromkeys(tables[0].texts("network")):
        lines, places, devices = (table.where("network", name) for table in tables)
        network = stanet_network(lines, places, devices, STANET_LAWS[name.split()[-1]])
        cold = name.split()[0] not in STANET_AT_TEN_DEGREES
        got = _solve(network, STANET_VISCOSITY if cold else STANET_TEN_DEGREES)
        known = [row for row in places if row["pressure_bar"]]
        pressure_bar, velocity_bar = STANET_WIDER.get(name, STANET_BARS)
        velocity = got.flow[network.pipe] / WATER / (0.25 * np.pi * network.diameter**2)
        rows += [
            worst_relative(
                f"{name}: pressure [Pa]",
                [BAR * float(row["pressure_bar"]) for row in known],
                got.pressure[[network.node(row["node"]) for row in known]],
                [f"node {row['node']}" for row in known],
                pressure_bar,
            ),
            worst_absolute(
                f"{name}: velocity [m/s]",
                lines.numbers("velocity_m_s"),
                velocity,
                [f"pipe {row['start']}-{row['end']}" for row in lines],
                velocity_bar,
            ),
        ]
    return rows


def stanet_network(pipes: Table, nodes: Table, devices: Table, law: Friction) -> Network:
    branches: list[Branch] = [
        Pipe(
            name=f"{row['start']}-{row['end']}",
            start=row["start"],
            end=row["end"],
            length=float(row["length_m"]),
            diameter=float(row["diameter_m"]),
            roughness=float(row["roughness_m"]),
            minor=float(row["loss_1"]),
            law=law,
        )
        for row in pipes
    ]
    for row in devices:
        name, start, end = f"{row['kind']} {row['end']}", row["start"], row["end"]
        if row["kind"] == "valve":
            branches.append(Valve(name=name, start=start, end=end, kv=OPEN_KV, opening=float(row["open"])))
        else:
            points = _parabola(*(float(row[f"c{k}_bar"]) for k in range(3)))
            branches.append(Pump(name=name, start=start, end=end, points=points))
    return build_network(
        branches,
        inflow={row["node"]: -float(row["drawn_kg_s"]) for row in nodes if float(row["drawn_kg_s"])},
        pressure={row["node"]: BAR * float(row["pressure_bar"]) for row in nodes if row["fed"] == "1"},
        height={row["node"]: float(row["height_m"]) for row in nodes},
    )


def _parabola(c0: float, c1: float, c2: float) -> tuple[tuple[float, float], ...]:
    """(kg/s, Pa) of a pump whose lift is c0 + c1 V + c2 V^2 [bar], V in m3/h, as far as it lifts."""
    lift = BAR * (c0 + c1 * CURVE_FLOWS + c2 * CURVE_FLOWS**2)
    last = int(np.sum(lift > 0.0))
    flow = WATER * M3_H * CURVE_FLOWS
    return tuple(zip(flow[:last].tolist(), lift[:last].tolist(), strict=True))


# -- EPANET ----------------------------------------------------------------------------------------------

# what EPANET 2 computes with, in feet: g = 32.2 ft/s2, water of 1.1e-5 ft2/s
EPANET_G = 9.8146  # [m/s2]
EPANET_VISCOSITY = 1.0219e-6  # kinematic [m2/s]
LARGE = 1e-4  # [m3/s]: below, heads of four bytes (4e-6 m) say less than 1e-4 of the flow
DARCY = "Balerma"  # the others follow Hazen and Williams


def epanet(_: Tier) -> Rows:
    links, nodes = read_reference("epanet_links"), read_reference("epanet_nodes")
    rows: list[Row] = []
    for name in dict.fromkeys(links.texts("network")):
        lines, places = links.where("network", name), nodes.where("network", name)
        darcy = name == DARCY
        g = EPANET_G if darcy else G
        network = epanet_network(lines, places, darcy=darcy)
        got = _solve(network, WATER * EPANET_VISCOSITY)
        at = [network.node(node) for node in places.texts("node")]
        level = np.zeros(len(at)) if darcy else _elevation(places)
        flow = lines.numbers("flow_m3_s")
        ours = got.flow[[network.branch(link) for link in lines.texts("link")]] / WATER
        labels = [f"link {link}" for link in lines.texts("link")]
        large = np.flatnonzero(np.abs(flow) >= LARGE)
        small = np.flatnonzero(np.abs(flow) < LARGE)
        rows += [
            worst_absolute(
                f"{name}: head [m]",
                places.numbers("head_m"),
                got.pressure[at] / (WATER * g) + level,
                [f"node {node}" for node in places.texts("node")],
                0.01,
            ),
            worst_relative(
                f"{name}: flow [m3/s]", flow[large], ours[large], [labels[i] for i in large], 1e-4
            ),
        ]
        if small.size:
            title = f"{name}: flow below {1e3 * LARGE:g} l/s [m3/s]"
            rows.append(worst_absolute(title, flow[small], ours[small], [labels[i] for i in small], 1e-7))
    return rows


def epanet_network(links: Table, nodes: Table, *, darcy: bool) -> Network:
    """Pressures of gauges at their heights; heads where EPANET's gravity is not the standard one."""
    g = EPANET_G if darcy else G
    branches: list[Branch] = []
    for row in links:
        name, start, end = row["link"], row["start"], row["end"]
        if row["kind"] == "pump":
            head = WATER * g * float(row["pump_head_m"])
            flow = WATER * float(row["pump_flow_m3_s"])
            branches.append(
                Pump(name=name, start=start, end=end, flow=flow, rated=head, shutoff=4.0 / 3.0 * head)
            )
            continue
        rough = float(row["roughness"])
        branches.append(
            Pipe(
                name=name,
                start=start,
                end=end,
                length=float(row["length_m"]),
                diameter=float(row["diameter_m"]),
                roughness=rough if darcy else 0.0,
                coefficient=0.0 if darcy else rough,
                law=Friction.SWAMEE_JAIN if darcy else Friction.HAZEN_WILLIAMS,
            )
        )
    level = np.zeros(len(nodes.rows)) if darcy else _elevation(nodes)
    height = dict(zip(nodes.texts("node"), level.tolist(), strict=True))
    return build_network(
        branches,
        inflow={row["node"]: -WATER * float(row["demand_m3_s"]) for row in nodes if row["demand_m3_s"]},
        pressure={
            row["node"]: WATER * g * (float(row["head_m"]) - height[row["node"]])
            for row in nodes
            if row["fixed"] == "1"
        },
        height=height,
    )


def _elevation(nodes: Table) -> Array:
    """Of the nodes [m]; of reservoirs, which have none, that of their surface."""
    return np.array([float(row["elevation_m"] or row["head_m"]) for row in nodes])


def _solve(network: Network, viscosity: float) -> Hydraulics:
    n = network.pipe.size
    return solve_hydraulics(network, np.full(n, WATER), np.full(n, viscosity))
