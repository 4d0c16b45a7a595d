"""The units engineers type, as factors to SI. Used at the edge only: configuration, reports, labels."""

L_MIN = 1e-3 / 60.0  # [m3/s]
M3_H = 1.0 / 3600.0  # [m3/s]
KW = 1e3  # [W]
MW = 1e6  # [W]
GWH = 3.6e12  # [J]
MWH = 3.6e9  # [J]
KWH = 3.6e6  # [J]
KPA = 1e3  # [Pa]
ZERO_CELSIUS = 273.15  # [K]


def celsius(degrees: float) -> float:
    """Kelvin of a temperature in degrees Celsius."""
    return degrees + ZERO_CELSIUS


def to_celsius(kelvin: float) -> float:
    """Degrees Celsius of a temperature in kelvin."""
    return kelvin - ZERO_CELSIUS
