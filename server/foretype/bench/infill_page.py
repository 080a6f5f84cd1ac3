"""The infilling benchmark as a page: one HTML file that needs nothing else."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

import pygal

from foretype.bench import report
from foretype.bench.infill_report import rows
from foretype.bench.page import document, look, percent, svg, table

_STYLE = """
.items td { text-align: left; vertical-align: top; white-space: pre-wrap; font: 13px/1.4 ui-monospace, monospace }
.items td:first-child { font: inherit }
"""


def infill_page(data: Mapping[str, Any]) -> str:
    """The page for what ``--json`` writes."""
    columns, figures = rows(data)
    groups = {name: data[name] for name in ("by_kind", "by_language")}
    plots = "".join(
        f"<figure><figcaption>Exact match {name.replace('_', ' ')}</figcaption>{_bars(group)}</figure>"
        for name, group in groups.items()
    )
    wrong = [item for item in data["items"] if not item["verdict"]["exact"]]
    loud = [item for item in data["quiet_items"] if item["suggested"] is not None]
    body = (
        table("", columns, figures)
        + plots
        + "<h2>Not what was there</h2>"
        + _items(["hole", "expected", "suggested", "raw model"], [_row(item) for item in wrong])
        + "<h2>Suggested where nothing is needed</h2>"
        + _items(["place", "line", "suggested"], [(item["id"], item["line"], item["suggested"]) for item in loud])
        + "<h2>Conditions</h2>"
        + table("conditions", [], [(name, [value]) for name, value in report.flat(data["conditions"])])
    )
    return document("foretype bench infill", body, _STYLE)


def _bars(groups: Mapping[str, Mapping[str, Any]]) -> str:
    plot = pygal.Bar(**look(2, 300), range=(0, 100))
    plot.x_labels = list(groups)
    plot.add("foretype", [percent(group["exact_match"]) for group in groups.values()])
    plot.add("raw model", [percent(group["raw"]["exact_match"]) for group in groups.values()])
    return svg(plot)


def _row(item: Mapping[str, Any]) -> tuple[str, str, str, str]:
    given = item["answer"] if item["why_empty"] is None else f"({item['why_empty']})"
    return f"{item['id']} {item['kind']}", item["expected"], given, item["raw"]["answer"]


def _items(columns: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{column}</th>" for column in columns)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in line) + "</tr>" for line in lines)
    return f'<table class="items"><tr>{head}</tr>{body}</table>'
