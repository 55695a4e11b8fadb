"""Read vector tiles back, independent of the browser's decoder: layers, properties, points."""

from __future__ import annotations

from typing import Any


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if not byte & 128:
            return value, at
        shift += 7


def _fields(data: bytes) -> list[tuple[int, Any]]:
    found, at = [], 0
    while at < len(data):
        key, at = _varint(data, at)
        if key & 7 == 0:
            value, at = _varint(data, at)
        else:
            size, at = _varint(data, at)
            value, at = data[at : at + size], at + size
        found.append((key >> 3, value))
    return found


def _value(data: bytes) -> Any:
    field, value = _fields(data)[0]
    return value.decode() if field == 1 else value


def _first_point(data: bytes) -> tuple[int, int]:
    numbers, at = [], 0
    while at < len(data):
        number, at = _varint(data, at)
        numbers.append(number)
    x, y = ((each >> 1) ^ -(each & 1) for each in numbers[1:3])
    return x, y


def layers(tile: bytes) -> dict[str, list[dict[str, Any]]]:
    """Layer name -> one dict a feature: its properties and `at`, its first point in tile units."""
    found = {}
    for _, layer in _fields(tile):
        parts = _fields(layer)
        keys = [value.decode() for field, value in parts if field == 3]
        values = [_value(value) for field, value in parts if field == 4]
        name = next(value.decode() for field, value in parts if field == 1)
        found[name] = []
        for field, feature in parts:
            if field != 2:
                continue
            inner = dict(_fields(feature))
            tags, at = [], 0
            while at < len(inner.get(2, b"")):
                tag, at = _varint(inner[2], at)
                tags.append(tag)
            pairs = zip(tags[::2], tags[1::2], strict=True)
            found[name].append(
                {**{keys[k]: values[v] for k, v in pairs}, "at": _first_point(inner[4])}
            )
    return found
