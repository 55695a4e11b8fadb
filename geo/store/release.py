"""Keep releases on disk: write beside, check, rename, point; go back; never serve a damaged one.

`store/data/release-<n>-<content12>.duckdb` is immutable and its path is never reused.
`store/data/CURRENT` names the published one and is replaced by fsync and rename, so death at any
step leaves the old or the new release, whole.
"""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from geo.errors import StoreError

_FILE = re.compile(r"^release-(\d+)-([0-9a-f]{12})\.duckdb$")
_COMPARISON = re.compile(r"^compare-(\d+-[0-9a-f]{12})--(\d+-[0-9a-f]{12})\.duckdb$")
_NEWEST_KEPT = 3
_ROOM_FACTOR = 2.5
_ROOM_FLOOR = 32 * 1024 * 1024


@dataclass(frozen=True)
class Release:
    """A release in a store, as its note beside the file and the pointer describe it."""

    release: str
    file: str
    content: str
    sha256: str
    bytes: int
    month: str
    city: str
    built_at: str
    reason: str | None
    warnings: int

    @property
    def number(self) -> int:
        """Give its running number in this store."""
        return int(self.release.split("-")[0])


@dataclass(frozen=True)
class Listed:
    """A release and how it stands in the store."""

    release: Release
    is_current: bool
    was_published: bool
    is_present: bool


def data_dir(store: Path) -> Path:
    """Give the folder of the releases."""
    return store / "data"


def release_path(store: Path, release: Release) -> Path:
    """Give the file of a release."""
    return data_dir(store) / release.file


def compare_path(store: Path, old: str, new: str) -> Path:
    """Give the file of the comparison of two releases, by their ids."""
    return data_dir(store) / f"compare-{old}--{new}.duckdb"


def comparisons(store: Path) -> list[tuple[str, str]]:
    """List the pairs of releases, old and new, that a comparison was written of; newest first."""
    found = [_COMPARISON.match(path.name) for path in data_dir(store).glob("compare-*.duckdb")]
    pairs = [(match.group(1), match.group(2)) for match in found if match]
    return sorted(pairs, key=lambda pair: [-int(name.split("-")[0]) for name in reversed(pair)])


@contextmanager
def writer_lock(store: Path) -> Iterator[None]:
    """Hold the store for writing; the next writer is told at once instead of waiting.

    Leftovers of writers that died are removed, which is safe exactly because the lock is held.
    """
    import fcntl

    folder = data_dir(store)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StoreError(
                f"{store} is being written by another build or publication. "
                "Wait until it ends, then try again."
            ) from error
        remove_leftovers(store)
        yield


def remove_leftovers(store: Path) -> list[str]:
    """Remove unfinished builds and half-written pointers; give names. Call with the lock held."""
    removed: list[str] = []
    for path in sorted(data_dir(store).glob(".build-*")) + sorted(data_dir(store).glob("*.tmp")):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
        removed.append(path.name)
    for note in sorted(data_dir(store).glob("release-*.duckdb.json")):
        if not note.with_suffix("").is_file():
            note.unlink()
            removed.append(note.name)
    return removed


def check_room(store: Path, source_bytes: int) -> None:
    """Refuse to begin a build that the disk cannot hold.

    A build needs its own file, its spill and a margin: 2.5 times the larger of the current release
    and the sources.
    """
    now = pointed_at(store)
    needed = max(int(_ROOM_FACTOR * max(now.bytes if now else 0, source_bytes)), _ROOM_FLOOR)
    free = shutil.disk_usage(data_dir(store)).free
    if free < needed:
        raise StoreError(
            f"{store} has {free // 2**20} MiB free; a build needs about {needed // 2**20} MiB. "
            "Free some space or use another disk; the published release is untouched."
        )


def build_path(store: Path) -> Path:
    """Give the path of this process's unfinished build."""
    return data_dir(store) / f".build-{os.getpid()}.duckdb"


def next_number(store: Path) -> int:
    """Give the number of the next release; numbers of pruned releases are not used again."""
    numbers = [int(m.group(1)) for p in data_dir(store).iterdir() if (m := _FILE.match(p.name))]
    numbers += [item.number for item in _notes(store)]
    numbers += [int(name.split("-")[0]) for name in _published(store)]
    now = pointed_at(store)
    return max([*numbers, now.number if now else 0, 0]) + 1


def adopt(store: Path, built: Path, release: Release) -> Release:
    """Give a finished build its final name. Call with the lock held and the file closed.

    The note beside it, with its SHA-256, is on disk before the name is: a file without a note is a
    leftover.
    """
    folder = data_dir(store)
    fsync_file(built)
    whole = Release(
        **{**asdict(release), "sha256": file_sha256(built), "bytes": built.stat().st_size}
    )
    _write_json(folder / f"{whole.file}.json", asdict(whole))
    built.rename(folder / whole.file)
    fsync_dir(folder)
    return whole


def publish(store: Path, name: str | None = None) -> Release:
    """Point to a release, by default the newest that was built, after reading its file whole.

    Raises
    ------
    StoreError
        There is no such release, or its file is not what was built.
    """
    with writer_lock(store):
        return point_to(store, find(store, name))


def point_to(store: Path, release: Release) -> Release:
    """Check a release and move the pointer. Call with the lock held."""
    verify(store, release)
    folder = data_dir(store)
    # The journal comes first: what CURRENT names is always known as published, so it is never
    # pruned.
    with (folder / "PUBLISHED.jsonl").open("a", encoding="utf-8") as journal:
        if journal.tell() and not _ends_line(folder / "PUBLISHED.jsonl"):
            journal.write("\n")
        line = {"release": release.release, "at": datetime.now(UTC).isoformat(timespec="seconds")}
        journal.write(json.dumps(line) + "\n")
        journal.flush()
        os.fsync(journal.fileno())
    _write_json(folder / "CURRENT", asdict(release))
    return release


def rollback(store: Path, name: str | None = None) -> Release:
    """Point back to the named release, or to the last intact one published before the current."""
    with writer_lock(store):
        if name is not None:
            return point_to(store, find(store, name))
        now = current(store)
        if now is None:
            raise StoreError(f"{store} has no published release. Run: python -m etl build")
        known = {item.release: item for item in _notes(store)}
        before = {n for n in _published(store) if n in known and known[n].number < now.number}
        for candidate in sorted((known[n] for n in before), key=lambda r: -r.number):
            if is_intact(store, candidate):
                return point_to(store, candidate)
        raise StoreError(
            f"{store} has no intact release published before {now.release}. See: python -m etl list"
        )


def current(store: Path) -> Release | None:
    """Give the published release, or None when nothing was published yet."""
    pointer = data_dir(store) / "CURRENT"
    try:
        text = pointer.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    try:
        return Release(**json.loads(text))
    except (ValueError, TypeError) as error:
        raise StoreError(
            f"{pointer} is not a pointer to a release ({error}). "
            "Point to one again: python -m etl publish --store STORE RELEASE"
        ) from error


def pointed_at(store: Path) -> Release | None:
    """Give the published release, or None when there is none or the pointer cannot be read."""
    try:
        return current(store)
    except StoreError:
        return None


def has_pointer(store: Path) -> bool:
    """Tell whether anything was ever published here, readable or not."""
    return (data_dir(store) / "CURRENT").exists()


def serving(store: Path) -> tuple[Release, bool]:
    """Give the release to serve, and whether it is a fallback because the published one is damaged.

    The file is hashed, about a second per 600 MB: call it at start and when the pointer moves.
    """
    now = current(store)
    if now is None:
        raise StoreError(f"{store} has no published release. Run: python -m etl build")
    if is_intact(store, now):
        return now, False
    was = _published(store)
    for candidate in sorted(_notes(store), key=lambda r: -r.number):
        is_candidate = candidate.release in was and candidate.release != now.release
        if is_candidate and is_intact(store, candidate):
            return candidate, True
    raise StoreError(
        f"{release_path(store, now)} is damaged and no earlier published release is intact. "
        "Build again: python -m etl build"
    )


def list_releases(store: Path) -> list[Listed]:
    """List every release of the store, newest first."""
    now = pointed_at(store)
    was = _published(store)
    return [
        Listed(
            item,
            now is not None and item.release == now.release,
            item.release in was,
            release_path(store, item).is_file(),
        )
        for item in sorted(_notes(store), key=lambda r: -r.number)
    ]


def find(store: Path, name: str | None) -> Release:
    """Find a release by its id or number; None is the newest one built."""
    releases = [item.release for item in list_releases(store) if item.is_present]
    for release in releases:
        if name is None or name in (release.release, str(release.number)):
            return release
    known = ", ".join(r.release for r in releases[:5]) or "none"
    raise StoreError(
        f"{store} has no release {name or ''}; it has: {known}. See: python -m etl list"
    )


def same_content(store: Path, content: str) -> Release | None:
    """Find a release with this content whose file is intact."""
    for item in list_releases(store):
        if item.release.content == content and is_intact(store, item.release):
            return item.release
    return None


def is_intact(store: Path, release: Release) -> bool:
    """Tell whether the file is there and is what was built."""
    path = release_path(store, release)
    if not path.is_file() or path.stat().st_size != release.bytes:
        return False
    return file_sha256(path) == release.sha256


def verify(store: Path, release: Release) -> None:
    """Refuse a release whose file is absent or not what was built."""
    if not is_intact(store, release):
        raise StoreError(
            f"{release_path(store, release)} is not the file that was built: its size or "
            f"SHA-256 differs (expected {release.bytes} bytes, {release.sha256[:12]}...). "
            "Nothing was published; build again or choose another: python -m etl list"
        )


def prune(store: Path) -> list[str]:
    """Remove what was never published and is not among the newest three; with the lock held.

    A comparison goes with either of its releases.
    """
    removed: list[str] = []
    for item in list_releases(store)[_NEWEST_KEPT:]:
        if not item.was_published and not item.is_current:
            release_path(store, item.release).unlink(missing_ok=True)
            (data_dir(store) / f"{item.release.file}.json").unlink(missing_ok=True)
            removed.append(item.release.release)
    for pair in comparisons(store):
        if not set(removed).isdisjoint(pair):
            compare_path(store, *pair).unlink(missing_ok=True)
    return removed


def file_sha256(path: Path) -> str:
    """Give the SHA-256 of a file."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def fsync_file(path: Path) -> None:
    """Wait until a file is on disk."""
    with path.open("rb") as handle:
        os.fsync(handle.fileno())


def fsync_dir(path: Path) -> None:
    """Wait until the names in a folder are on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_json(path: Path, content: dict[str, object]) -> None:
    """Replace a small file as a whole: temporary, fsync, rename, fsync of the folder."""
    temporary = path.with_name(path.name + ".tmp")
    with temporary.open("w", encoding="utf-8") as handle:
        json.dump(content, handle, ensure_ascii=False, indent=1)
        handle.flush()
        os.fsync(handle.fileno())
    temporary.replace(path)
    fsync_dir(path.parent)


def _notes(store: Path) -> list[Release]:
    """Read the notes beside the releases; one that cannot be read is no release."""
    found: list[Release] = []
    for path in data_dir(store).glob("release-*.duckdb.json"):
        try:
            found.append(Release(**json.loads(path.read_text(encoding="utf-8"))))
        except (ValueError, TypeError):
            continue
    return found


def _ends_line(path: Path) -> bool:
    """Tell whether a file ends with a whole line; a death or a full disk may cut the last one."""
    with path.open("rb") as handle:
        handle.seek(-1, os.SEEK_END)
        return handle.read(1) == b"\n"


def _published(store: Path) -> set[str]:
    """Give the ids of all releases that were ever published; a torn last line is left out."""
    journal = data_dir(store) / "PUBLISHED.jsonl"
    names: set[str] = set()
    if journal.is_file():
        for line in journal.read_text(encoding="utf-8").splitlines():
            try:
                names.add(str(json.loads(line)["release"]))
            except (ValueError, KeyError, TypeError):
                continue
    return names
