"""Write the ledgers of a month, each in a form that offices have."""

from pathlib import Path
from typing import Final

import numpy as np

from etl.demo import cases, estates, files, inspections, ledgers
from etl.demo.city import City
from etl.demo.faults import Cell, Row
from etl.demo.months import THIS_MONTH, Month

MERGED_COMMUNITY: Final = 0


class _Draw:
    """Draws for each part: the same in every month, or of the month's own."""

    def __init__(self, seed: int, as_of: str) -> None:
        self.seed, self.month = seed, int(as_of.replace("-", ""))

    def steady(self, part: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, part])

    def monthly(self, part: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, part, self.month])


def write_ledgers(out: Path, city: City, month: Month, seed: int) -> None:
    """Write every ledger of a month into a folder. Rows that are wrong stand in this month's."""
    draw = _Draw(seed, month.as_of)
    _write_books(out, city, month, draw)
    _write_texts(out, city, month, draw)
    drawn = estates.draw_estates(city)
    files.write_geojson(out / "小区.geojson", estates.estate_features(city, drawn), decimals=9)
    rows = estates.estate_rows(draw.monthly(24), city, drawn)
    _book(out / "小区台账.xlsx", month, estates.HEADER, rows)


def _write_books(out: Path, city: City, month: Month, draw: _Draw) -> None:
    """Write what is kept in sheets: a title above, here and there a total or merged cells."""
    communities = ledgers.community_rows(draw.steady(9), city, month)
    _book(out / "社区台账.xlsx", month, ledgers.COMMUNITY_HEADER, communities)
    staff = ledgers.staff_rows(draw.steady(10), city)
    _book(out / "人员.xlsx", month, ledgers.STAFF_HEADER, staff)
    waste = ledgers.waste_rows(draw.monthly(15), city, month)
    total: Row = ["合计", None, None, *_sums(waste, range(3, 10))]
    path = out / "垃圾分类.xlsx"
    _book(path, month, ledgers.WASTE_HEADER, waste, total, merged=MERGED_COMMUNITY)
    survey = ledgers.survey_rows(draw.monthly(16), city, month)
    _book(out / "满意度调查.xlsx", month, ledgers.SURVEY_HEADER, survey, merged=0)
    funds = ledgers.fund_rows(draw.steady(17), city, month)
    _book(out / "经费.xlsx", month, ledgers.FUND_HEADER, funds)


def _write_texts(out: Path, city: City, month: Month, draw: _Draw) -> None:
    """Write what other systems give out: separated text in several encodings."""
    is_now = month.as_of == THIS_MONTH
    checks = inspections.check_rows(draw.seed, city, month)
    checks += inspections.planted_checks(city) if is_now else []
    files.write_csv(out / "环境卫生检查.csv", inspections.HEADER, checks, encoding="gbk")
    visits = ledgers.visit_rows(draw.monthly(12), city, month)
    files.write_csv(out / "走访.csv", ledgers.VISIT_HEADER, visits, encoding="utf-8-sig")
    brought = cases.case_rows(draw.seed, city, month)
    brought += cases.planted_cases(brought) if is_now else []
    files.write_csv(out / "案件.csv", cases.CASE_HEADER, brought, encoding="utf-8-sig")
    events = cases.event_rows(draw.monthly(18), city, month)
    events += cases.planted_events(city) if is_now else []
    path = out / "五类活动.tsv"
    files.write_csv(path, cases.EVENT_HEADER, events, encoding="utf-8", delimiter="\t")
    hauls = cases.haul_rows(draw.monthly(19), city, month)
    files.write_csv(out / "清运台账.csv", cases.HAUL_HEADER, hauls, encoding="gb18030")
    honours = ledgers.honour_rows(draw.steady(20), city, month)
    files.write_csv(out / "荣誉.csv", ledgers.HONOUR_HEADER, honours, encoding="gbk")
    enrolled = ledgers.enrol_rows(draw.monthly(21), month)
    files.write_csv(out / "康复服务.csv", ledgers.ENROL_HEADER, enrolled, encoding="utf-8-sig")


def _book(
    path: Path,
    month: Month,
    header: tuple[str, ...],
    rows: list[Row],
    last: Row | None = None,
    *,
    merged: int | None = None,
) -> None:
    title = f"云泽市{path.stem}（{month.as_of}）"
    files.write_workbook(path, path.stem, title, header, rows, last or [], merged=merged)


def _sums(rows: list[Row], columns: range) -> list[Cell]:
    """Add up the numbers of each column; a masked one is left out."""
    numbers = ([cell for row in rows if isinstance(cell := row[k], int)] for k in columns)
    return [sum(column) for column in numbers]
