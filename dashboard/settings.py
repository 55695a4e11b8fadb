"""Read how the web process shall run, once, and refuse what it does not know."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from geo.errors import SettingsError

PREFIX = "LIVING_CIRCLE_"


@dataclass(frozen=True)
class Settings:
    """How the web process runs; every field can be set as LIVING_CIRCLE_<NAME>."""

    store: Path = field(default=Path("data/store"), metadata={"help": "folder of the store"})
    host: str = field(default="127.0.0.1", metadata={"help": "address to listen on"})
    port: int = field(default=8050, metadata={"help": "port to listen on", "range": (1, 65535)})
    workers: int = field(default=2, metadata={"help": "processes", "range": (1, 64)})
    threads: int = field(default=4, metadata={"help": "threads a process", "range": (1, 64)})
    prefix: str = field(
        default="/", metadata={"help": "path the site is published under, with slashes"}
    )


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """Give the settings of the environment; empty values count as not set.

    Raises
    ------
    SettingsError
        A name under the prefix that is no setting, or a value that cannot be read.
    """
    values = os.environ if environment is None else environment
    known = {f.name: f for f in fields(Settings)}
    found: dict[str, Any] = {}
    for key in sorted(values):
        if not key.startswith(PREFIX) or values[key] == "":
            continue
        name = key.removeprefix(PREFIX).lower()
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f" Did you mean {PREFIX}{near[0].upper()}?" if near else ""
            names = ", ".join(PREFIX + each.upper() for each in known)
            raise SettingsError(f"{key} is not a setting; expected one of {names}.{hint}")
        found[name] = _read(key, known[name].type, known[name].metadata, values[key])
    return checked(replace(Settings(), **found))


def checked(settings: Settings) -> Settings:
    """Give the settings back when their values make sense together."""
    if not (settings.prefix.startswith("/") and settings.prefix.endswith("/")):
        raise SettingsError(
            f"prefix is {settings.prefix!r}; expected a path that begins and ends with a slash, "
            f"like /gis/. Set {PREFIX}PREFIX."
        )
    for each in fields(settings):
        limits = each.metadata.get("range")
        value = getattr(settings, each.name)
        if limits and not limits[0] <= value <= limits[1]:
            raise SettingsError(
                f"{each.name} is {value}; expected {limits[0]} to {limits[1]}. "
                f"Set {PREFIX}{each.name.upper()} or the option of that name."
            )
    return settings


def _read(key: str, kind: object, metadata: Mapping[str, Any], text: str) -> object:
    if kind is Path:
        return Path(text)
    if kind is int:
        try:
            return int(text)
        except ValueError as error:
            raise SettingsError(
                f"{key} is {text!r}; expected a whole number ({metadata['help']})."
            ) from error
    return text
