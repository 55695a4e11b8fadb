"""Name what a release contains, whatever file, machine or day it was written on."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from geo.store.connect import Connection
from geo.store.queries import fetch_columns
from geo.store.write import schema_sql

_NOT_CONTENT = frozenset({"release_stamp"})
_SLICED_BY = {
    "reach": "category_idx",
    "profile": "category_idx",
    "near": "category_idx",
    "ledger_row": "ledger_idx * 100_000 + row // 250_000",
}
"""Tables too long for one fetch, and what their order begins with, by which they are sliced."""
_ORDER = {
    "profile": "category_idx, speed_idx, mode, grid_idx, minute",
    "boundary": "boundary_idx",
    "basemap": "basemap_idx",
}
_KEYS = {
    "snap": "kind, idx",
    "reach": "category_idx, demand_idx",
    "reach_own": "category_idx, demand_idx",
    "nearest": "category_idx, mode, grid_idx",
    "nearest_own": "category_idx, mode, grid_idx",
    "profile_own": "category_idx, speed_idx, mode, grid_idx, minute",
    "area_profile_own": "speed_idx, category_idx, mode, area_idx, minute",
    "edge_flip": "category_idx, mode, grid_idx",
    "profile_standard": "category_idx, mode, grid_idx",
    "area_profile": "speed_idx, category_idx, mode, area_idx, minute",
    "area_standard": "category_idx, mode, area_idx",
    "near": "category_idx, mode, grid_idx, rank",
    "history": "month, area_code, category, mode, minute",
    "history_total": "month, area_code",
    "history_target": "month, area_code, category, mode, minute",
    "ledger_row": "ledger_idx, row",
    "indicator_target": "indicator_idx, year",
    "indicator_value": "indicator_idx, level, place_idx, period",
    "indicator_history": "id, area_code, period",
    "task": "task_id",
    "duty": "duty_id, due_on, zh, owner",
    "capacity": "category_idx, mode, method, grid_idx",
    "facility_use": "facility_idx, mode",
    "doubtful": "category_idx, grid_idx",
    "community_component": "area_idx, kind, ordinal",
    "rule_param": "pack_idx, name",
    "verdict": "rule_idx, place_idx",
    "verdict_input": "level, place_idx, name",
    "verdict_count": "rule_idx, area_idx",
    "merge_suggestion": "area_idx, rank",
    "gap_cost": "rule_idx, place_idx, source",
    **_ORDER,
}
_LOOKED_AT = 1_000
_TABLE = re.compile(r"^create table (\w+)", re.MULTILINE)


def content_tables() -> list[str]:
    """List the tables that are content, in the order of the schema."""
    return [name for name in _TABLE.findall(schema_sql()) if name not in _NOT_CONTENT]


def content_digests(con: Connection) -> dict[str, bytes]:
    """Give the SHA-256 of the rows of every content table, in the order of the schema.

    Rows enter in key order and in one canonical form: integers and floats as little-endian bytes
    with a mask of nulls, text as UTF-8 with its length, geometry as WKB. Times, host and the number
    of the release are not content.
    """
    return {table: table_digest(con, table) for table in content_tables()}


def content_of(digests: Mapping[str, bytes]) -> str:
    """Put the digests of the tables, in the order of the schema, into the one of a release."""
    return hashlib.sha256(b"".join(digests.values())).hexdigest()


def table_digest(con: Connection, table: str) -> bytes:
    """Give the digest of one content table."""
    columns = con.execute(
        "select column_name, data_type from duckdb_columns() where table_name = $table "
        "order by column_index",
        {"table": table},
    ).fetchall()
    digest = hashlib.sha256(f"{table}:{columns}".encode())
    for chunk in _slices(con, table, columns):
        length = len(next(iter(chunk.values())))
        digest.update(f"rows {length}".encode())
        for name, _ in columns:
            _feed(digest, chunk[name])
    return digest.digest()


def _slices(con: Connection, table: str, columns: list[Any]) -> Iterator[dict[str, NDArray[Any]]]:
    picked = ", ".join(
        f"st_aswkb({name})::blob as {name}" if kind.startswith("GEOMETRY") else name
        for name, kind in columns
    )
    order = _KEYS.get(table) or columns[0][0]
    by = _SLICED_BY.get(table)
    if by is None:
        query = f"select {picked} from {table} order by {order}"  # noqa: S608 - names of our own schema
        yield fetch_columns(con, query)
        return
    values = con.execute(f"select distinct {by} from {table} order by {by}").fetchall()  # noqa: S608 - names of our own schema
    for (value,) in values:
        query = f"select {picked} from {table} where {by} = $value order by {order}"  # noqa: S608 - names of our own schema
        yield fetch_columns(con, query, {"value": value})


class _Digest(Protocol):
    """What a hash of hashlib offers."""

    def update(self, data: bytes | memoryview, /) -> None:
        """Take in more bytes."""
        ...


def _feed(digest: _Digest, values: NDArray[Any]) -> None:
    mask = np.ma.getmaskarray(values) if isinstance(values, np.ma.MaskedArray) else None
    data = np.asarray(np.ma.getdata(values))
    if data.dtype.kind == "O":
        _feed_objects(digest, data, mask)
        return
    if mask is not None and mask.any():
        data = np.where(mask, np.zeros(1, dtype=data.dtype), data)
        digest.update(b"nulls" + np.packbits(mask).tobytes())
    if data.dtype.kind == "f":
        data = data + 0.0  # -0.0 and 0.0 are one value
    digest.update(np.ascontiguousarray(data, dtype=data.dtype.newbyteorder("<")).data)


def _feed_objects(digest: _Digest, data: NDArray[Any], mask: NDArray[np.bool_] | None) -> None:
    values = data.copy()
    if mask is not None:
        values[mask] = None
    known = [value for value in values[:_LOOKED_AT] if value is not None]
    if known and not isinstance(known[0], str):
        _feed_bytes(digest, values)
        return
    # Text is long and repeats itself: each distinct one goes in once, in order, then its positions.
    import pandas as pd

    codes, words = pd.factorize(values)
    order = np.argsort(words)
    rank = np.empty(len(words) + 1, dtype=np.int32)
    rank[order] = np.arange(len(words), dtype=np.int32)
    rank[-1] = -1
    _feed_bytes(digest, np.array([word.encode("utf-8") for word in words[order]], dtype=object))
    digest.update(np.ascontiguousarray(rank[codes], dtype="<i4").data)


def _feed_bytes(digest: _Digest, values: NDArray[Any]) -> None:
    for value in values:
        raw = b"" if value is None else bytes(value)
        length = -1 if value is None else len(raw)
        digest.update(length.to_bytes(8, "little", signed=True) + raw)
