"""Compilation of functions with numba, with the machine code cached in the user's cache folder.

Compiling a kernel takes seconds, loading a compiled one milliseconds, so the result is kept on disk. By default numba
caches next to the source, which an installed package may not allow. `NUMBA_CACHE_DIR` is therefore set to
`flowbt/numba-ieee` in the user's cache folder, unless the user has set it. It must be set before numba is first
imported; this is why this module sets it, and why everything that compiles, or imports vectorbt, imports this module
first. numba distinguishes the files in the folder by path and age of the source, so several versions of flowbt can
share it.
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
"""Name of the folder within flowbt's cache; numba ignores a function's options when caching, so other options need another folder."""


def user_cache_folder() -> Path:
    """This platform's folder for a user's cached files."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def numba_cache_folder() -> Path:
    """An existing, writable folder for compiled code.

    If the user's cache folder cannot be used (no home, read-only), it is a new private folder for this process only. It
    is never a shared name in the temporary folder, because its content is executed.
    """
    try:
        folder = user_cache_folder() / "flowbt" / CACHE
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except (OSError, RuntimeError):  # RuntimeError: the home folder is unknown
        return Path(tempfile.mkdtemp(prefix="flowbt-numba-"))


if "NUMBA_CACHE_DIR" not in os.environ:
    os.environ["NUMBA_CACHE_DIR"] = str(numba_cache_folder())

import numba  # noqa: E402  (reads NUMBA_CACHE_DIR when imported)
import numpy as np  # noqa: E402

if not numba.config.CACHE_DIR:  # type: ignore[attr-defined]
    # other code imported numba before the variable was set
    numba.config.CACHE_DIR = os.environ["NUMBA_CACHE_DIR"]  # type: ignore[attr-defined]


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """The function compiled by numba (nopython mode) at its first call, and loaded from the cache afterwards.

    Arithmetic follows IEEE 754, as in numpy: division by zero gives an infinity or NaN and never raises, because one
    bad number in a chain must not stop the computation of all others. A kernel therefore documents which of its results
    may not be finite.

    The cache considers only the age of the function's own file: a compiled function and the compiled functions it calls
    belong in one file.
    """
    kernel: Callable[P, R] = numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    return kernel


def elementwise(signature: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorator that turns a function of numbers into a function of arrays, with numpy broadcasting; compiled at its first call, then cached.

    Arguments may be given by name. NaN results are returned without a warning. Caching is as in `compiled`.

    Args:
        signature: as numba writes it, as in `float64(float64, boolean)`; arrays of other types are converted if numpy
            considers that safe, else a TypeError is raised.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        parameters = inspect.signature(function)

        @cache
        def ufunc() -> Callable[..., Any]:
            vectorized: Callable[..., Any] = numba.vectorize([signature], cache=True)(function)  # type: ignore[no-untyped-call]
            return vectorized

        @wraps(function)
        def apply(*args: Any, **named: Any) -> Any:
            # the compiler may evaluate a division whose result a branch discards
            with np.errstate(all="ignore"):
                return ufunc()(*parameters.bind(*args, **named).args)

        return apply

    return decorate
