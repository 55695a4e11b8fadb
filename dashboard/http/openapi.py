"""Describe the JSON interface to programs."""

from typing import Any

_PARAMETERS: dict[str, tuple[str, dict[str, Any]]] = {
    "a": ("area code; the city when left out", {"type": "string"}),
    "c": ("category code; the first of /categories when left out", {"type": "string"}),
    "m": ("minutes", {"type": "integer", "minimum": 1, "maximum": 60, "default": 15}),
    "t": ("mode; walk when left out, line without a network", {"enum": ["walk", "line"]}),
    "b": (
        "what is counted",
        {"enum": ["people", "households", "area", "elderly", "children"], "default": "people"},
    ),
    "v": ("name of a walking speed; the city's first when left out", {"type": "string"}),
    "n": (
        "whose facilities count: all, or own, the area's own district only",
        {"enum": ["all", "own"], "default": "all"},
    ),
    "h": (
        "hours: any, or only facilities known to be open in the evening or at the weekend; "
        "hours_unknown of the answer is not 0: at least so much is covered",
        {"enum": ["any", "evening", "weekend"], "default": "any"},
    ),
    "d": ("data month, YYYY-MM; the published one when left out", {"type": "string"}),
    "i": ("indicator id; the list of all when left out", {"type": "string"}),
    "level": (
        "city, district, street, community, grid, facility, or a kind of further places (/units)",
        {"type": "string"},
    ),
    "period": ("month YYYY-MM or year YYYY; all when left out", {"type": "string"}),
    "from": ("first day, YYYY-MM-DD; of the month of the data when left out", {"type": "string"}),
    "to": ("last day, YYYY-MM-DD; of the month of the data when left out", {"type": "string"}),
    "owner": ("whose; everybody's when left out", {"type": "string"}),
    "state": (
        "open, overdue or closed; several with commas; all when left out",
        {"type": "string"},
    ),
    "kind": ("kind of source", {"enum": ["ledger", "indicator", "rule"]}),
    "source": ("name of the ledger, id of the indicator or rule", {"type": "string"}),
    "u": ("kind of place", {"type": "string"}),
    "p": ("pack of rules; the list of all when left out", {"type": "string"}),
    "r": ("id of a rule of the pack; all when left out", {"type": "string"}),
    "s": ("id of a place of kind u", {"type": "string"}),
    "page": ("from 1", {"type": "integer", "minimum": 1, "default": 1}),
    "size": ("tasks a page", {"type": "integer", "minimum": 1, "maximum": 500, "default": 100}),
    "limit": ("rows", {"type": "integer", "minimum": 0, "maximum": 1000, "default": 100}),
    "offset": ("rows to skip", {"type": "integer", "minimum": 0, "default": 0}),
}
_QUESTION = ("a", "c", "m", "t", "b", "v", "n", "h", "d")
_PATHS: dict[str, tuple[str, tuple[str, ...]]] = {
    "/release": ("What the published release is", ("d",)),
    "/categories": ("The categories, those with partial coverage first", ("d",)),
    "/summary": ("The share of an area that is reached", _QUESTION),
    "/change": ("Why the share changed since the month before, step by step", _QUESTION),
    "/underserved": (
        "The grids out of reach and those that have not enough, with causes",
        (*_QUESTION, "limit", "offset"),
    ),
    "/grids": ("The grids of an area", (*_QUESTION, "limit", "offset")),
    "/grids/{id}": ("One grid", _QUESTION),
    "/indicators": ("The indicators, or the values of one", ("i", "level", "a", "period", "d")),
    "/standards": (
        "The packs and rules with counts of verdicts in an area, or the verdicts of a pack",
        ("p", "r", "level", "a", "d", "limit", "offset"),
    ),
    "/units": (
        "The kinds of further places, or the places of one kind u with all that is known of them",
        ("u", "a", "d", "limit", "offset"),
    ),
    "/calendar": (
        "What falls due when: duties and tasks, and whether they are done",
        ("from", "to", "owner", "d"),
    ),
    "/tasks": (
        "What failed and is to be put right, and what was",
        ("state", "owner", "kind", "source", "a", "u", "s", "d", "page", "size"),
    ),
    "/tasks/{id}": ("One task with its evidence and its changes", ("d",)),
    "/facilities": ("The facilities of a category", ("c", "h", "d", "limit", "offset")),
}
_NULLABLE_NUMBER: dict[str, Any] = {"type": ["number", "null"]}
_SUMMARY: dict[str, Any] = {
    "type": "object",
    "required": [
        *("value", "numerator", "denominator", "unit", "mode", "metres", "as_of", "release"),
    ],
    "properties": {
        "value": {**_NULLABLE_NUMBER, "description": "0..1, not rounded; null: not assessable"},
        "numerator": _NULLABLE_NUMBER,
        "denominator": _NULLABLE_NUMBER,
        "unit": {"const": "share"},
        "mode": {"enum": ["walk", "line"]},
        "metres": {"type": "number", "description": "the limit: minutes times speed"},
        "as_of": {"type": "string"},
        "release": {"type": "string"},
    },
}


def document() -> dict[str, Any]:
    """Give the description as OpenAPI 3.1."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Living Circle",
            "version": "1",
            "description": "Read only. Missing is null, never 0. Errors: {error: reason}.",
        },
        "servers": [{"url": "/api/v1"}],
        "paths": {path: {"get": _operation(path)} for path in _PATHS},
        "components": {"schemas": {"Summary": _SUMMARY}},
    }


def _operation(path: str) -> dict[str, Any]:
    title, names = _PATHS[path]
    schema = {"$ref": "#/components/schemas/Summary"} if path == "/summary" else {}
    parameters = [
        {"name": name, "in": "query", "description": text, "schema": kind}
        for name, (text, kind) in _PARAMETERS.items()
        if name in names
    ]
    if "{id}" in path:
        place = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
        parameters.insert(0, place)
    return {
        "summary": title,
        "parameters": parameters,
        "responses": {
            "200": {"description": title, "content": {"application/json": {"schema": schema}}},
            "400": {"description": "a parameter has a value that does not exist; says which"},
            "503": {"description": "nothing is published, or the question took too long"},
        },
    }
