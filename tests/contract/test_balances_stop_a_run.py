"""A broken balance stops the run with exit status 1 and a clear message; each one is broken on purpose."""

from dataclasses import replace

import pytest

from twin.cli import dispatch, guarded

TINY = (
    "site.gpus=288", "hall.rows=2", "hall.racks_per_row=2", "hall.fan_walls=1", "solver=draft",
    "solver.cell_m=0.6", "solver.growth=2.5", "run.figures=false", "run.name=broken",
)  # fmt: skip


def run(tmp_path) -> int:
    return guarded(lambda: dispatch(["run", *TINY, f"run.folder={tmp_path}"]), debug=False)


def leaking(module: str, function: str, monkeypatch, change) -> None:
    """Replace `function` by one whose result is falsified by `change`."""
    from importlib import import_module

    room = import_module(module)
    honest = getattr(room, function)
    monkeypatch.setattr(room, function, lambda *a, **k: change(honest(*a, **k)))


@pytest.mark.kernel
def test_an_honest_run_ends_well(tmp_path):
    assert run(tmp_path) != 1


@pytest.mark.kernel
@pytest.mark.parametrize(
    ("module", "function", "change", "message"),
    [
        ("solvers.air.solve", "solve_air", lambda air: replace(air, air_mass=1e-4), "air mass"),
        ("solvers.air.solve", "solve_air", lambda air: replace(air, air_energy=0.02), "air energy"),
        ("solvers.air.solve", "solve_air", lambda air: replace(air, air_energy=float("nan")), "air energy"),
        (
            "solvers.liquid.hall.solve",
            "audit",
            lambda closure: closure._replace(mass=1e-6),
            "loop mass balance is open",
        ),
        (
            "solvers.liquid.hall.solve",
            "audit",
            lambda closure: closure._replace(energy=1e-6),
            "loop energy balance is open",
        ),
        (
            "twin.year.plant",
            "reject",
            lambda side: replace(side, to_ambient=side.to_ambient * 0.999),
            "year energy",
        ),
    ],
)
def test_a_broken_balance_stops_the_run(tmp_path, monkeypatch, capsys, module, function, change, message):
    leaking(module, function, monkeypatch, change)
    assert run(tmp_path) == 1
    error = capsys.readouterr().err
    assert message in error
    assert "Traceback" not in error
    assert not (tmp_path / "valence" / "broken" / "run.nc").exists()
