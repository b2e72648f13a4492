"""Loading a strategy file: Python that the user names, run with the user's rights.

Nothing is ever run that was not named. The metrics that the file defines go to a catalogue of its own; the file's sha256
goes into the run's manifest.
"""

import hashlib
import sys
from contextlib import redirect_stdout
from dataclasses import dataclass, fields
from inspect import get_annotations
from pathlib import Path

from flowbt.errors import DefinitionError, FlowbtError
from flowbt.metrics import SHIPPED, Catalogue, run_file
from flowbt.signals import Signal
from flowbt.strategy.homes import FOLDER, shipped_path
from flowbt.strategy.plan import Plan, Strategy


@dataclass(frozen=True)
class StrategyFile:
    """A strategy class with the metrics its file defines."""

    path: Path
    strategy: type[Strategy]
    catalogue: Catalogue
    sha256: str


@dataclass(frozen=True)
class Definitions:
    """What a file defines: strategies, signals, and metrics in a catalogue of its own."""

    path: Path
    strategies: tuple[type[Strategy], ...]
    signals: tuple[type[Signal], ...]
    catalogue: Catalogue
    sha256: str


def load_definitions(path: str | Path) -> Definitions:
    """All that a file defines.

    `strategies/NAME.py` is, where the working folder has no such file, the one that comes with flowbt.

    Raises:
        FlowbtError: no such file, or it does not run.
    """
    path = Path(path)
    if not path.is_file() and path.parent == Path(FOLDER):
        path = shipped_path(path.name) or path
    catalogue = Catalogue(parent=SHIPPED)
    module = run_file(path, "strategy", catalogue)
    own = [value for value in vars(module).values() if isinstance(value, type) and value.__module__ == module.__name__]
    return Definitions(
        path,
        tuple(value for value in own if issubclass(value, Strategy)),
        tuple(value for value in own if issubclass(value, Signal)),
        catalogue,
        hashlib.sha256(path.read_bytes()).hexdigest(),
    )


def load_strategy(path: str | Path) -> StrategyFile:
    """The one strategy that a file defines.

    Raises:
        FlowbtError: no such file, it does not run, or it defines no strategy or several.
    """
    return strategy_of(load_definitions(path))


def strategy_of(defined: Definitions) -> StrategyFile:
    """The one strategy among what a file defines.

    Raises:
        DefinitionError: there is none, or there are several, or it is no dataclass.
    """
    path, own = defined.path, defined.strategies
    if len(own) != 1:
        found = ", ".join(strategy.__name__ for strategy in own) or "none"
        raise DefinitionError(f"'{path}' must define one subclass of flowbt.Strategy; it defines {found}")
    if set(get_annotations(own[0])) - {field.name for field in fields(own[0])}:
        raise DefinitionError(f"{own[0].__name__} in '{path}' is no dataclass: put @dataclass(frozen=True) above it")
    return StrategyFile(path, own[0], defined.catalogue, defined.sha256)


def plan_of(strategy: Strategy) -> Plan:
    """The strategy's plan; whatever goes wrong in making it is told in one sentence."""
    name = type(strategy).__name__
    try:
        with redirect_stdout(sys.stderr):
            plan = strategy.plan()
    except FlowbtError:
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001 (whatever a user's code raises is told in one sentence)
        raise DefinitionError(f"{name}.plan() failed with {type(error).__name__}: {error}") from None
    if not isinstance(plan, Plan):
        raise DefinitionError(f"{name}.plan() returned {type(plan).__name__}, not a flowbt.Plan")
    return plan


def new_strategy(loaded: StrategyFile) -> Strategy:
    """The file's strategy with its default thresholds."""
    try:
        return loaded.strategy()
    except TypeError as error:
        raise DefinitionError(
            f"'{loaded.path}': give every field of {loaded.strategy.__name__} a default ({error})"
        ) from None
