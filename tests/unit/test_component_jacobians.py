"""Every component's analytic derivatives against central differences.

One specimen a component and branch: a function of a vector that gives (outputs, Jacobian), and a point.
Points stay away from kinks (a limit just reached), where the derivative is one-sided.
"""

import numpy as np
import pytest
from component_device_specimens import device_and_plant_specimens
from component_specimens import Specimen, heat_specimens

pytestmark = pytest.mark.kernel

SPECIMENS = [*heat_specimens(), *device_and_plant_specimens()]


def central_difference(specimen, step=1e-5):
    columns = []
    for i, value in enumerate(specimen.at):
        h = step * max(abs(value), 1e-12)
        ahead, behind = np.array(specimen.at), np.array(specimen.at)
        ahead[i] += h
        behind[i] -= h
        columns.append((specimen.evaluate(ahead)[0] - specimen.evaluate(behind)[0]) / (ahead[i] - behind[i]))
    return np.stack(columns, axis=1)


@pytest.mark.parametrize("specimen", SPECIMENS, ids=lambda s: s.name)
def test_jacobian(specimen):
    """To 1e-6 of each output's largest response to a relative change of an input."""
    value, jacobian = specimen.evaluate(np.array(specimen.at))
    assert jacobian.shape == (value.size, len(specimen.at))
    difference = central_difference(specimen)
    inputs = np.abs(specimen.at)
    size = np.max(np.abs(jacobian) * inputs, axis=1, keepdims=True)
    floor = 1e-9 * np.abs(value)[:, None] + 1e-300
    assert np.all(np.abs(difference - jacobian) * inputs <= 1e-6 * size + floor)


def test_a_wrong_slope_is_found():
    right = SPECIMENS[0]

    def wrong(x):
        value, jacobian = right.evaluate(x)
        return value, jacobian * 1.00001

    with pytest.raises(AssertionError):
        test_jacobian(Specimen(name="wrong", at=right.at, evaluate=wrong))
