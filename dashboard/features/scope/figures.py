"""Turn a view into the options of the scope bar."""

from dash import html
from dash.development.base_component import Component

from dashboard.features.scope import layout
from dashboard.words import WORDS, word
from geo.store.asking import Question
from geo.store.opened import ALL, Area, Facts, OpenRelease

MOST_AREAS = 400
"""A city of more areas lists only what lies around the chosen one."""


def is_local(facts: Facts) -> bool:
    """Tell whether the areas to choose from depend on the chosen one."""
    return len(facts.areas) > MOST_AREAS


def area_options(facts: Facts, area: Area) -> list[dict[str, object]]:
    """Give the areas to choose from, in the order of the city's tree."""
    return [
        {
            "label": html.Span(
                one.name, className=f"area-option level-{one.level}", title=one.name
            ),
            "value": one.code,
            "search": f"{one.name} {one.code}",
        }
        for one in _listed(facts, area)
    ]


def category_options(release: OpenRelease, lang: str) -> list[dict[str, object]]:
    """Give the categories group by group, each with its glyph and its open facilities."""
    present = [one for one in release.facts.categories if one.is_present]
    shown = sorted(
        present or release.facts.categories,
        key=lambda one: (one.code == "all", _group_rank(release, one.group)),
    )
    return [
        {
            "label": html.Span(
                [
                    html.Span(one.glyph, className="glyph"),
                    html.Span(one.zh if lang == "zh" else one.en, className="category-name"),
                    html.Span(str(one.facilities), className="category-count"),
                ],
                className="category-option",
            ),
            "value": one.code,
            "search": f"{one.zh} {one.en} {one.code}",
        }
        for one in shown
    ]


def speed_options(facts: Facts, lang: str) -> list[dict[str, object]]:
    """Give the named speeds of the city in metres a minute."""
    return [
        {"label": _speed(lang, one.name, float(one.metres_per_minute)), "value": one.name}
        for one in facts.speeds
    ]


def opening_options(question: Question, facts: Facts, lang: str) -> list[dict[str, object]]:
    """Give the hours at which the chosen category can be asked for."""
    category = question.category
    hours = {name: facts.opening_hours(name) for name in facts.openings_of(category)}
    return layout.opening_options(lang, hours, is_all=category is not None and category.code == ALL)


def _speed(lang: str, name: str, metres: float) -> Component:
    shown = WORDS[lang].get(f"speed_{name}", name)
    speed = f"{metres:.1f}".removesuffix(".0")
    return html.Span(word(lang, "speed_option", name=shown, speed=speed), className="speed-option")


def _listed(facts: Facts, area: Area) -> list[Area]:
    if not is_local(facts):
        return _below(facts, facts.areas[0])
    path = facts.path(area)
    beside = facts.children.get(area.parent, ()) if area.parent is not None else ()
    around = [*path, *facts.children.get(area.idx, ()), *beside]
    return list({one.idx: one for one in around}.values())


def _below(facts: Facts, area: Area) -> list[Area]:
    found = [area]
    for child in facts.children.get(area.idx, ()):
        found += _below(facts, child)
    return found


def _group_rank(release: OpenRelease, group: str) -> int:
    return next(at for at, one in enumerate(release.facts.categories) if one.group == group)
