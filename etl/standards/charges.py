"""Read who answers for the rules of a pack, and by when: where such a rule fails is a task."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from etl.ledgers.dates import read_day
from etl.section import Section
from geo.spelling import nearest

KEYS: Final = ("owner", "due", "tasks")
"""Keys of `[standards.<pack>]` that are no numbers of the pack."""
_PAIR: Final = 'owner = "民政局" and due = "2026-12-31"'


@dataclass(frozen=True)
class Charge:
    """An office or a role, and the day (YYYY-MM-DD) by which what fails is to be put right."""

    owner: str | None = None
    due: str | None = None

    @property
    def is_whole(self) -> bool:
        """Tell whether both are known."""
        return self.owner is not None and self.due is not None


@dataclass(frozen=True)
class Charges:
    """What a city says of the rules of one pack.

    Attributes
    ----------
    section
        Where it says so, for messages.
    every
        What holds for all rules of the pack; it may lack either half, or both.
    single
        Rule to what holds for it alone; a half that it lacks is that of `every`.
    """

    section: Section
    every: Charge = Charge()
    single: Mapping[str, Charge] = field(default_factory=dict[str, Charge])

    @property
    def is_asked(self) -> bool:
        """Tell whether anything is said at all."""
        return bool(self.single) or self.every != Charge()

    def of(self, rules: Collection[str]) -> dict[str, Charge]:
        """Give the rules that make tasks, in the order of the pack, each with owner and day.

        Raises
        ------
        SettingsError
            A rule is not in the pack, or one of the two halves is missing.
        """
        if unknown := [name for name in self.single if name not in rules]:
            self.section.fail(
                f"`tasks` names {unknown[0]}, no rule of that pack",
                f"{nearest(unknown[0], rules)}one of {', '.join(rules)}",
                "Correct the name.",
            )
        found = {name: self._of(name) for name in rules}
        halves = [name for name in self.single if not found[name].is_whole]
        if halves:
            self._refuse_half(f"tasks.{halves[0]}", found[halves[0]])
        whole = {name: charge for name, charge in found.items() if charge.is_whole}
        if not whole and self.every != Charge():
            self._refuse_half("", self.every)
        return whole

    def _of(self, rule: str) -> Charge:
        own = self.single.get(rule, Charge())
        return replace(self.every, **{name: value for name, value in vars(own).items() if value})

    def _refuse_half(self, where: str, charge: Charge) -> None:
        missing = "owner" if charge.owner is None else "due"
        named = f"`{where}`: `{missing}`" if where else f"`{missing}`"
        self.section.fail(f"{named} is missing", f"both, {_PAIR}", "Add what is missing.")


def read_charges(section: Section) -> Charges:
    """Read `owner`, `due` and `tasks` of one pack.

    Raises
    ------
    SettingsError
        A due day is no day, or `tasks` is no table of rules.
    """
    rules: dict[str, Charge] = {}
    written = section.values.get("tasks", {})
    if not isinstance(written, dict):
        section.wrong_type("tasks", dict)
    for name, content in written.items():
        part = Section(section.file, f"{section.title} tasks.{name}", _table(section, content))
        part.refuse_unknown(("owner", "due"))
        rules[name] = _charge(part)
    return Charges(section, _charge(section), rules)


def _table(section: Section, content: object) -> Mapping[str, Any]:
    if not isinstance(content, dict):
        section.fail(
            f"`tasks` holds {content!r}",
            f"a table a rule, tasks = {{ A01 = {{ {_PAIR.replace(' and', ',')} }} }}",
            "Correct it.",
        )
    return content


def _charge(section: Section) -> Charge:
    written = section.optional_text("due")
    day = None if written is None else read_day(written)
    if written is not None and day is None:
        section.fail(f"`due` is {written}", 'due = "2026-12-31"', "Correct it.")
    return Charge(section.optional_text("owner"), None if day is None else day.isoformat())
