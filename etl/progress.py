"""Tell a person how far long work has come: a bar on a terminal, plain lines elsewhere."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TextIO

_BAR: Final = 24


def _nothing(share: float, message: str) -> None:
    """Show nothing."""


def _go_on() -> None:
    """Never cancel."""


@dataclass
class Progress:
    """Where the work stands. `show` is told the share done and a line; `check` raises to cancel."""

    show: Callable[[float, str], None] = _nothing
    check: Callable[[], None] = _go_on
    seconds: dict[str, float] = field(default_factory=dict[str, float])
    _step: str = ""
    _since: float = field(default_factory=time.perf_counter)

    def at(self, share: float, message: str) -> None:
        """Begin a step: 0..1 of the whole is done, and this comes now. Steps are timed."""
        self.check()
        self._close()
        self._step = message
        self.show(share, message)

    def within(self, share: float, message: str) -> None:
        """Say more about the step that runs."""
        self.check()
        self.show(share, message)

    def end(self, message: str) -> None:
        """Say that all is done."""
        self._close()
        self._step = ""
        self.show(1.0, message)

    def _close(self) -> None:
        now = time.perf_counter()
        if self._step:
            self.seconds[self._step] = self.seconds.get(self._step, 0.0) + now - self._since
        self._since = now


def on_terminal(stream: TextIO | None = None) -> Callable[[float, str], None]:
    """Show progress on a stream, by default standard error."""
    out = stream or sys.stderr
    if not out.isatty():
        return lambda share, message: print(f"{share:4.0%} {message}", file=out, flush=True)

    def bar(share: float, message: str) -> None:
        filled = round(_BAR * share)
        line = f"\r\x1b[K[{'#' * filled}{'.' * (_BAR - filled)}] {share:4.0%} {message}"
        print(line, end="\n" if share >= 1 else "", file=out, flush=True)

    return bar
