"""A solved site -> its year: hourly inputs, loops put together, the water of all coils."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from solvers.liquid.hall.lumped import LumpedLoop
from solvers.liquid.hall.solve import lump
from twin.assembly.air import handled_flow
from twin.assembly.year import CoilWater, heat_reuse, year_spec
from twin.assembly.year_loops import facility_pumps, site_loops
from twin.units import celsius
from twin.weather import Weather, typical_year
from twin.weather.files import read_weather
from twin.workload import it_load
from twin.year.doors import LoopDoors

if TYPE_CHECKING:
    from geometry.grid import Array
    from twin.assembly import Site
    from twin.assembly.site_loop import SiteLoop
    from twin.results.records import HallResult
    from twin.schema import TwinConf
    from twin.year import YearSpec


def hourly_inputs(conf: TwinConf) -> tuple[Weather, Array]:
    """Weather and IT load of the year, generated or read."""
    weather = read_weather(conf.climate.file) if conf.climate.file else typical_year(conf.climate)
    return weather, it_load(conf.workload)


def checked_inputs(conf: TwinConf) -> tuple[Weather, Array]:
    """Weather and IT load, once the network, its trunk and the recovery are known to be possible.

    Raises InputError for whatever the year would refuse after the halls are solved.
    """
    weather, load = hourly_inputs(conf)
    heat_reuse(conf.recovery, conf.district, weather)
    return weather, load


def site_year_spec(
    conf: TwinConf,
    site: Site,
    halls: tuple[HallResult, ...],
    weather: Weather,
    load: Array,
    whole: SiteLoop | None = None,
) -> YearSpec:
    """The site as the year sees it: its loops, sized plant, recovery and network.

    load   IT power over design power by hour; whole: the site's loop, where its mains are laid out
    """
    pumps, held = facility_pumps(conf.loop, [(h.loop, h.model.count) for h in halls if h.loop], whole)
    spec = year_spec(
        it_design_power=site.sizing.it_power,
        liquid_fraction=loop_share(conf.compute.liquid_fraction, halls),
        loop=site_loop(halls),
        tcs_set_point=celsius(conf.loop.supply_temperature_C),
        fws_pump_power=pumps,
        fws_head_held=held,
        dew_margin=conf.loop.control.dew_point_margin_K,
        air_handler_power=sum(
            conf.hall.fan_power_W_per_m3_s * handled_flow(h.model.air, h.air) * h.model.count for h in halls
        ),
        hall_area=sum(h.model.hall.floor_area * h.model.count for h in halls),
        plant=conf.plant,
        power=conf.power,
        recovery=conf.recovery,
        district=conf.district,
        weather=weather,
        coils=coil_water(halls),
    )
    spec = replace(spec, doors=loop_doors(conf, halls))
    loops = [(h.model.plan, h.model.racks, h.model.count) for h in halls if h.model.plan is not None]
    return replace(spec, loops=site_loops(conf.loop, loops, spec, weather, load))


def loop_share(plates: float, halls: tuple[HallResult, ...]) -> float:
    """Share of the IT heat that the CDUs carry at design [-]: of plates, and of the rear doors they feed."""
    doors = sum(hall.water.door_heat * hall.model.count for hall in halls if hall.water)
    air = sum(rack.heat * hall.model.count for hall in halls for rack in hall.model.air.racks)
    return plates + (1.0 - plates) * doors / air if doors else plates


def loop_doors(conf: TwinConf, halls: tuple[HallResult, ...]) -> LoopDoors | None:
    """The rear doors that the CDUs feed as one; None where there are none, or they take no heat."""
    plates, supply = conf.compute.liquid_fraction, celsius(conf.loop.supply_temperature_C)
    parts = [
        (
            hall.water.door_heat,
            hall.water.interface.air_inlet[-len(hall.model.doors.names) :],
            hall.model.count,
        )
        for hall in halls
        if hall.water and hall.model.doors
    ]
    heat = sum(q * count for q, _, count in parts)
    if not heat > 0.0:
        return None
    number = sum(air.size * count for _, air, count in parts)
    enters = sum(float(air.sum()) * count for _, air, count in parts) / number
    air = celsius(conf.hall.supply_air_C)
    return LoopDoors(
        share=loop_share(plates, halls) - plates, rate=heat / (enters - supply), air=air, rise=enters - air
    )


def coil_water(halls: tuple[HallResult, ...]) -> CoilWater | None:
    """Cool water of all coils that were solved with their water; None without any."""
    wet = [
        (h.water.circuit, h.model.cool.source, h.model.count)
        for h in halls
        if h.water and h.water.circuit and h.model.cool
    ]
    if not wet:
        return None
    _, source, _ = wet[0]
    return CoilWater(
        heat=sum(circuit.heat * count for circuit, _, count in wet),
        rate=sum(circuit.capacity_rate * count for circuit, _, count in wet),
        supply=source.supply if source.exchanger is None else source.primary,
    )


def site_loop(halls: tuple[HallResult, ...]) -> LumpedLoop | None:
    """All loops of the site in parallel, reduced to one; None without liquid cooling."""
    parts = [(lump(hall.loop), hall.model.count) for hall in halls if hall.loop is not None]
    if not parts:
        return None
    c_tcs = sum(part.c_tcs * count for part, count in parts)
    c_fws = sum(part.c_fws * count for part, count in parts)
    reach = sum(part.effectiveness * min(part.c_tcs, part.c_fws) * count for part, count in parts)
    return LumpedLoop(
        c_tcs=c_tcs,
        c_fws=c_fws,
        effectiveness=reach / min(c_tcs, c_fws),
        pump_power=sum(part.pump_power * count for part, count in parts),
        loss=sum(part.loss * count for part, count in parts),
    )
