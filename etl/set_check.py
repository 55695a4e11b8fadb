"""Check a source set, and go on with the files that can be read when one of them cannot."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from etl.build import check_city
from etl.layers import Layer, Streets
from etl.progress import Progress
from etl.readers.layer import read_layer
from etl.readers.streets import read_streets
from etl.report_book import book_of_check, write_book
from etl.set_report import Found, report, sources_of, whole
from etl.settings import CitySettings, FacilitySource, Source, load_city
from geo.errors import CancelledError, LivingCircleError
from geo.store import inbox
from geo.store.inbox_files import SourceSet, settings_text


def check_set(store: Path, one: SourceSet, kind: str, progress: Progress) -> dict[str, Any]:
    """Check a set and write the report beside it; a set that cannot be used is a report as well.

    Raises
    ------
    CancelledError
        The job was asked to stop.
    """
    # A workbook of the last check would speak of other files than the report beside it.
    inbox.report_book(store, one).unlink(missing_ok=True)
    inbox.inbox_dir(store).mkdir(parents=True, exist_ok=True)
    found = _found(one.city_toml, inbox.report_book(store, one), progress)
    told = report(found, kind=kind, set_id=one.set_id, toml=settings_text(one) or "")
    write_report(store, one, told)
    return told


def write_report(store: Path, one: SourceSet, told: dict[str, Any]) -> None:
    """Replace the report beside a set."""
    path = inbox.report_path(store, one)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    part.replace(path)


def _found(city_toml: Path, book: Path, progress: Progress) -> Found:
    try:
        settings = load_city(city_toml)
    except LivingCircleError as error:
        return Found(None, error=str(error))
    try:
        checked = check_city(city_toml, progress)
        write_book(book, book_of_check(checked, settings))
        return whole(settings, checked)
    except CancelledError:
        raise
    except LivingCircleError as error:
        return _piecewise(settings, str(error), progress)


def _piecewise(settings: CitySettings, message: str, progress: Progress) -> Found:
    """Read each file by itself, so that the faults of the others are seen in the same round."""
    found = Found(settings, error=message)
    for source in sources_of(settings):
        progress.within(0.1, f"{source.title} {source.shown}")
        try:
            part = _reader(settings, source)(source)
        except CancelledError:
            raise
        except LivingCircleError:
            continue
        found.parts.append((source, part))
        found.faults.extend(part.faults)
        found.rejected.extend(part.rejected)
    return found


def _reader(settings: CitySettings, source: Source) -> Callable[[Source], Layer | Streets]:
    if source is settings.network:
        return read_streets
    if source is settings.grids:
        return lambda each: read_layer(each, "grids")
    if source is settings.demand.source:
        return lambda each: read_layer(each, "demand")
    kind = "facilities" if isinstance(source, FacilitySource) else "basemap"
    return lambda each: read_layer(each, kind)
