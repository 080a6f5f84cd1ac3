"""The typing benchmark as a page: one HTML file that needs nothing else. And what such pages are made of."""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pygal
import pygal.style

from foretype.bench import report

_COLOURS = ("#2563eb", "#d97706", "#059669", "#9333ea")
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #1f2937 }
table { border-collapse: collapse; margin: 1rem 0 } td, th { padding: .2rem .9rem; text-align: right }
td:first-child, th:first-child { text-align: left; white-space: pre } tr:nth-child(even) { background: #f3f4f6 }
figure { margin: 2rem 0 } figcaption { font-weight: 600 } .conditions td { text-align: left; font-size: 13px }
svg { max-width: 100%; height: auto }
"""


def typing_page(data: Mapping[str, Any]) -> str:
    """The page for what `--json` writes."""
    engines: Mapping[str, Mapping[str, Any]] = data["engines"]
    keys: Sequence[Mapping[str, Any]] = [key for key in data["keys"] if key["where"] == "code"]
    plots = [
        ("What a typist gets (code)", _shares(engines)),
        ("How soon a suggestion is on screen, of all keys in code", _curve(engines, keys)),
        ("Whether it is there in time, by how long the typist waits", _by_gap(engines, keys)),
        ("Characters offered and right, by key", _right(engines, keys)),
    ]
    figures = "".join(f"<figure><figcaption>{title}</figcaption>{plot}</figure>" for title, plot in plots)
    body = (
        table("", list(engines), report.typing_rows(engines))
        + figures
        + "<h2>Conditions</h2>"
        + table("conditions", [], [(name, [value]) for name, value in report.flat(data["conditions"])])
    )
    return document("foretype bench typing", body)


def document(title: str, body: str, style: str = "") -> str:
    """A whole page with its title as heading."""
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}{style}</style><body><h1>{title}</h1>{body}</body></html>\n"
    )


def table(kind: str, columns: Sequence[str], rows: report.Rows) -> str:
    """A table with a name for each row."""

    def row(cells: Iterable[str], tag: str = "td") -> str:
        return "<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells) + "</tr>"

    head = row(["", *columns], "th") if columns else ""
    return f'<table class="{kind}">{head}{"".join(row([name, *cells]) for name, cells in rows)}</table>'


def _shares(engines: Mapping[str, Mapping[str, Any]]) -> str:
    plot = pygal.HorizontalBar(**look(len(engines), 260), range=(0, 100))
    plot.x_labels = ["right lines", "pauses with one", "keys with a suggestion in time"]
    for name, engine in engines.items():
        code = engine["code"]
        plot.add(name, [percent(code[key]) for key in ("right_lines", "share_of_pauses", "share_of_keys")])
    return svg(plot)


def _curve(engines: Mapping[str, Any], keys: Sequence[Mapping[str, Any]]) -> str:
    """The share of keys that have had a suggestion after so many milliseconds."""
    plot = pygal.XY(**look(len(engines)), show_dots=False, stroke=True, xrange=(0, 1000), range=(0, 100))
    plot.x_title, plot.y_title = "milliseconds since the key", "% of keys"
    for name in engines:
        own = [key for key in keys if key["engine"] == name]
        times = [key["shown_ms"] for key in own if key["shown_ms"] is not None]
        steps = [step * 10 for step in range(101)]
        plot.add(name, [(step, 100 * sum(time <= step for time in times) / max(1, len(own))) for step in steps])
    return svg(plot)


def _by_gap(engines: Mapping[str, Any], keys: Sequence[Mapping[str, Any]]) -> str:
    edges = (0, 100, 150, 200, 300, 400, 700, float("inf"))
    bins = list(itertools.pairwise(edges))
    plot = pygal.Bar(**look(len(engines), 300), range=(0, 100))
    plot.x_labels = [f"{low:.0f}-{high:.0f} ms" if high < edges[-1] else f"{low:.0f} ms and more" for low, high in bins]
    for name in engines:
        own = [key for key in keys if key["engine"] == name]
        inside = [[key for key in own if low <= key["gap_ms"] < high] for low, high in bins]
        shown = [sum(key["shown_ms"] is not None for key in some) for some in inside]
        plot.add(name, [100 * n / len(some) if some else None for n, some in zip(shown, inside, strict=True)])
    return svg(plot)


def _right(engines: Mapping[str, Any], keys: Sequence[Mapping[str, Any]]) -> str:
    plot = pygal.Line(**look(len(engines), 300), show_dots=False, show_x_labels=False)
    plot.x_title, plot.y_title = "keys, in the order they were typed (mean over 15)", "characters"
    for name in engines:
        own = [float(key["right_characters"]) for key in keys if key["engine"] == name]
        windows = (own[max(0, i - 14) : i + 1] for i in range(len(own)))
        plot.add(name, [sum(window) / len(window) for window in windows])
    return svg(plot)


def percent(share: float | None) -> float | None:
    """A share as per cent, to one place."""
    return None if share is None else round(100 * share, 1)


def look(series: int, height: int = 340) -> dict[str, Any]:
    """The options of a plot with so many series."""
    style = pygal.style.Style(
        background="white",
        plot_background="white",
        colors=_COLOURS[: max(1, series)],
        font_family="system-ui, sans-serif",
    )
    return {
        "style": style,
        "js": [],
        "width": 900,
        "height": height,
        "legend_at_bottom": True,
        "margin": 5,
        "margin_bottom": 25,
        "stroke_style": {"width": 2.5},
    }


def svg(plot: Any) -> str:
    """A plot of pygal as SVG to embed."""
    rendered = plot.render(is_unicode=True, disable_xml_declaration=True)
    assert isinstance(rendered, str)
    # Its script would only load another one.
    return re.sub(r"<script.*?</script>|<!--.*?-->", "", rendered, flags=re.DOTALL)
