"""Configuration of the cool water circuit of a hall's coils: cooling units and rear doors (`hall.water`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

# Optional[...] is what OmegaConf reads from a dataclass
# ruff: noqa: UP045


@dataclass
class WaterConf:
    """Pipes, valves and pumps between the plant and the coils; defaults are assumptions."""

    coupled: bool = True  # solve air and water until they agree; false: the water of the design
    coil_drop_kPa: float = 40.0  # of a unit's coil at its rated flow
    door_drop_kPa: float = 30.0  # of a rear door's
    door_range_K: Optional[float] = None  # warming of its water at design; None: plant.cool_water_range_K
    valve_drop_kPa: float = 40.0  # of an open control valve at the rated flow: an authority of a half or so
    valve_limit: float = 1.0  # most that a valve lets pass, over the rated flow [-]
    source_drop_kPa: float = 60.0  # of the plant's side of the circuit
    pumps: int = 2  # in parallel
    spare_pumps: int = 1  # of which so many may stand without a loss of flow
    lost_pumps: int = 0  # out of service
    head_margin: float = 1.1  # of the pumps over what the design flow asks for [-]
    pump_efficiency: float = 0.6  # wire to water [-]
    # a station between plant and circuit: plant water below the circuit's at design; None: none
    station_approach_K: Optional[float] = None
    plant_water_C: Optional[float] = None  # of the plant, to the station; None: approach below the circuit
