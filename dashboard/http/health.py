"""Say whether the process lives and whether it can answer."""

from typing import Any

from flask import Flask, jsonify
from flask.typing import ResponseReturnValue

from dashboard.http import guard
from dashboard.snapshots import Snapshots
from geo.errors import LivingCircleError


def register(server: Flask, snapshots: Snapshots) -> None:
    """Register `/healthz` and `/readyz`."""

    @server.get("/healthz")
    def healthz() -> ResponseReturnValue:
        return jsonify(status="ok")

    @server.get("/readyz")
    def readyz() -> ResponseReturnValue:
        found = readiness(snapshots)
        return jsonify(found), 200 if found["ready"] else 503


def readiness(snapshots: Snapshots) -> dict[str, Any]:
    """Tell whether a release is open and answers a question."""
    release = snapshots.current(guard.newest_seen())
    if release is None:
        reason = snapshots.degraded or "nothing is published; run: python -m etl build"
        return {"ready": False, "reason": reason}
    try:
        with release.cursor() as cursor:
            cursor.execute("select count(*) from release").fetchone()
    except LivingCircleError as error:
        return {"ready": False, "reason": str(error), "release": release.id}
    return {
        "ready": True,
        "release": release.id,
        "as_of": release.facts.as_of,
        "degraded": snapshots.degraded,
    }
