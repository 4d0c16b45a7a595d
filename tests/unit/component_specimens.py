"""Points at which the derivatives of exchangers, cold plates, GPUs, coils and coolers are checked."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from solvers.heat import two_stream
from solvers.heat.coil import dry_coil
from solvers.heat.effectiveness import Arrangement, effectiveness_slopes
from solvers.heat.plate_passes import Passes
from solvers.liquid.components import (
    coil,
    cold_plate,
    dry_cooler,
    gpu,
    plate_exchanger,
)
from solvers.liquid.components.coil import CoilLaw
from solvers.liquid.components.cold_plate import ColdPlate
from solvers.liquid.components.dry_cooler import CoolerLaw
from solvers.liquid.components.plate_exchanger import PlateExchanger


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


def rows(slopes):
    """State and Jacobian of a record (state, partials of each entry)."""
    state, *partials = slopes
    return np.array(state), np.array(partials)


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


# -- plates in passes, coils, coolers --------------------------------------------------------------------


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


def heat_specimens():
    yield from two_stream_specimens()
    yield from module_specimens()
    yield from plate_specimens()
    yield from coil_specimens()
    yield from cooler_specimens()
