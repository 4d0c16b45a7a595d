"""The PDF for planners: four to eight pages, the first of which needs no knowledge of data centres."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from twin.export.document.charts import draw_charts
from twin.export.document.pages import story
from twin.export.document.paper import build
from twin.export.record import HeatRun
from twin.export.words import Words
from twin.store import whole_file

__all__ = ["write_document"]


def write_document(run: HeatRun, words: Words, path: Path) -> int:
    """Write the PDF of a run, whole; the number of pages."""
    with TemporaryDirectory() as folder, whole_file(path) as temporary:
        charts = draw_charts(run, words, Path(folder))
        return build(temporary, story(run, words, charts), run, words)
