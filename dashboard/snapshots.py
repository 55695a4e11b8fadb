"""Keep the published release open, follow the pointer, lend older ones to open pages."""

import logging
import threading
import time
from collections import OrderedDict
from pathlib import Path
from typing import Final

from geo.errors import LivingCircleError, StoreError
from geo.store import release as releases
from geo.store.asking import resolve
from geo.store.connect import open_release
from geo.store.opened import OpenRelease
from geo.store.views import view

_LOG: Final = logging.getLogger(__name__)
LOOK_EVERY_S = 0.25
KEPT_OPEN = 3


class Snapshots:
    """The releases of a store as this process sees them.

    A request takes one release and keeps it to its end: what it reads is of one build, whatever is
    published meanwhile. Replaced connections close when nobody holds them any more.
    """

    def __init__(self, store: Path) -> None:
        self.store = store
        self.degraded: str | None = None
        self._following = threading.Lock()
        self._lock = threading.Lock()
        self._looked_at = float("-inf")
        self._pointer: tuple[int, int, int] | None = None
        self._current: OpenRelease | None = None
        self._older: OrderedDict[str, OpenRelease] = OrderedDict()
        self._months: dict[str, str] = {}

    def current(self, newest_seen: int = 0) -> OpenRelease | None:
        """Give the published release; None where nothing is published.

        Parameters
        ----------
        newest_seen
            The highest release number this client was shown. Where that is above ours, the pointer
            is looked at now, so that a client that hops between processes never goes back.
        """
        ours = self._current
        behind = ours is not None and newest_seen > number_of(ours.id)
        is_due = behind or time.monotonic() - self._looked_at >= LOOK_EVERY_S
        # Opening and warming takes seconds: whoever has something to show goes on showing it,
        # except to a client that was shown more.
        if is_due and self._following.acquire(blocking=ours is None or behind):
            try:
                self._follow()
            finally:
                self._following.release()
        return self._current

    def by_id(self, release_id: str, newest_seen: int = 0) -> OpenRelease | None:
        """Give a release that was published, by its id; None where there is no such release."""
        current = self.current(newest_seen)
        if current is not None and current.id == release_id:
            return current
        with self._lock:
            if release_id in self._older:
                self._older.move_to_end(release_id)
                return self._older[release_id]
            return self._open_older(release_id)

    def for_month(self, month: object, newest_seen: int = 0) -> OpenRelease | None:
        """Give the latest release published for a data month; the current one where none is."""
        current = self.current(newest_seen)
        if current is None or not isinstance(month, str) or month in ("", current.facts.as_of):
            return current
        found = self._months.get(month)
        return (self.by_id(found) if found else None) or current

    def _follow(self) -> None:
        """Look at the pointer and open what it names; a failure keeps what is open."""
        self._looked_at = time.monotonic()
        pointer = self._pointer_stat()
        if pointer == self._pointer:
            return
        try:
            served, is_fallback = releases.serving(self.store)
            if self._current is None or self._current.id != served.release:
                opened = OpenRelease(
                    served.release, open_release(releases.release_path(self.store, served))
                )
                _warm(opened)
                if self._current is not None:
                    with self._lock:
                        self._keep(self._current)
                self._current = opened
            self.degraded = (
                f"the published release is damaged; {served.release} is served instead"
                if is_fallback
                else None
            )
        except LivingCircleError as error:
            self.degraded = str(error) if pointer is not None else None
            if self.degraded is not None:
                _LOG.warning("the published release is not served: %s", error)
        self._pointer = pointer
        self._months = self._published_months()

    def _pointer_stat(self) -> tuple[int, int, int] | None:
        try:
            found = (releases.data_dir(self.store) / "CURRENT").stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _published_months(self) -> dict[str, str]:
        try:
            listed = releases.list_releases(self.store)
        except (LivingCircleError, OSError):
            return {}
        months: dict[str, str] = {}
        for one in listed:
            if one.was_published and one.is_present:
                months.setdefault(one.release.month, one.release.release)
        return months

    def _open_older(self, release_id: str) -> OpenRelease | None:
        for one in releases.list_releases(self.store):
            if one.release.release == release_id and one.was_published and one.is_present:
                try:
                    path = releases.release_path(self.store, one.release)
                    opened = OpenRelease(release_id, open_release(path))
                except StoreError:
                    return None
                self._keep(opened)
                return opened
        return None

    def _keep(self, opened: OpenRelease) -> None:
        self._older[opened.id] = opened
        while len(self._older) > KEPT_OPEN:
            self._older.popitem(last=False)


def _warm(opened: OpenRelease) -> None:
    """Answer the first question of most people before they ask it."""
    question, _ = resolve(opened, {})
    view(opened, question)


class OneRelease(Snapshots):
    """A release that is already open, for tests: no store, no pointer."""

    def __init__(self, opened: OpenRelease | None) -> None:
        super().__init__(Path())
        self._current = opened

    def _follow(self) -> None:
        """Nothing is published behind our back."""


def number_of(release_id: str) -> int:
    """Give the running number in a release id, 0 where there is none."""
    head = release_id.split("-", 1)[0]
    return int(head) if head.isdigit() else 0
