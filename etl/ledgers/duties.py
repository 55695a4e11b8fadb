"""Work out what fell due and what will: the duties of city.toml and of the packs it uses."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from etl.ledgers.dates import read_day
from etl.ledgers.declared import LedgerSource, blocks_of, declared
from etl.ledgers.packs import both, shipped, templates
from etl.ledgers.periods import EVERY, Window, day_of_year, every_window, yearly_window
from etl.readers.raw import objects
from etl.section import Section
from etl.settings import CitySettings
from etl.staging import etl_sql
from geo.errors import SettingsError
from geo.spelling import nearest
from geo.store.connect import Connection
from geo.store.queries import fetch_columns
from geo.store.write import append, register

YEAR: Final = timedelta(days=366)
"""How far back and ahead of the month of the data the calendar reaches."""
_KEYS: Final = (
    *("id", "pack", "title", "on", "every", "days_after", "from", "until", "owner", "source"),
    *("shown_by", "items", "times", "per", "due_of", "off", "note"),
)
_OWN_UNIT: Final = "unit"
_LEVELS: Final = ("city", "district", "street", "community", "committee", "grid", "facility")


@dataclass(frozen=True)
class Duty:
    """Something that must be done again and again, or by a day.

    Attributes
    ----------
    when
        A period of `EVERY`, a day of every year (01-30), a day, or None: its days are a ledger's.
    ledger
        What shows that it was done, or holds its days; None: nothing does.
    items
        Only rows with one of these items count; empty: all do.
    times, per
        How many rows each place of a kind must have; `unit` is the kind the ledger is kept by.
    """

    id: str
    zh: str
    en: str
    when: str | None
    days_after: int = 0
    begins: date | None = None
    ends: date | None = None
    owner: str | None = None
    source: str | None = None
    ledger: str | None = None
    items: tuple[str, ...] = ()
    times: int = 1
    per: str = _OWN_UNIT

    def windows(self, start: date, end: date) -> list[Window]:
        """List when it falls due from a day to another."""
        start, end = max(start, self.begins or start), min(end, self.ends or end)
        if self.when is None:
            return []
        if self.when in EVERY:
            return list(every_window(self.when, self.days_after, start, end))
        if (day := read_day(self.when)) is not None:
            opens = self.begins or date(day.year, 1, 1)
            return [Window(day, None, opens, (opens, day))] if start <= day <= end else []
        return list(yearly_window(self.when, start, end))


def duties(settings: CitySettings) -> tuple[Duty, ...]:
    """List the duties of a city: its own, those it took, and those that come with its ledgers.

    A shipped duty that a ledger of a pack can show comes with that ledger; `off = true` under its
    id leaves it out, and a block of the city's own with its id replaces it.

    Raises
    ------
    SettingsError
        A key, a day or a period is not known, or a ledger is not declared.
    """
    ledgers, _ = declared(settings)
    blocks = blocks_of(settings.file, settings.tables, "duties")
    sections = [
        part
        for number, block in enumerate(blocks, start=1)
        for part in _taken(Section(settings.file.name, f"[[duties]] number {number}", block))
    ]
    own = [section.text("id") for section in sections]
    if twice := [key for key in own if own.count(key) > 1]:
        raise SettingsError(
            f"{settings.file.name}: {own.count(twice[0])} [[duties]] have the id {twice[0]}; "
            "expected an id of its own for each. Rename them."
        )
    _refuse_levels(settings, sections)
    found = [_duty(each, ledgers) for each in sections if not each.boolean("off", default=False)]
    with_ledgers = {each.template.id for each in ledgers if each.template is not None}
    found += [
        _duty(section, ledgers)
        for section, _ in shipped("duties")
        if section.values["id"] not in own and _shown_by(section) in with_ledgers
    ]
    return tuple(found)


def store_duties(con: Connection, settings: CitySettings) -> None:
    """Fill the table duty, a year back and ahead of the last day of the month of the data.

    The ledgers are in the release already, and `place_chain` stands.
    """
    year, month = (int(part) for part in settings.city.as_of.split("-"))
    today = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    rows = [row for duty in duties(settings) for row in _rows(con, duty, today)]
    if rows:
        append(
            con,
            "duty",
            {name: objects([row[name] for row in rows]) for name in rows[0]},
        )


def state_of(
    counted: int | None, expected: int | None, window: Window, today: date, since: date | None
) -> str:
    """Tell what became of a duty: done, missed, due or unknown.

    Parameters
    ----------
    counted, expected
        Places that show it, and places that must; None or 0 expected: nothing can show it.
    since
        First day of which the ledger speaks; what fell due for days before it is not known.
    """
    if counted is not None and expected and counted >= expected:
        return "done"
    if window.due > today:
        return "due"
    if counted is None or not expected or (since is not None and window.first < since):
        return "unknown"
    return "missed"


def _rows(con: Connection, duty: Duty, today: date) -> Iterator[dict[str, Any]]:
    start, end = today - YEAR, today + YEAR
    if duty.when is None:
        yield from _rows_of_ledger(con, duty, start, end, today)
        return
    windows = duty.windows(start, end)
    if duty.ledger is None:
        for window in windows:
            yield _row(duty, window, None, None, None, state_of(None, None, window, today, None))
        return
    shown = _shown(con, duty, windows, today)
    for window, counted in zip(windows, shown.counted, strict=True):
        state = state_of(counted, shown.expected, window, today, shown.since)
        yield _row(duty, window, shown.ledger_idx, shown.expected, counted, state)


@dataclass(frozen=True)
class _Shown:
    ledger_idx: int
    expected: int
    counted: list[int]
    since: date


def _shown(con: Connection, duty: Duty, windows: Sequence[Window], today: date) -> _Shown:
    """Count, window by window, the places that have done it."""
    asked = {"name": duty.ledger, "per": duty.per}
    ledger_idx, level, earliest, expected = con.execute(
        etl_sql("marts/duty_ledger"), asked
    ).fetchall()[0]
    this_month = today.replace(day=1)
    since = min(this_month, read_day(earliest) or this_month) if earliest else this_month
    table = {
        "number": list(range(len(windows))),
        "first_on": [window.first.isoformat() for window in windows],
        "last_on": [window.due.isoformat() for window in windows],
        "first_month": [window.span[0].isoformat() for window in windows],
        "last_month": [window.span[1].isoformat()[:7] for window in windows],
        "name": [window.period for window in windows],
    }
    register(con, "duty_window", {name: objects(cells) for name, cells in table.items()})
    try:
        found = fetch_columns(
            con,
            etl_sql("marts/duty_shown"),
            {
                **{"ledger": ledger_idx, "level": level, "times": duty.times},
                "items": list(duty.items),
            },
        )
    finally:
        con.unregister("duty_window")
    return _Shown(ledger_idx, expected, [int(n) for n in found["counted"]], since)


def _rows_of_ledger(
    con: Connection, duty: Duty, start: date, end: date, today: date
) -> Iterator[dict[str, Any]]:
    """List the days that stand in a ledger: renewals, stages."""
    low, high = max(start, duty.begins or start), min(end, duty.ends or end)
    asked = {
        **{"name": duty.ledger, "start": low.isoformat(), "end": high.isoformat()},
        "items": list(duty.items),
    }
    found = con.execute(etl_sql("marts/duty_dated"), asked).fetchall()
    for ledger_idx, due_on, item, owner, expected, counted in found:
        due = date.fromisoformat(due_on)
        window = Window(due, None, due, (due, due))
        state = state_of(counted, expected, window, today, None)
        row = _row(duty, window, ledger_idx, expected, counted, state)
        said = {"zh": f"{duty.zh}：{item}", "en": f"{duty.en}: {item}"} if item else {}
        yield {**row, **said, "owner": owner or duty.owner}


def _row(
    duty: Duty,
    window: Window,
    ledger_idx: int | None,
    expected: int | None,
    counted: int | None,
    state: str,
) -> dict[str, Any]:
    return {
        "duty_id": duty.id,
        "zh": duty.zh,
        "en": duty.en,
        "due_on": window.due.isoformat(),
        "period": window.period,
        "owner": duty.owner,
        "source": duty.source,
        "ledger_idx": ledger_idx,
        "expected": expected,
        "counted": counted,
        "state": state,
    }


def _shown_by(section: Section) -> str | None:
    return section.optional_text("shown_by") or section.optional_text("due_of")


def _refuse_levels(settings: CitySettings, sections: Sequence[Section]) -> None:
    """Stop where a duty is told by a kind of place that the city does not declare."""
    kinds = [str(block.get("kind")) for block in settings.tables.get("units", [])]
    known = [_OWN_UNIT, *_LEVELS, *kinds]
    for section in sections:
        if (level := section.text("per", _OWN_UNIT)) not in known:
            expected = f"{nearest(level, known)}one of {', '.join(known)}"
            section.fail(f"`per` is {level}", expected, "Correct it.")


def _taken(section: Section) -> list[Section]:
    """Fill a block up from the shipped duty that it takes; the id of a pack takes all of it."""
    wanted = section.optional_text("pack")
    if wanted is None:
        return [section]
    own = {key: value for key, value in section.values.items() if key != "pack"}
    found = [
        Section(section.file, section.title, {**each.values, **own})
        for each, pack in shipped("duties")
        if wanted in (each.values["id"], pack.id)
    ]
    if not found:
        known = [str(each.values["id"]) for each, _ in shipped("duties")]
        expected = f"{nearest(wanted, known)}the id of a shipped one (docs/indicators.md)"
        section.fail(f"`pack` is {wanted}", expected, "Correct it.")
    return found


def _duty(section: Section, ledgers: Sequence[LedgerSource]) -> Duty:
    section.refuse_unknown(_KEYS)
    title = both(section, "title")
    return Duty(
        id=section.required_text("id", "monthly_check"),
        zh=title["zh"],
        en=title["en"],
        when=_when(section),
        days_after=int(section.number("days_after", 0, 0, 366)),
        begins=_day(section, "from"),
        ends=_day(section, "until"),
        owner=section.optional_text("owner"),
        source=section.optional_text("source"),
        ledger=_ledger_of(section, ledgers),
        items=section.texts("items"),
        times=int(section.number("times", 1, 1, 10_000)),
        per=section.text("per", _OWN_UNIT),
    )


def _when(section: Section) -> str | None:
    given = [key for key in ("on", "every", "due_of") if section.optional_text(key)]
    if len(given) != 1:
        section.fail(
            f"{len(given)} of on, every and due_of are given",
            'one: on = "2026-01-30" or "01-30", every = "month", or due_of = naming a ledger',
            "Correct it.",
        )
    every, on = section.optional_text("every"), section.optional_text("on")
    if every is not None and every not in EVERY:
        expected = f"{nearest(every, EVERY)}one of {', '.join(EVERY)}"
        section.fail(f"`every` is {every}", expected, "Correct it.")
    if on is not None and read_day(on) is None and day_of_year(on, 2024) is None:
        section.fail(f"`on` is {on}", 'a day, "2026-01-30", or of every year, "01-30"', "Correct.")
    return every or on


def _day(section: Section, key: str) -> date | None:
    written = section.optional_text(key)
    day = read_day(written) if written else None
    if written and day is None:
        section.fail(f"`{key}` is {written}", f'{key} = "2026-01-30"', "Correct it.")
    return day


def _ledger_of(section: Section, ledgers: Sequence[LedgerSource]) -> str | None:
    """Give the name of the ledger that is meant, by its name or by its template."""
    wanted = _shown_by(section)
    if wanted is None:
        return None
    names: Mapping[str, str] = {
        each.template.id: each.name for each in reversed(ledgers) if each.template is not None
    } | {each.name: each.name for each in ledgers}
    if wanted in names:
        return names[wanted]
    if section.text("shown_by") in templates():
        return None  # its ledger is not kept here: nothing shows it
    listed = ", ".join(each.name for each in ledgers) or "none is declared"
    expected = f"{nearest(wanted, list(names))}a ledger's name ({listed})"
    section.fail(f"no ledger is called {wanted}", expected, "Correct it.")
    return None
