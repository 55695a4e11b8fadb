"""Keep the source sets of a store: folders of files as they were sent, each with a city.toml."""

import json
import os
import secrets
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from geo.errors import StoreError
from geo.store import publications
from geo.store.inbox_files import COMPANIONS, SETTINGS, SourceSet, settings_text, uses, walk
from geo.store.release import Release, pointed_at
from geo.store.state import transaction

MOST_SETS: Final = 24
"""Two years of months; beyond that the oldest that were never built make room."""


def inbox_dir(store: Path) -> Path:
    """Give the folder of the sets that were sent in."""
    return store.resolve() / "inbox"


def create(store: Path, base: SourceSet | None = None) -> SourceSet:
    """Make a new set, empty or as a copy of another.

    A set inside the inbox is linked, for its files are only ever replaced as a whole; elsewhere
    people edit files in place, so those are copied.
    """
    now = datetime.now(UTC)
    set_id = f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    folder = inbox_dir(store) / set_id
    try:
        folder.mkdir(parents=True)
        taken = _take(base, folder) if base else {}
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise StoreError(
            f"{folder.parent} cannot be written ({error.strerror}); expected a folder of the "
            "server. Check its owner and the free space."
        ) from error
    with transaction(store) as con:
        con.execute(
            "insert into source_set (set_id, city_toml, origin, base, base_files, created_at, "
            "month, city) values (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(set_id, str(folder / SETTINGS), publications.PAGE),
                base.set_id if base else None,
                json.dumps(taken, ensure_ascii=False),
                now.isoformat(timespec="seconds"),
                *((base.month, base.city) if base else (None, None)),
            ),
        )
    _make_room(store)
    return find(store, set_id)


def find(store: Path, set_id: str) -> SourceSet:
    """Find a set by its name."""
    with transaction(store) as con:
        row = con.execute("select * from source_set where set_id = ?", (set_id,)).fetchone()
    if row is None:
        raise StoreError(f"there is no set {set_id[:40]}. See the list on the data page.")
    return _set(dict(row))


def listed(store: Path) -> list[SourceSet]:
    """List the sets whose folder is there, the newest first."""
    with transaction(store) as con:
        rows = con.execute("select * from source_set order by created_at desc, set_id desc")
        found = [_set(dict(row)) for row in rows.fetchall()]
    return [each for each in found if each.folder.is_dir()]


def built(store: Path, city_toml: Path, month: str, city: str, release: str, origin: str) -> None:
    """Write down that a release was built from a city.toml."""
    path = str(city_toml.resolve())
    now = datetime.now(UTC)
    set_id = f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    with transaction(store) as con:
        con.execute(
            "insert into source_set (set_id, city_toml, origin, base_files, created_at, month, "
            "city, release) values (?, ?, ?, '{}', ?, ?, ?, ?) on conflict (city_toml) "
            "do update set month = excluded.month, city = excluded.city, "
            "release = excluded.release",
            (set_id, path, origin, now.isoformat(timespec="seconds"), month, city, release),
        )


def remember(
    store: Path, city_toml: Path, release: Release, before: Release | None, reason: str | None
) -> None:
    """Write down a build from the command line, and that it moved the pointer where it did."""
    origin = publications.COMMAND_LINE
    built(store, city_toml, release.month, release.city, release.release, origin)
    now = pointed_at(store)
    is_moved = before is None or before.release != release.release
    if is_moved and now is not None and now.release == release.release:
        publications.record(store, "build", release.release, before, reason or "", origin)


def discard(store: Path, one: SourceSet) -> None:
    """Forget a set; the folder goes too where it is one of the inbox."""
    if one.folder.parent == inbox_dir(store):
        shutil.rmtree(one.folder, ignore_errors=True)
        for path in (report_path(store, one), report_book(store, one)):
            path.unlink(missing_ok=True)
    with transaction(store) as con:
        con.execute("delete from source_set where set_id = ?", (one.set_id,))


def report_path(store: Path, one: SourceSet) -> Path:
    """Give the file of the last report on a set, beside its folder."""
    return inbox_dir(store) / f"{one.set_id}.report.json"


def report_book(store: Path, one: SourceSet) -> Path:
    """Give the spreadsheet of the last report on a set."""
    return inbox_dir(store) / f"{one.set_id}.report.xlsx"


def template_path(store: Path) -> Path:
    """Give the file of the empty ledgers that the page offers."""
    return inbox_dir(store) / "template.zip"


def is_own(store: Path, one: SourceSet) -> bool:
    """Tell whether the files of a set may be changed from the page."""
    return one.folder.parent == inbox_dir(store)


def _set(row: dict[str, Any]) -> SourceSet:
    base_files = {
        path: (int(size), int(at)) for path, (size, at) in json.loads(row["base_files"]).items()
    }
    return SourceSet(**{**row, "city_toml": Path(row["city_toml"]), "base_files": base_files})


def _take(base: SourceSet, folder: Path) -> dict[str, tuple[int, int]]:
    """Link or copy what the city.toml of another set names, and city.toml itself."""
    is_linked = base.origin == publications.PAGE
    taken: dict[str, tuple[int, int]] = {}
    for name in _wanted(base, everything=is_linked):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        _copy(base.folder / name, target, is_linked=is_linked)
        stat = target.stat()
        taken[name] = (stat.st_size, stat.st_mtime_ns)
    return taken


def _wanted(base: SourceSet, *, everything: bool) -> list[str]:
    present = list(walk(base.folder)) if everything else _named_files(base)
    return [name for name in present if not (base.folder / name).is_symlink()]


def _named_files(base: SourceSet) -> list[str]:
    """Give city.toml, the files it names inside its folder, and the parts beside them."""
    root = base.folder.resolve()
    names = [SETTINGS] if base.city_toml.name == SETTINGS else []
    for path in uses(settings_text(base) or ""):
        place = (root / path).resolve()
        if not place.is_relative_to(root):
            continue
        if place.is_dir():
            names += [f"{path}/{inner}" for inner in walk(place)]
            continue
        parts = [place.with_suffix(ending) for ending in COMPANIONS]
        beside = [place, *parts] if place.suffix.lower() in (".shp", ".tab") else [place]
        names += [each.relative_to(root).as_posix() for each in beside if each.is_file()]
    return list(dict.fromkeys(names))


def _copy(source: Path, target: Path, *, is_linked: bool) -> None:
    if is_linked:
        try:
            os.link(source, target)
        except OSError:
            shutil.copy2(source, target)
    else:
        shutil.copy2(source, target)


def require_own(store: Path, one: SourceSet) -> None:
    """Refuse a set whose files are not the page's to change."""
    if not is_own(store, one):
        raise StoreError(
            f"set {one.set_id} lies in {one.folder}, outside the inbox; expected one that was sent "
            "in. Begin a new month from it, and change that."
        )


def _make_room(store: Path) -> None:
    """Let go of the oldest sets of the inbox that became no release."""
    own = [one for one in listed(store) if is_own(store, one)]
    for one in own[MOST_SETS:]:
        if one.release is None:
            discard(store, one)
