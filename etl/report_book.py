"""Write the issue report as a workbook: 汇总 (groups), 明细 (rows with the reason), 口径 (basis).

It is made of a check, or of a release; the groups are the same as in the terminal, in the JSON and
on the data page. The same content gives the same bytes.
"""

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from etl.findings import ContentOf, Group, Sample, contents, read_groups
from etl.issues import SourceRows
from etl.layers import Fault, Rejected
from etl.settings import CitySettings
from geo.errors import StoreError
from geo.store.connect import Connection
from geo.store.guarding import harmless
from geo.store.issue_words import words_of

if TYPE_CHECKING:
    from etl.build import Checked

SHEETS: Final = ("汇总", "明细", "口径")
MOST_ROWS: Final = 100_000
"""So many rows are listed in 明细; more are counted below them."""
_SEVERITY: Final = {
    "zh": {"blocking": "阻断", "warning": "警告", "note": "提示"},
    "en": {"blocking": "blocking", "warning": "warning", "note": "note"},
}
_GROUP_HEADS: Final = {
    "zh": (
        *("级别", "代码", "问题", "文件", "数量", "占该文件行数", "影响网格数", "示例行"),
        *("第一条说明", "处理", "怎么撤销"),
    ),
    "en": (
        *("Severity", "Code", "Issue", "File", "Count", "Share of its rows", "Grids affected"),
        *("Rows", "First case", "Action", "How to undo"),
    ),
}
_DETAIL_HEADS: Final = {
    "zh": ("文件", "行", "结果", "代码", "原因", "说明", "对象"),
    "en": ("File", "Row", "Outcome", "Code", "Reason", "What is wrong", "Object"),
}
_OUTCOME: Final = {
    "zh": {True: "隔离", False: "载入"},
    "en": {True: "set aside", False: "loaded"},
}
_BASIS: Final = {
    "zh": (
        ("读入 = 载入 + 修正 + 隔离", "每个文件逐行核对，一行不少。"),
        ("数量", "涉及的行或对象；占比以该文件读入的行为底。"),
        (
            "影响网格数",
            "有多少网格的达标结论取决于它：任一类别，按该类别自己的服务半径（没有的按 15 分钟）、"
            "默认步速、步行（没有路网时按直线）。空白是说不清，不是零。",
        ),
        ("排序", "影响大的在前；说不清的在后，再按级别、代码。"),
        ("个人信息", "身份证号、手机号和居民姓名一律显示为 ***。"),
    ),
    "en": (
        ("rows in = loaded + fixed + set aside", "Of every file, to the row."),
        ("Count", "Rows or things concerned; the share is of the rows read from that file."),
        (
            "Grids affected",
            "Grids whose verdict depends on it, in any category: within its own radius (15 minutes "
            "where it has none), at the default speed, on foot (straight without streets). "
            "Empty means that it cannot be told, not zero.",
        ),
        ("Order", "The largest effect first; what cannot be told after it, by severity and code."),
        ("Personal data", "Identity numbers, mobiles and names of residents are shown as ***."),
    ),
}
_FILE_HEADS: Final = {
    "zh": ("文件", "用途", "读入", "载入", "修正", "隔离", "坐标系", "编码", "备注"),
    "en": ("File", "Use", "Rows in", "Loaded", "Fixed", "Set aside", "CRS", "Encoding", "Note"),
}

Cells = Sequence[object]


@dataclass(frozen=True)
class Book:
    """What a report is made of; `content_of` finds a row as it was read where that is known."""

    city: str
    as_of: str
    sources: Sequence[SourceRows]
    groups: Sequence[Group]
    faults: Sequence[Fault]
    rejected: Sequence[Rejected]
    content_of: ContentOf


@dataclass(frozen=True)
class _Detail:
    """One row that a fault names, or that was set aside."""

    source: str
    row: int
    is_aside: bool
    code: str
    message: str
    feature_id: str | None
    content: str | None


def write_book(path: Path, book: Book, lang: str = "zh") -> None:
    """Write the workbook; it appears whole or not at all.

    Raises
    ------
    StoreError
        The file cannot be written.
    """
    import xlsxwriter

    buffer = io.BytesIO()
    # a fixed date, because the file must not differ from one report to the next
    out = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False})
    out.set_properties({"created": datetime(2000, 1, 1)})
    bold = out.add_format({"bold": True})
    percent = out.add_format({"num_format": "0.0%"})
    writers = (_group_rows(book, lang), _detail_rows(book, lang), _basis_rows(book, lang))
    for name, rows in zip(SHEETS, writers, strict=True):
        sheet = out.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for at, cells in enumerate(rows):
            _write_row(sheet, at, cells, bold if at == 0 else None, percent)
        sheet.set_column(0, 12, 18)
    out.close()
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        temporary.write_bytes(buffer.getvalue())
        temporary.replace(path)
    except OSError as error:
        raise StoreError(
            f"{path} cannot be written ({error.strerror}); expected a file in a folder that "
            "exists. Choose another place."
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def book_of_check(checked: "Checked", settings: CitySettings) -> Book:
    """Make the report of a check: every row that a fault names is there with its cells."""
    return Book(
        *(settings.city.name, settings.city.as_of, checked.sources, checked.groups),
        *(checked.faults, checked.rejected, contents(checked.layers, checked.rejected)),
    )


def book_of_release(con: Connection) -> Book:
    """Make the report of a release: of the rows that entered it the cells are not kept."""
    ((city, as_of),) = con.execute("select city, as_of from release").fetchall()
    sources = con.execute(
        "select path, kind, sha256, bytes, rows_in, rows_loaded, rows_fixed, rows_quarantined, "
        "crs, encoding, note from source order by source_idx"
    ).fetchall()
    faults = con.execute(
        "select code, severity, source, row, feature_id, message, action, affected from issue "
        "order by issue_idx"
    ).fetchall()
    rejected = con.execute(
        "select source, row, reason, content from rejected order by rejected_idx"
    ).fetchall()
    return Book(
        *(city, as_of, [SourceRows(*row) for row in sources], read_groups(con)),
        *([Fault(*row) for row in faults], [Rejected(*row) for row in rejected]),
        lambda _source, _row: None,
    )


def _group_rows(book: Book, lang: str) -> Iterator[Cells]:
    yield _GROUP_HEADS[lang]
    for group in book.groups:
        words = words_of(group.code)
        shown = ", ".join(str(row) for row in _sample_rows(group.samples))
        yield (
            *(_SEVERITY[lang][group.severity], group.code, words.title(lang), group.source),
            *(group.count, group.share, group.effect_grids, shown),
            *(group.message, words.action(lang) or group.action, words.undo(lang)),
        )


def _sample_rows(samples: Sequence[Sample]) -> list[int]:
    return [sample.row for sample in samples if sample.row is not None]


def _detail_rows(book: Book, lang: str) -> Iterator[Cells]:
    details = _details(book)
    shown = details[:MOST_ROWS]
    contents = [_content(detail, book.content_of) for detail in shown]
    headers = list(dict.fromkeys(header for content in contents for header in content))
    yield (*_DETAIL_HEADS[lang], *headers)
    for detail, content in zip(shown, contents, strict=True):
        yield (
            *(detail.source, detail.row, _OUTCOME[lang][detail.is_aside], detail.code),
            *(words_of(detail.code).title(lang), detail.message, detail.feature_id),
            *(content.get(header) for header in headers),
        )
    if len(details) > MOST_ROWS:
        rest = len(details) - MOST_ROWS
        yield (f"还有 {rest:,} 行没有列出。" if lang == "zh" else f"{rest:,} more rows.",)


def _details(book: Book) -> list[_Detail]:
    """List every row set aside, then every other row that a fault names; each reason once."""
    messages: dict[tuple[str, int, str], Fault] = {}
    for fault in book.faults:
        for row in fault.rows or ([] if fault.row is None else [fault.row]):
            messages.setdefault((fault.source, row, fault.code), fault)
    found: list[_Detail] = []
    for one in book.rejected:
        fault = messages.pop((one.source, one.row, one.reason), None)
        text, name = (fault.message, fault.feature_id) if fault else ("", None)
        found.append(_Detail(one.source, one.row, True, one.reason, text, name, one.content))
    found += [
        _Detail(source, row, False, code, fault.message, fault.feature_id, None)
        for (source, row, code), fault in messages.items()
    ]
    return found


def _content(detail: _Detail, content_of: ContentOf) -> Mapping[str, Any]:
    text = detail.content or content_of(detail.source, detail.row)
    row = json.loads(text) if text else {}
    return row if isinstance(row, dict) else {"": text}


def _basis_rows(book: Book, lang: str) -> Iterator[Cells]:
    yield (book.city, book.as_of)
    yield from _BASIS[lang]
    yield ()
    yield _FILE_HEADS[lang]
    for one in book.sources:
        yield (
            *(one.path, one.kind, one.rows_in, one.rows_loaded, one.rows_fixed),
            *(one.rows_quarantined, one.crs, one.encoding, one.note),
        )


def _write_row(sheet: Any, at: int, cells: Cells, head: Any, percent: Any) -> None:  # noqa: ANN401 - xlsxwriter has no types
    for column, value in enumerate(cells):
        if isinstance(value, float):
            sheet.write_number(at, column, value, percent)
        elif isinstance(value, int):
            sheet.write_number(at, column, value)
        elif value is not None:
            sheet.write_string(at, column, str(harmless(str(value))), head)
