"""Serve tiles and values under the id of a release: immutable, compressed once, kept in memory."""

import gzip
import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, Response, request

from dashboard.http import gaps, guard, indicator_tables, standards
from dashboard.snapshots import Snapshots
from dashboard.state import BadRequestError
from geo.store import indicator_map, tiles, values
from geo.store.asking import Question, resolve
from geo.store.indicator_table import table
from geo.store.opened import OpenRelease
from geo.store.unit_card import unit_card
from geo.store.units import drawn_kinds
from geo.store.views import indicators_of

FOREVER = "private, immutable, max-age=31536000"
MEMORY_BYTES = 64 * 1024 * 1024
OCTETS = "application/octet-stream"
MVT = "application/vnd.mapbox-vector-tile"
JSON = "application/json"
INDICATORS = ("indicator", "indicator-area")
CARD = "unit"
UNIT_KINDS = ("names", "indicator")
KINDS = ("steps", "minutes", "names", *INDICATORS)
LISTS = ("indicators", *gaps.NAMES, *standards.NAMES)


@dataclass(frozen=True)
class Packed:
    """A body compressed once, with the tag of its content."""

    gzipped: bytes
    etag: str


class Shelf:
    """Bodies by address, the least recently used dropped when their bytes exceed the limit."""

    def __init__(self, limit_bytes: int = MEMORY_BYTES) -> None:
        self._limit = limit_bytes
        self._held = 0
        self._bodies: OrderedDict[str, Packed] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, address: str, make: Callable[[], bytes]) -> Packed:
        """Give the body of an address, making it where it is not held."""
        with self._lock:
            if address in self._bodies:
                self._bodies.move_to_end(address)
                return self._bodies[address]
        body = make()
        packed = Packed(gzip.compress(body, 6, mtime=0), hashlib.sha256(body).hexdigest()[:32])
        with self._lock:
            if address not in self._bodies:
                self._bodies[address] = packed
                self._held += len(packed.gzipped)
            while self._held > self._limit and len(self._bodies) > 1:
                _, dropped = self._bodies.popitem(last=False)
                self._held -= len(dropped.gzipped)
        return packed


def register(server: Flask, snapshots: Snapshots) -> None:
    """Register the addresses of tiles and values."""
    shelf = Shelf()

    @server.get("/tiles/<release_id>/<layer>/<int:zoom>/<int:x>/<int:y>.mvt")
    def tile(release_id: str, layer: str, zoom: int, x: int, y: int) -> Response:
        release = _release(snapshots, release_id)
        if release is None:
            return _gone(release_id)
        if layer not in tiles.layers(release):
            return guard.refusal(404, f"there is no layer {layer[:60]!r} in this release")
        is_tile = zoom <= tiles.HIGHEST_ZOOM and x < 2**zoom and y < 2**zoom
        if not is_tile:
            return guard.refusal(400, f"{zoom}/{x}/{y} is no tile of the world")
        address = f"{release.id}/{layer}/{zoom}/{x}/{y}"
        return _sent(shelf.get(address, lambda: tiles.tile(release, layer, zoom, x, y)), MVT)

    @server.get("/values/<release_id>/<name>")
    def value(release_id: str, name: str) -> Response:
        release = _release(snapshots, release_id)
        if release is None:
            return _gone(release_id)
        if name in LISTS:
            return _sent(_list(shelf, release, name), JSON)
        if name == CARD:
            return _card(shelf, release)
        if name not in KINDS:
            return guard.refusal(404, f"there are no values {name[:60]!r}")
        return _values(shelf, release, name)


def _card(shelf: Shelf, release: OpenRelease) -> Response:
    """Send the card of one further place."""
    kind, position = request.args.get("u", ""), request.args.get("i", "")
    at = int(position) if position.isascii() and position.isdigit() and len(position) < 10 else -1

    def body() -> bytes:
        card = unit_card(release, kind, at)
        return json.dumps(card, ensure_ascii=False, separators=(",", ":")).encode()

    try:
        return _sent(shelf.get(f"{release.id}/{CARD}/{kind[:40]}/{at}", body), JSON)
    except LookupError as unknown:
        return guard.refusal(404, str(unknown))


def _list(shelf: Shelf, release: OpenRelease, name: str) -> Packed:
    """Pack what a page of lists shows."""
    if name == "indicators":
        return _table(shelf, release)
    return (_gaps if name in gaps.NAMES else _standards)(shelf, release, name)


def _values(shelf: Shelf, release: OpenRelease, name: str) -> Response:
    unit = _unit(release, name)
    if name in INDICATORS:
        return _sent(_indicator(shelf, release, name, unit), JSON)
    if name == "names":
        return _sent(shelf.get(f"{release.id}/names/{unit}", lambda: _names(release, unit)), JSON)
    question = _question(release)
    if name == "minutes" and unit != "grid":
        raise BadRequestError("minutes are known for grids only; expected u=grid")

    def make() -> bytes:
        if name == "minutes":
            return values.minute_bytes(release, question)
        return values.step_bytes(release, question, unit)

    return _sent(shelf.get(f"{release.id}/{name}/{unit}/{question.key}", make), OCTETS)


def _indicator(shelf: Shelf, release: OpenRelease, name: str, unit: str) -> Packed:
    """Pack an indicator: over the map in units of a level, or the card of an area."""
    wanted = request.args.get("i", "")
    known = [one["id"] for one in indicators_of(release)]
    if wanted not in known:
        listed = ", ".join(known) or "none: there is none"
        raise BadRequestError(f"i is {wanted[:40]!r}; expected one of {listed}")
    area = request.args.get("a", release.facts.areas[0].code)
    if area not in release.facts.area_by_code:
        raise BadRequestError(f"there is no area {area[:40]!r} in this release")

    def make() -> bytes:
        found = (
            indicator_map.layer(release, wanted, unit)
            if name == "indicator"
            else indicator_map.area_card(release, wanted, area)
        )
        return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()

    return shelf.get(f"{release.id}/{name}/{wanted}/{unit}/{area}", make)


def _table(shelf: Shelf, release: OpenRelease) -> Packed:
    """Pack one page of the table of units by indicators."""
    asked = indicator_tables.read(release, request.args)
    limit, offset = indicator_tables.read_page(request.args)

    def make() -> bytes:
        found = table(release, asked, limit=limit, offset=offset)
        return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()

    return shelf.get(f"{release.id}/indicators/{asked}/{limit}/{offset}", make)


def _release(snapshots: Snapshots, release_id: str) -> OpenRelease | None:
    return snapshots.by_id(release_id, guard.newest_seen())


def _names(release: OpenRelease, unit: str) -> bytes:
    found = values.names(release, unit)
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()


def _gaps(shelf: Shelf, release: OpenRelease, name: str) -> Packed:
    """Pack an answer about underserved grids."""
    question = _question(release, "a")
    rest, make = gaps.gaps(release, question, name)

    def body() -> bytes:
        return json.dumps(make(), ensure_ascii=False, separators=(",", ":")).encode()

    return shelf.get(f"{release.id}/{name}/{question.key}/{rest}", body)


def _standards(shelf: Shelf, release: OpenRelease, name: str) -> Packed:
    """Pack an answer about packs, rules and verdicts."""
    rest, make = standards.answer(release, name, request.args)

    def body() -> bytes:
        return json.dumps(make(), ensure_ascii=False, separators=(",", ":")).encode()

    return shelf.get(f"{release.id}/{name}/{rest}", body)


def _unit(release: OpenRelease, name: str) -> str:
    """Give the level asked for; names and indicators are known of further places too."""
    unit = request.args.get("u", "grid")
    known = [level for level in values.UNITS if level == "grid" or release.facts.level(level)]
    if name in UNIT_KINDS:
        known += drawn_kinds(release)
    if unit not in known:
        raise BadRequestError(f"u is {unit[:20]!r}; expected one of {', '.join(known)}")
    return unit


def _question(release: OpenRelease, *more: str) -> Question:
    keys = ("c", "t", "b", "v", "n", "h", *more)
    asked = {key: request.args[key] for key in keys if key in request.args}
    question, dropped = resolve(release, asked)
    if dropped:
        first = dropped[0]
        raise BadRequestError(f"{first.key} is {first.value!r}; expected one of {first.expected}")
    return question


def _sent(packed: Packed, mimetype: str) -> Response:
    headers = {"Cache-Control": FOREVER, "Vary": "Accept-Encoding"}
    if packed.etag in request.if_none_match:
        response = Response(status=304, headers=headers)
    elif "gzip" in request.accept_encodings:
        response = Response(packed.gzipped, mimetype=mimetype, headers=headers)
        response.headers["Content-Encoding"] = "gzip"
    else:
        response = Response(gzip.decompress(packed.gzipped), mimetype=mimetype, headers=headers)
    response.set_etag(packed.etag)
    return response


def _gone(release_id: str) -> Response:
    reason = f"release {release_id[:40]!r} is not served here; load the page again"
    return guard.refusal(409, reason)
