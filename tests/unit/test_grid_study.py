"""Grid studies: grids that differ enough, bands by hand, refusal where the hall leaves no coarser grid."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import twin
from geometry.errors import InputError
from solvers.air.problem import Convection
from twin.halls.grid_study import Answer, cell_size, coarsened, compare_grids, unsettled_grids

TINY = (
    "site=valence", "site.gpus=576", "hall.rows=2", "hall.racks_per_row=4", "hall.fan_walls=2",
    "solver=draft", "solver.cell_m=0.3", "solver.grid_study=true", "run.figures=false",
)  # fmt: skip


@pytest.fixture(scope="module")
def site():
    return twin.assemble(twin.compose(*TINY))


def test_three_grids_a_third_apart(site) -> None:
    (model,) = site.halls
    sizes = [cell_size(problem.raster.grid) for problem in (*model.coarser, model.air)]
    assert len(sizes) == 3
    assert sizes[0] >= 1.3 * sizes[1]
    assert sizes[1] >= 1.3 * sizes[2]
    assert [p.racks for p in model.coarser] == [model.air.racks] * 2


def test_no_study_unless_asked_for() -> None:
    (model,) = twin.assemble(twin.compose(*TINY, "solver.grid_study=false")).halls
    assert model.coarser == ()


def test_every_size_of_the_configuration_grows() -> None:
    conf = twin.compose("solver=rack_cells", "solver.growth=1.5")
    larger = coarsened(conf, 1.5).solver
    assert (larger.cell_m, larger.cell_x_m, larger.cell_y_m) == pytest.approx((0.9, 0.9, 0.45))
    assert larger.growth == pytest.approx(1.5**1.5)
    assert conf.solver.cell_m == 0.6


def test_a_hall_whose_objects_fix_the_grid_is_refused() -> None:
    with pytest.raises(InputError, match=r"(?s)no grid 1\.3 times coarser.*solver\.cell_m="):
        twin.assemble(twin.compose(*TINY, "solver.cell_m=2.0"))


def answers(site, values: tuple[float, float, float], status: str = "converged") -> list[Answer]:
    """Three made-up answers in which every temperature of a grid is alike."""
    from types import SimpleNamespace

    (model,) = site.halls
    found = []
    for problem, value in zip((*model.coarser, model.air), values, strict=True):
        racks = np.full(len(problem.racks), value)
        air = SimpleNamespace(
            status=SimpleNamespace(value=status),
            rack_inlet_mean=racks,
            rack_inlet_max=racks + 1.0,
            rack_inlet_bottom=racks,
            rack_inlet_middle=racks,
            rack_inlet_top=racks,
            rack_outlet=racks,
            return_temperature=300.0,
            unit_return=np.array([value + 10.0]),
            unit_supply=np.array([290.0]),
        )
        found.append(Answer(problem=problem, air=air, seconds=1.0))
    return found


def test_bands_of_a_first_order_answer(site) -> None:
    """f = 290 + 2 h: the extrapolated value is 290, the index 1.25 times the distance to it."""
    (model,) = site.halls
    h = [cell_size(problem.raster.grid) for problem in (*model.coarser, model.air)]
    study = compare_grids(answers(site, tuple(290.0 + 2.0 * size for size in h)))
    assert study is not None
    assert study.mean is not None
    assert study.mean.convergence.order == pytest.approx(1.0, abs=1e-6)
    assert study.mean.convergence.extrapolated == pytest.approx(290.0, abs=1e-6)
    assert study.mean.error == pytest.approx(1.25 * 2.0 * h[2], rel=1e-5)
    assert study.errors("rack_inlet_max") == pytest.approx(np.full(8, 2.5 * h[2]), rel=1e-5)
    assert study.returned.error == 0.0
    assert study.errors("unit_return") == pytest.approx([2.5 * h[2]], rel=1e-5)
    assert study.errors("unit_supply").tolist() == [0.0]
    assert study.oscillating == 0
    assert study.cells == tuple(p.raster.grid.n_cells for p in (*model.coarser, model.air))


def test_upwind_is_never_trusted_beyond_first_order(site) -> None:
    (model,) = site.halls
    assert model.air.convection is Convection.UPWIND  # of draft
    h = [cell_size(problem.raster.grid) for problem in (*model.coarser, model.air)]
    quadratic = answers(site, tuple(290.0 + 2.0 * size**2 for size in h))
    limited = [replace(a, problem=replace(a.problem, convection=Convection.TVD)) for a in quadratic]
    first, second = compare_grids(quadratic), compare_grids(limited)
    assert first is not None
    assert second is not None
    assert first.mean is not None
    assert second.mean is not None
    assert second.mean.convergence.extrapolated == pytest.approx(290.0, abs=1e-6)
    assert first.mean.convergence.order_used == 1.0
    assert first.mean.error > second.mean.error


def test_oscillation_idle_racks_and_unsettled_grids_are_told(site) -> None:
    study = compare_grids(answers(site, (291.0, 293.0, 292.0), status="not_converged"))
    assert study is not None
    assert study.oscillating == 8
    (note,) = unsettled_grids(study)
    assert "coarse not converged, middle not converged, fine not converged" in note
    still = compare_grids(answers(site, (291.0, 291.002, 291.001)))
    assert still is not None
    assert still.oscillating == 0  # a thousandth of a kelvin is no swing
    idle = answers(site, (291.0, np.nan, 292.0))
    study = compare_grids(idle)
    assert study is not None
    assert np.isnan(study.errors("rack_inlet_mean")).all()


def test_a_single_grid_tells_nothing(site) -> None:
    assert compare_grids(answers(site, (291.0, 291.0, 291.0))[2:]) is None
