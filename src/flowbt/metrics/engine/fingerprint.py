"""Fingerprints of metric definitions: hashes that change when formula, parameters or inputs change, and only then.

A serialised expression (`expr.meta.serialize`) contains the whole formula, except for the code of Python functions,
which it only names. A metric that uses such functions therefore hashes the source of the module that defines it and of
the user modules it imports; a shipped metric hashes all sources that such functions can use. Where a source is not
available, as in a notebook, the definition never counts as unchanged. Every fingerprint also contains the versions of
flowbt and polars, which evaluate the formula, and the source of the modules that decide which rows a formula sees
(`RULES`): which contracts are live, and which session is the previous one.
"""

import hashlib
import inspect
import sysconfig
from functools import cache
from importlib.metadata import version
from os import urandom
from pathlib import Path
from types import ModuleType

import polars as pl

from flowbt.metrics.engine.definition import Catalogue
from flowbt.metrics.engine.known_open_interest import LAG, Decision
from flowbt.metrics.engine.resolve import HELD, OPENING, PRIOR, TAPE, Node, Resolved

PICKLED = (b"\x80\x04", b"\x80\x05")
"""How a pickle begins; a serialised expression contains one for each Python function within it."""
VERSIONS = f"flowbt {version('flowbt')}, polars {pl.__version__}"
_ENGINE = ("adjacent_sessions", "chunks", "frames", "known_open_interest", "point_in_time", "scope", "spot")
RULES = ("calendar", "exchanges", "expiries", *(f"metrics/engine/{name}" for name in _ENGINE))
"""Modules of flowbt that decide which rows a formula sees."""


def definitions(resolved: Resolved, catalogue: Catalogue) -> dict[str, str]:
    """Hash of each column's definition, including those of everything it reads."""
    hashes: dict[str, str] = {}
    for node in resolved.nodes:
        digest = hashlib.sha256(f"{VERSIONS} {_rules()} {node.grain} {node.source} {node.rows} {node.scope}".encode())
        formula = _serialized(node.expression)
        digest.update(formula)
        if any(mark in formula for mark in PICKLED) and node.name in catalogue:
            digest.update(_sources(inspect.getmodule(catalogue.get(node.name).written)))
        for name in node.inputs:
            digest.update(hashes[name].encode())
        hashes[node.column] = digest.hexdigest()[:16]
    return hashes


def _serialized(expression: pl.Expr) -> bytes:
    try:
        return expression.meta.serialize()
    except Exception:  # noqa: BLE001 (a Python function that cannot be pickled, for whatever reason)
        return PICKLED[0] + str(expression).encode()


def _sources(module: ModuleType | None) -> bytes:
    if module is not None and module.__name__.startswith("flowbt."):
        return _own_sources()
    sources: dict[str, bytes] = {}
    try:
        _add_sources(module, sources)
    except (OSError, TypeError):
        return urandom(16)
    return b"".join(sources[name] for name in sorted(sources))


def _add_sources(module: ModuleType | None, sources: dict[str, bytes]) -> None:
    """Add the source of a user module, and of the user modules it imports from."""
    if module is None:
        raise OSError
    if module.__name__ in sources:
        return
    sources[module.__name__] = inspect.getsource(module).encode()
    for value in vars(module).values():
        other = value if inspect.ismodule(value) else inspect.getmodule(value)
        if other is not None and other is not module and _is_of_user(other):
            _add_sources(other, sources)


def _is_of_user(module: ModuleType) -> bool:
    file = getattr(module, "__file__", None)
    installed = [sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")]
    return (
        bool(file)
        and not module.__name__.startswith("flowbt.")
        and not any(str(file).startswith(at) for at in installed)
    )


@cache
def _rules() -> str:
    folder = Path(__file__).parents[2]
    return hashlib.sha256(b"".join((folder / f"{name}.py").read_bytes() for name in RULES)).hexdigest()


@cache
def _own_sources() -> bytes:
    """All sources that the Python functions of shipped metrics can use."""
    folder = Path(__file__).parents[2]
    files = [*sorted((folder / "metrics").rglob("*.py")), *sorted((folder / "pricing").glob("*.py"))]
    return b"".join(file.read_bytes() for file in files)


def reads(resolved: Resolved) -> dict[str, frozenset[str]]:
    """For each column, the data it is computed from, apart from the day's own chain.

    `before`: the previous session; `tape`; and for the open interest it reads: `known` at the decision, `opening` at
    the start of the session, and `earlier`, known at the decision one session before.
    """
    sources: dict[str, frozenset[str]] = {}
    for node in resolved.nodes:
        roots = node.expression.meta.root_names()
        own = {
            *(["before"] if any(root.endswith(PRIOR) for root in roots) else []),
            *(["tape"] if node.grain == "print" or TAPE & set(roots) else []),
            *(["known"] if set(HELD) & set(roots) else []),
            *(["opening"] if any(root == LAG or root.endswith(OPENING) for root in roots) else []),
            *(["earlier"] if {name + PRIOR for name in (*HELD, LAG)} & set(roots) else []),
        }
        sources[node.column] = frozenset(own).union(*(sources[name] for name in node.inputs))
    return sources


def label(node: Node, decision: Decision) -> str:
    """The metric as a user writes it, `gex`, `gex(unit=usd_1pt)`, `gex[dte<=7]`, with the decision time if it is not the close: `gex@pre_open`."""
    return node.column.replace("()", "") + ("" if decision == "close" else f"@{decision}")
