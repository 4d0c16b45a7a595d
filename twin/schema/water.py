"""The cool water circuit of a hall's coils: cooling units and rear doors (`hall.water`)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Optional

from twin.schema.ranges import Range

# Optional[...] is what OmegaConf reads from a dataclass: it predates `X | None` there.
# ruff: noqa: UP045


class DoorCircuit(Enum):
    """What feeds the rear doors."""

    cool = "cool"  # the cool water circuit, with the cooling units where there are any
    tcs = "tcs"  # the CDUs: doors in parallel with the racks' cold plates


@dataclass
class WaterConf:
    """Pipes, valves and pumps between the plant and the coils; defaults are assumptions."""

    coupled: bool = True  # solve air and water until they agree; false: the water of the design
    coil_drop_kPa: float = 40.0  # of a unit's coil at its rated flow
    door_drop_kPa: float = 30.0  # of a rear door's
    door_range_K: Optional[float] = None  # warming of its water at design; None: plant.cool_water_range_K
    valve_drop_kPa: float = 40.0  # of an open valve at the rated flow: an authority of a half or so
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


RANGES = (
    Range("hall.water.coil_drop_kPa", 0.1, 500, "kPa"),
    Range("hall.water.door_drop_kPa", 0.1, 500, "kPa"),
    Range("hall.water.door_range_K", 1, 30, "K"),
    Range("hall.water.valve_drop_kPa", 0.1, 500, "kPa"),
    Range("hall.water.valve_limit", 0.1, 10, "-"),
    Range("hall.water.source_drop_kPa", 0.1, 1000, "kPa"),
    Range("hall.water.pumps", 1, 20, "pumps"),
    Range("hall.water.spare_pumps", 0, 19, "pumps"),
    Range("hall.water.lost_pumps", 0, 19, "pumps"),
    Range("hall.water.head_margin", 1, 5, "-"),
    Range("hall.water.pump_efficiency", 0.05, 0.95, "-"),
    Range("hall.water.station_approach_K", 0.5, 20, "K"),
    Range("hall.water.plant_water_C", 2, 50, "degC"),
)
