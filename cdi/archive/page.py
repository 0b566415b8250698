"""The report of a scan as one HTML page with charts, or as text."""

from __future__ import annotations

from importlib.resources import files
from typing import NamedTuple

from jinja2 import Environment, StrictUndefined

from cdi.archive.tally import Line, Tally

_WIDTH, _BAR, _GAP, _LABEL = 640, 18, 6, 220
_SHOWN = 40
TITLES = {
    "condition": "By condition",
    "service": "By service",
    "month": "By month",
    "author": "By author",
}


class Bar(NamedTuple):
    """A bar of a chart: where it stands in pixels, and its words."""

    y: int
    width: float
    label: str
    text: str


def bars(lines: tuple[Line, ...]) -> list[Bar]:
    """Return the bars of a group: rates where they are known for all, else counts."""
    shown = lines[:_SHOWN]
    rated = all(line.rate is not None for line in shown)
    values = [(line.rate or 0.0) if rated else float(line.findings) for line in shown]
    largest = max(values, default=0.0) or 1.0
    return [
        Bar(
            y=number * (_BAR + _GAP),
            width=round((_WIDTH - _LABEL - 60) * value / largest, 1),
            label=line.name,
            text=f"{value:.2f}" if rated else f"{line.findings:,}",
        )
        for number, (line, value) in enumerate(zip(shown, values, strict=True))
    ]


def render_page(tally: Tally) -> str:
    """Return the report as one self-contained HTML page; charts are SVG with a table beside."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    template = (files("cdi.archive") / "page.html.j2").read_text(encoding="utf-8")
    charts = [
        {"title": TITLES[group], "bars": bars(lines), "lines": lines, "head": group}
        for group, lines in tally.groups.items()
    ]
    size = {"width": _WIDTH, "bar": _BAR, "step": _BAR + _GAP, "label": _LABEL}
    return environment.from_string(template).render(tally=tally, charts=charts, **size)
