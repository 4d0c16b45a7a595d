"""Halls and coolant loops that cases and tests share: small, literal, independent of the configuration."""

from __future__ import annotations

from collections.abc import Sequence

from geometry.layout import HallLayout, generate_hall
from geometry.piping import PipeRun, pipe_runs
from solvers.fluids import Fluid, load_fluid
from solvers.liquid.components.cdu import CduSpec
from solvers.liquid.components.cold_plate import read_cold_plate
from solvers.liquid.hall.flow_policy import PublishedFlow
from solvers.liquid.hall.loop import LoopDesign, LoopLimits, RackLiquid
from solvers.liquid.hall.pipes import SizingRule, read_pipe_sizes
from twin.resources import data_dir
from twin.units import L_MIN
from twin.units import ZERO_CELSIUS as ZERO

# Lenovo Press LP2357, table 27: flow of a GB300 NVL72 rack against supply; 90 % of 135 kW go to liquid
GB300_HEAT = 121.5e3
GB300_FLOW = PublishedFlow(
    supply=tuple(ZERO + t for t in (25.0, 30.0, 35.0, 40.0, 45.0)),
    flow=tuple(L_MIN * v for v in (59.0, 71.0, 89.0, 119.0, 177.0)),
    heat=GB300_HEAT,
)

# CoolIT CHx2000: 2 MW, 5 K, 2125 l/min, 35 psi; own drop, facility drop and efficiency are assumptions
CHX2000 = CduSpec(
    capacity=2.0e6,
    approach=5.0,
    flow=2125.0 * L_MIN,
    fws_ratio=1.0,
    rated_supply=ZERO + 40.0,
    external_dp=241e3,
    internal_dp=90e3,
    fws_dp=200e3,
    pump_efficiency=0.65,
)


def coolant(name: str) -> Fluid:
    """A fluid of data/coolants by its file name."""
    return load_fluid(data_dir() / "coolants" / f"{name}.csv")


def loop_design(*, cdu: CduSpec = CHX2000, fluid: str = "pg25") -> LoopDesign:
    """CHx2000 units, OCP cold plates scaled to a GB300 package, steel pipes."""
    data = data_dir()
    return LoopDesign(
        coolant=coolant(fluid),
        facility=coolant("water"),
        cdu=cdu,
        plate=read_cold_plate(
            data / "cold_plates" / "ocp_oam_2023.csv", fluid, factor=0.65, junction_to_case=0.004
        ),
        sizes=read_pipe_sizes(data / "pipes" / "steel_en10220.csv"),
        rule=SizingRule(),
        limits=LoopLimits(
            junction=ZERO + 87.0, rack_return=ZERO + 65.0, supply_min=ZERO + 2.0, supply_max=ZERO + 50.0
        ),
    )


def hall_runs(
    rows: int, racks_per_row: int, *, cdus_per_row: int = 1
) -> tuple[list[str], tuple[PipeRun, ...]]:
    """Names of the populated racks and the pipe runs of a parametric hall."""
    layout = HallLayout(rows=rows, racks_per_row=racks_per_row, fan_walls=2)
    hall = generate_hall(layout, populated=None, cdus_per_row=cdus_per_row, name="test")
    return [rack.name for rack in hall.populated], tuple(pipe_runs(hall))


def racks(
    names: Sequence[str], *, flow: float, heat: float = GB300_HEAT, reference_flow: float = 119.0 * L_MIN
) -> list[RackLiquid]:
    """Racks of the GB300 kind: 58.6 kPa at 119 l/min, 72 packages that take 83 % of the coolant.

    flow of each [m3/s], heat to the coolant of each [W]
    """
    return [
        RackLiquid(
            name=name,
            heat=heat,
            flow=flow,
            reference_flow=reference_flow,
            reference_drop=58.6e3,
            gpus=72,
            gpu_power=1400.0 * heat / GB300_HEAT,
            gpu_heat_share=0.83,
        )
        for name in names
    ]
