"""Tell what a table without places is keyed by, to propose it as a ledger."""

from collections.abc import Sequence
from typing import Final

from etl.ledgers.packs import Template, templates
from etl.synonyms import fold, match

_OF_COMMUNITIES: Final = (
    *("社区服务站面积", "社区居委会办公和服务用房面积", "办公用房面积", "社区工作人员数"),
    *("功能室", "网格员数", "建设阶段"),
)
"""Headers that only a ledger of communities has (for the standards)."""
_KEYS: Final = (
    ("grid", ("网格编码", "网格编号", "gridid", "gridcode")),
    ("community", ("社区编码", "社区名称", "社区", "communitycode", "community")),
    ("street", ("街道编码", "街道名称", "街道", "乡镇", "streetcode", "street")),
    ("district", ("区县编码", "区县", "districtcode", "district")),
)
"""What a row may be of, the smallest first, and the folded headers that say so."""
_ROLES: Final = ("key", "lon", "lat", "date", "item", "value")
"""Columns without which a table is none of a template."""
_LEAST: Final = 0.6
"""Share of the columns of a template that a table must have to be proposed as one."""
_DATE: Final = ("日期", "时间", "date")
_PERIOD: Final = ("月份", "年份", "年度", "季度", "period", "month", "year")


def ledger_of(name: str, headers: Sequence[str]) -> tuple[str, str, tuple[str, ...]]:
    """Propose the section of a table by its headers.

    Returns
    -------
    The section (communities, ledgers, or empty where no column names a place), the evidence, and
    its lines after `path`.
    """
    if template := _template(headers):
        lines = (f'name = "{_plain(name)}"', f'pack = "{template.id}"')
        return "ledgers", f"its columns are those of the template {template.zh}", lines
    folded = {fold(header): header for header in reversed(headers)}
    named = [folded[fold(word)] for word in _OF_COMMUNITIES if fold(word) in folded]
    if named:
        return "communities", f"its columns include {named[0]}", ()
    found = _key(folded, headers)
    if found is None:
        return "", "a table without coordinates, H3 cells, WKT or a column that names a place", ()
    unit, key = found
    date = next((h for h in headers if any(word in fold(h) for word in _DATE)), None)
    period = next((h for h in headers if any(word in fold(h) for word in _PERIOD)), None)
    lines = [f'name = "{_plain(name)}"', f'unit = "{unit}"', f'key = "{_plain(key)}"']
    if date or period:
        lines.append(f'grain = "{"event" if date else "unit+period"}"')
        lines.append(f'date = "{_plain(date or period or "")}"')
    else:
        lines.append('grain = "unit"  # no column of dates: one row a place')
    return "ledgers", f"a table keyed by {key}", tuple(lines)


def _template(headers: Sequence[str]) -> Template | None:
    """Find the one shipped template whose columns a table has; None where none or several fit."""
    shares: dict[str, float] = {}
    known = templates()
    for template in known.values():
        columns = template.columns
        found = {header for header in columns if template.find(header, headers, {}) is not None}
        needed = {template.roles[role] for role in _ROLES if role in template.roles}
        if needed <= found and len(found) >= _LEAST * len(columns):
            shares[template.id] = len(found) / len(columns)
    best = [key for key, share in shares.items() if share == max(shares.values())]
    return known[best[0]] if len(best) == 1 else None


def _key(folded: dict[str, str], headers: Sequence[str]) -> tuple[str, str] | None:
    for unit, words in _KEYS:
        for word in words:
            if word in folded:
                return unit, folded[word]
    usual = match("grids", list(headers), set())
    for unit, column in (("community", "community"), ("street", "street")):
        if column in usual:
            return unit, usual[column]
    return None


def _plain(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
