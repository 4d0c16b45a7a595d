"""Readings of the halls -> variables of run.nc."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from solvers.air.physics import PhysicsCheck
    from twin.halls.reading import HallReading
    from twin.results.records import Results


def reading_values(results: Results) -> tuple[dict[str, Any], dict[str, Any]]:
    """Registered values and coordinates of everything in `HallReading`, the halls one after the other."""
    readings = [(k, hall.reading) for k, hall in enumerate(results.halls) if hall.reading is not None]
    values: dict[str, Any] = {}
    coords: dict[str, Any] = {}
    openings = [(k, opening) for k, reading in readings for opening in reading.openings]
    aisles = [(k, aisle) for k, reading in readings for aisle in reading.aisles]
    if openings:
        for name in ("flow", "temperature", "heat", "pressure", "backflow"):
            values[f"opening_{name}"] = np.array([getattr(opening, name) for _, opening in openings])
        coords["opening"] = ("opening", [f"{k}:{opening.port}" for k, opening in openings])
        supplies = np.array([opening.supplies for _, opening in openings], dtype=np.int8)
        coords["opening_supplies"] = ("opening", supplies, {"long_name": "Supply (1) or exhaust (0)"})
    if aisles:
        values["aisle_in"] = np.array([aisle.supplied + aisle.blown for _, aisle in aisles])
        values["aisle_pressure"] = np.array([aisle.pressure for _, aisle in aisles])
        values["aisle_out"] = np.array([aisle.drawn + aisle.leaving for _, aisle in aisles])
        coords["aisle"] = ("aisle", [f"{k}:{aisle.name}" for k, aisle in aisles])
    inner, inner_coords = _inside(readings)
    values |= inner
    coords |= inner_coords
    traced = [(k, reading.traced) for k, reading in readings if reading.traced is not None]
    if traced:
        sources = [f"{k}:{name}" for k, each in traced for name in each.names]
        shares = np.full((sum(len(h.model.hall.populated) for h in results.halls), len(sources)), np.nan)
        first_rack = np.cumsum([0] + [len(h.model.hall.populated) for h in results.halls])
        captured = np.full(len(sources), np.nan)
        cold = np.full(shares.shape[0], np.nan)
        column = 0
        for k, each in traced:
            racks = slice(first_rack[k], first_rack[k] + len(each.racks))
            columns = slice(column, column + len(each.sources))
            shares[racks, columns] = each.inlet
            cold[racks] = each.capture_cold
            of_racks = [column + n for n, source in enumerate(each.sources) if source.racks]
            captured[of_racks] = each.captured
            column = columns.stop
        values |= {"recirculation": shares, "source_captured": captured, "rack_capture_cold": cold}
        coords["source"] = ("source", sources)
    ages = [reading.age for _, reading in readings]
    if any(age is not None for age in ages):
        shape = results.halls[0].air.state.temperature.shape
        values["air_age"] = np.stack(
            [
                np.where(h.model.air.raster.solid, np.nan, age.field if age else np.full(shape, np.nan))
                for h, age in zip(results.halls, ages, strict=True)
            ]
        ).astype(np.float32)
        values["rack_air_age"] = np.concatenate(
            [
                age.rack_inlet if age else np.full(len(h.model.hall.populated), np.nan)
                for h, age in zip(results.halls, ages, strict=True)
            ]
        )
    return values, coords


def _inside(readings: list[tuple[int, HallReading]]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Cooling units, passages and the pressure across racks."""
    values: dict[str, Any] = {}
    coords: dict[str, Any] = {}
    units = [(k, unit) for k, reading in readings for unit in reading.units]
    if units:
        for name, attribute in (
            ("flow", "flow"),
            ("return", "return_temperature"),
            ("supply", "supply_temperature"),
            ("heat", "heat"),
            ("capacity", "capacity"),
            ("utilisation", "utilisation"),
            ("pressure", "pressure"),
        ):
            values[f"unit_{name}"] = np.array([getattr(unit, attribute) for _, unit in units])
        coords["unit"] = ("unit", [f"{k}:{unit.name}" for k, unit in units])
        saturated = np.array([unit.saturated for _, unit in units], dtype=np.int8)
        coords["unit_saturated"] = ("unit", saturated, {"long_name": "Coil valve fully open (1)"})
    passages = [(k, passage) for k, reading in readings for passage in reading.passages]
    if passages:
        for name in ("flow", "temperature", "pressure"):
            values[f"passage_{name}"] = np.array([getattr(passage, name) for _, passage in passages])
        coords["passage"] = ("passage", [f"{k}:{passage.name}" for k, passage in passages])
    racks = [rack for _, reading in readings for rack in reading.racks]
    if racks:
        values["rack_pressure_rise"] = np.array([rack.pressure for rack in racks])
    return values, coords


def check_values(results: Results) -> tuple[dict[str, Any], dict[str, Any]]:
    """Registered values and coordinates of the physics checks."""
    checks = checks_of(results)
    values = {
        "check_value": np.array([check.value for _, check in checks]),
        "check_limit": np.array([check.limit for _, check in checks]),
    }
    coords = {
        "check": ("check", [f"{k}:{check.name}" for k, check in checks]),
        "check_unit": ("check", [check.unit for _, check in checks]),
        "check_meaning": ("check", [check.meaning for _, check in checks]),
    }
    return (values, coords) if checks else ({}, {})


def checks_of(results: Results) -> list[tuple[int, PhysicsCheck]]:
    """Every physics check with the number of its hall."""
    return [
        (k, check)
        for k, hall in enumerate(results.halls)
        if hall.reading is not None
        for check in hall.reading.checks
    ]


def check_attributes(results: Results) -> dict[str, Any]:
    """The physics checks, one a line with the number of its hall, and how many failed."""
    checks = checks_of(results)
    return {
        "checks": "\n".join(f"{k}: {check}" for k, check in checks),
        "checks_failed": sum(not check.passed for _, check in checks),
    }
