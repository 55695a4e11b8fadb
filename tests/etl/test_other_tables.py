"""A release written with other tables: one message, and no reason to refuse a new build."""

import pytest

from etl import marts
from etl.build import BuildOptions, build_city
from etl.export import export
from etl.table import Filters
from geo.errors import StoreError
from geo.store import connect
from geo.store import release as releases
from tests.etl.cities import SmallCity

ONE = BuildOptions(workers=1)
VERSION = connect.SCHEMA_VERSION


def test_a_month_with_other_tables_is_no_history_and_says_so(tmp_path, monkeypatch):
    store = tmp_path / "store"
    first = build_city(SmallCity(as_of="2026-09").write(tmp_path / "9"), store, ONE)
    for module in (marts, connect):
        monkeypatch.setattr(module, "SCHEMA_VERSION", connect.SCHEMA_VERSION + 1)
    second = build_city(SmallCity(as_of="2026-10").write(tmp_path / "10"), store, ONE)
    assert second.is_published
    (fault,) = (one for one in second.faults if one.code == "HISTORY_LOST")
    assert fault.severity == "warning"
    assert first.release.file in fault.message
    assert f"version {VERSION}; this program reads version {VERSION + 1}" in fault.message
    con = connect.open_release(releases.release_path(store, second.release))
    assert con.execute("select distinct month from history_total").fetchall() == [("2026-10",)]
    con.close()
    with pytest.raises(StoreError, match=rf"version {VERSION}; .*python -m etl build"):
        export(store, "coverage", "csv", tmp_path / "out.csv", Filters(), first.release.release)
    assert not (tmp_path / "out.csv").exists()
    rows = export(store, "coverage", "csv", tmp_path / "out.csv", Filters())
    assert rows > 0
