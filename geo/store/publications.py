"""Move the pointer and write down who did it and why; read that again."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from geo.errors import StoreError
from geo.store import release as releases
from geo.store.release import Release
from geo.store.state import state_path, transaction

PAGE: Final = "page"
COMMAND_LINE: Final = "command line"
SHORTEST_REASON: Final = 4


@dataclass(frozen=True)
class Publication:
    """One move of the pointer. `at` is ISO 8601, UTC; `before` None: nothing was published."""

    at: str
    action: str
    release: str
    before: str | None
    reason: str
    origin: str


def publish(store: Path, name: str | None, reason: str, origin: str) -> Release:
    """Point to a release, by default the newest, and write it down.

    Raises
    ------
    StoreError
        There is no such release or its file is damaged; or, from the page, it has warnings and the
        reason is shorter than four characters.
    """
    before = releases.pointed_at(store)
    if origin == PAGE:
        require_reason(releases.find(store, name), reason)
    release = releases.publish(store, name)
    record(store, "publish", release.release, before, reason, origin)
    return release


def rollback(store: Path, name: str | None, reason: str, origin: str) -> Release:
    """Point back to the named release, or to the one published before, and write it down."""
    before = releases.pointed_at(store)
    release = releases.rollback(store, name)
    record(store, "rollback", release.release, before, reason, origin)
    return release


def record(
    store: Path, action: str, release: str, before: Release | None, reason: str, origin: str
) -> None:
    """Write down a move of the pointer that was made.

    Raises
    ------
    StoreError
        It was made, and could not be written down.
    """
    at = datetime.now(UTC).isoformat(timespec="seconds")
    values = (at, action, release, before.release if before else None, reason.strip(), origin)
    try:
        with transaction(store) as con:
            con.execute(
                "insert into publication (at, action, release, before, reason, origin) "
                "values (?, ?, ?, ?, ?, ?)",
                values,
            )
    except StoreError as error:
        raise StoreError(
            f"release {release} is published, but the record of it was not written: {error}"
        ) from error


def latest(store: Path, limit: int = 50) -> list[Publication]:
    """List the moves of the pointer, the newest first; those before this record are not known."""
    if not state_path(store).is_file():
        return []
    with transaction(store) as con:
        rows = con.execute(
            "select at, action, release, before, reason, origin from publication "
            "order by publication_id desc limit ?",
            (limit,),
        ).fetchall()
    return [Publication(**dict(row)) for row in rows]


def why(store: Path, release: str) -> Publication | None:
    """Give the latest move of the pointer to a release; None where none was written down."""
    found = [each for each in latest(store) if each.release == release]
    return found[0] if found else None


def require_reason(release: Release, reason: str) -> None:
    """Refuse to publish warnings from the page without a word on why."""
    if release.warnings and len(reason.strip()) < SHORTEST_REASON:
        raise StoreError(
            f"release {release.release} has {release.warnings:,} warnings and the reason is "
            f"{reason.strip()!r}; expected {SHORTEST_REASON} characters or more that say why it is "
            "published all the same. Type the reason and publish again."
        )
