"""The command line keeps its contract: exit status, last line, files, errors in one block, interruption."""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from twin.cli import main

TINY = (
    "site=valence", "site.gpus=576", "hall.rows=2", "hall.racks_per_row=4", "hall.fan_walls=2",
    "solver=draft", "solver.cell_m=0.5", "solver.growth=2", "run.figures=false",
)  # fmt: skip
SUMMARY = {
    "it": {"gpus", "racks", "halls", "power_MW"},
    "hall": {
        "cells", "rack_inlet_mean_C", "rack_inlet_max_C", "hottest_rack", "hotspot_C", "hotspot_xyz_m",
        "air_heat_kW", "rci_hi_pct", "rti_pct", "shi",
    },
    "loop": {
        "tcs_supply_C", "tcs_return_C", "fws_supply_C", "fws_return_C", "flow_kg_s", "pressure_drop_kPa",
        "pump_power_kW", "gpu_junction_max_C", "margin_K",
    },
    "year": {
        "hours", "it_GWh", "facility_GWh", "pue", "wue_L_per_kWh", "cue_kg_per_kWh", "erf", "ere",
    },
    "heat": {
        "available_GWh", "offered_temperature_C", "delivered_GWh", "vented_GWh", "heat_pump_GWh_el",
        "heat_pump_cop", "homes", "co2_avoided_t", "lcoh_EUR_per_MWh",
    },
    "closure": {"air_mass", "air_energy", "loop_mass", "loop_energy", "year_energy"},
    "timing_s": {"import", "compile", "hall", "loop", "year", "write", "total"},
}  # fmt: skip


def twin(*arguments: str, **options) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "twin", *arguments],
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=300, **options,
    )  # fmt: skip


@pytest.fixture(scope="module")
def tiny(tmp_path_factory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """A finished run of one small hall."""
    folder = tmp_path_factory.mktemp("runs")
    done = twin("run", *TINY, f"run.folder={folder}", "run.name=tiny")
    assert done.returncode == 0, done.stderr
    return folder / "valence" / "tiny", done


def test_help_names_every_verb_and_needs_nothing_heavy():
    done = twin("--help")
    assert done.returncode == 0
    for verb in (
        "run",
        "sweep",
        "view",
        "validate",
        "export",
        "runs",
        "compare",
        "network",
        "verify",
        "bench",
        "completion",
    ):
        assert f"\n  {verb} " in done.stdout
    code = (
        "import sys; from twin.cli import usage; usage(); "
        "print([m for m in ('numpy', 'numba', 'xarray', 'hydra', 'pyvista') if m in sys.modules])"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"


def test_the_last_line_is_the_run_folder(tiny):
    folder, done = tiny
    assert done.stdout.splitlines()[-1] == str(folder)
    names = {path.name for path in folder.iterdir()}
    assert names == {"run.nc", "summary.json", "pipes.csv", "trays.csv", "config.yaml", "run.log"}


def test_the_summary_has_the_keys_of_the_contract(tiny):
    summary = json.loads((tiny[0] / "summary.json").read_text())
    assert summary["status"] == "complete"
    assert summary["hall_status"] in {"converged", "unsteady"}
    for section, keys in SUMMARY.items():
        assert set(summary[section]) == keys, section
    closure = summary["closure"]
    assert closure["air_mass"] <= 1e-6
    assert closure["air_energy"] <= 1e-3
    assert max(closure["loop_mass"], closure["loop_energy"], closure["year_energy"]) <= 1e-10


def test_the_pipes_of_a_run_are_listed(tiny):
    header, *rows = (tiny[0] / "pipes.csv").read_text().splitlines()
    assert header == "circuit,part,dn,number,length_m,velocity_max_m_s,drop_max_kPa,gradient_max_Pa_m"
    hoses = [row.split(",") for row in rows if row.startswith("tcs_supply,hoses")]
    assert sum(int(row[3]) for row in hoses) == 8  # one a rack
    assert not (tiny[0] / "halls.csv").exists()


def test_the_trays_of_a_run_are_listed(tiny):
    """The least-fed and the best-fed tray of each of the eight racks of 18 trays."""
    header, *rows = (tiny[0] / "trays.csv").read_text().splitlines()
    assert header.startswith("hall,rack,fed,tray,flow_kg_s,share_of_mean_pct,gpu_junction_C,gpu_power_W")
    cells = [row.split(",") for row in rows]
    assert [row[2] for row in cells] == ["least", "best"] * 8
    for least, best in zip(cells[::2], cells[1::2], strict=True):
        assert float(least[5]) < 100.0 < float(best[5])
        assert float(least[6]) > float(best[6])
        assert (least[3], best[3]) == ("18", "1")
    assert "Coolant among trays: spread up to " in tiny[1].stdout


def test_run_nc_is_cf_and_carries_its_manifest(tiny):
    from solvers.variables import VARIABLES
    from twin import open_run

    tree = open_run(tiny[0])
    assert set(tree.children) == {"hall", "loop", "year", "district"}
    assert tree.attrs["Conventions"].startswith("CF-")
    assert tree.attrs["status"] == "complete"
    assert "gpus_per_rack: 72" in tree.attrs["config"]
    assert "compute.cold_plate_factor" in tree.attrs["assumptions"]
    for group, node in tree.children.items():
        for name, array in node.data_vars.items():
            variable = VARIABLES[group, str(name)]
            assert array.attrs["units"] == variable.units
            assert array.dims == variable.dims
        assert all("long_name" in array.attrs for array in node.coords.values())
    assert tree["year"].sizes["time"] == 8760


def test_the_run_is_listed_and_compared_with_itself(tiny):
    assert "tiny" in twin("runs", str(tiny[0].parent.parent)).stdout
    assert "agree in every value" in twin("compare", str(tiny[0]), str(tiny[0])).stdout


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("fly",), 2, "unknown verb 'fly'"),
        (("run", "site=nowhere"), 2, "nowhere"),
        (("run", "compute.gpus_per_rak=3"), 2, "gpus_per_rak"),
        (("run", "compute.gpu_power_W=-3"), 2, "outside 1..20000 W"),
        (("run", "loop.supply_temperature_C=313"), 2, "did you mean kelvin?"),
        (("run", "compute=kyber_nvl576", "loop.cdus_per_row=1"), 2, "more heat than the CDUs carry"),
        (("run", "climate.file=/nowhere.epw"), 2, "nowhere.epw"),
        (("validate", "district.demand_csv=/nowhere.csv"), 2, "nowhere.csv"),
        (("run", "--no-such-flag"), 2, "no-such-flag"),
        (("view", "/nowhere"), 2, "no results"),
    ],
)
def test_bad_input_ends_with_2_and_one_block(tmp_path, capfd, arguments, status, words):
    """In this process: a start costs seconds, and the tests around this one begin new ones."""
    extra = [f"run.folder={tmp_path}"] if arguments[0] in ("run", "validate") else []
    with pytest.raises(SystemExit) as stop:
        main([*arguments, *extra])
    assert stop.value.code == status
    told = capfd.readouterr()
    assert words in told.err
    assert "Traceback" not in told.err
    assert told.out == ""


def test_an_unwritable_run_folder_is_refused_before_anything_is_computed(tmp_path):
    (tmp_path / "file").write_text("")
    done = twin("run", *TINY, f"run.folder={tmp_path / 'file'}")
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert "compile" not in done.stderr


def test_a_full_disk_leaves_nothing_half_written(tmp_path):
    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # the write itself then fails, as on a full disk
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    done = twin("run", *TINY, f"run.folder={tmp_path}", "run.name=full", preexec_fn=limit)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "write" in done.stderr
    left = {path.name for path in (tmp_path / "valence" / "full").iterdir()}
    assert left <= {"config.yaml", "run.log"}


# cells and a tolerance that no machine is done with in a second
ENDLESS = ("solver.cell_m=0.05", "solver.temperature_tolerance_K=1e-6", "solver.energy_tolerance=1e-9")


def test_an_interrupt_is_clean(tmp_path):
    place = (f"run.folder={tmp_path}", "run.name=cut")
    process = subprocess.Popen(
        [sys.executable, "-m", "twin", "run", *TINY, *ENDLESS, *place],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # what a shell starts in the background ignores interrupts, and so would its children
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    config = tmp_path / "valence" / "cut" / "config.yaml"
    deadline = time.monotonic() + 240
    while not config.is_file() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(1.0)
    os.killpg(process.pid, signal.SIGINT)
    try:
        _, errors = process.communicate(timeout=120)
    finally:
        process.kill()
    assert process.returncode == 130
    assert "interrupted" in errors
    assert "Traceback" not in errors
    assert not (config.parent / "run.nc").exists()
    assert "interrupted: the run was not finished" in (config.parent / "run.log").read_text()
    assert not [path for path in config.parent.iterdir() if path.name.endswith(".part")]


def test_without_gl_libraries_pictures_fall_back(tiny, tmp_path):
    environment = os.environ | {"TWIN_NO_GL": "1"}
    done = twin("view", str(tiny[0]), "--png", str(tmp_path / "hall.png"), env=environment)
    assert done.returncode == 0
    assert (tmp_path / "hall.png").stat().st_size > 10_000
    assert "GL" in done.stderr
    run = twin("run", *TINY, "run.figures=true", f"run.folder={tmp_path}", "run.name=flat", env=environment)
    assert run.returncode == 0
    figures = {path.name for path in (tmp_path / "valence" / "flat" / "figures").iterdir()}
    pictures = (
        "hot_spot",
        "air_history",
        "physics_checks",
        "temperature_cascade",
        "trays",
        "year",
        "heat_reuse",
        "district",
    )
    assert figures == {f"{name}.png" for name in pictures}


def test_view_writes_a_picture_a_page_and_a_paraview_file(tiny, tmp_path):
    files = {kind: tmp_path / f"hall.{kind}" for kind in ("png", "html", "vtr")}
    done = twin("view", str(tiny[0]), *(w for kind, path in files.items() for w in (f"--{kind}", str(path))))
    assert done.returncode == 0
    for path in files.values():
        assert path.stat().st_size > 10_000
        assert str(path) in done.stdout
    assert 'src="http' not in files["html"].read_text()  # opens without a network


def test_a_flag_may_stand_between_overrides(tmp_path):
    (tmp_path / "hall").mkdir()
    (tmp_path / "hall" / "mine.yaml").write_text("defaults: [liquid_pods]\nname: mine\nrows: 4\n")
    done = twin("run", "site=valence", "--config-dir", str(tmp_path), "hall=mine", "--cfg", "job")
    assert done.returncode == 0, done.stderr
    assert "name: mine" in done.stdout
    assert "rows: 4" in done.stdout


def test_hydra_flags_work_and_completion_answers():
    job = twin("run", "--cfg", "job", "site=south")
    assert job.returncode == 0
    assert "name: south" in job.stdout
    assert twin("completion", "query", "--", "twin sw").stdout.split() == ["sweep"]
    assert "site=valence" in twin("completion", "query", "--", "twin run site=v").stdout
    assert "loop.supply_temperature_C=" in twin("completion", "query", "--", "twin run loop.sup").stdout
    assert "complete -o default -F _twin_complete twin" in twin("completion", "bash").stdout
