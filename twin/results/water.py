"""Cool water of the halls' coils -> variables of run.nc."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from twin.results.records import Results


def water_values(results: Results) -> tuple[dict[str, Any], dict[str, Any]]:
    """Registered values and coordinates: by coil, the halls one after the other, and by kind of hall."""
    found = [(k, hall.water) for k, hall in enumerate(results.halls) if hall.water is not None]
    if not found:
        return {}, {}

    values: dict[str, Any] = {
        f"coil_{name}": np.concatenate([getattr(water.interface, name) for _, water in found])
        for name in ("air_heat", "water_heat", "air_inlet", "utilisation")
    }
    consumers = [water.consumers for _, water in found]
    for name, field in (
        ("water_asked", "asked"),
        ("water_flow", "flow"),
        ("water_supply", "inlet"),
        ("water_return", "outlet"),
        ("water_drop", "drop"),
        ("valve", "stroke"),
    ):
        values[f"coil_{name}"] = np.concatenate([getattr(each, field) for each in consumers])
    kinds = len(results.halls)
    circuits = [(k, water.circuit) for k, water in found if water.circuit is not None]
    for name in ("supply", "back", "flow", "heat", "pump_power", "pump_speed"):
        values[f"cool_{'return' if name == 'back' else name}"] = _by_kind(
            kinds, {k: getattr(circuit, name) for k, circuit in circuits}
        )
    values["interface_closure"] = _by_kind(kinds, {k: water.interface.closure for k, water in found})
    values["interface_rounds"] = _by_kind(kinds, {k: water.interface.rounds for k, water in found})
    starved = np.concatenate([each.starved for each in consumers]).astype(np.int8)
    coords = {
        "coil": ("coil", [f"{k}:{name}" for k, water in found for name in water.interface.names]),
        "coil_starved": ("coil", starved, {"long_name": "Gets less water than it asks for (1)"}),
    }
    return values, coords


def _by_kind(kinds: int, values: dict[int, float]) -> Any:
    return np.array([values.get(k, np.nan) for k in range(kinds)])
