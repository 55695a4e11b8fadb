"""Check a source set, and go on with the files that can be read when one of them cannot."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from etl.build import check_settings
from etl.progress import Progress
from etl.report_book import book_of_check, write_book
from etl.set_report import Found, report, whole
from etl.set_sources import only, reader_of, sources_of
from etl.settings import CitySettings, load_city
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
        checked = check_settings(settings, progress)
        write_book(book, book_of_check(checked, settings))
        return whole(settings, checked)
    except CancelledError:
        raise
    except LivingCircleError as error:
        return _without_the_unreadable(settings, str(error), progress)


def _without_the_unreadable(settings: CitySettings, message: str, progress: Progress) -> Found:
    """Check what is left when the files that cannot be read are set aside.

    So the faults of the others, also those between files, are seen in the same round.
    """
    alone = _piecewise(settings, message, progress)
    read = [source for source, _ in alone.parts]
    is_whole = len(read) == len(sources_of(settings))
    if is_whole or not any(source is settings.grids for source in read):
        return alone
    try:
        return replace(
            whole(settings, check_settings(only(settings, read), progress)), error=message
        )
    except CancelledError:
        raise
    except LivingCircleError:
        return alone


def _piecewise(settings: CitySettings, message: str, progress: Progress) -> Found:
    """Read each file by itself; those that cannot be read are left out."""
    found = Found(settings, error=message)
    for source in sources_of(settings):
        progress.within(0.1, f"{source.title} {source.shown}")
        try:
            part = reader_of(settings, source)(source)
        except CancelledError:
            raise
        except LivingCircleError:
            continue
        found.parts.append((source, part))
        found.faults.extend(part.faults)
        found.rejected.extend(part.rejected)
    return found
