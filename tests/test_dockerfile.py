"""The image cannot be built in every test run; what it must hold is read from its file."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.conftest import ROOT


def instructions() -> list[tuple[str, str]]:
    """Read the Dockerfile as (instruction, rest of the line), continued lines joined."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    text = re.sub(r"(?m)^\s*#.*\n", "", text)
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    return [tuple(line.split(maxsplit=1)) for line in lines if line.strip()]


FILE = instructions()


def rest(name: str) -> list[str]:
    """Give the rest of every line with one instruction."""
    return [text for instruction, text in FILE if instruction == name]


def health_command() -> list[str]:
    """Give the health check's command, its port left open."""
    return json.loads(rest("HEALTHCHECK")[0].split("CMD", 1)[1])


def test_the_image_has_two_stages_and_the_second_takes_only_the_environment():
    assert len(rest("FROM")) == 2
    from_first = [text for text in rest("COPY") if text.startswith("--from=packages")]
    assert from_first == ["--from=packages /opt/venv /opt/venv"]


def test_no_base_is_latest_and_nothing_is_added_from_an_address():
    assert rest("ADD") == []
    assert rest("ARG") == ["BASE=python:3.11.13-slim-bookworm"]
    assert not any("http://" in text or "https://" in text for name, text in FILE if name == "RUN")


def test_python_packages_come_from_the_wheelhouse_with_hashes():
    installs = [text for text in rest("RUN") if "pip install" in text]
    assert len(installs) == 1
    for option in ("--no-index", "--find-links /build/wheelhouse", "--require-hashes", "--no-deps"):
        assert option in installs[0]
    assert "pip check" in installs[0]
    assert "compileall" in installs[0]


def test_the_process_is_nobody_special():
    assert rest("USER") == ["10001:10001"]


def test_the_environment_is_fit_for_a_read_only_root():
    environment = " ".join(rest("ENV"))
    assert "DASH_MCP_ENABLED=false" in environment
    assert "NUMBA_CACHE_DIR=/tmp/numba" in environment
    assert "PYTHONDONTWRITEBYTECODE" not in environment
    assert any("libexpat1" in text for text in rest("RUN"))


def test_every_copied_path_exists_and_passes_the_ignore_file():
    ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    sources = [
        source for text in rest("COPY") if "--from" not in text for source in text.split()[:-1]
    ]
    assert "geo" in sources
    for source in sources:
        assert source == "wheelhouse" or (ROOT / source).exists(), source
        assert f"!{source}" in ignore, source


@contextmanager
def answering(status: int, body: bytes) -> Iterator[int]:
    """Answer every GET alike on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "body", "is_healthy"),
    [
        (200, b'{"ready": true}', True),
        (200, b'{"ready": false}', False),
        (503, b'{"ready": false}', False),
        (200, b"<html>a page for people</html>", False),
    ],
)
def test_the_health_check_reads_the_answer_and_not_only_its_status(status, body, is_healthy):
    command = health_command()
    assert command[0] == "python"
    with answering(status, body) as port:
        code = command[2].replace("8050", str(port))
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (done.returncode == 0) is is_healthy
