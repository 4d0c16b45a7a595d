"""Is there memory for a grid? Estimated before anything is allocated."""

from __future__ import annotations

from pathlib import Path

from geometry.errors import InputError
from solvers.air.memory import air_memory
from solvers.air.problem import Precision

GIB = float(2**30)


def require_memory(
    cells: int, element: str, *, precision: Precision = Precision.SINGLE, available: float | None = None
) -> None:
    """Raise InputError when `cells` need more memory than there is; silent where the system does not tell.

    available  [bytes]; None: what the system has free now
    """
    free = available_memory() if available is None else available
    needed = air_memory(cells, precision)
    if free is not None and needed > free:
        raise InputError(
            f"grid of {element}: {cells:,} cells need about {needed / GIB:,.1f} GiB of memory, "
            f"{free / GIB:,.1f} GiB are available\n"
            "  try: a larger solver.cell_m (it enters with the third power), or solver=draft"
        )


def available_memory() -> float | None:
    """Memory that can be taken without swapping [bytes], within the limit of a container; None if unknown."""
    found = []
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                found.append(float(line.split()[1]) * 1024.0)
    except (OSError, ValueError):
        pass
    try:  # control groups, version 2
        group = Path("/sys/fs/cgroup")
        limit = (group / "memory.max").read_text(encoding="ascii").strip()
        if limit != "max":
            used = float((group / "memory.current").read_text(encoding="ascii"))
            found.append(max(0.0, float(limit) - used))
    except (OSError, ValueError):
        pass
    return min(found, default=None)
