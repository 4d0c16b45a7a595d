"""Everything a run computed, as the rest of the program hands it on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twin.halls.grid_study import GridStudy, unsettled_grids
from twin.notes import sample_notes, shortfalls

if TYPE_CHECKING:
    from solvers.air.problem import AirSolution
    from solvers.liquid.hall.loop import LoopSolution
    from solvers.liquid.hall.trays import TrayStates
    from twin.assembly import HallModel, Site
    from twin.assembly.site_loop import SiteLoop
    from twin.district.plan import DistrictPlan
    from twin.electricity import ElectricityMix
    from twin.halls.coupled import HallWater
    from twin.halls.reading import HallReading
    from twin.schema import TwinConf
    from twin.uncertainty.study import Uncertainty
    from twin.weather import Weather
    from twin.year import Year
    from twin.year.marginal import MarginalValues
    from twin.year.summary import YearSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class HallResult:
    """One distinct hall, solved."""

    model: HallModel
    air: AirSolution
    loop: LoopSolution | None
    trays: TrayStates | None = None  # of its racks
    reading: HallReading | None = None
    grids: GridStudy | None = None
    water: HallWater | None = None  # of the air's coils


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Results:
    """Everything a run computed; `seconds` by stage."""

    conf: TwinConf
    site: Site
    halls: tuple[HallResult, ...]
    weather: Weather
    year: Year
    summary: YearSummary
    seconds: dict[str, float]
    uncertainty: Uncertainty | None = None
    site_loop: SiteLoop | None = None  # loop.resolve=site
    margins: MarginalValues | None = None  # what more of the recovery plant would bring
    plan: DistrictPlan | None = None  # of the district, where heat is recovered
    electricity: ElectricityMix | None = None

    def __repr__(self) -> str:
        sizing, year = self.site.sizing, self.summary.year
        cells = sum(hall.model.air.raster.grid.n_cells for hall in self.halls)
        statuses = ", ".join(dict.fromkeys(hall.air.status.value for hall in self.halls))
        return (
            f"Results({self.site.name}: {sizing.racks:,} racks in {sizing.halls} halls, "
            f"{len(self.halls)} distinct ({cells:,} cells, {statuses}), PUE {year.pue:.3f}, "
            f"{self.summary.heat.available_GWh:.0f} GWh of heat a year, {len(self.warnings)} notes)"
        )

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the reader must know, in the order of the stages, each said once."""
        found = list(self.site.sizing.notes)
        for result in self.halls:
            found += result.loop.warnings if result.loop else ()
            found += result.reading.notes if result.reading else ()
            found += result.water.circuit.warnings if result.water and result.water.circuit else ()
            found += unsettled_grids(result.grids) if result.grids else ()
        found += self.site_loop.solution.warnings if self.site_loop else ()
        found += shortfalls(self)
        found += sample_notes(self.uncertainty) if self.uncertainty else ()
        return tuple(dict.fromkeys(found))
