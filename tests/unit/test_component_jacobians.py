"""Every component's analytic derivatives against central differences.

One entry a component: a function of a vector that gives (outputs, Jacobian), and points that reach each of
its branches. Points stay away from kinks (a limit just reached), where the derivative is one-sided.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from solvers.friction import pipe_drop_kernel
from solvers.heat import two_stream
from solvers.heat.coil import dry_coil
from solvers.heat.effectiveness import Arrangement, effectiveness_slopes
from solvers.heat.plate_passes import Passes
from solvers.liquid.components import (
    cdu_unit,
    chiller,
    coil,
    cold_plate,
    dry_cooler,
    gpu,
    losses,
    manifold,
    plate_exchanger,
    pumps,
    quick_disconnect,
    strainer,
    tank,
    tower,
    valve,
)
from solvers.liquid.components.cdu_unit import CduUnit
from solvers.liquid.components.coil import CoilLaw
from solvers.liquid.components.cold_plate import ColdPlate
from solvers.liquid.components.curves import curve_slopes, monotone_curve
from solvers.liquid.components.dry_cooler import CoolerLaw
from solvers.liquid.components.hose import Hose
from solvers.liquid.components.manifold import Manifold, Outlet
from solvers.liquid.components.plate_exchanger import PlateExchanger
from solvers.liquid.components.pumps import PumpBank
from solvers.liquid.components.strainer import Strainer
from solvers.liquid.components.tank import Tank
from solvers.liquid.components.tower import TowerLaw
from solvers.liquid.components.valve import Characteristic, Valve, ValveLaw

pytestmark = pytest.mark.kernel


@dataclass(frozen=True, kw_only=True)
class Specimen:
    name: str
    at: tuple[float, ...]
    evaluate: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


def scalar(function, *before):
    """A kernel (x) -> (value, slope), or -> (value, d1, d2, ...)."""

    def evaluate(x):
        value, *slopes = function(*before, *x)
        return np.array([value]), np.array([slopes])

    return evaluate


# -- exchangers ------------------------------------------------------------------------------------------


def exchanger(arrangement):
    return two_stream.TwoStream(
        arrangement=arrangement.value,
        ua=200e3,
        c_hot=120e3,
        c_cold=130e3,
        hot_share=0.45,
        cold_share=0.4,
        hot_exponent=0.8,
        cold_exponent=0.7,
        fouling=4e-7,
    )


def two_stream_specimens():
    for kind in Arrangement:
        yield Specimen(
            name=f"effectiveness, {kind.name}",
            at=(1.7, 0.6),
            evaluate=scalar(effectiveness_slopes, kind.value),
        )
        for label, function in (
            ("heat", two_stream.heat_slopes),
            ("hot outlet", two_stream.hot_outlet_slopes),
            ("cold outlet", two_stream.cold_outlet_slopes),
        ):
            for flows in ((110e3, 60e3), (40e3, 150e3), (3e3, 90e3)):
                yield Specimen(
                    name=f"exchanger {kind.name}, {label}, C {flows[0]:g}, {flows[1]:g}",
                    at=(318.0, 303.0, *flows),
                    evaluate=scalar(function, exchanger(kind)),
                )
    yield Specimen(
        name="counterflow, equal capacity rates",
        at=(318.0, 303.0, 120e3, 120e3),
        evaluate=scalar(two_stream.heat_slopes, exchanger(Arrangement.COUNTERFLOW)),
    )
    yield Specimen(
        name="counterflow, all but equal", at=(2.0, 0.99965), evaluate=scalar(effectiveness_slopes, 0)
    )


# -- cold plate and GPU ----------------------------------------------------------------------------------

PLATE = cold_plate.plate_law(
    ColdPlate(
        name="of the test",
        flow=np.array([0.4, 0.8, 1.2, 2.4]) * 1e-3 / 60.0,
        resistance=np.array([0.039, 0.0265, 0.023, 0.0197]),
        factor=0.8,
        junction_to_case=0.01,
    )
)
LIMITED = gpu.GpuLaw(power_limit=1400.0, idle_power=150.0, junction_limit=360.0, heat_capacity=400.0)


def gpu_step(x):
    s = gpu.step_slopes(LIMITED, *x, 1.5)
    return np.array(s.state), np.array([s.junction, s.heat, s.power])


def gpu_steady(x):
    s = gpu.steady_slopes(LIMITED, x[0], x[2], x[3])
    return np.array(s.state), np.array([s.junction, s.heat, s.power])


def module_specimens():
    for litres in (-0.2, -1.0, 0.1, 0.6, 1.5, 3.0):
        flow = (litres * 1e-3 / 60.0,)
        if litres < 0.0:
            yield Specimen(
                name=f"plate conductance, {litres} l/min",
                at=flow,
                evaluate=scalar(cold_plate.conductance_slopes, PLATE),
            )
            continue
        yield Specimen(
            name=f"plate resistance, {litres} l/min",
            at=flow,
            evaluate=scalar(cold_plate.case_resistance_slopes, PLATE),
        )
        yield Specimen(
            name=f"plate conductance, {litres} l/min",
            at=flow,
            evaluate=scalar(cold_plate.conductance_slopes, PLATE),
        )
        yield Specimen(
            name=f"plate drop, {litres} l/min", at=flow, evaluate=scalar(cold_plate.drop_slopes, PLATE)
        )
    for label, at in (
        ("free", (310.0, 330.0, 1000.0, 40.0)),
        ("power limit", (310.0, 330.0, 1600.0, 40.0)),
        ("throttled", (325.0, 358.0, 1390.0, 30.0)),
        ("idle and too hot", (375.0, 380.0, 1300.0, 30.0)),
        ("almost no flow", (310.0, 330.0, 900.0, 0.02)),
    ):
        yield Specimen(name=f"GPU step, {label}", at=at, evaluate=gpu_step)
        if "flow" not in label:
            yield Specimen(name=f"GPU steady, {label}", at=at, evaluate=gpu_steady)


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


# -- plates in passes, coils, coolers --------------------------------------------------------------------


def rows(slopes):
    """State and Jacobian of a record (state, partials of each entry)."""
    state, *partials = slopes
    return np.array(state), np.array(partials)


def plate_specimens():
    for first, second, counterflow in ((1, 1, True), (2, 1, True), (2, 3, False), (4, 2, True)):
        plates = PlateExchanger(
            name="test",
            films=exchanger(Arrangement.COUNTERFLOW),
            passes=Passes(first=first, second=second, counterflow=counterflow),
            hot_flow=30.0,
            hot_drop=5e4,
            cold_flow=30.0,
            cold_drop=5e4,
        )
        for flows in ((110e3, 60e3), (40e3, 150e3)):
            yield Specimen(
                name=f"plates {first}-{second}, C {flows[0]:g}, {flows[1]:g}",
                at=(318.0, 303.0, *flows),
                evaluate=scalar(plate_exchanger.heat_slopes, plates),
            )
    for side in (plate_exchanger.hot_drop_slopes, plate_exchanger.cold_drop_slopes):
        yield Specimen(name=f"plates, {side.__name__}", at=(22.0,), evaluate=scalar(side, plates))


def coil_specimens():
    law = CoilLaw(dry_coil(8e3, 12e3, 16e3), 2.5e3)
    for speed in (0.5, 1.1):
        yield Specimen(
            name=f"rear door, fan speed {speed}",
            at=(309.0, 293.0, speed, 14e3),
            evaluate=lambda x: rows(coil.coil_slopes(law, *x)),
        )


def cooler_specimens():
    law = CoolerLaw(
        exchanger(Arrangement.CROSSFLOW)._replace(fouling=0.0), 60e3, fan_minimum=0.2, pad_effectiveness=0.8
    )
    for speed, wetted in ((0.7, 0.0), (0.9, 1.0), (0.1, 0.0)):
        yield Specimen(
            name=f"cooler, fan speed {speed}, wet {wetted}",
            at=(318.0, 303.0, 294.0, 100e3, speed),
            evaluate=lambda x, wetted=wetted: rows(dry_cooler.cooler_slopes(law, *x, wetted)),
        )


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


SPECIMENS = [
    *two_stream_specimens(),
    *module_specimens(),
    *loss_specimens(),
    *valve_specimens(),
    *device_specimens(),
    *manifold_specimens(),
    *plate_specimens(),
    *coil_specimens(),
    *cooler_specimens(),
    *tower_specimens(),
    *chiller_specimens(),
    *tank_specimens(),
    *cdu_specimens(),
]


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
