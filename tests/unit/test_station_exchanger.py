"""The direct exchanger of the station: its conductance follows the flows of the hour."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from test_dispatch import BASE, MW, K, demand, offer

from geometry.errors import InputError
from solvers.district.dispatch import dispatch
from solvers.heat.station import Station, compiled
from solvers.heat.station_kernels import exchanger_conductance

pytestmark = pytest.mark.kernel

RATED = Station(capacity=10.0 * MW, exchanger_ua=2e6, heat_pump=None, exchanger_rate=4e5)


def test_conductance_by_hand() -> None:
    """2 MW/K at 0.4 MW/K on both sides. A third of the network's flow: 2 / (0.5 + 0.5 x 3^0.8) = 1.1737;
    of the site's too: 2 / 3^0.8 = 0.8305. Beyond the rated flow it passes beside."""
    law = compiled(RATED)
    assert exchanger_conductance(law, 4e5, 4e5) == pytest.approx(2e6)
    assert exchanger_conductance(law, 4e5, 4e5 / 3.0) == pytest.approx(1.1737e6, rel=1e-4)
    assert exchanger_conductance(law, 4e5 / 3.0, 4e5 / 3.0) == pytest.approx(0.8305e6, rel=1e-4)
    assert exchanger_conductance(law, 24e5, 4e5) == pytest.approx(2e6)
    assert exchanger_conductance(compiled(replace(RATED, exchanger_rate=0.0)), 1e5, 1e5) == 2e6


def test_an_hour_at_a_quarter_of_the_flow() -> None:
    """2.5 MW over 25 K are 0.1 MW/K, a quarter of the rated flow, and so is the site's: UA = 2 / 4^0.8 =
    0.6598 MW/K, 6.598 transfer units of balanced flows: eps = 6.598 / 7.598 = 0.8684."""
    asked = demand(np.array([2.5 * MW]), supply=70.0, back=45.0)
    water = offer(1, source=70.0, coldest=40.0, rate=1e5)
    found = dispatch(replace(BASE, station=RATED, demand=asked), water)
    assert found.direct[0] == pytest.approx(0.8684 * 1e5 * 25.0, rel=1e-4)
    assert found.source_out[0] - K == pytest.approx(70.0 - 0.8684 * 25.0, abs=2e-3)


def test_a_negative_flow_is_refused() -> None:
    with pytest.raises(InputError, match="rated flow of the station's exchanger"):
        compiled(replace(RATED, exchanger_rate=-1.0))
