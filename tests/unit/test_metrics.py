"""Metrics worked by hand from their definitions."""

from __future__ import annotations

import pytest

from geometry.errors import InputError
from twin import metrics


def test_energy_metrics() -> None:
    """IT 100, facility 120, reused 30: PUE 1.2, ERF 0.25, ERE 0.9 = 1.2 (1 - 0.25)."""
    assert metrics.pue(120.0, 100.0) == 1.2
    assert metrics.erf(30.0, 120.0) == 0.25
    assert metrics.ere(120.0, 30.0, 100.0) == pytest.approx(0.9)
    assert metrics.ere(120.0, 30.0, 100.0) == pytest.approx(1.2 * (1.0 - 0.25))


def test_water_and_carbon() -> None:
    """1,800 L for 1 MWh: 1.8 L/kWh; PUE 1.2 at 0.0585 kg/kWh: 0.0702 kg per kWh of IT."""
    assert metrics.wue(1800.0, 3.6e9) == pytest.approx(1.8)
    assert metrics.cue(120.0, 100.0, 0.0585) == pytest.approx(0.0702)


def test_heat_pump_electricity_is_outside_the_boundary() -> None:
    """IT 100, site 110, 40 taken by a heat pump of COP 5 that draws 10 and hands on 50: reused are the 40
    that left the site. PUE 1.1, ERF 4/11, ERE 0.7; neither the 10 nor the 50 enters anywhere."""
    assert metrics.pue(110.0, 100.0) == pytest.approx(1.1)
    assert metrics.erf(40.0, 110.0) == pytest.approx(4.0 / 11.0)
    assert metrics.ere(110.0, 40.0, 100.0) == pytest.approx(0.7)


def test_renewable_energy_factor() -> None:
    """ISO/IEC 30134-3: 30 of 120: 0.25."""
    assert metrics.ref(30.0, 120.0) == 0.25
    with pytest.raises(InputError, match=r"outside 0\.\.1"):
        metrics.ref(130.0, 120.0)


def test_rack_cooling_index() -> None:
    """Herrlin 2005: four intakes 26, 28, 29, 26 degC: 1 + 2 K over 27 in four, against 5 K: 85 %."""
    inlets = [299.15, 301.15, 302.15, 299.15]
    assert metrics.rci_high(inlets) == pytest.approx(85.0)
    assert metrics.rci_low(inlets) == pytest.approx(100.0)
    assert metrics.rci_low([290.15, 292.15]) == pytest.approx(100.0 * (1.0 - 0.5 / 3.0))
    assert metrics.rci_high([305.15, 305.15]) == pytest.approx(0.0)


def test_return_temperature_index() -> None:
    """Return 10 K above supply for a rise of 12.5 K: 80 %, by-pass; 15 K: 120 %, recirculation."""
    assert metrics.rti(303.15, 293.15, 12.5) == pytest.approx(80.0)
    assert metrics.rti(308.15, 293.15, 12.5) == pytest.approx(120.0)


def test_heat_indices() -> None:
    """Supply 20, intake 22, exhaust 35 degC: SHI = 2 / 15 (Sharma et al. 2002), RHI = 13 / 15."""
    assert metrics.shi(295.15, 308.15, 293.15) == pytest.approx(2.0 / 15.0)
    assert metrics.rhi(295.15, 308.15, 293.15) == pytest.approx(13.0 / 15.0)


def test_undefined_ratios_are_refused() -> None:
    with pytest.raises(InputError, match="IT energy"):
        metrics.pue(1.0, 0.0)
    with pytest.raises(InputError, match="intake"):
        metrics.rci_high([])
    with pytest.raises(InputError, match="temperature rise"):
        metrics.rti(300.0, 290.0, 0.0)
