"""Composition: overrides in, one typed and checked configuration out.

Hydra is imported inside the functions: `twin --help` must not wait for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from geometry.errors import InputError
from twin import resources

if TYPE_CHECKING:
    from collections.abc import Iterator

    from omegaconf import DictConfig

    from twin.schema import TwinConf

LAUNCHER_PLUGIN = "hydra_plugins.caloporteur"  # the module under which Hydra finds twin.sweep.launcher


@cache
def register_schema() -> None:
    """Make the schema and the launcher's settings known to Hydra; called by entry points, never at import."""
    from hydra.core.config_store import ConfigStore

    from twin.schema import TwinConf

    store = ConfigStore.instance()
    store.store(name="twin_schema", node=TwinConf)
    store.store(
        group="hydra/launcher",
        name="spawn",
        node={"_target_": f"{LAUNCHER_PLUGIN}.SpawnLauncher", "workers": 0},
        provider="caloporteur",
    )


def compose(overrides: Sequence[str]) -> DictConfig:
    """Compose `conf/config.yaml` with command-line `overrides` (Hydra syntax).

    Raises
    ------
    InputError   an unknown key, group or option, a wrong type, a bad enum value.
    """
    from hydra import compose as hydra_compose
    from hydra import initialize_config_dir

    register_schema()
    with input_errors(), initialize_config_dir(config_dir=str(resources.conf_dir()), version_base="1.3"):
        return hydra_compose(config_name="config", overrides=list(overrides))


def typed(cfg: DictConfig) -> TwinConf:
    """The composed configuration as schema objects, complete and inside its ranges.

    Raises
    ------
    InputError   an unknown key, a missing mandatory value, or a value outside its range.
    """
    from omegaconf import OmegaConf

    from twin.schema.checks import check_ranges

    with input_errors():
        conf: TwinConf = OmegaConf.to_object(_without_hydra(cfg))  # type: ignore[assignment]
    _refuse_unknown_keys(conf, "")
    check_ranges(conf)
    return conf


def _refuse_unknown_keys(node: Any, prefix: str) -> None:
    """Hydra lets `+KEY=VALUE` and the files of groups add keys to the schema: nothing would read them."""
    if not is_dataclass(node):
        return
    known = [field.name for field in fields(node)]
    for key, value in vars(node).items():
        if key not in known:
            near = get_close_matches(key, known, n=1)
            raise InputError(
                f"{prefix}{key}: there is no such key\n"
                + (f"  try: {prefix}{near[0]}" if near else "  try: `twin run --cfg job` lists every key")
            )
        _refuse_unknown_keys(value, f"{prefix}{key}.")


def read_config(path: Path) -> TwinConf:
    """A configuration stored by an earlier run.

    Raises InputError when the file is missing or no longer fits the schema.
    """
    from omegaconf import OmegaConf

    from twin.schema import TwinConf

    if not path.is_file():
        raise InputError(f"{path}: no such configuration\n  try: a run folder that `twin runs` lists")
    with input_errors():
        cfg = OmegaConf.merge(OmegaConf.structured(TwinConf), OmegaConf.load(path))
    return typed(cfg)  # type: ignore[arg-type]


def to_yaml(cfg: DictConfig) -> str:
    """The resolved configuration as YAML, as it is stored beside the results."""
    from omegaconf import OmegaConf

    return OmegaConf.to_yaml(_without_hydra(cfg), resolve=True)


def _without_hydra(cfg: DictConfig) -> Any:
    from omegaconf import OmegaConf, open_dict

    if "hydra" not in cfg:
        return cfg
    plain = OmegaConf.masked_copy(cfg, [str(key) for key in cfg if key != "hydra"])
    with open_dict(plain):
        return plain


@contextmanager
def input_errors() -> Iterator[None]:
    """Turn Hydra's and OmegaConf's complaints into one InputError in plain words."""
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException

    try:
        yield
    except (HydraException, OmegaConfBaseException) as error:
        raise InputError(plain_words(error)) from error
    except yaml.YAMLError as error:
        raise InputError(f"a configuration file is not valid YAML: {error}") from error


def plain_words(error: BaseException) -> str:
    """The message of a composition error: its deepest cause, the key it speaks of and a way out."""
    from hydra.errors import MissingConfigException
    from omegaconf.errors import ConfigKeyError, MissingMandatoryValue, ValidationError

    lines = [line.rstrip() for line in str(error).splitlines() if line.strip()]
    cause = error.__cause__
    while cause is not None:
        lines += [
            line.rstrip() for line in str(cause).splitlines() if line.strip() and line.rstrip() not in lines
        ]
        cause = cause.__cause__
    # "To append": Hydra's advice to put a plus before an unknown key, which the schema then refuses
    noise = ("object_type", "reference_type", "Config search path", "provider=", "full_key", "To append")
    text = "\n  ".join(line.strip() for line in lines if not line.lstrip().startswith(noise))
    chain = _chain(error)
    if any(isinstance(e, MissingConfigException) for e in chain):
        return f"{text}\n  try: one of the options above, or `twin run --info config`"
    if any(isinstance(e, MissingMandatoryValue) for e in chain):
        return f"{text}\n  try: give the value, as in GROUP.KEY=VALUE"
    if any(isinstance(e, ConfigKeyError) for e in chain) or "Could not override" in text:
        return f"{text}\n  try: `twin run --cfg job` lists every key"
    if any(isinstance(e, ValidationError) for e in chain):
        return f"{text}\n  try: a value of the type above; `twin run --cfg job` shows the present one"
    return text


def _chain(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    now: BaseException | None = error
    while now is not None:
        found.append(now)
        now = now.__cause__
    return found
