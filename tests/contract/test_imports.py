"""The import direction, what may be imported where, and the rules of compiled code.

Read from the source (AST), so that an import inside a function counts too.
"""

from __future__ import annotations

import ast
import builtins
import importlib.metadata
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("geometry", "solvers", "viz", "twin")
FILES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]

EDGE_ONLY = {
    "hydra",
    "omegaconf",
    "xarray",
    "h5py",
    "h5netcdf",
    "netCDF4",
    "pyvista",
    "vtk",
    "rich",
    "matplotlib",
}
NUMBA_DECORATORS = {
    "njit",
    "jit",
    "vectorize",
    "guvectorize",
    "stencil",
    "cfunc",
    "jitclass",
    "prange",
    "cuda",
}
OUR_DECORATORS = {"disjoint_kernel", "kernel", "parallel_kernel"}


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imported_modules(path: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted module name) of every import in a file."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, "." * node.level + (node.module or "")


def offenders(files: list[Path], forbidden: set[str]) -> list[str]:
    return [
        f"{relative(path)}:{line} imports {module}"
        for path in files
        for line, module in imported_modules(path)
        if module.split(".")[0] in forbidden
    ]


def test_packages_import_in_one_direction() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as main; main()",
            "--no-cache",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 kept, 0 broken" in done.stdout


def test_physics_knows_no_files_pictures_or_configuration() -> None:
    below = [path for path in FILES if relative(path).startswith(("geometry/", "solvers/"))]
    assert below
    assert offenders(below, EDGE_ONLY) == []


def test_pyvista_only_in_viz() -> None:
    assert (
        offenders([p for p in FILES if not relative(p).startswith("viz/")], {"pyvista", "vtk", "trame"}) == []
    )


def test_hdf5_only_in_the_store_and_readers() -> None:
    elsewhere = [p for p in FILES if not relative(p).startswith(("twin/store.py", "twin/readers/"))]
    assert offenders(elsewhere, {"h5py", "h5netcdf", "netCDF4"}) == []


def test_imports_are_absolute() -> None:
    """The kernel cache's key follows imports by their full names."""
    assert offenders(FILES, {""}) == []


def test_third_party_imports_are_declared() -> None:
    """An installed wheel brings what its code imports: nothing rides on a test tool or on luck."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = [re.match(r"[\w.-]+", line) for line in project["dependencies"]]
    declared = {re.sub(r"[-_.]+", "-", name.group()).lower() for name in names if name}
    owners = importlib.metadata.packages_distributions()
    missing = []
    for path in FILES:
        for line, module in imported_modules(path):
            top = module.split(".")[0]
            if top in PACKAGES or top in sys.stdlib_module_names or not top:
                continue
            distributions = {re.sub(r"[-_.]+", "-", name).lower() for name in owners.get(top, [])}
            if not distributions & declared:
                missing.append(f"{relative(path)}:{line} imports {top}, not among the dependencies")
    assert missing == []


def test_import_twin_is_silent_and_light() -> None:
    heavy = (
        "{'numpy', 'numba', 'scipy', 'pandas', 'xarray', 'h5py', 'hydra', 'omegaconf', 'pyvista', 'vtk', "
        "'matplotlib', 'rich', 'CoolProp', 'pvlib', 'geometry', 'solvers', 'viz'}"
    )
    code = f"import sys, twin; print(sorted({heavy} & set(sys.modules)), len(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded, count = done.stdout.rsplit(maxsplit=1)
    assert loaded == "[]"
    assert int(count) < 150  # a bare interpreter has about 60
    assert done.stderr == ""


# ---- compiled code ---------------------------------------------------------------------------------------


def decorator_name(node: ast.expr) -> str:
    node = node.func if isinstance(node, ast.Call) else node
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def jitted_functions(module: ast.Module) -> list[ast.FunctionDef]:
    return [
        node
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef)
        and any(decorator_name(item) in OUR_DECORATORS for item in node.decorator_list)
    ]


KERNEL_FILES = [path for path in FILES if jitted_functions(tree(path))]


def test_one_file_names_numbas_decorators() -> None:
    named = []
    for path in FILES:
        if relative(path) == "solvers/_jit.py":
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "numba":
                names = {alias.name for alias in node.names}
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                names = {node.attr} if node.value.id in {"numba", "nb"} else set()
            else:
                continue
            named += [f"{relative(path)}:{node.lineno} {name}" for name in names & NUMBA_DECORATORS]
    assert named == []


def test_kernels_live_in_solvers() -> None:
    """The kernel cache's key looks nowhere else."""
    assert KERNEL_FILES
    assert [relative(p) for p in KERNEL_FILES if not relative(p).startswith("solvers/")] == []


def used_modules(module: ast.Module, function: ast.FunctionDef) -> set[str]:
    """Modules that a kernel names in `uses=(...)`: an edit there compiles it anew."""
    imported = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in module.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    return {
        imported.get(item.id, item.id)
        for call in function.decorator_list
        if isinstance(call, ast.Call)
        for keyword in call.keywords
        if keyword.arg == "uses" and isinstance(keyword.value, ast.Tuple)
        for item in keyword.value.elts
        if isinstance(item, ast.Name)
    }


def outside_calls(module: ast.Module) -> list[str]:
    """Calls in jitted functions to anything but own jitted functions, those of the modules they are declared
    to use, NumPy, math, built-ins and records."""
    own = {function.name for function in jitted_functions(module)}
    modules, functions, origins = {}, {}, {}
    for node in module.body:
        if isinstance(node, ast.Import):
            modules.update({alias.asname or alias.name: alias.name for alias in node.names})
        elif isinstance(node, ast.ImportFrom):
            functions.update({alias.asname or alias.name: node.module or "" for alias in node.names})
            origins.update(
                {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
            )
    found = []
    for function in jitted_functions(module):
        uses = used_modules(module, function)
        precisions = {  # real = x.dtype.type: a cast to the precision of an argument
            target.id
            for node in ast.walk(function)
            if isinstance(node, ast.Assign) and ast.unparse(node.value).endswith(".dtype.type")
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in (inner for statement in function.body for inner in ast.walk(statement)):
            if not isinstance(node, ast.Call):
                continue
            target = node.func
            if isinstance(target, ast.Name):
                name = target.id
                fine = (
                    name in own | precisions
                    or name[:1].isupper()  # a NamedTuple: its layout is part of the argument types
                    or functions.get(name, "") in {"math", "numpy"} | uses
                    or (name == "prange" and functions.get(name) == "solvers._jit")
                    or (name not in functions and hasattr(builtins, name))
                )
            else:
                root = target
                while isinstance(root, ast.Attribute):
                    root = root.value
                name = ast.unparse(target)
                known = isinstance(root, ast.Name) and (root.id in modules or root.id in functions)
                holder = getattr(root, "id", "")
                fine = (
                    not known
                    or modules.get(holder, "").split(".")[0] in {"numpy", "math"}
                    or origins.get(holder) in uses
                )
            if not fine:
                found.append(f"{node.lineno}: {function.name} calls {name}")
    return sorted(found)


@pytest.mark.parametrize("path", KERNEL_FILES, ids=relative)
def test_kernel_file_is_closed(path: Path) -> None:
    """Numba's cache does not see edits in another file, so kernels call functions of declared files only."""
    assert outside_calls(tree(path)) == []


@pytest.mark.parametrize("path", KERNEL_FILES, ids=relative)
def test_kernels_declare_what_their_callees_use(path: Path) -> None:
    for function in jitted_functions(tree(path)):
        uses = used_modules(tree(path), function)
        for name in uses:
            callee = tree(ROOT / f"{name.replace('.', '/')}.py")
            below = {m for inner in jitted_functions(callee) for m in used_modules(callee, inner)}
            assert below <= uses, f"{function.name}: add {sorted(below - uses)} to uses"


def test_an_open_kernel_file_is_found() -> None:
    module = ast.parse(
        "import numpy as np\n"
        "from math import exp\n"
        "from solvers import fluids\n"
        "from solvers._jit import kernel, prange\n"
        "from solvers.friction import darcy\n"
        "from solvers import wall\n"
        "from solvers.wall import layer\n"
        "def plain(x): return x\n"
        "@kernel(uses=(wall,))\n"
        "def declared(x): return layer(x) + wall.layer(x)\n"
        "@kernel\n"
        "def inner(x): return np.sqrt(x) + exp(x) + abs(x)\n"
        "@kernel\n"
        "def outer(x, out):\n"
        "    for n in prange(3):\n"
        "        out[n] = inner(x) + out.sum() + darcy(x) + fluids.density(x) + plain(x)\n"
    )
    assert outside_calls(module) == [
        "16: outer calls darcy",
        "16: outer calls fluids.density",
        "16: outer calls plain",
    ]
