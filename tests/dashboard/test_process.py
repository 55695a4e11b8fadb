"""The process itself: what it imports, its settings, its command line."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from dashboard import settings
from dashboard.__main__ import check_store, main, server_options
from geo.errors import SettingsError
from tests.conftest import ROOT

HEAVY = ["geopandas", "pyogrio", "scipy", "numba", "pandas", "pyproj", "shapely", "osmium", "h3"]


def test_the_web_process_imports_nothing_heavy():
    code = (
        "import sys, json, dashboard.app, dashboard.__main__; "
        f"print(json.dumps([m for m in {HEAVY!r} if m in sys.modules]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == []


def test_settings_come_from_the_environment():
    found = settings.from_environment({"LIVING_CIRCLE_PORT": "9000", "LIVING_CIRCLE_HOST": ""})
    assert (found.port, found.host) == (9000, "127.0.0.1")


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("LIVING_CIRCLE_PROT", "1", "Did you mean LIVING_CIRCLE_PORT"),
        ("LIVING_CIRCLE_PORT", "x", "whole number"),
        ("LIVING_CIRCLE_PORT", "70000", "1 to 65535"),
        ("LIVING_CIRCLE_PREFIX", "gis", "begins and ends with a slash"),
    ],
)
def test_wrong_settings_are_refused(name, value, message):
    with pytest.raises(SettingsError, match=message):
        settings.from_environment({name: value})


def test_a_store_without_a_release_is_served_and_says_how_to_make_one(tmp_path, capsys):
    check_store(tmp_path)
    assert "python -m etl build" in capsys.readouterr().err


def test_a_store_whose_pointer_is_damaged_is_not_served(tmp_path, capsys):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "CURRENT").write_text("{")
    assert main(["--store", str(tmp_path)]) == 1
    assert "is not a pointer to a release" in capsys.readouterr().err


def test_the_server_keeps_connections_longer_than_a_proxy():
    options = server_options(settings.Settings())
    assert options["keepalive"] == 75
    assert options["worker_class"] == "gthread"
    assert options["control_socket_disable"] is True
