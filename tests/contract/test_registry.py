"""The registry of variables: parseable units, sane bounds, and the only way into a dataset."""

import numpy as np
import pytest

from solvers.errors import SolverError
from solvers.variables import VARIABLES
from twin.results.dataset import to_dataset

UDUNITS = {
    "1",
    "K",
    "Pa",
    "W",
    "J",
    "m",
    "kg",
    "s",
    "m3",
    "m-1",
    "s-1",
    "J-1",
    "K-1",
    "degrees_east",
    "degrees_north",
}


@pytest.mark.parametrize("variable", VARIABLES.values(), ids=lambda v: f"{v.group}/{v.name}")
def test_every_variable_is_described(variable):
    assert set(variable.units.split()) <= UDUNITS
    assert variable.group in {"hall", "loop", "year", "district", "uncertainty", "network"}
    assert variable.long_name
    assert variable.long_name[0].isupper()
    assert variable.valid[0] < variable.valid[1]
    assert len(set(variable.dims)) == len(variable.dims) > 0


def test_names_are_unique_within_a_group():
    assert all((v.group, v.name) == key for key, v in VARIABLES.items())


def test_an_unregistered_variable_is_refused():
    with pytest.raises(KeyError):
        to_dataset("year", {"invented": np.zeros(3)}, {})


def test_a_value_outside_its_bounds_is_refused():
    with pytest.raises(SolverError, match=r"Outdoor dry-bulb temperature.*20..20 K leaves.*200..450"):
        to_dataset("year", {"dry_bulb": np.full(3, 20.0)}, {})  # Celsius typed as kelvin


def test_a_dataset_carries_units_and_meaning():
    dataset = to_dataset("year", {"dry_bulb": np.full(3, 290.0)}, {"time": np.arange(3)})
    assert dataset.dry_bulb.attrs == {"units": "K", "long_name": "Outdoor dry-bulb temperature"}
    assert dataset.dry_bulb.dims == ("time",)


def test_labels_say_what_they_stand_for():
    dataset = to_dataset("network", {"flow": np.zeros(2)}, {"branch": ["pump", "pipe"]})
    assert dataset.branch.attrs == {"long_name": "Branch of the network"}
    own = to_dataset("network", {"flow": np.zeros(1)}, {"branch": ("branch", ["a"], {"long_name": "Mine"})})
    assert own.branch.attrs["long_name"] == "Mine"
