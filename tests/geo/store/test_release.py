"""The pointer and the files: whole at every step, never a damaged release, nothing left behind."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from geo.errors import StoreError
from geo.store import release as releases
from geo.store.release import Release

ROOT = Path(__file__).resolve().parents[3]


def _describe(number: int, content: str | None = None) -> Release:
    hashed = (content or f"{number:x}") * 64
    name = f"{number}-{hashed[:12]}"
    return Release(
        *(name, f"release-{name}.duckdb", hashed[:64], "", 0, "2026-10", "小城"),
        *("2026-10-01T00:00:00+00:00", None, 0),
    )


def _adopt(store: Path, text: str = "") -> Release:
    """Give the store one more release; its file is plain bytes: the pointer never looks inside."""
    folder = releases.data_dir(store)
    folder.mkdir(parents=True, exist_ok=True)
    number = releases.next_number(store)
    built = releases.build_path(store)
    built.write_text(f"content of {number} {text}", encoding="utf-8")
    return releases.adopt(store, built, _describe(number))


def test_publish_points_to_the_newest_and_rollback_goes_back_step_by_step(tmp_path: Path) -> None:
    names = []
    for _ in range(3):
        names.append(_adopt(tmp_path).release)
        releases.publish(tmp_path)
    assert releases.current(tmp_path).release == names[2]
    assert releases.rollback(tmp_path).release == names[1]
    assert releases.rollback(tmp_path).release == names[0]
    with pytest.raises(StoreError, match="no intact release published before"):
        releases.rollback(tmp_path)
    assert releases.rollback(tmp_path, names[2]).release == names[2]
    assert releases.publish(tmp_path, "2").release == names[1]


def test_what_was_never_published_is_not_rolled_back_to(tmp_path: Path) -> None:
    first = _adopt(tmp_path)
    releases.publish(tmp_path)
    _adopt(tmp_path)
    third = _adopt(tmp_path)
    releases.publish(tmp_path, third.release)
    assert releases.rollback(tmp_path).release == first.release


@pytest.mark.parametrize("harm", ["flip", "truncate", "remove"])
def test_a_damaged_release_is_refused_and_the_one_before_serves(tmp_path: Path, harm: str) -> None:
    first = _adopt(tmp_path)
    releases.publish(tmp_path)
    second = _adopt(tmp_path)
    releases.publish(tmp_path)
    path = releases.release_path(tmp_path, second)
    content = bytearray(path.read_bytes())
    if harm == "flip":
        content[3] ^= 1
        path.write_bytes(content)
    elif harm == "truncate":
        path.write_bytes(content[:-1])
    else:
        path.unlink()
    assert releases.serving(tmp_path) == (first, True)
    with pytest.raises(StoreError):
        releases.publish(tmp_path, second.release)
    assert releases.rollback(tmp_path) == first
    assert releases.serving(tmp_path) == (first, False)


def test_nothing_published_says_how_to_build(tmp_path: Path) -> None:
    assert releases.current(tmp_path) is None
    assert releases.list_releases(tmp_path) == []
    with pytest.raises(StoreError, match="python -m etl build"):
        releases.serving(tmp_path)
    with pytest.raises(StoreError, match="no release"):
        releases.publish(tmp_path)


def test_a_pointer_that_is_not_one_is_named(tmp_path: Path) -> None:
    _adopt(tmp_path)
    (releases.data_dir(tmp_path) / "CURRENT").write_text("{", encoding="utf-8")
    with pytest.raises(StoreError, match="not a pointer"):
        releases.current(tmp_path)
    # and the advice in the message works
    assert releases.publish(tmp_path, "1") == releases.current(tmp_path)


def test_numbers_are_not_used_twice(tmp_path: Path) -> None:
    first = _adopt(tmp_path)
    releases.publish(tmp_path)
    releases.release_path(tmp_path, first).unlink()
    assert releases.next_number(tmp_path) == 2


def test_pruning_keeps_what_was_published_and_the_newest_three(tmp_path: Path) -> None:
    published = _adopt(tmp_path)
    releases.publish(tmp_path)
    others = [_adopt(tmp_path) for _ in range(5)]
    with releases.writer_lock(tmp_path):
        assert releases.prune(tmp_path) == [others[1].release, others[0].release]
    kept = {item.release.release for item in releases.list_releases(tmp_path)}
    assert kept == {published.release, *(r.release for r in others[2:])}


def test_a_second_writer_is_told_at_once(tmp_path: Path) -> None:
    with releases.writer_lock(tmp_path), pytest.raises(StoreError, match="another build"):
        releases.publish(tmp_path)


def test_leftovers_of_a_dead_writer_are_removed(tmp_path: Path) -> None:
    kept = _adopt(tmp_path)
    folder = releases.data_dir(tmp_path)
    (folder / ".build-1.duckdb").write_text("half", encoding="utf-8")
    (folder / ".build-1.duckdb.spill").mkdir()
    (folder / "CURRENT.tmp").write_text("{", encoding="utf-8")
    orphan = folder / "release-9-000000000000.duckdb.json"
    orphan.write_text("{}", encoding="utf-8")
    with releases.writer_lock(tmp_path):
        left = {path.name for path in folder.iterdir()}
    assert left == {".lock", kept.file, f"{kept.file}.json"}


def test_too_little_room_is_said_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _adopt(tmp_path)
    monkeypatch.setattr(releases.shutil, "disk_usage", lambda _: _Usage())
    with pytest.raises(StoreError, match="10 MiB free; a build needs about 250 MiB"):
        releases.check_room(tmp_path, 100 * 2**20)


class _Usage:
    free = 10 * 2**20


# Death at every step: the n-th call that changes the disk kills the process instead.
_DRIVER = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, {root!r})
from geo.store import release as releases
from tests.geo.store.test_release import _adopt
left = int(sys.argv[2])
def deadly(call):
    def step(*args, **keywords):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*args, **keywords)
    return step
store = Path(sys.argv[1])
os.fsync = deadly(os.fsync)
Path.rename = deadly(Path.rename)
Path.replace = deadly(Path.replace)
with releases.writer_lock(store):
    new = _adopt(store, "second")
    releases.point_to(store, new)
"""


def test_death_at_any_step_leaves_the_old_or_the_new_release_whole(tmp_path: Path) -> None:
    outcomes = []
    for step in range(40):
        store = tmp_path / str(step)
        old = _adopt(store, "first")
        releases.publish(store)
        died = subprocess.run(
            [sys.executable, "-c", _DRIVER.format(root=str(ROOT)), str(store), str(step)],
            check=False,
            capture_output=True,
            cwd=ROOT,
        )
        serving, is_fallback = releases.serving(store)
        assert not is_fallback
        assert serving.number in (old.number, old.number + 1)
        with releases.writer_lock(store):
            assert not list(releases.data_dir(store).glob("*.tmp"))
        _adopt(store, "third")
        assert releases.publish(store).number > serving.number
        outcomes.append(serving.number)
        if died.returncode == 0:
            break
        assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    # steps were reached, the first with the old release, the last with the new
    assert outcomes[0] == 1
    assert outcomes[-1] == 2
    assert len(outcomes) > 8


def test_the_note_beside_a_release_is_what_the_pointer_says(tmp_path: Path) -> None:
    release = _adopt(tmp_path)
    releases.publish(tmp_path)
    folder = releases.data_dir(tmp_path)
    pointer = json.loads((folder / "CURRENT").read_text(encoding="utf-8"))
    assert {"release", "file", "content", "sha256", "bytes"} <= set(pointer)
    assert pointer == json.loads((folder / f"{release.file}.json").read_text(encoding="utf-8"))
    assert pointer["sha256"] == releases.file_sha256(folder / release.file)
