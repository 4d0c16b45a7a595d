"""Configuration of the coolant loop -> its design, its racks and the plan of its pipes."""

from __future__ import annotations

import math
from collections.abc import Sequence

from geometry.hall import Hall
from geometry.piping import PipeRun, pipe_runs
from solvers.air.problem import AirProblem
from solvers.coupling import coils_of
from solvers.fluids import load_fluid
from solvers.liquid.components.cdu import CduSpec
from solvers.liquid.components.cold_plate import read_cold_plate
from solvers.liquid.components.manifold import Outlet
from solvers.liquid.hall.doors import DoorSide, balanced, door_side
from solvers.liquid.hall.loop import LoopDesign, LoopLimits, RackLiquid
from solvers.liquid.hall.losses import PipeInsulation
from solvers.liquid.hall.pipes import SizingRule, read_pipe_sizes
from solvers.liquid.hall.plan import LoopPlan, plan_loop
from solvers.liquid.hall.trays import RackManifold
from twin import resources
from twin.assembly.doors import door_branches, on_loop
from twin.assembly.halls import rack_ratios
from twin.assembly.sizing import Sizing, reference_point
from twin.schema import FlowPolicy, ManifoldOutlet, TwinConf
from twin.units import KPA, KW, L_MIN, celsius

PLATE_COOLANT = "pg25"  # of the cold plate's published curve


def loop_branches(
    conf: TwinConf, sizing: Sizing, hall: Hall, problem: AirProblem
) -> tuple[tuple[RackLiquid, ...], tuple[str, ...]]:
    """What hangs on a hall's loop: its racks, then its rear doors where the CDUs feed them; names of these.

    Loops with doors are balanced: racks have valves as well.
    """
    racks = rack_loads(conf, sizing, hall) if sizing.rack_heat_liquid > 0.0 else ()
    if not on_loop(conf):
        return racks, ()
    units = {unit.name for unit in hall.units}
    doors = door_branches(conf, {k: coil for k, coil in coils_of(problem).items() if k not in units})
    return balanced([*racks, *doors]), tuple(door.name for door in doors)


def hall_runs(conf: TwinConf, hall: Hall) -> tuple[PipeRun, ...]:
    """The pipes of a hall's loops: to its racks, and to its rear doors where the CDUs feed them."""
    return pipe_runs(hall, plates=conf.compute.liquid_fraction > 0.0, doors=on_loop(conf))


def loop_plan(conf: TwinConf, hall: Hall, branches: Sequence[RackLiquid]) -> LoopPlan | None:
    """The sized pipes of a hall's loop; None where nothing hangs on it."""
    if not branches:
        return None
    return plan_loop(
        hall_runs(conf, hall),
        branches,
        loop_design(conf),
        supply=celsius(conf.loop.supply_temperature_C),
        spares=conf.loop.spare_cdus_per_row,
    )


def loop_doors(
    conf: TwinConf, plan: LoopPlan, branches: Sequence[RackLiquid], names: Sequence[str]
) -> DoorSide:
    """The doors on a hall's loop, as the air sees them; raises as `solve_hall_loop`."""
    return door_side(plan, branches, names, set_point=celsius(conf.loop.supply_temperature_C))


def rack_loads(conf: TwinConf, sizing: Sizing, hall: Hall) -> tuple[RackLiquid, ...]:
    """What the loop sees of the hall's populated racks, in their order."""
    compute = conf.compute
    reference_flow, reference_drop = reference_point(conf)
    ratios = rack_ratios(conf, hall)
    fixed = conf.loop.flow_policy is FlowPolicy.fixed
    return tuple(
        RackLiquid(
            name=rack.name,
            heat=sizing.rack_heat_liquid * ratios[rack.name],
            flow=sizing.rack_flow * (1.0 if fixed else ratios[rack.name]),
            reference_flow=reference_flow,
            reference_drop=reference_drop,
            exponent=compute.dp_exponent,
            gpus=compute.gpus_per_rack,
            gpu_power=compute.gpu_power_W * ratios[rack.name],
            gpu_heat_share=compute.gpus_per_rack * compute.gpu_power_W / sizing.rack_heat_liquid,
        )
        for rack in hall.populated
    )


def rack_manifold(conf: TwinConf) -> RackManifold | None:
    """Headers and trays of the racks; None where the configuration does not tell trays apart."""
    given = conf.compute.manifold
    if given.gpus_per_tray is None or conf.compute.liquid_fraction == 0.0:
        return None
    flow, drop = reference_point(conf)
    same = given.outlet is ManifoldOutlet.same_end
    return RackManifold(
        trays=math.ceil(conf.compute.gpus_per_rack / given.gpus_per_tray),
        flow=flow,
        drop=drop,
        exponent=conf.compute.dp_exponent,
        spacing=1e-3 * given.tray_pitch_mm,
        bore=1e-3 * given.bore_mm,
        outlet=Outlet.SAME_END if same else Outlet.OPPOSITE_ENDS,
    )


def loop_design(conf: TwinConf) -> LoopDesign:
    """Coolants, CDU, cold plate, pipe sizes and limits of the loop."""
    loop, compute = conf.loop, conf.compute
    data = resources.data_dir()
    return LoopDesign(
        coolant=load_fluid(data / "coolants" / f"{loop.coolant.value}.csv"),
        facility=load_fluid(data / "coolants" / f"{loop.facility_coolant.value}.csv"),
        cdu=CduSpec(
            capacity=loop.cdu_capacity_kW * KW,
            approach=loop.cdu_approach_K,
            flow=loop.cdu_flow_L_min * L_MIN,
            fws_ratio=loop.fws_flow_ratio,
            rated_supply=celsius(loop.supply_temperature_C),
            external_dp=loop.cdu_external_dp_kPa * KPA,
            internal_dp=loop.cdu_internal_dp_kPa * KPA,
            fws_dp=loop.fws_dp_kPa * KPA,
            pump_efficiency=loop.pump_efficiency,
        ),
        plate=read_cold_plate(
            data / "cold_plates" / "ocp_oam_2023.csv",
            PLATE_COOLANT,
            factor=compute.cold_plate_factor,
            junction_to_case=compute.junction_to_case_K_per_W,
        ),
        sizes=read_pipe_sizes(data / "pipes" / "steel_en10220.csv"),
        rule=SizingRule(max_gradient=loop.max_gradient_Pa_m, max_velocity=loop.max_velocity_m_s),
        limits=LoopLimits(
            junction=celsius(compute.gpu_limit_C),
            rack_return=celsius(compute.return_max_C),
            supply_min=celsius(compute.supply_min_C),
            supply_max=celsius(compute.supply_max_C),
        ),
        insulation=_insulation(conf),
    )


def _insulation(conf: TwinConf) -> PipeInsulation | None:
    thickness = conf.loop.control.insulation_mm
    if thickness is None:
        return None
    # assumption: the pipes run in the air that is supplied, not in the hot aisles
    return PipeInsulation(thickness=1e-3 * thickness, room=celsius(conf.hall.supply_air_C))
