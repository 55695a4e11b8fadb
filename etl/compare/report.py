"""Show a comparison to a person or a program: lines, JSON, a workbook."""

import json
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from geo.errors import StoreError
from geo.store import release as releases
from geo.store.asking import HEADLINE_MINUTES, resolve
from geo.store.changes import answer
from geo.store.connect import open_derived, open_release
from geo.store.guarding import harmless
from geo.store.opened import OpenRelease, records

STEP_WORDS: Final = {
    "rules": ("规则", "rules"),
    "streets": ("路网", "streets"),
    "grids": ("网格", "grids"),
    "corrections": ("数据更正", "corrections"),
    "closed": ("关停", "closed"),
    "opened": ("新开", "opened"),
    "opened_undated": ("新增，日期不明", "opened undated"),
    "people": ("人口", "people"),
}
_SHEET_ROWS: Final = 1_048_575


@dataclass(frozen=True)
class Report:
    """A comparison as a whole: the two months, the city in every category, what differs."""

    head: dict[str, Any]
    steps: list[dict[str, Any]]
    city: list[dict[str, Any]]
    differences: list[dict[str, Any]]


def read_report(store: Path, path: Path) -> Report:
    """Read a comparison: the city at 15 minutes, people, in every category and mode it has."""
    with closing(open_derived(path, has_shapes=False)) as con:
        head = records(con, "change_head")[0]
        new = releases.find(store, head["new_release"])
        with closing(
            OpenRelease(new.release, open_release(releases.release_path(store, new)))
        ) as opened:
            facts = opened.facts
            city = [
                answer(con, opened, resolve(opened, {"c": code, "t": mode})[0], HEADLINE_MINUTES)
                for mode in facts.modes
                for code in facts.category_by_code
                if facts.category_by_code[code].is_present
            ]
        names = con.execute("select name, did_change from step order by idx").fetchall()
        steps = [{"name": name, "did_change": did_change} for name, did_change in names]
        return Report(head, steps, city, records(con, "change_listed"))


def report_text(report: Report) -> str:
    """Say in plain lines what changed: the steps, the differences, the city by category."""
    head = report.head
    lines = [
        f"{head['old_release']} ({head['old_month']}) -> {head['new_release']} "
        f"({head['new_month']}), in this order: "
        + ", ".join(STEP_WORDS[step["name"]][1] for step in report.steps)
    ]
    if head["whole"]:
        what = "tables of another version" if head["whole"] == "schema" else "another metric CRS"
        lines.append(f"one of the two has {what}: the whole change stands under rules")
    counts = Counter(row["kind"] for row in report.differences)
    found = ", ".join(f"{count:,} {kind}" for kind, count in sorted(counts.items()))
    lines.append(f"differences: {found or 'none'}")
    moved = [row for row in report.city if row["total"]["shown"] or _moves(row)]
    lines.append(f"city, people within {HEADLINE_MINUTES} minutes, percent and points:")
    lines += [_line(row) for row in moved] or ["  no category moved"]
    return "\n".join(lines)


def _moves(row: dict[str, Any]) -> bool:
    return any(step["shown"] for step in row["steps"])


def _line(row: dict[str, Any]) -> str:
    before, after = row["before"]["permille"], row["after"]["permille"]
    ends = f"{_percent(before)} -> {_percent(after)}"
    parts = [
        f"{STEP_WORDS[step['name']][1]} {step['shown'] / 10:+.1f}"
        for step in row["steps"]
        if step["shown"]
    ]
    return f"  {row['category']} {row['mode']}: {ends}" + (
        f" = {', '.join(parts)}" if parts else ""
    )


def _percent(permille: int | None) -> str:
    return "unknown" if permille is None else f"{permille / 10:.1f}"


def write_json(report: Report, path: Path) -> None:
    """Write the whole report as JSON."""
    content = {
        "comparison": report.head,
        "steps": report.steps,
        "city": [
            {key: value for key, value in row.items() if key != "differences"}
            for row in report.city
        ],
        "differences": report.differences,
    }
    text = json.dumps(content, ensure_ascii=False, indent=1)
    _written(path, (text + "\n").encode("utf-8"))


def write_workbook(report: Report, path: Path) -> None:
    """Write a workbook: the city by category and step, every difference, how it is counted."""
    import io

    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": datetime(2000, 1, 1)})
    bold = book.add_format({"bold": True})
    heads = [f"{zh} {en}" for zh, en in (STEP_WORDS[step["name"]] for step in report.steps)]
    rows = [
        [
            *(row["category"], row["mode"], row["before"]["permille"], row["after"]["permille"]),
            *(row["total"]["shown"], *(step["shown"] for step in row["steps"])),
            *(row["total"]["amount_shown"], *(step["amount_shown"] for step in row["steps"])),
        ]
        for row in report.city
    ]
    names = [*(f"{head} (0.1 pp)" for head in heads), "合计 total (people)", *heads]
    first = ["category", "mode", "before (‰)", "after (‰)", "合计 total (0.1 pp)"]
    _sheet(book, "汇总", [*first, *names], rows, bold)
    columns = list(report.differences[0]) if report.differences else ["kind"]
    listed = [[row[name] for name in columns] for row in report.differences[:_SHEET_ROWS]]
    _sheet(book, "差异", columns, listed, bold)
    basis = [[str(key), "" if value is None else str(value)] for key, value in report.head.items()]
    basis.append(["minutes", str(HEADLINE_MINUTES)])
    basis.append(["order", ", ".join(step["name"] for step in report.steps)])
    _sheet(book, "口径", ["key", "value"], basis, bold)
    book.close()
    _written(path, buffer.getvalue())


def _sheet(book: Any, name: str, head: list[str], rows: list[list[Any]], bold: Any) -> None:  # noqa: ANN401 - xlsxwriter has no types
    sheet = book.add_worksheet(name)
    for column, text in enumerate(head):
        sheet.write_string(0, column, text, bold)
    for line, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(line, column, harmless(value))
            elif value is not None:
                sheet.write_number(line, column, value)
    sheet.freeze_panes(1, 0)


def _written(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise StoreError(
            f"{path} cannot be written ({error.strerror}); expected a file in a folder that "
            "exists. Choose another name."
        ) from error
