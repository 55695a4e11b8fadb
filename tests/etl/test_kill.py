"""Death and a full disk at every step of a build: the old release or the new one, never half."""

import errno
import multiprocessing
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from etl.build import BuildOptions, build_city
from etl.progress import Progress
from geo.errors import StoreError
from geo.store import release as releases
from geo.store.connect import open_release
from tests.conftest import ROOT
from tests.etl.cities import SmallCity

STEPS = (
    "read files",
    "stage rows",
    "place people",
    "lay streets",
    "step onto streets",
    "search categories",
    "list next facilities",
    "share out capacity",
    "sum areas",
    "weigh faults",
    "check invariants",
    "hash content",
    "prepare tiles",
    "write release",
    "compare with 2026-10",
)
DURABLE = ("fsync", "rename", "replace")
"""The calls by which a release and the pointer to it come to stand on disk, one after another."""
MOST_CALLS = 40
FINISHED = "finished.duckdb"
PATIENCE_S = 120
SMALL_DISK = "13m"


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _full() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _before_call(number: int, act: Callable[[], None]) -> None:
    """Let something happen before the call of that number, from 1, of those that write."""
    done = 0

    def watch(name: str) -> None:
        plain = getattr(os, name)

        def watched(*given: Any, **named: Any) -> Any:
            nonlocal done
            done += 1
            if done == number:
                act()
            return plain(*given, **named)

        setattr(os, name, watched)

    for name in DURABLE:
        watch(name)


def _build_and_die_at_step(toml: Path, store: Path, step: str) -> None:
    """Run in a process of its own: build, and be killed when the step is announced."""
    build_city(
        toml, store, BuildOptions(), Progress(lambda _, said: _die() if said == step else None)
    )


def _end_a_build(store: Path, finished: Path, release: releases.Release) -> None:
    """Do what comes after the last row is written: name the file, point to it, prune."""
    adopted = releases.adopt(store, finished, release)
    releases.point_to(store, adopted)
    releases.prune(store)


def _end_and_die_at_call(store: Path, release: releases.Release, number: int) -> None:
    """Run in a process of its own: end a build, and be killed before a call that writes."""
    _before_call(number, _die)
    with releases.writer_lock(store):
        _end_a_build(store, store / FINISHED, release)


def _refusal(toml: Path, store: Path) -> str | None:
    """Build, and give what is said where the store is in the way."""
    try:
        build_city(toml, store, BuildOptions())
    except StoreError as error:
        return str(error)
    return None


def _run(target: Callable[..., None], *given: object) -> int | None:
    """Run a function in a fresh process that has the program loaded, and give how it ended."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["etl.build"])
    process = context.Process(target=target, args=given)
    process.start()
    process.join(PATIENCE_S)
    assert not process.is_alive(), "the build hangs"
    return process.exitcode


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A store with one published release, and the city.toml of the next month."""
    folder = tmp_path_factory.mktemp("kill")
    build_city(SmallCity().write(folder / "now"), folder / "store", BuildOptions())
    return folder / "store", SmallCity(as_of="2026-11").write(folder / "next")


@pytest.fixture
def store(published: tuple[Path, Path], tmp_path: Path) -> Path:
    """A copy of the store for one death."""
    return Path(shutil.copytree(published[0], tmp_path / "store"))


def _assert_whole(store: Path, old: releases.Release) -> releases.Release:
    """What is served is whole, and it is the old release or the new one; give it."""
    now, is_fallback = releases.serving(store)
    assert not is_fallback
    assert now == releases.current(store)
    assert now == old or (now.month == "2026-11" and now.number == old.number + 1)
    con = open_release(releases.release_path(store, now))
    try:
        assert con.execute("select as_of from release").fetchall() == [(now.month,)]
    finally:
        con.close()
    return now


def _assert_clean_after_next_writer(store: Path) -> None:
    with releases.writer_lock(store):
        pass
    data = releases.data_dir(store)
    known = {item.release.file for item in releases.list_releases(store) if item.is_present}
    comparisons = {path.name for path in data.glob("compare-*.duckdb")}
    expected = known | {f"{name}.json" for name in known}
    assert {path.name for path in data.iterdir()} == {
        *expected,
        *comparisons,
        ".lock",
        "CURRENT",
        "PUBLISHED.jsonl",
    }


def test_the_steps_below_are_all_there_are(published: tuple[Path, Path], store: Path) -> None:
    said: list[str] = []
    progress = Progress(lambda _, line: said.append(line))
    built = build_city(published[1], store, BuildOptions(), progress)
    assert tuple(progress.seconds) == STEPS
    assert list(dict.fromkeys(line for line in said if line in STEPS)) == list(STEPS)
    assert _assert_whole(store, built.release) == built.release


@pytest.mark.parametrize("step", STEPS)
def test_death_at_a_step_leaves_the_old_release_served(
    published: tuple[Path, Path], store: Path, step: str
) -> None:
    old = releases.current(store)
    assert old is not None
    served = open_release(releases.release_path(store, old))
    try:
        assert _run(_build_and_die_at_step, published[1], store, step) == -signal.SIGKILL
        assert _assert_whole(store, old) == old
        assert served.execute("select as_of from release").fetchall() == [(old.month,)]
    finally:
        served.close()
    _assert_clean_after_next_writer(store)


@pytest.fixture(scope="module")
def finished(
    published: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, releases.Release]:
    """A store in which a build of the next month has written its last row, and what it is."""
    folder = tmp_path_factory.mktemp("finished")
    other = Path(shutil.copytree(published[0], folder / "other"))
    built = build_city(published[1], other, BuildOptions(publish=False)).release
    store = Path(shutil.copytree(published[0], folder / "store"))
    releases.release_path(other, built).rename(store / FINISHED)
    return store, built


def test_death_before_every_call_that_writes_leaves_old_or_new(
    finished: tuple[Path, releases.Release], tmp_path: Path
) -> None:
    old = releases.current(finished[0])
    assert old is not None
    seen: list[str] = []
    ended: int | None = None
    for number in range(1, MOST_CALLS):
        store = Path(shutil.copytree(finished[0], tmp_path / f"store-{number}"))
        ended = _run(_end_and_die_at_call, store, finished[1], number)
        seen.append(_assert_whole(store, old).month)
        _assert_clean_after_next_writer(store)
        shutil.rmtree(store)
        if ended == 0:
            break
        assert ended == -signal.SIGKILL
    assert ended == 0, "there are more calls that write than were tried"
    # the old one until the pointer moves, the new one from then on, and both were seen
    assert seen == sorted(seen)
    assert set(seen) == {old.month, "2026-11"}
    assert len(seen) > 6


def test_the_build_after_a_death_starts_clean(published: tuple[Path, Path], store: Path) -> None:
    assert _run(_build_and_die_at_step, published[1], store, "prepare tiles") == -signal.SIGKILL
    assert list(releases.data_dir(store).glob(".build-*"))
    built = build_city(published[1], store, BuildOptions())
    assert built.is_published
    assert not list(releases.data_dir(store).glob(".build-*"))


def test_a_disk_that_fills_up_at_any_call_is_one_message(
    published: tuple[Path, Path],
    finished: tuple[Path, releases.Release],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old = releases.current(published[0])
    assert old is not None

    def end_at_once(
        _settings: object, _layers: object, store: Path, path: Path, *_: object
    ) -> None:
        shutil.copy(finished[0] / FINISHED, path)
        _end_a_build(store, path, finished[1])

    monkeypatch.setattr("etl.build._build", end_at_once)
    refusal: str | None = None
    number = 0
    for number in range(1, MOST_CALLS):
        store = Path(shutil.copytree(published[0], tmp_path / f"store-{number}"))
        with monkeypatch.context() as patch:
            for name in DURABLE:
                patch.setattr(os, name, getattr(os, name))
            _before_call(number, _full)
            refusal = _refusal(published[1], store)
        _assert_whole(store, old)
        assert [*store.rglob(".build-*"), *store.rglob("*.tmp")] == []
        shutil.rmtree(store)
        if refusal is None:
            break
        assert re.search(r"the disk of .* is full", refusal), refusal
    assert refusal is None
    assert number > 6


def test_a_journal_line_that_was_cut_off_spoils_no_other(
    published: tuple[Path, Path], store: Path
) -> None:
    journal = releases.data_dir(store) / "PUBLISHED.jsonl"
    with journal.open("a", encoding="utf-8") as file:
        file.write('{"release": "2-')
    built = build_city(published[1], store, BuildOptions())
    assert [item.was_published for item in releases.list_releases(store)] == [True, True]
    assert built.release.number == 2
    assert releases.rollback(store).number == 1


def test_a_small_disk_is_one_message_and_the_old_release_is_served(
    published: tuple[Path, Path], tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    # the room that is asked for before a build is taken as given, so that the disk fills up in it
    driver = (
        "import sys, shutil; from pathlib import Path; import etl.build as b;"
        "from geo.store import release as r; r.check_room = lambda *_: None;"
        "store = Path(shutil.copytree(sys.argv[1], sys.argv[2] + '/store'));"
        "before = r.current(store)\n"
        "try: b.build_city(Path(sys.argv[3]), store, b.BuildOptions())\n"
        "except b.StoreError as error: print(error)\n"
        "assert r.serving(store) == (before, False)\n"
        "print(sorted(path.name for path in (store / 'data').iterdir()))"
    )
    mounted = f'mount -t tmpfs -o size={SMALL_DISK} tmpfs {disk} && exec "$@"'
    command = [sys.executable, "-c", driver, str(published[0]), str(disk), str(published[1])]
    done = subprocess.run(
        ["unshare", "--mount", "--map-root-user", "sh", "-c", mounted, "sh", *command],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    if done.returncode and "Traceback" not in done.stderr:
        pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    message, names = done.stdout.splitlines()
    assert "is full; the build was removed and the published release is untouched" in message
    assert ".build" not in names
