"""In place of `os` in `flowbt.lake.delta.local`: sees each call that changes the disk before and after it is made."""

import os
from collections.abc import Callable
from typing import Any

CHANGES = ("mkdir", "open", "write", "fsync", "link", "replace", "unlink")
Before = Callable[[str, tuple[Any, ...]], None]
After = Callable[[str, tuple[Any, ...], Any], None]


class Recorder:
    """The functions of `os`; `before` may raise, so that the call is not made."""

    def __init__(self, before: Before | None = None, after: After | None = None) -> None:
        self._before = before
        self._after = after

    def __getattr__(self, name: str) -> Any:
        function = getattr(os, name)
        if name not in CHANGES:
            return function

        def call(*arguments: Any) -> Any:
            if self._before:
                self._before(name, arguments)
            result = function(*arguments)
            if self._after:
                self._after(name, arguments, result)
            return result

        return call


class AtCall:
    """Raises at the n-th change, counted from 0, and after it lets nothing be changed if `for_good`."""

    def __init__(self, number: int, error: Callable[[], BaseException], *, for_good: bool = False) -> None:
        self.calls = 0
        self._number, self._error, self._for_good = number, error, for_good

    def __call__(self, _name: str, _arguments: tuple[Any, ...]) -> None:
        self.calls += 1
        if self.calls - 1 == self._number or (self._for_good and self.calls > self._number):
            raise self._error()


class StoppedError(BaseException):
    """The process ends here."""
