"""Where `conf/` and `data/` are: inside the installed package, or beside it in a checkout."""

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def _folder(packaged: str, checkout: str) -> Path:
    installed = _HERE / packaged
    return installed if installed.is_dir() else _HERE.parent / checkout


def conf_dir() -> Path:
    """Absolute folder of the configuration groups (Hydra needs an absolute path)."""
    return _folder("_conf", "conf")


def data_dir() -> Path:
    """Absolute folder of the parameter sets and reference figures."""
    return _folder("_data", "data")
