"""The one way flowbt compiles a function: numba, with the machine code kept in the user's cache folder.

Compiling a kernel takes seconds and loading a compiled one milliseconds, so the result is kept on disk. By default
numba keeps it beside the source, which an installed package may not allow; `NUMBA_CACHE_DIR` is therefore set to
`flowbt/numba-ieee` in the user's cache folder unless the user has set it. It must be set before numba is first imported,
which is why this module sets it and everything that compiles, or imports vectorbt, imports this module first. numba
tells the files in the folder apart by path and age of the source, so several versions of flowbt can share it.
"""

import inspect
import os
import sys
import tempfile
from collections.abc import Callable
from functools import cache, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

CACHE = "numba-ieee"
"""The folder's name within flowbt's cache; numba does not look at the options of a function, so a change of them needs a new one."""


def user_cache_folder() -> Path:
    """Where this platform keeps a user's cached files."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def numba_cache_folder() -> Path:
    """A folder for compiled code that exists and can be written to.

    Where the user's cache folder cannot be (no home, a read-only one), it is a new private folder for this process
    alone: never a shared name in the temporary folder, since what lies there is executed.
    """
    try:
        folder = user_cache_folder() / "flowbt" / CACHE
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except (OSError, RuntimeError):  # RuntimeError: no home folder can be told
        return Path(tempfile.mkdtemp(prefix="flowbt-numba-"))


if "NUMBA_CACHE_DIR" not in os.environ:
    os.environ["NUMBA_CACHE_DIR"] = str(numba_cache_folder())

import numba  # noqa: E402  (reads NUMBA_CACHE_DIR when imported)
import numpy as np  # noqa: E402

if not numba.config.CACHE_DIR:  # type: ignore[attr-defined]
    # numba was imported by somebody else before the variable was set
    numba.config.CACHE_DIR = os.environ["NUMBA_CACHE_DIR"]  # type: ignore[attr-defined]


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """The function compiled by numba (nopython mode) at its first call, and loaded from the cache thereafter.

    Arithmetic is that of IEEE 754, as in numpy: dividing by zero gives an infinity or NaN and never raises, since one bad
    number in a chain must not stop the work on all others. A kernel therefore states which of its results may not be finite.

    The cache looks at the age of the function's own file only: a compiled function and the compiled functions it
    calls belong in one file.
    """
    kernel: Callable[P, R] = numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    return kernel


def elementwise(signature: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A function of numbers made one of arrays, which broadcast as in numpy: compiled at its first call, then cached.

    `signature` is numba's, as in `float64(float64, boolean)`; arrays of other types are converted where numpy thinks that
    safe, else a TypeError. Arguments may be named. NaN comes out where the function says so, without a warning. Of the
    cache what `compiled` says is true.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        parameters = inspect.signature(function)

        @cache
        def ufunc() -> Callable[..., Any]:
            made: Callable[..., Any] = numba.vectorize([signature], cache=True)(function)  # type: ignore[no-untyped-call]
            return made

        @wraps(function)
        def apply(*args: Any, **named: Any) -> Any:
            # the compiler may divide by what a branch then discards
            with np.errstate(all="ignore"):
                return ufunc()(*parameters.bind(*args, **named).args)

        return apply

    return decorate
