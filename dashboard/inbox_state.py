"""Put together what the operator's page shows: the set, the jobs, the releases, who may act."""

import tomllib
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any, Final

from dashboard.state import LANGUAGES
from geo.errors import StoreError
from geo.store import inbox, inbox_files, jobs, publications
from geo.store import release as releases
from geo.store.inbox_files import SourceSet
from geo.store.issue_words import issue_words

_CATALOGUE: Final = Path(__file__).resolve().parent.parent / "data" / "catalogue"
_JOBS: Final = 8
_PUBLICATIONS: Final = 200


@cache
def choices() -> list[dict[str, str]]:
    """Give the categories that an unknown word can be mapped to, in the order of the catalogue."""
    content = tomllib.loads((_CATALOGUE / "categories.toml").read_text(encoding="utf-8"))
    return [{key: each[key] for key in ("code", "zh", "en")} for each in content["category"]]


@cache
def issues() -> dict[str, dict[str, dict[str, str]]]:
    """Give the words of every issue code, by language and code."""
    return {
        lang: {
            code: {"title": each.title(lang), "action": each.action(lang), "undo": each.undo(lang)}
            for code, each in issue_words().items()
        }
        for lang in LANGUAGES
    }


def state(store: Path, wanted: str, *, may_operate: bool) -> dict[str, Any]:
    """Give everything but the report, which is large and asked for when its time changes.

    Parameters
    ----------
    wanted
        The set to show; empty or unknown: the newest that the page may change.
    may_operate
        Sets and jobs are shown to the operator only.
    """
    moved = publications.latest(store, _PUBLICATIONS)
    shared = {
        "may_operate": may_operate,
        "releases": _releases(store, moved),
        "publications": [asdict(each) for each in moved[:20]],
    }
    if not may_operate:
        return shared
    sets = inbox.listed(store)
    one = _chosen(store, sets, wanted)
    latest = jobs.latest(store, 50)
    return {
        **shared,
        "worker": {"is_alive": jobs.is_worked(store), "command": _command(store)},
        "limits": {
            "file_bytes": inbox_files.LARGEST_FILE,
            "endings": list(inbox_files.ENDINGS),
            "reason": publications.SHORTEST_REASON,
        },
        "sets": [_set_line(store, each) for each in sets[:20]],
        "set": None if one is None else _set(store, one, latest),
        "jobs": [_job(job) for job in latest[:_JOBS]],
        "busy": sum(not job.is_over for job in latest),
        "template": _time(inbox.template_path(store)),
    }


def _command(store: Path) -> str:
    return f"python -m etl work --store {store}"


def _chosen(store: Path, sets: list[SourceSet], wanted: str) -> SourceSet | None:
    own = [each for each in sets if inbox.is_own(store, each)]
    return next((each for each in own if each.set_id == wanted), own[0] if own else None)


def _set_line(store: Path, one: SourceSet) -> dict[str, Any]:
    return {
        "id": one.set_id,
        "is_own": inbox.is_own(store, one),
        "month": _said(inbox_files.settings_text(one), "as_of") or one.month,
        "city": one.city,
        "release": one.release,
        "created_at": one.created_at,
        "origin": one.origin,
    }


def _set(store: Path, one: SourceSet, latest: list[jobs.Job]) -> dict[str, Any]:
    text = inbox_files.settings_text(one)
    own = [job for job in latest if job.params.get("set") == one.set_id]
    by_kind = {job.kind: _job(job) for job in reversed(own)}
    report_at = _time(inbox.report_path(store, one))
    changed_at = _changed(one)
    return {
        **_set_line(store, one),
        "base": one.base,
        "files": inbox_files.files(one),
        "toml": text,
        "as_of": _said(text, "as_of"),
        "name": _said(text, "name"),
        "report_at": report_at,
        "has_book": inbox.report_book(store, one).is_file(),
        "is_stale": report_at is not None and changed_at > report_at,
        "jobs": by_kind,
    }


def _said(text: str | None, key: str) -> str | None:
    """Give a text of [city]; None where there is none that can be read."""
    try:
        value = tomllib.loads(text or "").get("city", {}).get(key)
    except (tomllib.TOMLDecodeError, AttributeError):
        return None
    return value if isinstance(value, str) else None


def _changed(one: SourceSet) -> int:
    """Give when a file of a set was last changed, sent in or taken out, in microseconds."""
    times = [one.folder.stat().st_mtime_ns] if one.folder.is_dir() else []
    return max([*times, *(at for _, (_, at) in inbox_files.stats(one.folder))], default=0) // 1_000


def _time(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns // 1_000
    except OSError:
        return None


def _job(job: jobs.Job) -> dict[str, Any]:
    shown = asdict(job)
    shown["params"] = {
        key: value for key, value in job.params.items() if key in ("set", "release", "reason")
    }
    return shown


def _releases(store: Path, moved: list[publications.Publication]) -> list[dict[str, Any]]:
    why = {each.release: each for each in reversed(moved)}
    try:
        listed = releases.list_releases(store)
    except (StoreError, OSError):
        return []
    rows: list[dict[str, Any]] = []
    for item in listed:
        one, last = item.release, why.get(item.release.release)
        rows.append(
            {
                "release": one.release,
                "month": one.month,
                "city": one.city,
                "built_at": one.built_at,
                "bytes": one.bytes,
                "warnings": one.warnings,
                "is_current": item.is_current,
                "was_published": item.was_published,
                "is_present": item.is_present,
                "reason": last.reason if last else one.reason,
                "published_at": last.at if last else None,
                "origin": last.origin if last else None,
            }
        )
    return rows
