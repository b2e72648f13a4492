"""What a metric is computed by, as a hash: it changes when the metric's formula, parameters or inputs do, and only then.

A formula's expression says all of it (`expr.meta.serialize`), but for Python functions within, which are named there and not
told: a metric that has any takes in the source of the module that defines it, and a shipped one that of all that such
functions are made of. The versions of flowbt and polars, which evaluate it, belong to every definition.
"""

import hashlib
import inspect
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

import polars as pl

from flowbt.metrics.catalogue import Catalogue
from flowbt.metrics.resolve import PRIOR, TAPE, Node, Resolved

PYTHON = "python_udf"
VERSIONS = f"flowbt {version('flowbt')}, polars {pl.__version__}"


def definitions(resolved: Resolved, catalogue: Catalogue) -> dict[str, str]:
    """The hash of each column's definition, those of all that it reads included."""
    found: dict[str, str] = {}
    for node in resolved.nodes:
        digest = hashlib.sha256(f"{VERSIONS} {node.grain} {node.source} {node.rows} {node.scope}".encode())
        digest.update(_said(node.expression))
        if PYTHON in str(node.expression) and node.name in catalogue:
            digest.update(_sources(inspect.getmodule(catalogue.get(node.name).written)))
        for name in node.inputs:
            digest.update(found[name].encode())
        found[node.column] = digest.hexdigest()[:16]
    return found


def _said(expression: pl.Expr) -> bytes:
    try:
        return expression.meta.serialize()
    except pl.exceptions.PolarsError:  # a Python function that cannot be pickled
        return str(expression).encode()


def _sources(module: ModuleType | None) -> bytes:
    if module is None:
        return b""
    return _own_sources() if module.__name__.startswith("flowbt.") else inspect.getsource(module).encode()


@cache
def _own_sources() -> bytes:
    """All that a shipped metric's Python functions can be made of."""
    folder = Path(__file__).parent
    files = [*sorted(folder.glob("*.py")), *sorted((folder.parent / "pricing").glob("*.py"))]
    return b"".join(file.read_bytes() for file in files)


def reads(resolved: Resolved) -> dict[str, frozenset[str]]:
    """Of each column, what it is computed from beside the day's own chain: `before` (the session before's), `tape`."""
    found: dict[str, frozenset[str]] = {}
    for node in resolved.nodes:
        roots = node.expression.meta.root_names()
        own = {
            *(["before"] if any(root.endswith(PRIOR) for root in roots) else []),
            *(["tape"] if node.grain == "print" or TAPE & set(roots) else []),
        }
        found[node.column] = frozenset(own).union(*(found[name] for name in node.inputs))
    return found


def label(node: Node) -> str:
    """The metric as a user writes it: `gex`, `gex(unit=usd_1pt)`, `gex[dte<=7]`."""
    return node.column.replace("()", "")
