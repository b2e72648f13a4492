"""What a metric is computed by, as a hash: it changes when the metric's formula, parameters or inputs do, and only then.

A formula's expression says all of it (`expr.meta.serialize`), but for Python functions within, which are named there and not
told: a metric that has any takes in the source of the module that defines it, and a shipped one that of `flowbt.pricing`.
"""

import hashlib
import inspect
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import polars as pl

from flowbt.metrics.catalogue import Catalogue
from flowbt.metrics.resolve import PRIOR, TAPE, Node, Resolved

PYTHON = "python_udf"


def definitions(resolved: Resolved, catalogue: Catalogue) -> dict[str, str]:
    """The hash of each column's definition, those of all that it reads included."""
    found: dict[str, str] = {}
    for node in resolved.nodes:
        digest = hashlib.sha256(f"{pl.__version__} {node.grain} {node.source} {node.rows} {node.scope}".encode())
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
    own = inspect.getsource(module).encode()
    return own + _pricing() if module.__name__.startswith("flowbt.") else own


@cache
def _pricing() -> bytes:
    found = find_spec("flowbt.pricing")  # which does not import it
    folders = [Path(folder) for folder in (found.submodule_search_locations or [])] if found else []
    return b"".join(file.read_bytes() for folder in folders for file in sorted(folder.glob("*.py")))


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
