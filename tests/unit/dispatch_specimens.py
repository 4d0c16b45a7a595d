"""The heat pump of the tests of dispatch: 6 MW in three units."""

from solvers.heat.heat_pump import HeatPump

K = 273.15
MW = 1e6
PUMP = HeatPump(
    capacity=6.0 * MW,
    lorenz_efficiency=0.5,
    terminal_difference=4.0,
    source_drop=10.0,
    maximum_supply=85.0 + K,
    minimum_load=0.3,
    units=3,
    degradation=0.1,
)
