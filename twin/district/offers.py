"""Water that another data centre offers, by hour: of a finished run of that site, of a file, or constant."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from geometry.errors import InputError, require
from geometry.grid import Array
from twin.district.series import HOURS, read_water
from twin.store import RUN_FILE, read_tree
from twin.units import MW, celsius, to_celsius

if TYPE_CHECKING:
    from twin.schema.district import FeedConf

_NEEDED = ("source_in", "source_wanted", "source_rate")


class Water(NamedTuple):
    """By hour (8760,): temperature offered and wanted back [K], capacity rate [W/K]."""

    temperature: Array
    coldest: Array
    rate: Array

    @property
    def heat(self) -> Array:
        """(8760,) that can be taken [W]"""
        return self.rate * np.maximum(self.temperature - self.coldest, 0.0)


def offered_water(feed: FeedConf) -> Water:
    """The water of a feed. Raises InputError where its sources are none or several, for a run that is not
    finished or an earlier version's, and for water that is wanted back warmer than it is offered."""
    where = f"district.feeds '{feed.name}'"
    given = [name for name in ("run", "csv", "heat_MW") if getattr(feed, name) is not None]
    require(
        len(given) == 1,
        f"{where}: its heat is given by {' and '.join(given) or 'nothing'}: one of run, csv and heat_MW is "
        "needed",
        hint="run=FOLDER of a finished run of that site, or heat_MW=10 with temperature_C and back_C",
    )
    if feed.run is not None:
        return _of_run(Path(feed.run), where)
    require(feed.back_C is not None, f"{where}: back_C, the coldest water it wants back, is needed")
    assert feed.back_C is not None
    back = np.full(HOURS, celsius(feed.back_C))
    if feed.csv is not None:
        heat, temperature = read_water(feed.csv)
    else:
        require(
            feed.temperature_C is not None, f"{where}: temperature_C of its {feed.heat_MW:g} MW is needed"
        )
        assert feed.temperature_C is not None
        assert feed.heat_MW is not None
        require(feed.heat_MW > 0.0, f"{where}: heat_MW = {feed.heat_MW:g}: must be positive")
        heat, temperature = np.full(HOURS, feed.heat_MW * MW), np.full(HOURS, celsius(feed.temperature_C))
    cold = (heat > 0.0) & (temperature <= back)
    if np.any(cold):
        hour = int(np.argmax(cold))
        raise InputError(
            f"{where}: offers water of {to_celsius(temperature[hour]):g} degC in hour {hour} and wants it "
            f"back at {feed.back_C:g} degC: must be colder\n  try: a lower back_C"
        )
    rate = np.divide(heat, temperature - back, out=np.zeros(HOURS), where=heat > 0.0)
    return Water(temperature=temperature, coldest=back, rate=rate)


def _of_run(folder: Path, where: str) -> Water:
    file = folder if folder.suffix == ".nc" else folder / RUN_FILE
    require(
        file.is_file(), f"{where}: no finished run at {folder}", hint="`twin runs` lists the finished runs"
    )
    tree = read_tree(file)
    status = str(tree.attrs.get("status", "unknown"))
    require(
        status == "complete", f"{where}: the run {folder} is not complete ({status})", hint="run it again"
    )
    district = tree["district"].to_dataset() if "district" in tree.children else {}
    missing = [name for name in _NEEDED if name not in district]
    require(
        not missing,
        f"{where}: the run {folder} does not say what water it offers ({', '.join(missing)} missing)",
        hint="run that site again with this version",
    )
    found = Water(*(np.asarray(district[name].values, dtype=np.float64) for name in _NEEDED))
    require(
        found.temperature.size == HOURS and bool(np.isfinite(np.stack(found)).all()),
        f"{where}: the run {folder} holds {found.temperature.size} hours, or gaps: {HOURS} are needed",
    )
    return found
