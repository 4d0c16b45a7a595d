"""Paper, type and running lines of the document; the fonts come with matplotlib and are embedded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from twin.export.record import HeatRun
from twin.export.words import Words
from viz import style

FONT, BOLD, ITALIC = "DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique"
MARGIN = 56.0  # of the page [pt]: 17 cm of text on A4
WIDTH = 595.28 - 2.0 * MARGIN


def register_fonts() -> None:
    """Make the fonts known to reportlab: every accent, no library of the system."""
    import matplotlib
    from reportlab.lib.fonts import addMapping
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    for name in (FONT, BOLD, ITALIC):
        pdfmetrics.registerFont(TTFont(name, str(folder / f"{name}.ttf")))
    for bold, italic, name in ((0, 0, FONT), (1, 0, BOLD), (0, 1, ITALIC), (1, 1, BOLD)):
        addMapping(FONT, bold, italic, name)


def paragraph_styles() -> dict[str, Any]:
    """Type by use."""
    from reportlab.lib.enums import TA_CENTER, TA_RIGHT
    from reportlab.lib.styles import ParagraphStyle

    ink, muted = _colour(style.INK), _colour(style.MUTED)
    body = ParagraphStyle("body", fontName=FONT, fontSize=9, leading=13, textColor=ink, spaceAfter=5)

    def of(name: str, **changes: Any) -> Any:
        return ParagraphStyle(name, parent=body, **changes)

    return {
        "body": body,
        "title": of("title", fontName=BOLD, fontSize=17, leading=22, spaceAfter=2),
        "subtitle": of("subtitle", fontSize=11, leading=15, textColor=muted, spaceAfter=8),
        "lead": of("lead", fontSize=11, leading=16, spaceAfter=10),
        "heading": of("heading", fontName=BOLD, fontSize=13, leading=17, spaceBefore=10, spaceAfter=5),
        "caption": of("caption", fontName=BOLD, fontSize=9, leading=12, spaceBefore=4, spaceAfter=2),
        "note": of("note", fontSize=7.5, leading=10.5, textColor=muted),
        "cell": of("cell", fontSize=8, leading=10.5, spaceAfter=0),
        "head": of("head", fontName=BOLD, fontSize=7, leading=8.5, alignment=TA_RIGHT, spaceAfter=0),
        "head_left": of("head_left", fontName=BOLD, fontSize=7, leading=8.5, spaceAfter=0),
        "fine": of("fine", fontSize=6.8, leading=8.6, spaceAfter=0),
        "figure": of("figure", fontName=BOLD, fontSize=19, leading=22, alignment=TA_CENTER, spaceAfter=0,
                     textColor=_colour(style.GREEN)),
        "figure_name": of("figure_name", fontName=BOLD, fontSize=8.5, leading=11, alignment=TA_CENTER,
                          spaceAfter=0),
        "figure_unit": of("figure_unit", fontSize=7.5, leading=10, alignment=TA_CENTER, spaceAfter=0,
                          textColor=muted),
    }  # fmt: skip


def _colour(text: str) -> Any:
    from reportlab.lib.colors import HexColor

    return HexColor(text)


def table(
    rows: Sequence[Sequence[Any]], widths: Sequence[float], *, total: bool = False, right: int = 1
) -> Any:
    """A table with a head; columns from `right` on are set to the right, the last row bold if a total."""
    from reportlab.platypus import Table

    rule, ink = _colour(style.RULE), _colour(style.INK)
    look: list[Any] = [
        ("FONT", (0, 0), (-1, -1), FONT, 8),
        ("FONT", (0, 0), (-1, 0), BOLD, 7.5),
        ("TEXTCOLOR", (0, 0), (-1, -1), ink),
        ("BACKGROUND", (0, 0), (-1, 0), _colour("#eef2f5")),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, rule),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("TOPPADDING", (0, 0), (-1, -1), 2.2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.6),
        ("LEFTPADDING", (0, 0), (-1, -1), 4),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
    ]
    if right < len(widths):
        look.append(("ALIGN", (right, 0), (-1, -1), "RIGHT"))
    if total:
        look += [("FONT", (0, -1), (-1, -1), BOLD, 8), ("LINEABOVE", (0, -1), (-1, -1), 0.8, ink)]
    return Table([list(row) for row in rows], colWidths=list(widths), style=look, repeatRows=1, hAlign="LEFT")


def picture(path: Path, width: float) -> Any:
    """A picture at a width [pt], in its own proportions."""
    from reportlab.lib.utils import ImageReader
    from reportlab.platypus import Image

    across, down = ImageReader(str(path)).getSize()
    return Image(str(path), width=width, height=width * down / across, hAlign="LEFT")


def build(path: Path, story: Sequence[Any], run: HeatRun, words: Words) -> int:
    """Set the story on pages and write the file; the number of pages."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

    site = words.note(run.conf.site.title)
    running = words("running", site=site)
    made = words(
        "made", date=words.day(run.created), program=run.program.split(",")[0].replace("caloporteur ", "")
    )
    counted: list[int] = []

    class Numbered(Canvas):
        """Keeps the pages until their number is known."""

        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self._kept: list[dict[str, Any]] = []

        def showPage(self) -> None:
            self._kept.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for page, state in enumerate(self._kept, start=1):
                self.__dict__.update(state)
                self._running(page, len(self._kept))
                super().showPage()
            counted.append(len(self._kept))
            super().save()

        def _running(self, page: int, pages: int) -> None:
            width, height = A4
            self.setFillColor(_colour(style.MUTED))
            self.setFont(FONT, 7)
            if page > 1:
                self.drawString(MARGIN, height - 34, running)
            self.setStrokeColor(_colour(style.RULE))
            self.line(MARGIN, 42, width - MARGIN, 42)
            self.drawString(MARGIN, 30, made)
            self.drawRightString(width - MARGIN, 30, words("page", page=page, pages=pages))

    document = BaseDocTemplate(
        str(path), pagesize=A4, title=f"{words('title')} – {site}", author="Caloporteur",
        subject=words("subtitle"), lang=words.language.value,
    )  # fmt: skip
    frame = Frame(
        MARGIN, 48, WIDTH, A4[1] - 48 - 44, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0
    )
    document.addPageTemplates(PageTemplate(frames=[frame]))
    document.build(list(story), canvasmaker=Numbered)
    return counted[0]
