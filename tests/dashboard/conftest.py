"""The small city as an open release, and an application over it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from dashboard.app import create_app
from dashboard.snapshots import OneRelease
from geo.store.opened import OpenRelease
from tests.dashboard import small_release


@pytest.fixture(scope="session")
def small() -> Iterator[OpenRelease]:
    opened = small_release.build()
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def small_app(small):
    return create_app(OneRelease(small))


@pytest.fixture
def client(small_app) -> FlaskClient:
    return small_app.server.test_client()


@pytest.fixture(scope="session")
def bare_client() -> FlaskClient:
    """A client of an application over a store in which nothing is published."""
    return create_app(OneRelease(None)).server.test_client()
