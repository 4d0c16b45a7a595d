"""Documents that stay true: READMEs, links that lead somewhere, a reason beside every number."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from twin import config

ROOT = Path(__file__).resolve().parents[2]
HIDDEN = {".git", ".venv", "runs", "sweeps", "build", "dist", "node_modules"}
DOCUMENTS = sorted(
    path
    for path in ROOT.rglob("*.md")
    if not any(part in HIDDEN or part.startswith(".") for part in path.relative_to(ROOT).parts[:-1])
)
CONFIGS = sorted((ROOT / "conf").glob("*/*.yaml"))


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# ---- folders and links -----------------------------------------------------------------------------------


def rooms() -> list[Path]:
    """The top-level folders, and the sub-packages that hold a subject of their own."""
    top = [ROOT / name for name in ("geometry", "solvers", "viz", "twin", "conf", "data", "tests")]
    inner = [
        init.parent for name in ("solvers", "twin") for init in sorted((ROOT / name).glob("*/__init__.py"))
    ]
    return top + inner


@pytest.mark.parametrize("room", rooms(), ids=relative)
def test_room_has_a_readme(room: Path) -> None:
    readme = room / "README.md"
    assert readme.is_file(), f"{relative(room)} has no README.md"
    assert len(readme.read_text(encoding="utf-8").split()) >= 30, f"{relative(readme)} says almost nothing"


@pytest.mark.parametrize(
    "name", ["README.md", "CONTRIBUTING.md", "DECISIONS.md", "CHANGELOG.md", "LICENSE", "constraints.txt"]
)
def test_repository_file_exists(name: str) -> None:
    assert (ROOT / name).is_file()


def prose(text: str) -> str:
    """Markdown without its code, in which brackets are no links."""
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^(```|~~~).*?^\1", "", text, flags=re.M | re.S))


def anchors(text: str) -> set[str]:
    """GitHub's anchors of a document's headings."""
    found: set[str] = set()
    for heading in re.findall(r"^#{1,6}\s+(.+?)\s*#*$", text, flags=re.M):
        plain = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        found.add(plain)
    return found


def broken_links(document: Path) -> list[str]:
    broken = []
    text = prose(document.read_text(encoding="utf-8"))
    targets = re.findall(r"\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)", text)
    targets += re.findall(r"^\[[^\]]+\]:\s*(\S+)", text, flags=re.M)
    targets += re.findall(r"<(?:img|a)\s[^>]*?(?:src|href)=\"([^\"]+)\"", text)
    for target in targets:
        if re.match(r"[a-z][a-z0-9+.-]*:", target):
            continue  # another site: not ours to keep
        name, _, anchor = target.partition("#")
        place = (document.parent / name) if name else document
        if ROOT not in place.resolve().parents and place.resolve() != ROOT:
            broken.append(f"{target} leads out of the repository")
        elif not place.exists():
            broken.append(target)
        elif anchor and place.suffix == ".md" and anchor not in anchors(place.read_text(encoding="utf-8")):
            broken.append(f"{target}: no such heading")
    return broken


@pytest.mark.parametrize("document", DOCUMENTS, ids=relative)
def test_links_resolve(document: Path) -> None:
    assert broken_links(document) == []


def test_a_broken_link_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("test_docs.ROOT", tmp_path)
    document = tmp_path / "page.md"
    document.write_text("# A page\n[a](#a-page) [b](gone.md) [c](page.md#b) ![d](../x.png) `[e](f)`\n")
    assert broken_links(document) == [
        "gone.md",
        "page.md#b: no such heading",
        "../x.png leads out of the repository",
    ]


# ---- files and commands that documents name --------------------------------------------------------------

LIVING = [path for path in DOCUMENTS if path.name not in {"CHANGELOG.md", "RESULTS.md"}]
WRITTEN = {"pipes.csv", "halls.csv", "trays.csv", "heat_reuse_months_fr.csv"}  # by a run or an export


def unknown_files(document: Path) -> list[str]:
    """Files and folders in backticks that are neither near the document nor in a room of the repository."""
    text = document.read_text(encoding="utf-8")
    named = re.findall(r"`([\w./-]+\.(?:py|yaml|csv|md|toml)|[\w./-]*\w/)`", text)
    bases = (
        document.parent,
        ROOT,
        *(ROOT / name for name in ("twin", "solvers", "geometry", "viz", "tests")),
    )
    return [
        name
        for name in named
        if name not in WRITTEN
        and not any((base / name).exists() for base in bases)
        and not any(document.parent.rglob(name))
    ]


@pytest.mark.parametrize("document", LIVING, ids=relative)
def test_files_named_exist(document: Path) -> None:
    assert unknown_files(document) == []


def commands(text: str) -> list[list[str]]:
    """Overrides of every `twin run`, `sweep` or `validate` in an indented line of a document."""
    lines = re.findall(r"^ {4,}twin (?:run|sweep|validate) (.*)$", text, flags=re.M)
    found = [re.findall(r"'?([a-z][\w.]*=(?:\[[^]]*\]|[^\s'\[]+))'?", line.split(" #")[0]) for line in lines]
    return [[word for word in words if not re.search(r"=[A-Z]+$|^study=", word)] for words in found]


EXAMPLES = sorted(
    {" ".join(words) for path in LIVING for words in commands(path.read_text(encoding="utf-8")) if words}
)


@pytest.mark.parametrize("example", EXAMPLES)
def test_commands_in_documents_compose(example: str) -> None:
    config.typed(config.compose(example.split(" ")))


def test_a_stale_name_and_a_command_are_found(tmp_path: Path) -> None:
    document = tmp_path / "page.md"
    document.write_text("`gone.py` `page.md` `cli.py` `old/`\n\n    twin run site=x 'a.b=[c,d]'  # e=f\n")
    assert unknown_files(document) == ["gone.py", "old/"]
    assert commands(document.read_text()) == [["site=x", "a.b=[c,d]"]]


# ---- a reason beside every number ------------------------------------------------------------------------

REASON = re.compile(r"\s#\s*(source|derived|assumption|choice):\s*\S")


def is_number(text: str) -> bool:
    """As Hydra reads it: `1e-3` is a number there, though not to a plain YAML reader."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def numbers(node: yaml.Node, path: tuple[str, ...] = ()) -> list[tuple[int, int, str]]:
    """(first line, last line, key) of every value that is or holds a number; not below `hydra:`."""
    found: list[tuple[int, int, str]] = []
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            name = str(key.value)
            if not (path == () and name in {"hydra", "defaults"}):
                found += numbers(value, (*path, name))
    elif isinstance(node, yaml.SequenceNode):
        inner = [item for value in node.value for item in numbers(value, path)]
        if inner and node.flow_style:  # one line of numbers: one reason
            return [(node.start_mark.line, node.end_mark.line, ".".join(path))]
        return inner
    elif isinstance(node, yaml.ScalarNode) and not node.style and is_number(node.value):
        return [(node.start_mark.line, node.end_mark.line, ".".join(path))]
    return found


def unexplained(text: str) -> list[str]:
    """Numbers without a comment that says where they come from, at the end of the line that closes them."""
    node = yaml.compose(text)
    lines = text.splitlines()
    return [
        f"line {first + 1}: {key}"
        for first, last, key in (numbers(node) if node else [])
        if not any(REASON.search(line) for line in lines[first : last + 1])
    ]


@pytest.mark.parametrize("config", CONFIGS, ids=relative)
def test_every_number_has_a_reason(config: Path) -> None:
    assert unexplained(config.read_text(encoding="utf-8")) == []


def test_main_config_numbers_have_a_reason() -> None:
    assert unexplained((ROOT / "conf" / "config.yaml").read_text(encoding="utf-8")) == []


def test_a_number_without_a_reason_is_found() -> None:
    text = (
        "a: 1 # source: somewhere\n"
        "b: 2\n"
        "c: [1.0, 2.0] # 3 kW\n"
        "d:\n  e: 1e-3 # choice:\n  f: 1.0e-3 # derived: a over b\n"
        "g: 'C3 # source: not a comment'\n"
        "hydra: {x: 3}\n"
    )
    assert unexplained(text) == ["line 2: b", "line 3: c", "line 5: d.e"]


TABLES = sorted((ROOT / "data").rglob("*.csv"))


@pytest.mark.parametrize("table", TABLES, ids=relative)
def test_table_names_its_source_and_licence(table: Path) -> None:
    head = [line for line in table.read_text(encoding="utf-8").splitlines()[:40] if line.startswith("#")]
    for word in ("source", "licence"):
        assert any(re.match(rf"#\s*{word}:\s*\S", line) for line in head), f"no '# {word}:' line"


# a study changes other groups and has no record of its own
NAMED = [path for path in CONFIGS if path.parent.name != "study"]


@pytest.mark.parametrize("config", NAMED, ids=relative)
def test_name_is_the_file_name(config: Path) -> None:
    """Reports and folders use `name`; a copied file that keeps the old one would mislabel its results."""
    content = yaml.safe_load(config.read_text(encoding="utf-8"))
    group = config.parent.name
    node = (
        content.get(group, content)
        if "# @package _global_" in config.read_text(encoding="utf-8")
        else content
    )
    assert node.get("name") == config.stem


def test_no_path_of_a_machine_is_committed() -> None:
    """What works only on the author's machine is no part of the product."""
    listed = subprocess.run(
        ["git", "grep", "-I", "-n", "-E", r"(^|[^A-Za-z0-9_.~$}/])/(home|Users|root|work|opt)/[A-Za-z]"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode > 1:
        pytest.skip("not a git checkout")
    found = [
        line for line in listed.stdout.splitlines() if not line.startswith("tests/contract/test_docs.py:")
    ]
    assert found == []
