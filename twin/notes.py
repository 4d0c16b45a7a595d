"""What the reader of a run must know, in words: air, plant and grids that leave what is allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twin.schema import PlantKind
from twin.units import MW, celsius, to_celsius

if TYPE_CHECKING:
    from twin.results.records import HallResult, Results
    from twin.uncertainty.study import Uncertainty

ALLOWABLE_INLET = 305.15  # class A1, 32 degC (ASHRAE TC 9.9) [K]
THROTTLED = 0.02  # how far GPUs that throttle may lie above their limit [K]


def shortfalls(results: Results) -> list[str]:
    """Where the year leaves what plant or equipment allow, in words."""
    from solvers.heat.heat_pump import Limit

    conf, summary = results.conf, results.summary
    found = []
    if summary.floating_hours:
        found.append(
            f"the plant falls short in {summary.floating_hours} hours of the year: the water to the halls "
            f"floats up to {summary.floating_max_K:.1f} K above its set point"
        )
    found += air_notes(results)
    found += coil_notes(results)
    cold = summary.limits["temperature"]
    if cold > 0.5:
        offered = summary.heat.offered_temperature_C
        found.append(
            f"in {100 * cold:.0f} % of the hours temperature keeps heat from the network: {offered:.0f} degC "
            f"are offered, its return is {conf.district.return_C:g} degC; try recovery=heat_pump"
        )
    idle = int(np.count_nonzero((results.year.limit == Limit.SOURCE) & (results.year.heat_produced <= 0.0)))
    if idle > 0.5 * results.year.hours:
        found.append(
            f"in {100 * idle / results.year.hours:.0f} % of the hours the site's heat is too little to start "
            "one unit of the heat pump; try a smaller recovery.capacity_MW, or more recovery.units"
        )
    found += loop_notes(results)
    found += tray_notes(results)
    if conf.plant.capacity_MW is not None and conf.plant.capacity_MW * MW < results.site.sizing.it_power:
        chilled = conf.plant.chiller_backup or conf.plant.kind is PlantKind.chiller
        found.append(
            f"plant.capacity_MW = {conf.plant.capacity_MW:g} is below the IT power "
            f"({results.site.sizing.it_power / MW:.1f} MW)"
            + ("; the chillers are taken as large enough" if chilled else "")
        )
    return found


def loop_notes(results: Results) -> list[str]:
    """Limits of the racks passed in the year, work lost to them, how well the loops are known, in words."""
    compute, year, summary = results.conf.compute, results.year, results.summary
    found = []
    for quantity, hourly, limit in (
        ("TCS supply", year.tcs_supply, compute.supply_max_C),
        ("TCS return", year.tcs_return, compute.return_max_C),
        ("GPU junction", year.junction, compute.gpu_limit_C),
    ):
        # throttled GPUs lie at their limit, to the tolerance of the search
        over = hourly > celsius(limit) + THROTTLED
        if over.any():
            found.append(
                f"{quantity} passes the limit of {compute.name} ({limit:g} degC) in {int(over.sum())} hours "
                f"of the year, up to {to_celsius(float(hourly[over].max())):.1f} degC"
            )
    if summary.throttled_hours:
        found.append(
            f"GPUs at their limit of {compute.gpu_limit_C:g} degC slow down in {summary.throttled_hours} "
            f"hours of the year: {summary.throttled_GWh:.3g} GWh of IT energy less than asked for, at most "
            "(all racks at the speed of the hottest)"
        )
    if summary.loop_error is not None:
        error = summary.loop_error
        found.append(
            f"loops of the year from a table of solved hours: temperatures within {error.kelvin:.2g} K, CDU "
            f"pump power within {100 * error.pump_power:.2g} % of the halls solved hour by hour "
            "(loop.year=resolved)"
        )
    return found


def tray_notes(results: Results) -> list[str]:
    """Trays whose GPUs slow down at full load, in words."""
    limit, found = results.conf.compute.gpu_limit_C, []
    for hall in results.halls:
        if hall.trays is None or not hall.trays.throttled.any():
            continue
        trays = hall.trays
        rack, tray = divmod(int(trays.junction.argmax()), trays.junction.shape[1])
        found.append(
            f"GPUs of {int(trays.throttled.sum())} of {trays.throttled.size} trays slow down at {limit:g} "
            f"degC: tray {tray + 1} of rack {trays.rack[rack]} to {trays.gpu_power[rack, tray]:.0f} of "
            f"{trays.asked[rack]:.0f} W a package"
        )
    return found


def sample_notes(found: Uncertainty) -> list[str]:
    """Members of the sample that no circuit would hold, in words."""
    from twin.uncertainty.study import boiling_members

    boiling = boiling_members(found)
    if not boiling:
        return []
    return [
        f"in {boiling} of {found.results.shape[1]} members of the sample the plant is so small that the "
        "water of the site would boil; the percentiles count them as computed"
    ]


def air_notes(results: Results) -> list[str]:
    """Air too scarce or too warm for the racks, and what `unsteady` means, in words."""
    conf, found = results.conf, []
    hottest = max(float(hall.air.rack_inlet_max.max(initial=0.0)) for hall in results.halls)
    if conf.hall.airflow_margin < 1.0:
        found.append(
            f"hall.airflow_margin = {conf.hall.airflow_margin:g}: racks draw more air than is supplied"
        )
    if hottest > ALLOWABLE_INLET:
        found.append(
            f"hottest rack inlet {to_celsius(hottest):.1f} degC: above the "
            f"{to_celsius(ALLOWABLE_INLET):.0f} degC that ASHRAE allows class A1 equipment"
        )
    found += [unsteady_note(hall) for hall in results.halls if hall.air.status.value == "unsteady"]
    return found


def coil_notes(results: Results) -> list[str]:
    """Coils whose water is colder than the dew point outdoors, in words: the models of coils are dry.

    No coil is colder than the water that enters it, and no hall more humid than the air outdoors.
    """
    water = coldest_coil(results.halls, celsius(results.conf.plant.cool_water_C))
    humid = results.weather.dew_point > water
    if not humid.any():
        return []
    return [
        f"air coils may be wet in {int(humid.sum())} hours of the year: the dew point outdoors is up to "
        f"{to_celsius(float(results.weather.dew_point.max())):.1f} degC, their water enters at "
        f"{to_celsius(water):.1f} degC; the heat of condensation is not counted"
    ]


def coldest_coil(halls: tuple[HallResult, ...], plant: float) -> float:
    """Coldest water that enters coils of units and rear doors [K]; plant: that of coils outside the room."""
    water = []
    for hall in halls:
        problem = hall.model.air
        for unit in problem.units:
            if unit.coil is not None and not unit.failed:
                given = unit.water_temperature
                water.append(unit.coil.water_temperature if given is None else given)
        water += [rack.door_temperature for rack in problem.fan_racks if rack.has_door]
        if not problem.units:
            water.append(plant)
    return min(water, default=plant)


def unsteady_note(hall: HallResult) -> str:
    """Means, ranges and drifts of a hall that keeps moving, in words; run.nc holds them for each rack."""
    from solvers.air.monitors import settling

    racks, settled = hall.model.air.racks, settling(hall.air.history["inlets"], hall.air.window)
    said = f"hall unsteady: the flow keeps moving; rack inlets are means over {settled.size} iterations"
    if not racks:
        return said
    widest = [int(at) for at in settled.swing.argsort()[::-1][:3]]
    named = ", ".join(
        f"{racks[at].name} {to_celsius(settled.mean[at]):.1f} degC, range {settled.swing[at]:.2f} K, drift "
        f"{settled.drift[at]:+.2f} K"
        for at in widest
    )
    return f"{said}; they wander most at {named}"
