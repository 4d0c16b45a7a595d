"""The peer's side of the liquid benchmarks, run by the interpreter that has pandapipes.

    python pandapipes_side.py CASE.npz ANSWER.npz

Reads the arrays that `peer_liquid.py` writes, builds the same network with the peer's own components and
solves it for one row of loads after the other. It stands alone: the peer's environment has no `twin`.
"""

from __future__ import annotations

import sys
import time
import warnings
from importlib import import_module
from typing import Any

import numpy as np

BAR = 1e5  # [Pa]


def build(case: dict[str, Any]) -> Any:
    """The peer's network: junctions of supply and return, pipes, consumers, a circulation pump."""
    pp = import_module("pandapipes")

    water = pp.create_constant_fluid(
        "water",
        "liquid",
        density=float(case["density"]),
        viscosity=float(case["viscosity"]),
        heat_capacity=float(case["heat_capacity"]),
    )
    net = pp.create_empty_network(fluid=water)
    n = int(case["nodes"])
    warm = float(case["supply_temperature"])
    pp.create_junctions(net, 2 * n, pn_bar=float(case["supply_pressure"]) / BAR, tfluid_k=warm)
    start, end = case["start"].astype(int), case["end"].astype(int)
    common = {
        "length_km": np.tile(case["length"], 2) / 1e3,
        "inner_diameter_mm": np.tile(case["diameter"], 2) * 1e3,
        "k_mm": float(case["roughness"]) * 1e3,
        "sections": int(case["sections"]),
        "u_w_per_m2k": float(case["u"]),
        "text_k": float(case["outside"]),
    }
    pp.create_pipes_from_parameters(net, np.append(start, n + end), np.append(end, n + start), **common)
    nodes = np.arange(1, n)
    if case["heat"].size:
        pp.create_heat_consumers(
            net, nodes, n + nodes, controlled_mdot_kg_per_s=case["load"][0], qext_w=case["heat"]
        )
    else:
        pp.create_flow_controls(net, nodes, n + nodes, controlled_mdot_kg_per_s=case["load"][0])
    pp.create_circ_pump_const_pressure(
        net,
        return_junction=n,
        flow_junction=0,
        p_flow_bar=float(case["supply_pressure"]) / BAR,
        plift_bar=float(case["supply_pressure"] - case["return_pressure"]) / BAR,
        t_flow_k=warm,
    )
    return net


def main(source: str, target: str) -> None:
    pp = import_module("pandapipes")

    case = dict(np.load(source))
    net = build(case)
    heat = bool(case["heat"].size)
    table = net.heat_consumer if heat else net.flow_control
    options = {
        "mode": "sequential" if heat else "hydraulics",
        "friction_model": str(case["friction"]),
        "max_iter_hyd": 50,
        "max_iter_therm": 50,
        "tol_p": float(case["tolerance"]),
        "tol_m": float(case["tolerance"]),
        "tol_res": float(case["tolerance"]),
    }
    seconds, pressure, flow, temperature = [], [], [], []
    for row in (case["load"][0], *case["load"]):  # the first compiles
        table["controlled_mdot_kg_per_s"] = row
        begin = time.process_time()
        pp.pipeflow(net, **options)
        seconds.append(time.process_time() - begin)
        pressure.append(net.res_junction.p_bar.to_numpy() * BAR)
        flow.append(net.res_pipe.mdot_from_kg_per_s.to_numpy())
        temperature.append(net.res_junction.t_k.to_numpy())
    np.savez(
        target,
        version=pp.__version__,
        seconds=np.array(seconds[1:]),
        pressure=np.array(pressure[1:]),
        flow=np.array(flow[1:]),
        temperature=np.array(temperature[1:]),
    )


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    main(*sys.argv[1:])
