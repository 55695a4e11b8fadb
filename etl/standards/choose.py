"""Choose the packs that apply to a city: those it names, in the version of its month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from etl.layers import Fault
from etl.settings import CitySettings
from etl.standards.charges import Charge
from etl.standards.declared import Asked, asked
from etl.standards.packs import Pack, Param, read_pack, shipped
from geo.errors import SettingsError
from geo.spelling import nearest


@dataclass(frozen=True)
class Chosen:
    """Every pack known to a release, which of them apply, and what is to be said about it.

    `charges` are those applied rules, by pack and id, that make tasks where they fail.
    """

    packs: tuple[Pack, ...]
    is_applied: tuple[bool, ...]
    faults: tuple[Fault, ...]
    charges: Mapping[tuple[str, str], Charge] = field(default_factory=dict[tuple[str, str], Charge])

    @property
    def applied(self) -> list[tuple[int, Pack]]:
        """Give the packs that apply, with their positions."""
        pairs = zip(self.packs, self.is_applied, strict=True)
        return [(at, pack) for at, (pack, is_applied) in enumerate(pairs) if is_applied]


def chosen_packs(settings: CitySettings) -> Chosen:
    """Choose the packs of a city.

    A pack that `[city] standards` names always applies: where no version of it is in force in the
    month of the data, the latest does, and a note says so.

    Raises
    ------
    SourceMissingError, SettingsError
        A pack, a parameter or a rule is not known (the nearest one is named), or a rule that is to
        make tasks lacks its owner or its day.
    """
    wanted = asked(settings)
    packs = (*shipped(), *(read_pack(path) for path in wanted.files))
    _refuse_unknown(settings, wanted, packs)
    chosen: list[Pack] = []
    faults: list[Fault] = []
    month = settings.city.as_of
    for code in dict.fromkeys(wanted.packs):
        versions = sorted(
            (pack for pack in packs if pack.code == code), key=lambda pack: pack.effective_from
        )
        valid = [pack for pack in versions if pack.is_in_force(month)]
        chosen.append((valid or versions)[-1])
        if not valid:
            faults.append(_out_of_force(settings, chosen[-1]))
    own = tuple(_with_own(pack, wanted) if pack in chosen else pack for pack in packs)
    return Chosen(
        own, tuple(pack in chosen for pack in packs), tuple(faults), _charges(wanted, chosen)
    )


def _refuse_unknown(settings: CitySettings, wanted: Asked, packs: Sequence[Pack]) -> None:
    codes = list(dict.fromkeys(pack.code for pack in packs))
    file = settings.file.name
    for place, names in (("[city] `standards`", wanted.packs), ("[standards]", wanted.numbers)):
        for name in names:
            if name not in codes:
                raise SettingsError(
                    f"{file} {place}: {name} is no pack of rules; expected "
                    f"{nearest(name, codes)}one of {', '.join(codes)}. Correct the name."
                )
    for code, charges in wanted.charges.items():
        if charges.is_asked and code not in wanted.packs:
            charges.section.fail(
                "tasks are asked for, and the city is not judged by this pack",
                f'"{code}" among [city] `standards`',
                "Add it there, or take the tasks out.",
            )
    for code, numbers in wanted.numbers.items():
        known = {name for pack in packs if pack.code == code for name in pack.params}
        for name in numbers:
            if name not in known:
                raise SettingsError(
                    f"{file} [standards.{code}]: {name} is no number of that pack; expected "
                    f"{nearest(name, known)}one of {', '.join(sorted(known))}. Correct the name."
                )


def _charges(wanted: Asked, chosen: Sequence[Pack]) -> dict[tuple[str, str], Charge]:
    """Give who answers for which of the applied rules."""
    found: dict[tuple[str, str], Charge] = {}
    for pack in chosen:
        if charges := wanted.charges.get(pack.code):
            own = charges.of([each.rule.id for each in pack.rules])
            found |= {(pack.code, rule): charge for rule, charge in own.items()}
    return found


def _with_own(pack: Pack, wanted: Asked) -> Pack:
    """Put the city's own numbers into a pack."""
    own = wanted.numbers.get(pack.code, {})
    params = {name: _own(param, own.get(name)) for name, param in pack.params.items()}
    return replace(pack, params=params)


def _own(param: Param, number: float | None) -> Param:
    return param if number is None else replace(param, value=number, is_own=True)


def _out_of_force(settings: CitySettings, pack: Pack) -> Fault:
    until = pack.effective_to or "now"
    return Fault(
        *("PACK_DATE", "note", settings.file.name, None, pack.code),
        f"{pack.code} version {pack.version} holds from {pack.effective_from} to {until}; the data "
        f"are of {settings.city.as_of}.",
        "It applies all the same, as the city names it.",
    )
