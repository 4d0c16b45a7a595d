"""Can this machine draw in 3-D?

VTK does not raise when the GL libraries are missing: it ends the whole process. The question is therefore
asked in a process of its own, once.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import MutableMapping
from dataclasses import dataclass
from functools import cache

_TIMEOUT = 120.0  # [s] a cold start of VTK from a slow disk

# renders one triangle off screen and reads it back: a driver may start and still draw nothing
_SCRIPT = """
import vtkmodules.vtkRenderingOpenGL2
from vtkmodules.vtkFiltersSources import vtkConeSource
from vtkmodules.vtkRenderingCore import (
    vtkActor, vtkPolyDataMapper, vtkRenderer, vtkRenderWindow, vtkWindowToImageFilter
)
cone, mapper, actor = vtkConeSource(), vtkPolyDataMapper(), vtkActor()
mapper.SetInputConnection(cone.GetOutputPort())
actor.SetMapper(mapper)
renderer, window = vtkRenderer(), vtkRenderWindow()
renderer.AddActor(actor)
window.SetOffScreenRendering(1)
window.SetSize(32, 32)
window.AddRenderer(renderer)
window.Render()
picture = vtkWindowToImageFilter()
picture.SetInput(window)
picture.Update()
low, high = picture.GetOutput().GetScalarRange()
print("drawn" if high > low else "blank")
"""


@dataclass(frozen=True, slots=True)
class Rendering:
    """Whether off-screen rendering works here, and why not."""

    available: bool
    reason: str = ""


def prepare_environment(environment: MutableMapping[str, str]) -> None:
    """Make VTK use EGL where there is no display; to be called before VTK is imported.

    A setting of the user's stands, save the empty string, on which VTK fails.
    """
    if not sys.platform.startswith("linux") or environment.get("DISPLAY"):
        return
    if not environment.get("VTK_DEFAULT_OPENGL_WINDOW"):
        environment["VTK_DEFAULT_OPENGL_WINDOW"] = "vtkEGLRenderWindow"


def has_display() -> bool:
    """Whether a window could open at all."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def rendering() -> Rendering:
    """Whether VTK can render off screen; asked of the machine once per process.

    The environment variable TWIN_NO_GL=1 answers no.
    """
    if os.environ.get("TWIN_NO_GL", "") not in ("", "0"):
        return Rendering(False, "switched off by the environment variable TWIN_NO_GL")
    return _probe()


@cache
def _probe() -> Rendering:
    prepare_environment(os.environ)
    try:
        answer = subprocess.run(
            [sys.executable, "-c", _SCRIPT],
            capture_output=True,
            text=True,
            timeout=_TIMEOUT,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Rendering(False, f"a trial picture was not ready after {_TIMEOUT:g} s")
    except OSError as error:
        return Rendering(False, f"the trial process did not start ({error})")
    if answer.returncode == 0 and answer.stdout.split()[-1:] == ["drawn"]:
        return Rendering(True)
    hint = "install the GL libraries (Debian and Ubuntu: libgl1 libegl1 libgl1-mesa-dri)"
    if answer.returncode < 0 or answer.returncode >= 128:
        return Rendering(False, f"VTK crashed on a trial picture (status {answer.returncode}): {hint}")
    if answer.returncode == 0:
        return Rendering(False, f"the trial picture came out blank: {hint}")
    last = answer.stderr.strip().splitlines()[-1:] or ["no message"]
    return Rendering(False, f"VTK failed on a trial picture ({last[0]}): {hint}")
