"""One small run with its documents, for all tests of the documents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from exported_run import store_run

from twin.export.verb import export

SCHEME = (
    "recovery.capacity_MW=1", "recovery.storage_m3=200", "recovery.boiler_MW=0.5",
    "district.annual_heat_GWh=6",
    "district.dwellings=800", "district.pipes.length_km=2", "district.trunk_km=0.5",
)  # fmt: skip


@pytest.fixture(scope="session")
def heat_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scheme with a storage and a back-up boiler."""
    return store_run(tmp_path_factory.mktemp("runs") / "small", *SCHEME)


@pytest.fixture(scope="session")
def bare_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site without recovery."""
    return store_run(tmp_path_factory.mktemp("runs") / "bare", "recovery=none", plan=None)


@pytest.fixture(scope="session")
def documents(heat_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documents")
    export(heat_run, ("pdf", "xlsx", "geojson", "gpkg", "csv"), lang="fr", folder=folder)
    export(heat_run, ("pdf", "xlsx"), lang="en", folder=folder)
    return folder


@pytest.fixture(scope="session")
def heat_summary(heat_run: Path) -> dict[str, Any]:
    return dict(json.loads((heat_run / "summary.json").read_text()))
