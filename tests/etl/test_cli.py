"""Commands as a person or a script runs them: exit codes, one message, the contract's options."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from etl.__main__ import main
from geo.store import jobs
from geo.store import release as releases
from tests.etl.cities import SmallCity

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = ("demo", "init", "check", "build", "publish", "rollback", "list", "export", "work")


def _run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "etl", *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )


def test_help_names_every_command() -> None:
    done = _run("--help")
    assert done.returncode == 0
    for command in COMMANDS:
        assert f"    {command}" in done.stdout


def test_build_list_export_rollback_in_one_life(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = tmp_path / "store"
    first = SmallCity().write(tmp_path / "one")
    second = SmallCity(as_of="2026-11").write(tmp_path / "two")
    assert main(["build", str(first), "--store", str(store), "--workers", "1"]) == 0
    assert main(["build", str(second), "--store", str(store), "--no-publish"]) == 0
    assert releases.current(store).month == "2026-10"
    assert main(["publish", "--store", str(store)]) == 0
    assert releases.current(store).month == "2026-11"
    assert main(["rollback", "--store", str(store)]) == 0
    assert releases.current(store).month == "2026-10"
    capsys.readouterr()
    assert main(["list", "--store", str(store)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line[0] for line in lines] == [" ", "*"]
    out = tmp_path / "coverage.csv"
    wanted = ["--what", "coverage", "--format", "csv", "--out", str(out)]
    assert main(["export", "--store", str(store), *wanted]) == 0
    assert out.is_file()


def test_the_same_content_publishes_nothing_new_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    toml = SmallCity().write(tmp_path / "city")
    for _ in range(2):
        assert main(["build", str(toml), "--store", str(tmp_path / "store")]) == 0
    assert "nothing new was stored" in capsys.readouterr().out
    assert len(releases.list_releases(tmp_path / "store")) == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["build", "nowhere.toml", "--store", "s"], 1),
        (["rollback", "--store", "s"], 1),
        (["list", "--store", "s"], 0),
        (["export", "--store", "s", "--what", "coverage", "--format", "csv", "--out", "x"], 1),
        (["check", "nowhere.toml"], 1),
    ],
)
def test_a_failure_is_one_message_and_exit_code_1(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == code
    if code:
        error = capsys.readouterr().err.strip().splitlines()[-1]
        assert error.startswith(f"etl {arguments[0]}: ")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["bake"],
        ["build", "city.toml"],
        ["build", "city.toml", "--store", "s", "--workers", "0"],
        ["demo", "--out", "d", "--grids", "299"],
        ["export", "--store", "s", "--what", "streets", "--format", "csv", "--out", "x"],
        ["export", "--store", "s", "--what", "coverage", "--format", "pdf", "--out", "x"],
        [
            "export",
            "--store",
            "s",
            "--what",
            "reach",
            "--format",
            "csv",
            "--out",
            "x",
            "--minutes",
            "61",
        ],
    ],
)
def test_wrong_usage_is_exit_code_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2


def test_check_writes_nothing_but_the_json_it_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    toml = SmallCity(people=("many", *SmallCity.people[1:])).write(tmp_path / "city")
    before = sorted(path.name for path in tmp_path.rglob("*"))
    report = tmp_path / "report.json"
    assert main(["check", str(toml), "--json", str(report)]) == 0
    assert sorted(path.name for path in tmp_path.rglob("*")) == sorted([*before, report.name])
    issues = json.loads(report.read_text(encoding="utf-8"))["issues"]
    assert [i["code"] for i in issues if i["severity"] == "warning"] == ["NUM_TEXT"]
    assert "9 = 8 + 1 + 0" in capsys.readouterr().out


def test_strict_with_a_warning_is_blocked(tmp_path: Path) -> None:
    toml = SmallCity(people=("many", *SmallCity.people[1:])).write(tmp_path / "city")
    store = tmp_path / "store"
    assert main(["build", str(toml), "--store", str(store), "--strict"]) == 1
    assert releases.current(store) is None


def test_the_worker_runs_what_waits_and_survives_failures(tmp_path: Path) -> None:
    store = tmp_path / "store"
    toml = SmallCity().write(tmp_path / "city")
    bad = jobs.submit(store, "build", {"city": str(tmp_path / "absent.toml")})
    good = jobs.submit(store, "build", {"city": str(toml), "workers": 1})
    stopped = jobs.submit(store, "build", {"city": str(toml)})
    jobs.cancel(store, stopped)
    done = _run("work", "--store", store, "--once")
    assert done.returncode == 0, done.stderr
    states = {job.job_id: job.state for job in jobs.latest(store)}
    assert states == {bad: "failed", good: "done", stopped: "cancelled"}
    assert "absent.toml" in jobs.find(store, bad).message
    assert releases.current(store).release in jobs.find(store, good).message


def test_progress_is_plain_lines_where_there_is_no_terminal(tmp_path: Path) -> None:
    toml = SmallCity().write(tmp_path / "city")
    done = _run("build", toml, "--store", tmp_path / "store")
    lines = done.stderr.splitlines()
    assert done.returncode == 0
    assert "\r" not in done.stderr
    assert lines[-1].startswith("100% release 1-")
