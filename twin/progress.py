"""Progress on stderr: a live bar for people, one line a stage for logs."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def bar(title: str, *, total: int | None = None, done: int = 0) -> Iterator[Callable[[str], None]]:
    """A progress bar; the function it yields advances it by one and sets its text."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    progress = Progress(
        TextColumn(f"{title:<9}"),
        BarColumn(bar_width=28),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
        console=console,
        disable=not console.is_terminal,
    )
    with progress:
        task = progress.add_task("", total=total, completed=done)

        def advance(text: str) -> None:
            progress.update(task, advance=1, description=text)
            if not console.is_terminal:
                print(f"{title}: {text}", file=sys.stderr, flush=True)

        yield advance


class Stage:
    """Tells what a running stage is doing; `seconds` holds its wall time once it is over."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self.tell = tell
        self.seconds = 0.0


@contextmanager
def stage(title: str, text: str) -> Iterator[Stage]:
    """One stage of a run: a spinner with live text on a terminal, a line with its time when it is over."""
    from rich.console import Console

    console = Console(stderr=True, highlight=False)
    start = time.perf_counter()
    if console.is_terminal:
        with console.status(f"{title:<9}{text}") as status:
            now = Stage(lambda detail: status.update(f"{title:<9}{text}  {detail}"))
            yield now
    else:
        now = Stage(lambda detail: None)
        yield now
    now.seconds = time.perf_counter() - start
    console.print(f"{title:<9}{text}  [dim]{now.seconds:.1f} s[/dim]")
