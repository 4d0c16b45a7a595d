"""The group `loop` of run.nc: what flows in the closed loops, rack by rack, unit by unit, pipe by pipe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from twin.results.dataset import to_dataset

if TYPE_CHECKING:
    import xarray as xr

    from geometry.grid import Array
    from twin.results.records import Results

_HALLS = {
    "heat": "heat", "fws_flow": "flow", "fws_supply": "fws_supply", "fws_return": "fws_return",
    "tcs_supply": "tcs_supply", "gpu_junction": "junction", "mains_drop": "mains_drop",
    "pressure_drop": "hall_drop", "spare_head": "spare",
}  # fmt: skip


def loop_dataset(results: Results) -> xr.Dataset:
    """Racks, CDUs and pipes of every distinct hall, and where the site is resolved each of its halls."""
    solved = [(k, h.loop) for k, h in enumerate(results.halls) if h.loop is not None]
    racks = {
        "rack_heat_liquid": "heat", "rack_flow": "flow", "rack_supply": "inlet", "rack_return": "outlet",
        "rack_pressure_drop": "drop", "gpu_junction": "junction",
    }  # fmt: skip
    cdus = {
        "cdu_heat": "heat", "cdu_tcs_flow": "flow", "cdu_fws_flow": "fws_flow",
        "cdu_tcs_supply": "tcs_supply", "cdu_tcs_return": "tcs_return", "cdu_fws_supply": "fws_in",
        "cdu_fws_return": "fws_out", "cdu_pump_power": "pump_power",
    }  # fmt: skip
    pipes = {
        "pipe_nominal": "nominal", "pipe_lines": "parallel", "pipe_length": "length", "pipe_flow": "flow",
        "pipe_velocity": "velocity", "pipe_pressure_drop": "drop", "pipe_temperature": "temperature",
    }  # fmt: skip

    # doors that the CDUs feed stand after the racks; they are stored with the other coils
    plates = {k: hall.model.n_plates for k, hall in enumerate(results.halls)}

    def joined(part: str, name: str) -> Array:
        found = [(k, getattr(getattr(loop, part), name)) for k, loop in solved]
        return np.concatenate([values[: plates[k]] if part == "racks" else values for k, values in found])

    values: dict[str, Any] = {name: joined("racks", field) for name, field in racks.items()}
    values |= {name: joined("cdus", field) for name, field in cdus.items()}
    values |= {name: joined("pipes", field) for name, field in pipes.items()}
    values["pipe_velocity"] = np.abs(values["pipe_velocity"])
    trays = [hall.trays for hall in results.halls if hall.trays is not None]
    if trays:
        values |= {
            "tray_flow": np.concatenate([each.flow for each in trays]),
            "tray_gpu_junction": np.concatenate([each.junction for each in trays]),
            "tray_gpu_power": np.concatenate([each.gpu_power for each in trays]),
        }
    coords: dict[str, Any] = {
        part: (
            part,
            [
                f"{k}:{name}"
                for k, loop in solved
                for name in getattr(loop, f"{part}s").name[: plates[k] if part == "rack" else None]
            ],
        )
        for part in ("rack", "cdu", "pipe")
    }
    if trays:
        coords["tray"] = ("tray", np.arange(1, trays[0].flow.shape[1] + 1))
    if results.site_loop is not None:
        halls = results.site_loop.halls
        values |= {f"site_hall_{name}": getattr(halls, field) for name, field in _HALLS.items()}
        coords["site_hall"] = ("site_hall", list(halls.name))
    return to_dataset("loop", values, coords, {"title": f"Closed loops of {results.site.title}"})
