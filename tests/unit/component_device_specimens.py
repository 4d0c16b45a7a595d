"""Points at which the derivatives of hydraulic devices, towers, chillers, tanks and CDUs are checked."""

import numpy as np
from component_specimens import Specimen, exchanger, rows, scalar

from solvers.friction import pipe_drop_kernel
from solvers.heat.effectiveness import Arrangement
from solvers.liquid.components import (
    cdu_unit,
    chiller,
    losses,
    manifold,
    pumps,
    quick_disconnect,
    strainer,
    tank,
    tower,
    valve,
)
from solvers.liquid.components.cdu_unit import CduUnit
from solvers.liquid.components.curves import curve_slopes, monotone_curve
from solvers.liquid.components.hose import Hose
from solvers.liquid.components.manifold import Manifold, Outlet
from solvers.liquid.components.pumps import PumpBank
from solvers.liquid.components.strainer import Strainer
from solvers.liquid.components.tank import Tank
from solvers.liquid.components.tower import TowerLaw
from solvers.liquid.components.valve import Characteristic, Valve, ValveLaw

# -- losses -----------------------------------------------------------------------------------------------


def hose_drop(flow):
    hose = Hose(name="test", length=1.5, bore=0.025, bends=2, fitting=0.5).pipe("a", "b")
    drop, slope = np.empty(1), np.empty(1)
    columns = (hose.length, hose.diameter, hose.roughness, hose.minor, 1015.0, 1.1e-3)
    pipe_drop_kernel(np.array([flow]), *(np.array([v]) for v in columns), drop, slope)
    return drop[0], slope[0]


def loss_specimens():
    for flow in (0.5, 0.02, -0.3):
        yield Specimen(name=f"hose {flow}", at=(flow,), evaluate=scalar(hose_drop))
    curve = monotone_curve(np.array([0.0, 1.0, 3.0]), np.array([5.0, 4.0, 1.0]), element="test")
    for x in (-0.5, 0.4, 2.2, 3.7):
        yield Specimen(name=f"curve {x}", at=(x,), evaluate=scalar(curve_slopes, curve))
    for flow in (0.7, -0.3, 1e-5):
        yield Specimen(
            name=f"power law {flow}",
            at=(flow,),
            evaluate=scalar(lambda m: losses.power_drop_slopes(m, 1.0, 5e4, 1.85)),
        )
        yield Specimen(
            name=f"quadratic {flow}",
            at=(flow,),
            evaluate=scalar(lambda m: losses.quadratic_drop_slopes(m, 1.0, 5e4)),
        )


# -- valves, strainers, couplings, pumps, manifolds ------------------------------------------------------

EQUAL = ValveLaw(2e-3, Characteristic.EQUAL_PERCENTAGE.value, 50.0, 1e-3)
LINEAR = ValveLaw(1.5e-3, Characteristic.LINEAR.value, 50.0, 1e-3)


def valve_specimens():
    for law in (EQUAL, LINEAR):
        for stroke in (0.1, 0.7):
            where = f"{law.characteristic}, stroke {stroke}"
            yield Specimen(name=f"opening {where}", at=(stroke,), evaluate=scalar(valve.opening_slopes, law))
            for flow in (8.0, -3.0):
                yield Specimen(
                    name=f"valve drop {where}, {flow} kg/s",
                    at=(stroke, flow, 990.0),
                    evaluate=scalar(valve.drop_slopes, law),
                )
            yield Specimen(
                name=f"installed {where}",
                at=(stroke,),
                evaluate=scalar(lambda y, law=law: valve.installed_slopes(law, y, 0.4)),
            )
            yield Specimen(
                name=f"three-way {where}", at=(stroke,), evaluate=scalar(valve.split_slopes, law, LINEAR)
            )
    yield Specimen(name="mixing", at=(330.0, 300.0, 2e4, 5e4), evaluate=scalar(valve.mixed_slopes))


def device_specimens():
    law = strainer.StrainerLaw(30.0, 20e3, 65e3, 1.76)
    yield Specimen(name="strainer", at=(0.4, 22.0), evaluate=scalar(strainer.drop_slopes, law))
    yield Specimen(
        name="quick disconnect",
        at=(0.12,),
        evaluate=scalar(lambda m: quick_disconnect.drop_slopes(2.4e-5, 2, m, 1015.0)),
    )
    bank = pumps.pump_law(
        PumpBank(
            name="test",
            flow=np.array([0.0, 0.01, 0.02, 0.03]),
            rise=np.array([4e5, 3.8e5, 3.2e5, 2.2e5]),
            count=3,
            needed=2,
            efficiency=0.6,
        )
    )
    for speed, flow in ((0.9, 35.0), (1.1, 70.0), (0.8, -1.0)):
        yield Specimen(
            name=f"pumps, speed {speed}, {flow} kg/s",
            at=(speed, flow),
            evaluate=scalar(lambda s, m, law=bank: pumps.rise_slopes(law, 2, s, m, 1015.0)),
        )

    def power(x):
        p = pumps.power_slopes(bank, 2, 0.9, x[0], 1015.0)
        return np.array([p.electric]), np.array([[p.by_flow]])

    yield Specimen(name="pump power", at=(30.0,), evaluate=power)


def manifold_specimens():
    for outlet in Outlet:
        headers = Manifold(
            name="test",
            outlet=outlet,
            spacing=0.05,
            bore=0.03,
            roughness=1.5e-6,
            port_flow=np.array([0.1, 0.12, 0.1, 0.08]),
            port_drop=np.array([3e3, 4e3, 3e3, 3e3]),
            exponent=1.85,
        )

        def evaluate(x, headers=headers):
            got = manifold.distribute(headers, float(x[0]), density=1015.0, viscosity=1.2e-3)
            return np.append(got.flow, got.drop), np.append(got.by_total, got.drop_by_total)[:, None]

        yield Specimen(name=f"manifold, {outlet.value}", at=(0.9,), evaluate=evaluate)


# -- towers, chillers, tanks -----------------------------------------------------------------------------


def tower_specimens():
    law = TowerLaw(merkel=1.4, ratio=1.1, air_flow=40.0, fan_power=2e4, exponent=0.6, cycles=5.0, drift=2e-5)
    yield Specimen(
        name="Merkel's integral",
        at=(298.0, 308.0, 60e3, 1.2),
        evaluate=scalar(lambda *x: tower.merkel_slopes(*x, 101325.0)),
    )
    for at in (
        (308.0, 60e3, 0.012, 44.0, 40.0),
        (318.0, 45e3, 0.010, 70.0, 30.0),
        (295.0, 40e3, 0.008, 20.0, 40.0),
        (290.0, 2e3, 0.001, 3.0, 40.0),
    ):
        yield Specimen(
            name=f"tower, water {at[0]:g} K",
            at=at,
            evaluate=lambda x: rows(tower.tower_slopes(law, *x, 101325.0)),
        )
    yield Specimen(name="tower fans", at=(25.0,), evaluate=scalar(tower.fan_slopes, law))


def chiller_specimens():
    law = chiller.ChillerLaw(
        4.7e5,
        5.9,
        np.array([0.252, 0.0132, -0.00864, 0.0858, -0.00426, 0.00866]),
        np.array([0.448, -0.0259, -0.00146, 0.0434, -0.001, 0.00192]),
        np.array([0.278, 0.234, 0.488]),
        least=0.1,
        largest=1.1,
        chilled_low=280.0,
        chilled_high=286.0,
        condenser_low=286.0,
        condenser_high=300.0,
    )
    for label, at in (
        ("part load", (3e5, 282.0, 297.0)),
        ("cycling", (2e4, 282.0, 297.0)),
        ("overloaded", (9e5, 282.0, 297.0)),
        ("beyond its curves", (3e5, 289.0, 303.0)),
    ):
        yield Specimen(
            name=f"chiller, {label}", at=at, evaluate=lambda x: rows(chiller.chiller_slopes(law, *x))
        )


def tank_specimens():
    for layers, flow in ((5, 3.0), (5, -2.0), (1, 1.5)):
        law = tank.tank_law(Tank(name="test", volume=8.0, height=4.0, layers=layers, loss=0.5))

        def evaluate(x, law=law, layers=layers):
            change, work = np.empty(layers), np.empty((2, layers))
            outlet, *by = tank.outlet_slopes(law, x[3:].copy(), x[0], x[1], x[2], 300.0, work, change)
            return np.array([outlet]), np.concatenate((by, change))[None, :]

        yield Specimen(
            name=f"tank of {layers}, {flow} kg/s",
            at=(flow, 330.0, 295.0, *np.linspace(325.0, 305.0, layers)),
            evaluate=evaluate,
        )


# -- a whole CDU -----------------------------------------------------------------------------------------


def cdu_specimens():
    unit = CduUnit(
        name="test",
        exchanger=exchanger(Arrangement.COUNTERFLOW),
        valve=Valve(name="V", flow_coefficient=4e-3),
        filter=Strainer(name="F", rated_flow=30.0, clean_drop=15e3, full_drop=60e3),
        pumps=PumpBank(
            name="P",
            flow=np.array([0.0, 0.01, 0.02, 0.03]),
            rise=np.array([4e5, 3.8e5, 3.2e5, 2.2e5]),
            count=3,
            needed=2,
            efficiency=0.6,
        ),
        tcs_flow=30.0,
        tcs_drop=60e3,
        fws_flow=30.0,
        fws_drop=70e3,
        tcs_density=1015.0,
        tcs_capacity=3940.0,
        fws_density=993.0,
        fws_capacity=4180.0,
    )
    law = cdu_unit.cdu_law(unit, loading=0.3)
    for stroke, difference in ((0.6, 1.2e5), (0.1, 0.8e5), (1.0 - 1e-3, 2e5)):
        yield Specimen(
            name=f"CDU, stroke {stroke:g}",
            at=(321.0, 305.0, 27.0, 0.9, stroke, difference),
            evaluate=lambda x: rows(cdu_unit.cdu_slopes(law, *x)),
        )


def device_and_plant_specimens():
    yield from loss_specimens()
    yield from valve_specimens()
    yield from device_specimens()
    yield from manifold_specimens()
    yield from tower_specimens()
    yield from chiller_specimens()
    yield from tank_specimens()
    yield from cdu_specimens()
