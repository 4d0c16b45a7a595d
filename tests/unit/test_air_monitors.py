"""The windows that decide when a steady air run stops, on made-up histories; and a field gone astray."""

from __future__ import annotations

import numpy as np
import pytest

from geometry.grid import Grid
from solvers.air import runs
from solvers.air.audit import HeatBalance
from solvers.air.monitors import Monitor, settling
from solvers.air.problem import AirControls, AirStatus
from solvers.errors import DivergenceError

BALANCED = HeatBalance(racks=1000.0, walls=0.0, out=1000.0, scale=1000.0)


def run(inlets: np.ndarray, balance: HeatBalance = BALANCED) -> AirStatus:
    """Judge a history of one rack's inlet [K]."""
    monitor = Monitor()
    for value in inlets:
        monitor.record(np.array([value]), np.array([value]), balance, 1e-9, 1.0)
    return monitor.judge(AirControls())


def test_settled_inlets_converge() -> None:
    assert run(np.full(40, 3.0)) is AirStatus.CONVERGED
    assert run(np.full(20, 3.0)) is AirStatus.NOT_CONVERGED  # no window yet


def test_slow_drift_is_not_convergence() -> None:
    # 0.01 K an iteration: each step is tiny, a window is not
    assert run(0.01 * np.arange(150)) is AirStatus.NOT_CONVERGED


def test_a_short_window_asks_for_the_same_rate_of_drift() -> None:
    """Tolerance 0.05 K: half a window of 15 iterations may drift by it, half of 5 by a third."""
    for rate, status in ((0.0030, AirStatus.CONVERGED), (0.0037, AirStatus.NOT_CONVERGED)):
        for shortest, size in ((30, 30), (10, 10)):
            monitor = Monitor(shortest=shortest)
            for value in rate * np.arange(size):
                monitor.record(np.array([value]), np.array([value]), BALANCED, 1e-9, 1.0)
            assert monitor.judge(AirControls()) is status


def test_wander_about_a_settled_mean_is_unsteady() -> None:
    assert run(0.3 * np.sin(2 * np.pi * np.arange(200) / 25)) is AirStatus.UNSTEADY


def test_a_wander_that_dies_out_is_waited_for() -> None:
    n = np.arange(200)
    assert run(3.0 * np.exp(-n / 60) * np.sin(2 * np.pi * n / 25)) is AirStatus.NOT_CONVERGED


def test_open_heat_balance_is_not_convergence() -> None:
    lost = HeatBalance(racks=1000.0, walls=0.0, out=950.0, scale=1000.0)
    assert lost.closure == pytest.approx(0.05)
    assert run(np.full(200, 3.0), lost) is AirStatus.NOT_CONVERGED


def test_mean_of_the_intake_faces() -> None:
    monitor = Monitor()
    for value in (1.0, 2.0, 4.0):
        monitor.record(np.array([value]), np.array([value, 10.0]), BALANCED, 0.0, 1.0)
    assert monitor.mean_faces(2).tolist() == [3.0, 10.0]


def test_history_counts_in_kelvins_and_keeps_to_racks() -> None:
    monitor = Monitor()
    for value in (1.0, 2.0):  # a rack, and a cooling unit behind it
        monitor.record(np.array([value, 50.0]), np.array([value]), BALANCED, 1e-9, 7.0)
    history = monitor.history(290.0, 1)
    assert history["inlets"].tolist() == [[291.0], [292.0]]
    assert history["kinetic_energy"].tolist() == [7.0, 7.0]
    assert history["inlets"].shape[0] == history["iteration"].size


def test_mean_swing_and_drift_of_the_window_that_judged() -> None:
    n = np.arange(200)
    inlets = np.column_stack((295.0 + np.where(n % 2, 0.25, -0.25), np.where(n < 180, 294.0, 296.0)))
    settled = settling(inlets, 40)
    assert settled.size == 40
    assert settled.mean == pytest.approx([295.0, 295.0])
    assert settled.drift == pytest.approx([0.0, 2.0])
    assert settled.swing == pytest.approx([0.5, 2.0])
    assert settling(inlets[:1], 40).drift.tolist() == [0.0, 0.0]


def test_the_window_is_that_of_the_status() -> None:
    monitor, warm = Monitor(), Monitor(shortest=10)
    for _ in range(200):
        monitor.record(np.array([1.0]), np.array([1.0]), BALANCED, 1e-9, 7.0)
    for _ in range(20):
        warm.record(np.array([1.0]), np.array([1.0]), BALANCED, 1e-9, 7.0)
    assert monitor.window_of(AirStatus.CONVERGED) == 40  # the last fifth
    assert monitor.window_of(AirStatus.UNSTEADY) == 100  # no less than a hundred
    assert warm.window_of(AirStatus.CONVERGED) == 10


@pytest.mark.kernel
def test_divergence_names_the_place() -> None:
    from geometry.raster import Raster
    from solvers.air.problem import AirProblem
    from solvers.air.system import new_fields

    line = np.array([0.0, 1.0, 2.0])
    raster = Raster(
        grid=Grid(x_face=line, y_face=line, z_face=line),
        solid=np.zeros((2, 2, 2), bool),
        closed_x=np.broadcast_to([True, False, True], (2, 2, 3)).copy(),
        closed_y=np.broadcast_to([[True], [False], [True]], (2, 3, 2)).copy(),
        closed_z=np.broadcast_to([[[True]], [[False]], [[True]]], (3, 2, 2)).copy(),
        loss_x=np.zeros((2, 2, 3)),
        loss_y=np.zeros((2, 3, 2)),
        loss_z=np.zeros((3, 2, 2)),
        ports={},
    )
    problem = AirProblem(raster=raster, supplies=(), exhausts=(), racks=())
    system, reference = runs.build_system(problem)
    fields = new_fields(system.lattice, 1e-5)
    run = runs.Run(system=system, eddies=None, fields=fields, reference=reference)
    system.lattice.cells(fields.theta)[1, 0, 1] = np.nan
    with pytest.raises(DivergenceError, match=r"temperature = nan K at \(x, y, z\) = \(1.50, 0.50, 1.50\) m"):
        runs.check_fields(run)
    system.lattice.cells(fields.theta)[...] = 0.0
    system.lattice.faces(fields.velocity[2], 2)[1, 1, 0] = 80.0
    with pytest.raises(DivergenceError, match="w = 80 m/s"):
        runs.check_fields(run)
