"""One page that shows a scene without a network or a server, and the flat page for machines without GL.

The scene travels as meshes and their colours; vtk.js, which the page carries inside, draws them. The page
writes titles and legend itself: floating texts of VTK do not travel.
"""

from __future__ import annotations

import base64
import html
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from viz import labels, style
from viz.fields import HallView, find_hot_spot, read_hall_field
from viz.meshes import Plotter, RackColour
from viz.plans import colours_of

_BOX = (
    "position:fixed;z-index:9;pointer-events:none;font:14px/1.45 system-ui,sans-serif;"
    f"color:{style.INK};background:rgba(255,255,255,.86);padding:10px 14px;border-radius:8px"
)


def interactive_page(plotter: Plotter, view: HallView, *, title: str, rack_colour: RackColour) -> str:
    """The page of a scene that was built without texts; nothing in it is fetched from elsewhere."""
    from trame_vtk.tools.vtksz2html import write_html

    buffer = io.StringIO()
    write_html(_archive(plotter), buffer)
    name = html.escape(title or f"Hall {view.hall.name}")
    page = buffer.getvalue()
    start, end = page.index("<title>"), page.index("</title>")
    page = f"{page[:start]}<title>{name}{page[end:]}"
    before, body, after = page.rpartition("</body>")
    # the viewer empties the element it draws into: give it one of its own
    place = '<div class="content" style="position:fixed;inset:0"></div>\n'
    return f"{before}{place}{_overlay(view, name, rack_colour)}{body}{after}"


def flat_page(picture: Path, name: str, reason: str) -> str:
    """A page with `picture` inside, which says why it cannot be turned."""
    data = base64.b64encode(picture.read_bytes()).decode("ascii")
    name = html.escape(name)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{name}</title></head>\n'
        f'<body style="font:15px/1.5 system-ui,sans-serif;color:{style.INK};margin:24px">\n'
        f"<p>This page holds flat pictures: the machine that wrote it cannot draw in 3-D "
        f"({html.escape(reason)}).</p>\n"
        f'<img alt="{name}: plan, section and rack inlets" style="max-width:100%" '
        f'src="data:image/png;base64,{data}">\n</body></html>\n'
    )


def _archive(plotter: Plotter) -> bytes:
    """The scene as the zip archive that the viewer of vtk.js loads.

    Plotter.trame.export_html of PyVista 0.49 does the same through a web server on a local port, which a
    file does not need.
    """
    from trame_vtk.modules.vtk.serializers import (
        SynchronizationContext,
        extract_array_hash,
        initialize_serializers,
        reference_id,
        serialize,
    )

    plotter.render()
    initialize_serializers()
    context = SynchronizationContext()
    context.set_ignore_last_dependencies(True)
    window = plotter.render_window
    camera = window.GetRenderers().GetFirstRenderer().GetActiveCamera()
    scene: dict[str, Any] = serialize(None, window, reference_id(window), context, 1)
    scene["extra"] = {
        "vtkRefId": reference_id(window),
        "centerOfRotation": camera.GetFocalPoint(),
        "camera": reference_id(camera),
    }
    hashes = {
        entry["hash"]: {**entry, "content": context.get_cached_data_array(entry["hash"], False)}
        for entry in extract_array_hash(scene)
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.json", json.dumps({"hashes": hashes, "scene": scene}))
    return buffer.getvalue()


def _overlay(view: HallView, name: str, rack_colour: RackColour) -> str:
    """Title, hot spot, temperature scale and legend."""
    field = read_hall_field(view)
    spot = find_hot_spot(field)
    low, high = style.temperature_limits(field.temperature, field.inlet_max)
    legend = "".join(
        f'<div><span style="color:{colour}">&#9632;</span> {html.escape(label)}</div>'
        for label, colour in labels.legend_entries(view)
    )
    stops = ",".join(colours_of(np.linspace(0.0, 1.0, 9).tolist(), (0.0, 1.0)))
    what = "Hottest rack inlet" if spot.rack else "Hottest air"
    return (
        f'<div style="{_BOX};top:14px;left:14px">'
        f'<div style="font-size:20px;font-weight:600">{name}</div>'
        f"<div>{what} {html.escape(labels.describe_hot_spot(spot))} (black pin)</div>"
        f"<div>{html.escape(labels.describe_colours(field, spot, rack_colour))}</div>"
        f'<div style="margin-top:8px">Temperature [&deg;C]</div>'
        f'<div style="width:220px;height:12px;background:linear-gradient(to right,{stops})"></div>'
        f'<div style="width:220px;display:flex;justify-content:space-between"><span>{low:g}</span>'
        f"<span>{0.5 * (low + high):g}</span><span>{high:g}</span></div></div>\n"
        f'<div style="{_BOX};bottom:14px;left:14px">{legend}'
        f'<div style="color:{style.MUTED}">drag: turn · wheel: zoom · shift and drag: move</div></div>\n'
    )
