"""Do what a job of the operator's page asks for: propose, check, build, compare, publish."""

import json
import os
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from etl.build import BuildOptions, build_city
from etl.compare import compare
from etl.compare.report import read_report
from etl.demo import write_demo
from etl.init import propose_city_toml
from etl.progress import Progress
from etl.set_check import check_set, write_report
from etl.set_compare import summary
from etl.template import write_template
from geo.errors import SettingsError, StoreError
from geo.store import inbox, publications
from geo.store import release as releases
from geo.store.changes import is_written
from geo.store.connect import open_release
from geo.store.inbox_files import SETTINGS, SourceSet, walk, write_settings
from geo.store.jobs import Job
from geo.store.opened import OpenRelease
from geo.store.quality import quality
from geo.store.release import Release

Done = tuple[str, dict[str, Any] | None]
"""What a person is told, and the same for the page."""

_DEMO_GRIDS: Final = 2_000
_PAGE_REASON: Final = "built from the page"
_PARTS: Final = (".shx", ".dbf", ".prj", ".cpg")


def run(store: Path, job: Job, progress: Progress) -> Done:
    """Do a job.

    Raises
    ------
    LivingCircleError
        It cannot be done; the published release is untouched.
    CancelledError
        It was asked to stop.
    """
    return _DOES[job.kind](store, dict(job.params), progress)


def _propose(store: Path, params: dict[str, Any], progress: Progress) -> Done:
    one = _set_of(store, params)
    progress.at(0.1, "look at the files")
    names = [name for name in walk(one.folder) if name != SETTINGS]
    main = [name for name in names if not name.lower().endswith(_PARTS)]
    if not main:
        raise SettingsError("the set has no file yet; expected grids at least. Send some files.")
    text = propose_city_toml([one.folder / name for name in main], base=one.folder)
    write_settings(one, text)
    progress.end("proposed")
    return f"{SETTINGS} is proposed from {len(main)} files", {"files": len(main)}


def _check(store: Path, params: dict[str, Any], progress: Progress) -> Done:
    told = check_set(store, _set_of(store, params), "check", progress)
    counts = told["counts"]
    message = ", ".join(f"{number:,} {severity}" for severity, number in counts.items())
    return message, {"counts": counts, "is_usable": not counts["blocking"]}


def _build(store: Path, params: dict[str, Any], progress: Progress) -> Done:
    if "set" not in params:
        return _build_path(store, params, progress)
    one = _set_of(store, params)
    told = check_set(store, one, "build", _first_part(progress))
    if told["counts"]["blocking"]:
        raise SettingsError(
            f"{told['counts']['blocking']:,} faults are in the way of the build; expected none. "
            "See the list, correct the files or city.toml, and check again."
        )
    options = BuildOptions(
        publish=False, reason=params.get("reason") or _PAGE_REASON, workers=_workers(params)
    )
    built = build_city(one.city_toml, store, options, progress)
    release = built.release
    inbox.built(
        store, one.city_toml, release.month, release.city, release.release, publications.PAGE
    )
    write_report(store, one, {**told, **_of_release(store, release)})
    return f"release {release.release} is built", {"release": release.release, "new": built.is_new}


def _build_path(store: Path, params: dict[str, Any], progress: Progress) -> Done:
    """Build the city.toml of a path, as jobs of the first version name it."""
    city = params.get("city")
    if not isinstance(city, str):
        raise SettingsError("the job names no city.toml; expected it as `city`.")
    before = releases.pointed_at(store)
    options = BuildOptions(
        publish=bool(params.get("publish", True)),
        strict=bool(params.get("strict", False)),
        reason=params.get("reason") or "web page",
        workers=_workers(params),
    )
    built = build_city(Path(city), store, options, progress)
    name = built.release.release
    if built.is_published and (before is None or before.release != name):
        publications.record(store, "build", name, before, options.reason or "", publications.PAGE)
    state = "is published" if built.is_published else "is not published"
    return f"release {name} {state}", {"release": name, "new": built.is_new}


def _compare(store: Path, params: dict[str, Any], progress: Progress) -> Done:
    new = releases.find(store, params.get("release"))
    old = releases.current(store)
    if old is None or old.release == new.release:
        raise StoreError(
            f"there is nothing to compare {new.release} with; expected another release to be "
            "published. Publish one first."
        )
    compare(store, old.release, new.release, progress)
    for one in inbox.listed(store):
        if one.release == new.release and inbox.is_own(store, one):
            told = json.loads(inbox.report_path(store, one).read_text(encoding="utf-8"))
            write_report(store, one, {**told, "comparison": _compared(store, new)})
    return f"{old.release} and {new.release} are compared", {
        "old": old.release,
        "new": new.release,
    }


def _publish(store: Path, params: dict[str, Any], progress: Progress) -> Done:
    return _move(store, params, progress, publications.publish, "is published")


def _rollback(store: Path, params: dict[str, Any], progress: Progress) -> Done:
    return _move(store, params, progress, publications.rollback, "is published again")


def _move(
    store: Path,
    params: dict[str, Any],
    progress: Progress,
    action: Callable[[Path, str | None, str, str], Release],
    said: str,
) -> Done:
    progress.at(0.2, "verify the release")
    name = params.get("release")
    release = action(store, name, str(params.get("reason") or ""), publications.PAGE)
    progress.end("published")
    return f"release {release.release} {said}", {"release": release.release}


def _template(store: Path, params: dict[str, Any], progress: Progress) -> Done:
    del params
    progress.at(0.1, "write empty ledgers")
    target = inbox.template_path(store)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="living-circle-") as folder:
        write_template(Path(folder) / "template")
        part = target.with_suffix(".part")
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted((Path(folder) / "template").rglob("*")):
                if path.is_file():
                    archive.write(path, path.relative_to(Path(folder) / "template"))
        part.replace(target)
    progress.end("written")
    return "the empty ledgers are ready", {}


def _demo(store: Path, params: dict[str, Any], progress: Progress) -> Done:
    one = _set_of(store, params)
    grids = params.get("grids") or _DEMO_GRIDS
    progress.at(0.1, "draw the city")
    write_demo(one.folder, grids=int(grids), seed=1)
    progress.end("drawn")
    return "the sample city is drawn", {"set": one.set_id}


_DOES: Final[Mapping[str, Callable[[Path, dict[str, Any], Progress], Done]]] = {
    "propose": _propose,
    "check": _check,
    "build": _build,
    "compare": _compare,
    "publish": _publish,
    "rollback": _rollback,
    "template": _template,
    "demo": _demo,
}


def _set_of(store: Path, params: dict[str, Any]) -> SourceSet:
    name = params.get("set")
    if not isinstance(name, str):
        raise SettingsError("the job names no set of files; expected it as `set`.")
    return inbox.find(store, name)


def _workers(params: dict[str, Any]) -> int:
    return int(params.get("workers") or os.cpu_count() or 1)


def _first_part(progress: Progress) -> Progress:
    """Show a check as the first tenth of a build."""
    return Progress(lambda share, message: progress.show(share / 10, message), progress.check)


def _of_release(store: Path, release: Release) -> dict[str, Any]:
    """Give what only a whole build knows: how many verdicts hang on each fault, what changed."""
    path = releases.release_path(store, release)
    opened = OpenRelease(release.release, open_release(path))
    try:
        record = quality(opened)
    finally:
        opened.close()
    counts = {"counts": record["issue_counts"]}
    shown = counts | {key: record[key] for key in ("groups", "located")}
    return {**shown, "release": release.release, "comparison": _compared(store, release)}


def _compared(store: Path, new: Release) -> dict[str, Any] | None:
    """Give the comparison with the published release; None where there is none."""
    old = releases.pointed_at(store)
    if old is None or old.release == new.release:
        return None
    path = releases.compare_path(store, old.release, new.release)
    return summary(read_report(store, path)) if is_written(path) else None
