"""How far a long computation is, in one line of a terminal; where there is no terminal nothing is said."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TextIO

from analysis.stats.executor import Progress

WIDTH = 30


class Bar:
    """A line that is written over: what, a bar, jobs done of all, and the seconds still to go by those that passed."""

    def __init__(self, screen: TextIO, what: str, clock: Callable[[], float] = time.monotonic):
        self.screen, self.what, self.clock, self.began = screen, what, clock, clock()

    def __call__(self, done: int, of: int) -> None:
        filled = WIDTH * done // max(of, 1)
        left = (self.clock() - self.began) * (of - done) / max(done, 1)
        line = f"{self.what} [{'#' * filled}{'.' * (WIDTH - filled)}] {done}/{of}"
        self.screen.write(f"\r\x1b[2K{line}, {left:.0f} s left" if done < of else "\r\x1b[2K")
        self.screen.flush()


def on(screen: TextIO) -> Callable[[str], Progress | None]:
    """Makes a bar for a computation by its name; nothing where the screen is no terminal, such as a file or a pipe."""
    if not getattr(screen, "isatty", lambda: False)():
        return lambda what: None
    return lambda what: Bar(screen, what)
