"""Turn the record of a build into plain tables."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.words import word, word_or
from dashboard.words_quality import check, fault

Row = Mapping[str, Any]
SHOWN_SHA256 = 12
COMMAND_LINE = "command line"
NUMBERS = {
    *("q_rows_in", "q_rows_loaded", "q_rows_fixed", "q_rows_quarantined", "q_row"),
    *("q_count", "q_share", "q_effect"),
}


def page(record: Row, lang: str, reason: str | None = None) -> list[Component]:
    """Give the whole record of a release: verdict, sources, faults, checks, rejected rows.

    `reason` is why it was published, where that was written down.
    """
    counts = record["issue_counts"]
    return [
        html.H2(word(lang, "q_published"), className="record-title"),
        html.P(_verdict(counts, lang), className="verdict"),
        _release(record, lang, reason),
        _section(lang, "q_sources", _sources(record["sources"], lang)),
        _section(
            lang,
            "q_issues",
            _issues(record["groups"], lang),
        ),
        _section(lang, "q_checks", _checks(record["checks"], lang)),
        _section(
            lang,
            "q_rejected",
            _rejected(record["rejected"], lang),
            _cut(
                lang,
                len(record["rejected"]),
                sum(source["rows_quarantined"] for source in record["sources"]),
            ),
        ),
    ]


def table(lang: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> Component:
    """Give a table; missing values are a dash, whole numbers have thousands commas."""
    if not rows:
        return html.P(word(lang, "q_none"), className="note")
    return html.Div(
        html.Table(
            [
                html.Thead(
                    html.Tr(
                        [
                            html.Th(word(lang, head), scope="col", className=_aligned(head))
                            for head in heads
                        ]
                    )
                ),
                html.Tbody(
                    [
                        html.Tr(
                            [
                                html.Td(_shown(value), className=_aligned(head))
                                for head, value in zip(heads, row, strict=True)
                            ]
                        )
                        for row in rows
                    ]
                ),
            ],
            className="table",
        ),
        className="table-wrap",
    )


def _verdict(counts: Mapping[str, int], lang: str) -> str:
    if counts["blocking"]:
        return word(
            lang, "q_verdict_blocking", blocking=counts["blocking"], warnings=counts["warning"]
        )
    if counts["warning"]:
        return word(lang, "q_verdict_warnings", warnings=counts["warning"])
    return word(lang, "q_verdict_ok")


def _release(record: Row, lang: str, reason: str | None) -> Component:
    stamp = record["stamp"]
    facts = [
        ("q_release", record["id"]),
        ("q_month", record["as_of"]),
        ("q_built", stamp["built_at"]),
        ("q_reason", reason or _reason(lang, stamp["reason"])),
        ("q_seconds", f"{stamp['seconds']:.1f}"),
    ]
    listed = [html.Div([html.Dt(word(lang, key)), html.Dd(_shown(value))]) for key, value in facts]
    return html.Dl(listed, className="facts")


def _reason(lang: str, reason: str | None) -> str | None:
    """Give the reason of a publication; the one the command line gives by itself in words."""
    return word(lang, "q_reason_command") if reason == COMMAND_LINE else reason


def _sources(rows: Sequence[Row], lang: str) -> Component:
    heads = ("q_file", "q_kind", "q_rows_in", "q_rows_loaded", "q_rows_fixed")
    return table(
        lang,
        (*heads, "q_rows_quarantined", "q_crs", "q_encoding", "q_sha256"),
        [
            (
                html.Span(row["path"], title=row["note"]),
                word_or(lang, f"kind_{row['kind']}", row["kind"]),
                row["rows_in"],
                row["rows_loaded"],
                row["rows_fixed"],
                row["rows_quarantined"],
                row["crs"],
                row["encoding"],
                row["sha256"][:SHOWN_SHA256],
            )
            for row in rows
        ],
    )


def _issues(groups: Sequence[Row], lang: str) -> Component:
    heads = ("q_severity", "q_message", "q_source", "q_count", "q_share", "q_effect", "q_samples")
    return table(
        lang,
        (*heads, "q_action"),
        [
            (
                word(lang, f"severity_{group['severity']}"),
                _fault(group, lang),
                group["source"],
                group["count"],
                None if group["share"] is None else f"{group['share']:.1%}",
                group["effect_grids"],
                _sampled(group["samples"], lang),
                fault(lang, group["code"], group["message"], group["action"])[1],
            )
            for group in groups
        ],
    )


def _sampled(samples: Sequence[Row], lang: str) -> str:
    """Name the rows that stand for a group; what has no row by its id."""
    rows = [
        word(lang, "q_row_n", n=sample["row"]) if sample["row"] else sample["feature_id"] or ""
        for sample in samples
    ]
    return word(lang, "q_and").join(dict.fromkeys(filter(None, rows)))


def _checks(rows: Sequence[Row], lang: str) -> Component:
    shown = []
    for row in rows:
        name, detail = check(lang, row["name"], row["detail"])
        shown.append((name, word(lang, "q_passed" if row["ok"] else "q_failed"), detail))
    return table(lang, ("q_check", "q_ok", "q_detail"), shown)


def _fault(group: Row, lang: str) -> Component:
    """Give the words of a fault; its code and the build's own text stay within reach."""
    said, _ = fault(lang, group["code"], group["message"], group["action"])
    return html.Span([said, " ", html.Code(group["code"])], title=group["message"])


def _rejected(rows: Sequence[Row], lang: str) -> Component:
    return table(
        lang,
        ("q_source", "q_row", "q_code", "q_content"),
        [(row["source"], row["row"], row["reason"], row["content"]) for row in rows],
    )


def _section(lang: str, key: str, *children: Component | None) -> Component:
    shown = [child for child in children if child is not None]
    return html.Section([html.H2(word(lang, key)), *shown], className="card")


def _cut(lang: str, shown: int, total: int) -> Component | None:
    if shown >= total:
        return None
    return html.P(word(lang, "q_cut", shown=shown, all=total), className="note")


def _shown(value: object) -> Component | str:
    if isinstance(value, Component):
        return value
    if value is None or value == "":
        return "–"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return str(value)


def _aligned(head: str) -> str:
    return "number" if head in NUMBERS else ""
