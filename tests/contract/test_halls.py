"""Every hall of conf/hall is drawn, checked and, where it is small, solved."""

import pytest

import twin
from geometry.checks import problems
from twin import config, resources

HALLS = sorted(path.stem for path in (resources.conf_dir() / "hall").glob("*.yaml"))
LARGE = {"hall_10mw": ("compute=air_13kw", "solver=rack_cells", "site.altitude_m=1880", "site.gpus=6144")}
# the sizing of a site needs racks for one hall at least; the default racks are warm-water ones
SMALL = ("site.gpus=864", "solver=draft", "solver.recirculation=none", "recovery=none", "run.figures=false")
ROUND = ("raised_floor", "gallery", "ceiling_plenum", "porous_racks", "two_rooms")
RACKS = {"two_rooms": 3}
COLDER = {"doors_on_cdus": ("loop=s30", "solver=draft")}  # than the exhaust that its doors cool


def conf(name: str, *overrides: str):
    return config.typed(config.compose((f"hall={name}", *overrides)))


@pytest.mark.parametrize("name", HALLS)
def test_every_hall_is_in_order(name):
    site = twin.assemble(conf(name, *(LARGE | COLDER).get(name, ("solver=draft",)), "recovery=none"))
    for model in site.halls:
        assert problems(model.hall) == ()
        assert model.air.racks
        assert model.air.supplies or model.air.units


def test_the_halls_show_every_device():
    assert set(ROUND) | set(LARGE) | {"rear_doors", "air_cooled", "liquid_pods"} <= set(HALLS)


@pytest.mark.kernel
@pytest.mark.parametrize("name", ROUND)
def test_a_sealed_hall_is_solved_and_its_heat_is_found_in_its_units(name):
    racks = RACKS.get(name, 12)
    results = twin.simulate(conf(name, f"site.gpus={72 * racks}", *SMALL[1:], "solver.max_iterations=600"))
    (hall,) = results.halls
    air, problem = hall.air, hall.model.air
    assert problem.exhausts == problem.supplies == ()
    assert air.status.value in ("converged", "unsteady")
    assert air.air_mass < 1e-6  # fields in single precision
    assert air.air_energy < 1e-4
    # racks, PDUs and fans give what coils take; walls of two_rooms lose a part
    heat = sum(rack.heat for rack in problem.racks) + sum(source.heat for source in problem.sources)
    assert heat == pytest.approx(racks * 13.5e3 + bool(problem.sources) * racks * 135e3 * (1 / 0.99 - 1))
    rho_cp = problem.properties.density * problem.properties.heat_capacity
    taken = float((rho_cp * air.unit_flow * (air.unit_return - air.unit_supply)).sum())
    if problem.walls:
        assert 0.8 * heat < taken < heat
    else:
        assert taken == pytest.approx(heat, rel=1e-4)
    assert hall.reading is not None
    assert not hall.reading.failed
