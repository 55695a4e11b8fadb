"""CSV, workbooks and Parquet: damage, bombs, and content that is not what it seems."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import xlsxwriter

from tests.etl.broken import PLACES, Harmless, Make, Refused, Reported, holding, instead

HEADER = ["编号", "名称", "类别", "经度", "纬度", "状态"]
ROW = ["F1", "站", "MED_STATION", 117.001, 39.748, "open"]
BOOK = "places.xlsx"
ENTITIES = '<!DOCTYPE x [<!ENTITY a "lol">' + "".join(
    f'<!ENTITY {chr(98 + at)} "{f"&{chr(97 + at)};" * 10}">' for at in range(10)
)
BOMB = f"{ENTITIES}]>".encode()
"""Ten entities, each ten times the one before: thirty gigabytes of "lol" in a kilobyte."""


def book(path: Path, rows: list[list[object]]) -> None:
    """Write a workbook of one sheet."""
    with xlsxwriter.Workbook(path) as file:
        sheet = file.add_worksheet("设施")
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)


def _patched(member: str, edit: Callable[[bytes], bytes]) -> Make:
    """Write a sound workbook, then change one of its parts."""

    def write(path: Path) -> None:
        book(path, [HEADER, ROW])
        held = io.BytesIO()
        with zipfile.ZipFile(path) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
            for part in old.infolist():
                content = old.read(part)
                new.writestr(part.filename, edit(content) if part.filename == member else content)
        path.write_bytes(held.getvalue())

    return instead(PLACES, BOOK, write)


def _sheet(old: bytes, new: bytes) -> Make:
    return _patched("xl/worksheets/sheet1.xml", lambda content: content.replace(old, new))


def _shared(content: bytes) -> bytes:
    after = content.index(b"?>") + 2
    return content[:after] + BOMB + content[after:].replace("站".encode(), b"&k;")


def _echo(path: Path) -> None:
    """One text of 30,000 letters in 20,000 cells: 60 KB that become 600 MB."""
    with xlsxwriter.Workbook(path, {"constant_memory": False}) as file:
        sheet = file.add_worksheet("设施")
        sheet.write_row(0, 0, HEADER)
        text = "x" * 30_000
        for at in range(20_000):
            sheet.write_string(at + 1, 1, text)


def _wide(path: Path) -> None:
    path.write_text(",".join(f"列{at}" for at in range(5_000)) + "\n1\n", encoding="utf-8")


def _unclosed(path: Path) -> None:
    path.write_text(",".join(HEADER) + '\nF1,"' + "x" * 16_100_000, encoding="utf-8")


def _late_nul(path: Path) -> None:
    row = "F{},站,MED_STATION,117.001,39.748,open\n"
    text = ",".join(HEADER) + "\n" + "".join(row.format(at) for at in range(300))
    path.write_bytes(text.encode() + b"F\x00X,x,MED_STATION,117.001,39.748,open\n")


def _parquet(query: str) -> Callable[[Path], object]:
    return lambda path: duckdb.execute(f"copy ({query}) to '{path}' (format parquet)")


def _csv(*rows: str, encoding: str = "utf-8") -> Make:
    text = "\n".join([",".join(HEADER), *rows]) + "\n"
    return instead(PLACES, PLACES, holding(text.encode(encoding)))


def _declared(make: Make, key: str, value: str) -> Make:
    """Make another defect, and write one more line into its section of city.toml."""

    def run(folder: Path) -> None:
        make(folder)
        toml = folder / "city.toml"
        text = toml.read_text(encoding="utf-8")
        line = f'path = "{PLACES}"'
        toml.write_text(text.replace(line, f'{line}\n{key} = "{value}"'), encoding="utf-8")

    return run


GOOD = "F1,站,MED_STATION,117.001,39.748,open"
DEFECTS: list[Refused | Reported | Harmless] = [
    Refused(
        "no text at all",
        instead(PLACES, PLACES, holding(b"\x00\x01\x02")),
        PLACES,
        ("is not text",),
    ),
    Refused(
        "a NUL byte in row 302",
        instead(PLACES, PLACES, _late_nul),
        PLACES,
        ("holds a NUL byte", "first: row 302", "export it again"),
    ),
    Refused(
        "UTF-16 without its mark",
        instead(PLACES, PLACES, holding(",".join(HEADER).encode("utf-16-le"))),
        PLACES,
        ("is not text",),
    ),
    Refused(
        "a workbook that is called .csv",
        instead(PLACES, PLACES, holding(b"PK\x03\x04" + bytes(200))),
        PLACES,
        ("is not text", "ending .xlsx"),
    ),
    Refused("a header and nothing below", _csv(), PLACES, ("has no rows", "Export it again")),
    Refused(
        "blank lines only",
        instead(PLACES, PLACES, holding(b"\n\n,,,\n\n")),
        PLACES,
        ("has no rows",),
    ),
    Refused(
        "5,000 columns",
        instead(PLACES, PLACES, _wide),
        PLACES,
        ("has 5,000 columns or more", "4,096 columns", "(LIMIT)"),
    ),
    Refused(
        "a quotation mark that is never closed",
        instead(PLACES, PLACES, _unclosed),
        PLACES,
        ("a cell of more than 16,000,000 characters", "(LIMIT)", "not closed"),
    ),
    Refused(
        "an encoding that it is not in",
        _declared(_csv(GOOD), "encoding", "ascii"),
        PLACES,
        ("is not text in ascii", "Correct `encoding`"),
    ),
    Refused(
        "an encoding that does not exist",
        _declared(_csv(GOOD), "encoding", "gbk9"),
        PLACES,
        ("gbk9", "Correct `encoding`"),
    ),
    Refused(
        "codes that a spreadsheet rounded",
        _csv("5.226E+11,站,MED_STATION,117.001,39.748,open"),
        PLACES,
        ("CODE_SCI", "row 2", "5.226E+11"),
    ),
    Refused(
        "a web page that is called .xls",
        instead(PLACES, "places.xls", holding(b"<html><table><tr><td>1</td></tr></table></html>")),
        "places.xls",
        ("is not a readable workbook", "save it again"),
    ),
    Refused(
        "a cut workbook",
        instead(
            PLACES,
            BOOK,
            lambda path: (book(path, [HEADER, ROW]), path.write_bytes(path.read_bytes()[:2000])),
        ),
        BOOK,
        ("is not a readable workbook", "save it again"),
    ),
    Refused(
        "a cell at the far corner of a sheet",
        _sheet(
            b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
        ),
        BOOK,
        ("cannot be opened within the memory", "4 GiB", "(LIMIT)", "Delete the empty rows"),
    ),
    Refused(
        "a cell far to the right and down",
        _sheet(b"</sheetData>", b'<row r="80000"><c r="GR80000"><v>1</v></c></row></sheetData>'),
        BOOK,
        ("has 16,000,000 cells", "80,000 rows, 200 columns", "(LIMIT)", "Delete the empty rows"),
    ),
    Refused(
        "a hollow workbook",
        _sheet(b"<sheetData>", b"<sheetData>" + b" " * (80 << 20)),
        BOOK,
        ("unpacks to more than 200 times", "(LIMIT)"),
    ),
    Refused(
        "one long text in 20,000 cells",
        instead(PLACES, BOOK, _echo),
        BOOK,
        ("holds 600,0", "characters", "(LIMIT)"),
    ),
    Refused(
        "entities without end in the texts of a workbook",
        _patched("xl/sharedStrings.xml", _shared),
        BOOK,
        ("is not a readable workbook", "unrecognized entity"),
    ),
    Refused(
        "a cut Parquet",
        instead(
            PLACES,
            "places.parquet",
            lambda path: (
                _parquet("select 1 as x")(path),
                path.write_bytes(path.read_bytes()[:-9]),
            ),
        ),
        "places.parquet",
        ("is not readable Parquet", "Write it again"),
    ),
    Refused(
        "one long text in 30,000 rows of Parquet",
        instead(
            PLACES,
            "places.parquet",
            _parquet("select repeat('x', 20000) as 名称 from range(30000)"),
        ),
        "places.parquet",
        ("holds 600,000,000 bytes of text", "(LIMIT)"),
    ),
    Refused(
        "Parquet of four million rows",
        instead(
            PLACES, "places.parquet", _parquet("select 1::utinyint as 编号 from range(4000000)")
        ),
        "places.parquet",
        ("has 4,000,000 rows or more", "(LIMIT)"),
    ),
    Harmless(
        "formulas in cells",
        _csv(GOOD, '"=HYPERLINK(""http://a"",""b"")",=1+1,MED_STATION,117.002,39.748,open'),
        PLACES,
        2,
    ),
    Reported(
        "a row cut in the middle", _csv(GOOD, "F2,站,MED_STATION,117.0"), PLACES, "GEOM_EMPTY", 3
    ),
    Reported("more cells than headers", _csv(GOOD, GOOD + ",x,y"), PLACES, "ROW_SHAPE", 3),
    Reported("a total under the rows", _csv(GOOD, "合计,,,,,1"), PLACES, "TOTAL_ROW", 3),
    Reported(
        "text for a coordinate", _csv(GOOD, "F2,站,MED_STATION,东,北,open"), PLACES, "NUM_TEXT", 3
    ),
    Reported(
        "a coordinate without end",
        _csv(GOOD, "F2,站,MED_STATION,1e999,39,open"),
        PLACES,
        "NUM_TEXT",
        3,
    ),
    Reported(
        "a coordinate that is no number",
        _csv(GOOD, "F2,站,MED_STATION,nan,39,open"),
        PLACES,
        "GEOM_EMPTY",
        3,
    ),
    Reported("a place at 0, 0", _csv(GOOD, "F2,站,MED_STATION,0,0,open"), PLACES, "XY_ZERO", 3),
    Reported(
        "a place off the globe",
        _csv(*(GOOD.replace("F1", f"F{at}") for at in range(40)), "F,站,MED_STATION,117,139,open"),
        PLACES,
        "XY_RANGE",
        42,
    ),
    Reported(
        "a place in another country", _csv(GOOD, "F2,站,MED_STATION,7,50,open"), PLACES, "XY_FAR", 3
    ),
    Reported("one id for two places", _csv(GOOD, GOOD.replace("站", "所")), PLACES, "CODE_DUP", 3),
    Reported(
        "a category that nobody knows",
        _csv(GOOD, GOOD.replace("MED_STATION", "魔法")),
        PLACES,
        "CAT_UNKNOWN",
        3,
    ),
    Reported(
        "entities without end in a sheet",
        _patched(
            "xl/worksheets/sheet1.xml",
            lambda content: content.replace(b"<worksheet", BOMB + b"<worksheet", 1).replace(
                b"<v>117.001</v>", b"<v>&k;</v>"
            ),
        ),
        BOOK,
        "GEOM_EMPTY",
        2,
    ),
]
