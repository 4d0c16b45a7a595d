"""`twin export RUN`: documents of a finished run for planners and operators of heat networks."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from geometry.errors import InputError

FORMATS = {
    "pdf": "report of 4 to 8 pages: one for everybody, then hours, months, temperatures, money, risks",
    "xlsx": "workbook with live formulas: assumptions, 8,760 hours, demand, months, CAPEX/OPEX, CO2, sources",
    "geojson": "source, route, substations and perimeter in WGS 84 (RFC 7946)",
    "gpkg": "the same as GeoPackage layers in Lambert-93 (EPSG:2154)",
    "csv": "monthly balance, and what the law asks (EU 2024/1364, French decree 2025-1382; also JSON)",
}

EPILOG = """formats:
{formats}

examples:
  twin export runs/valence/warm                          PDF and workbook in French, into the run folder
  twin export runs/valence/warm --lang en --to pdf       one report in English
  twin export runs/valence/warm --to geojson,gpkg        for QGIS
  twin export runs/valence/warm --to pdf,xlsx,geojson,gpkg,csv --folder for_the_town

Nothing is simulated again: all figures come from run.nc, summary.json and config.yaml of the run folder
(`twin runs` lists them). Values marked "assumption" and columns "to verify" are for the reader to settle.
"""


def main(argv: Sequence[str]) -> int:
    """Write the documents of a run; the exit status."""
    formats = "\n".join(f"  {name:<8} {text}" for name, text in FORMATS.items())
    parser = argparse.ArgumentParser(
        prog="twin export",
        description="Write the documents a heat-network planner works with, from a finished run.",
        epilog=EPILOG.format(formats=formats),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("run", type=Path, help="run folder")
    parser.add_argument(
        "--to", default="pdf,xlsx", metavar="FORMATS", help="pdf,xlsx,geojson,gpkg,csv (default pdf,xlsx)"
    )
    parser.add_argument(
        "--lang", choices=("fr", "en"), default="fr", help="language of the texts (default fr)"
    )
    parser.add_argument("--folder", type=Path, help="where to write (default RUN/export)")
    arguments = parser.parse_args(argv)
    for path in export(arguments.run, wanted(arguments.to), lang=arguments.lang, folder=arguments.folder):
        print(path)
    return 0


def wanted(text: str) -> tuple[str, ...]:
    """The formats of a comma-separated list, each once. Raises InputError for one nobody writes."""
    names = tuple(dict.fromkeys(word.strip().lower() for word in text.split(",") if word.strip()))
    unknown = [name for name in names if name not in FORMATS]
    if unknown or not names:
        raise InputError(f"--to {text!r}: one or more of {', '.join(FORMATS)}\n  try: --to pdf,xlsx")
    return names


def export(run_folder: Path, formats: Sequence[str], *, lang: str, folder: Path | None = None) -> list[Path]:
    """Write the documents of a finished run; their paths. Every file appears whole or not at all.

    Raises InputError where the folder holds no finished run, or a document cannot be made of it.
    """
    from twin.export.record import read_run
    from twin.export.words import Language, words_of
    from twin.store import prepare_folder

    run, words = read_run(run_folder), words_of(Language(lang))
    place = prepare_folder(folder or run_folder / "export", named="--folder", hint="--folder ELSEWHERE")

    def pdf() -> list[Path]:
        from twin.export.document import write_document

        path = place / f"heat_reuse_{lang}.pdf"
        write_document(run, words, path)
        return [path]

    def xlsx() -> list[Path]:
        from twin.export.workbook import write_workbook

        path = place / f"heat_reuse_{lang}.xlsx"
        write_workbook(run, words, path)
        return [path]

    def geojson() -> list[Path]:
        from twin.export.geography import write_geojson

        path = place / "heat_reuse.geojson"
        write_geojson(run, path)
        return [path]

    def gpkg() -> list[Path]:
        from twin.export.geography import write_geopackage

        path = place / "heat_reuse.gpkg"
        write_geopackage(run, path)
        return [path]

    def csv() -> list[Path]:
        from twin.export.reporting import write_months, write_reports

        return [write_months(run, words, place), *write_reports(run, place)]

    writers: dict[str, Callable[[], list[Path]]] = {
        "pdf": pdf, "xlsx": xlsx, "geojson": geojson, "gpkg": gpkg, "csv": csv,
    }  # fmt: skip
    return [path for name in formats for path in writers[name]()]
