"""Turn what somebody asks for by name into a question that a release can answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from geo.openings import ANY
from geo.store.opened import ALL, Area, Category, Facts, OpenRelease, columns
from geo.walk import BASES, MODES, Mode, Speed

HEADLINE_MINUTES: Final = 15
LONGEST_VALUE: Final = 200
NEIGHBOURS: Final = ("all", "own")


@dataclass(frozen=True)
class Question:
    """An area, a category, a mode, what is counted and how fast: everything but the minute."""

    area: Area
    category: Category | None
    mode: Mode
    basis: str
    speed_idx: int
    speed: Speed
    neighbours: str = "all"
    opened: Category | None = None
    """Of the category, what counts only facilities known to be open then; None at any hour."""

    @property
    def opening(self) -> str:
        """Give the part of the week that is asked for: any, evening or weekend."""
        return (self.opened.opening if self.opened else None) or ANY

    @property
    def counting(self) -> Category | None:
        """Give the category under which the counted facilities are stored."""
        return self.opened or self.category

    @property
    def is_own(self) -> bool:
        """Tell whether only the facilities of one's own district count."""
        return self.neighbours == "own"

    def counted(self, query: str) -> str:
        """Name the form of a profile query that counts the facilities this question counts."""
        return f"{query}_own" if self.is_own else query

    @property
    def is_carried(self) -> bool:
        """Tell whether earlier months hold an answer to this question."""
        return self.speed_idx == 0 and self.neighbours == "all" and self.opened is None

    @property
    def mode_code(self) -> int:
        """Give the mode as it is stored."""
        return MODES.index(self.mode)

    @property
    def category_idx(self) -> int:
        """Give what counts as it is stored, -1 where the release has no category."""
        return self.counting.idx if self.counting else -1

    @property
    def key(self) -> tuple[int, int, str, str, int, str]:
        """Give what makes two questions the same."""
        named = (self.mode, self.basis, self.speed_idx, self.neighbours)
        return (self.area.idx, self.category_idx, *named)


@dataclass(frozen=True)
class Dropped:
    """A value that was asked for and does not exist here."""

    key: str
    value: str
    expected: str


def resolve(
    release: OpenRelease, asked: Mapping[str, object]
) -> tuple[Question, tuple[Dropped, ...]]:
    """Find what is asked for; what is unknown falls back to its default and is told.

    Parameters
    ----------
    asked
        Keys of the address: a area code, c category code, t mode, b basis, v speed name, d data
        month, n neighbours (all, or own: only the own district's facilities count), h hours
        (any, evening, weekend: only facilities known to be open then count). Absent and empty mean
        the default: the city, its first headline category, walk (line without a network), people,
        the city's first speed, all neighbours, any hour.
    """
    facts, dropped = release.facts, []

    def pick(key: str, known: Mapping[str, object], default: str) -> str:
        value = asked.get(key)
        if value is None or value == "":
            return default
        if isinstance(value, str) and value in known:
            return value
        names = ", ".join(list(known)[:12]) + (", ..." if len(known) > 12 else "")
        dropped.append(Dropped(key, str(value)[:LONGEST_VALUE], names))
        return default

    city = facts.areas[0]
    area = pick("a", facts.area_by_code, city.code)
    code = pick("c", facts.category_by_code, headline_category(release))
    mode = pick("t", dict.fromkeys(facts.modes), facts.modes[0])
    basis = pick("b", dict.fromkeys(BASES), default_basis(facts))
    speeds = {speed.name: number for number, speed in enumerate(facts.speeds)}
    speed = speeds[pick("v", speeds, facts.speeds[0].name)]
    pick("d", {facts.as_of: None}, facts.as_of)
    category = facts.category_by_code.get(code)
    openings = facts.openings_of(category)
    return Question(
        area=facts.area_by_code[area],
        category=category,
        mode="walk" if mode == "walk" else "line",
        basis=basis,
        speed_idx=speed,
        speed=facts.speeds[speed],
        neighbours=pick("n", dict.fromkeys(NEIGHBOURS), NEIGHBOURS[0]),
        opened=openings.get(pick("h", {ANY: None, **openings}, ANY)),
    ), tuple(dropped)


def default_basis(facts: Facts) -> str:
    """Give what is counted when nobody says: people, else households, else area."""
    return next(basis for basis in ("people", "households", "area") if basis in facts.bases)


def headline_category(release: OpenRelease) -> str:
    """Give the category shown when nobody chooses one; empty where the release has none."""
    ordered = ordered_categories(release)
    return ordered[0].code if ordered else ""


def ordered_categories(release: OpenRelease) -> tuple[Category, ...]:
    """Give the categories: partly covered ones first, then in the catalogue's order.

    Partly covered means: after 15 minutes, by the preferred mode and the default basis, some of the
    city is reached and some is not. There a map has something to say. Categories of which the city
    has no facility come last.
    """
    return release.remember("ordered categories", lambda: _order(release))


def _order(release: OpenRelease) -> tuple[Category, ...]:
    facts = release.facts
    basis = default_basis(facts)
    whole = facts.areas[0].totals[basis] or 0
    with release.cursor() as cursor:
        found = columns(
            cursor,
            "view_categories_profile",
            basis,
            speed=0,
            mode=MODES.index("walk" if facts.has_network else "line"),
            area=0,
        )
    within = found["minute"] <= HEADLINE_MINUTES

    def rank(category: Category) -> tuple[bool, bool, bool, int]:
        part = int(found["amount"][within & (found["unit"] == category.idx)].sum())
        is_partial = 0 < part < whole
        return (not is_partial, not category.is_present, category.code == ALL, category.idx)

    return tuple(sorted(facts.categories, key=rank))
