"""The pictures of the document, in its language."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from twin.district.plan import SegmentKind
from twin.export.balance import monthly_balance
from twin.export.geography import FRANCE, features, to_lambert
from twin.export.record import HeatRun
from twin.export.words import Words
from twin.units import MW, to_celsius
from viz.charts.planner import (
    MapLine,
    Step,
    Swing,
    duration_chart,
    monthly_chart,
    scheme_map,
    steps_chart,
    swings_chart,
)


def draw_charts(run: HeatRun, words: Words, folder: Path) -> dict[str, Path]:
    """Every picture the run allows, by name."""
    hours, number = run.hours, words.number
    found: dict[str, Path] = {}
    if _on_the_map(run) and (run.recovers or run.plan.segments):
        found["map"] = _map(run, words, folder / "map.png")
    monthly = {name: energy / 1e9 for name, energy in monthly_balance(hours).energies.items()}
    labels = {n: words(f"monthly.{n}") for n in ("energy", "delivered", "others")}
    if hours.demand.any():
        for name, size in (("months", (3.4, 3.3)), ("monthly", (6.7, 2.6))):
            short = (
                [m[0].upper() for m in words.months()] if name == "months" else words.texts["months_short"]
            )
            found[name] = monthly_chart(
                folder / f"{name}.png", monthly["demand"], monthly["delivered"],
                months=short, labels=labels, number=number, size=size,
            )  # fmt: skip
        found["duration"] = duration_chart(
            folder / "duration.png", hours.demand / MW, hours.delivered / MW,
            labels={n: words(f"curve.{n}") for n in ("hours", "power", "demand", "delivered")},
            number=number, note=_offer_note(run, words),
        )  # fmt: skip
    if run.cascade:
        steps = [
            Step(name=words(f"cascade.{name}"), hot=to_celsius(hot), cold=to_celsius(cold))
            for name, (hot, cold) in run.cascade.items()
        ]
        found["cascade"] = steps_chart(
            folder / "cascade.png", steps, label=words("cascade.temperature"), number=number
        )
    economics = run.summary["economics"]
    if economics["tornado"]:
        found["tornado"] = _tornado(run, words, folder / "tornado.png")
    return found


def _on_the_map(run: HeatRun) -> bool:
    west, east, south, north = FRANCE
    site = run.conf.site
    return west <= site.longitude_deg <= east and south <= site.latitude_deg <= north


def _map(run: HeatRun, words: Words, path: Path) -> Path:
    plan, site = run.plan, run.conf.site
    x, y = to_lambert(site.longitude_deg, site.latitude_deg)
    lines = []
    for segment in plan.segments:
        a, b = to_lambert(segment.longitude, segment.latitude)
        lines.append(MapLine(x=a, y=b, trunk=segment.kind is SegmentKind.TRUNK))
    stations = np.empty((0, 2))
    if plan.substations:
        a, b = to_lambert([s.longitude for s in plan.substations], [s.latitude for s in plan.substations])
        stations = np.stack((a, b), axis=1)
    ring = next((f.shape for f in features(run) if f.layer == "perimetre"), None)
    perimeter = np.empty((0, 2))
    if ring is not None:
        a, b = to_lambert(*np.array(ring.exterior.coords).T)
        perimeter = np.stack((a, b), axis=1)
    place = words(
        "map.site", latitude=words.number(site.latitude_deg, 2), longitude=words.number(site.longitude_deg, 2)
    )
    return scheme_map(
        path, (float(x), float(y)), lines, stations, perimeter,
        labels=words.table("map") | {"site": place}, number=words.number,
    )  # fmt: skip


def _offer_note(run: HeatRun, words: Words) -> str:
    """What the site offers, where it would flatten the demand to nothing."""
    offer, peak = float(run.hours.available.mean()) / MW, float(run.hours.demand.max()) / MW
    return words("curve.off_scale", power=words.number(offer, 0)) if offer > 1.08 * peak else ""


def _tornado(run: HeatRun, words: Words, path: Path) -> Path:
    economics, names = run.summary["economics"], words.table("ranges")
    swings = [
        Swing(
            name=names.get(bar["name"], bar["name"]),
            low=_end(words, bar["name"], bar["low"]),
            high=_end(words, bar["name"], bar["high"]),
            at_low=bar["cost_low"],
            at_high=bar["cost_high"],
        )
        for bar in economics["tornado"]
    ]
    base = float(economics["lcoh_with_aid_EUR_per_MWh"])
    return swings_chart(path, swings, base, label=words("economy.tornado_axis"), number=words.number)


def _end(words: Words, name: str, value: float) -> str:
    if name.endswith("share") or name == "discount_rate":
        return words.percent(value)
    return words.number(value, 1 if name == "delivered_factor" else 0)
