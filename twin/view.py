"""`twin view RUN`: the hall of a run in 3-D: a window, a picture, an offline page or a ParaView file."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from twin.store import CONFIG_FILE, RUN_FILE, read_tree


def main(argv: Sequence[str]) -> int:
    """Show a run's hall; the exit status."""
    parser = argparse.ArgumentParser(
        prog="twin view",
        description="Show the hall of a run in 3-D: racks by inlet temperature, panels, air slices, pipes, "
        "the hot spot. Without an option: a window.",
    )
    parser.add_argument("run", type=Path, help="run folder")
    parser.add_argument("--png", type=Path, help="write a picture")
    parser.add_argument("--html", type=Path, help="write one page that opens without a network")
    parser.add_argument("--vtr", type=Path, help="write the fields for ParaView (VTK rectilinear grid)")
    parser.add_argument("--kind", type=int, default=0, help="which of the site's distinct halls (default 0)")
    parser.add_argument(
        "--pipes",
        choices=("velocity", "gradient", "temperature"),
        help="show the pipes instead, drawn to their DN and coloured by this; a window or --png",
    )
    arguments = parser.parse_args(argv)

    from geometry.cool_piping import cool_runs
    from geometry.errors import require
    from twin.assembly import halls_of_run
    from twin.assembly.doors import on_loop
    from twin.assembly.loop import hall_runs
    from twin.config import read_config
    from viz import render, scene
    from viz.pipes import PipeColour, read_pipes

    tree = read_tree(arguments.run / RUN_FILE)
    kinds = halls_of_run(arguments.run / CONFIG_FILE)
    require(
        0 <= arguments.kind < len(kinds),
        f"--kind {arguments.kind}: this run has {len(kinds)} distinct hall(s)",
        hint=f"--kind 0..{len(kinds) - 1}",
    )
    hall = kinds[arguments.kind].hall
    conf = read_config(arguments.run / CONFIG_FILE)
    loop = hall_runs(conf, hall)
    if arguments.pipes:
        require("loop" in tree, "this run holds no loop", hint="a hall with liquid cooling")
        require(
            not (arguments.html or arguments.vtr),
            "--pipes goes with --png or with a window, not with --html or --vtr",
        )
        pipes = read_pipes(loop, tree["loop"].to_dataset(), arguments.kind)
        colour = PipeColour(arguments.pipes)
        if arguments.png:
            print(render.save_pipes(hall, pipes, arguments.png, colour=colour))
        else:
            render.show_pipes(hall, pipes, colour=colour)
        return 0
    data = tree["hall"].to_dataset()
    cool = cool_runs(hall, doors=not on_loop(conf)) if "coil" in data.dims else ()
    view = scene.HallView(hall=hall, data=data, kind=arguments.kind, pipes=loop + cool)
    if arguments.vtr:
        print(render.save_vtr(view, arguments.vtr))
    if arguments.png:
        print(render.save_png(view, arguments.png))
    if arguments.html:
        print(render.save_html(view, arguments.html))
    if not (arguments.vtr or arguments.png or arguments.html):
        print("a window opens; --png or --html write a file instead", file=sys.stderr)
        render.show_window(view)
    return 0
