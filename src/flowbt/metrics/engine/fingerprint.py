"""What a metric is computed by, as a hash: it changes when the metric's formula, parameters or inputs do, and only then.

A formula's expression says all of it (`expr.meta.serialize`), but for Python functions within, which are named there and not
told: a metric that has any takes in the source of the module that defines it and of those of the user's that it imports, and
a shipped one that of all that such functions are made of. Where a source cannot be had, as in a notebook, the definition
never counts as unchanged. The versions of flowbt and polars, which evaluate it, belong to every definition, and so does the source
of what decides which rows a formula sees (`RULES`): which contracts are live, and which session is the one before.
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
"""How a pickle begins, which is what a Python function within an expression is told as."""
VERSIONS = f"flowbt {version('flowbt')}, polars {pl.__version__}"
RULES = (
    "calendar", "exchanges", "expiries", "metrics/chunks", "metrics/decision", "metrics/frames", "metrics/neighbours", "metrics/scope",
    "metrics/spot", "metrics/view",
)  # fmt: skip
"""Modules of flowbt that decide which rows a formula sees."""


def definitions(resolved: Resolved, catalogue: Catalogue) -> dict[str, str]:
    """The hash of each column's definition, those of all that it reads included."""
    found: dict[str, str] = {}
    for node in resolved.nodes:
        digest = hashlib.sha256(f"{VERSIONS} {_rules()} {node.grain} {node.source} {node.rows} {node.scope}".encode())
        said = _said(node.expression)
        digest.update(said)
        if any(mark in said for mark in PICKLED) and node.name in catalogue:
            digest.update(_sources(inspect.getmodule(catalogue.get(node.name).written)))
        for name in node.inputs:
            digest.update(found[name].encode())
        found[node.column] = digest.hexdigest()[:16]
    return found


def _said(expression: pl.Expr) -> bytes:
    try:
        return expression.meta.serialize()
    except Exception:  # noqa: BLE001 (a Python function that cannot be pickled, for whatever reason)
        return PICKLED[0] + str(expression).encode()


def _sources(module: ModuleType | None) -> bytes:
    if module is not None and module.__name__.startswith("flowbt."):
        return _own_sources()
    found: dict[str, bytes] = {}
    try:
        _add_sources(module, found)
    except (OSError, TypeError):
        return urandom(16)
    return b"".join(found[name] for name in sorted(found))


def _add_sources(module: ModuleType | None, found: dict[str, bytes]) -> None:
    """The source of a module of the user's, and of those that it takes anything from."""
    if module is None:
        raise OSError
    if module.__name__ in found:
        return
    found[module.__name__] = inspect.getsource(module).encode()
    for value in vars(module).values():
        other = value if inspect.ismodule(value) else inspect.getmodule(value)
        if other is not None and other is not module and _is_of_user(other):
            _add_sources(other, found)


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
    folder = Path(__file__).parents[1]
    return hashlib.sha256(b"".join((folder / f"{name}.py").read_bytes() for name in RULES)).hexdigest()


@cache
def _own_sources() -> bytes:
    """All that a shipped metric's Python functions can be made of."""
    folder = Path(__file__).parent
    files = [*sorted(folder.glob("*.py")), *sorted((folder.parent / "pricing").glob("*.py"))]
    return b"".join(file.read_bytes() for file in files)


def reads(resolved: Resolved) -> dict[str, frozenset[str]]:
    """Of each column, what it is computed from beside the day's own chain.

    `before`: the session before's; `tape`; and where the open interest that it reads is found: `known` at the decision,
    `opening` the session, and `earlier`, known at the decision of one session before.
    """
    found: dict[str, frozenset[str]] = {}
    for node in resolved.nodes:
        roots = node.expression.meta.root_names()
        own = {
            *(["before"] if any(root.endswith(PRIOR) for root in roots) else []),
            *(["tape"] if node.grain == "print" or TAPE & set(roots) else []),
            *(["known"] if set(HELD) & set(roots) else []),
            *(["opening"] if any(root == LAG or root.endswith(OPENING) for root in roots) else []),
            *(["earlier"] if {name + PRIOR for name in (*HELD, LAG)} & set(roots) else []),
        }
        found[node.column] = frozenset(own).union(*(found[name] for name in node.inputs))
    return found


def label(node: Node, decision: Decision) -> str:
    """The metric as a user writes it, `gex`, `gex(unit=usd_1pt)`, `gex[dte<=7]`, and when it is decided: `gex@pre_open`."""
    return node.column.replace("()", "") + ("" if decision == "close" else f"@{decision}")
