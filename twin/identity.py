"""What makes a result the same result: the resolved configuration and the code that computed it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from twin import resources

_PACKAGES = ("geometry", "solvers", "viz", "twin")


@lru_cache(maxsize=1)
def code_id() -> str:
    """Hash of the sources of the four packages (12 hex digits)."""
    root = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    for package in _PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def config_id(config_yaml: str) -> str:
    """Hash of a resolved configuration without its `run` group, which names the run but moves no result."""
    config: Mapping[str, Any] = yaml.safe_load(config_yaml)
    relevant = {key: value for key, value in config.items() if key != "run"}
    text = yaml.safe_dump(relevant, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def point_id(config_yaml: str) -> str:
    """Identity of a sweep's point: configuration, the files it names, code and data (12 hex digits)."""
    config: Mapping[str, Any] = yaml.safe_load(config_yaml)
    digest = hashlib.sha256(f"{config_id(config_yaml)}-{code_id()}-{data_id()}".encode())
    for group, key in (("climate", "file"), ("workload", "file"), ("hall", "load_map")):
        path = Path(str(config[group].get(key) or ""))
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@lru_cache(maxsize=1)
def data_id() -> str:
    """Hash of the parameter sets (12 hex digits)."""
    digest = hashlib.sha256()
    for path in sorted(resources.data_dir().rglob("*.csv")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
