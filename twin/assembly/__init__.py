"""Configuration -> domain: the only place where the two meet.

Above it, values as engineers type them (twin.schema); below it, frozen records in SI units.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from twin.assembly.air import air_controls, air_problem
from twin.assembly.cool import cool_side
from twin.assembly.halls import HallKind, hall_kinds, hall_positions
from twin.assembly.loop import loop_branches, loop_doors, loop_plan
from twin.assembly.sizing import Sizing, size
from twin.halls.grid_study import study_problems

if TYPE_CHECKING:
    from geometry.hall import Hall
    from solvers.air.problem import AirControls, AirProblem
    from solvers.liquid.hall.cool_circuit import CoolSide
    from solvers.liquid.hall.doors import DoorSide
    from solvers.liquid.hall.loop import RackLiquid
    from solvers.liquid.hall.plan import LoopPlan
    from twin.schema import TwinConf

__all__ = ["HallModel", "Site", "Sizing", "assemble_site", "halls_of_run"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HallModel:
    """One distinct hall, ready to be solved; `count` halls of the site are like it."""

    hall: Hall
    count: int
    air: AirProblem
    plan: LoopPlan | None  # None: no liquid cooling
    racks: tuple[RackLiquid, ...]  # and after them their doors, where the CDUs feed these
    coarser: tuple[AirProblem, ...] = ()  # of a grid study, coarsest first
    cool: CoolSide | None = None  # water of the air's coils; None: without coils, or as given
    doors: DoorSide | None = None  # of rear doors that the CDUs feed; None: without

    @property
    def n_plates(self) -> int:
        """Racks with cold plates; what follows in `racks` are doors."""
        return len(self.racks) - (len(self.doors.names) if self.doors is not None else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A site, ready to be solved."""

    name: str
    title: str
    sizing: Sizing
    halls: tuple[HallModel, ...]
    controls: AirControls


def assemble_site(conf: TwinConf) -> Site:
    """Derive, build and check everything a run needs.

    Raises InputError naming every problem of a hall, or the quantity that does not fit.
    """
    sizing = size(conf, *hall_positions(conf))
    return Site(
        name=conf.site.name,
        title=conf.site.title,
        sizing=sizing,
        halls=tuple(_model(conf, sizing, kind) for kind in hall_kinds(conf, sizing)),
        controls=air_controls(conf),
    )


def _model(conf: TwinConf, sizing: Sizing, kind: HallKind) -> HallModel:
    air = air_problem(conf, sizing, kind.hall)
    branches, doors = loop_branches(conf, sizing, kind.hall, air)
    plan = loop_plan(conf, kind.hall, branches)
    return HallModel(
        hall=kind.hall,
        count=kind.count,
        air=air,
        coarser=study_problems(conf, sizing, kind.hall, air) if conf.solver.grid_study else (),
        plan=plan,
        cool=cool_side(conf, kind.hall, air),
        racks=branches,
        doors=loop_doors(conf, plan, branches, doors) if plan is not None and doors else None,
    )


def halls_of_run(config_yaml: Path) -> tuple[HallKind, ...]:
    """The distinct halls of a finished run, rebuilt from the configuration stored beside its results."""
    from twin.config import read_config

    conf = read_config(config_yaml)
    return hall_kinds(conf, size(conf, *hall_positions(conf)))
