"""Loading a strategy file: Python that the user names, run with the user's rights.

Only files that the user names are ever run. The metrics a file defines go to a separate catalogue; the file's sha256
goes into the manifest of the run.
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
    """A strategy class with the metrics its file defines.

    Attributes:
        path: the file.
        strategy: the class.
        catalogue: the shipped metrics and those of the file.
        sha256: of the file's bytes, in hexadecimal.
    """

    path: Path
    strategy: type[Strategy]
    catalogue: Catalogue
    sha256: str


@dataclass(frozen=True)
class Definitions:
    """What a file defines: strategies, signals and metrics.

    Attributes:
        path: the file.
        strategies: its subclasses of `Strategy`.
        signals: its subclasses of `Signal`.
        catalogue: the shipped metrics and those of the file.
        sha256: of the file's bytes, in hexadecimal.
    """

    path: Path
    strategies: tuple[type[Strategy], ...]
    signals: tuple[type[Signal], ...]
    catalogue: Catalogue
    sha256: str


def load_definitions(path: str | Path) -> Definitions:
    """Load all strategies, signals and metrics that a file defines; the file is run.

    `strategies/NAME.py` means the bundled strategy if the working folder has no such file.

    Raises:
        FlowbtError: no such file, or it fails to run.
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
    """Load the one strategy that a file defines; the file is run.

    Raises:
        FlowbtError: no such file, it fails to run, or it defines no strategy or several.
    """
    return strategy_of(load_definitions(path))


def strategy_of(defined: Definitions) -> StrategyFile:
    """The one strategy among the definitions of a file.

    Raises:
        DefinitionError: there is none, there are several, or it is not a dataclass.
    """
    path, own = defined.path, defined.strategies
    if len(own) != 1:
        names = ", ".join(strategy.__name__ for strategy in own) or "none"
        raise DefinitionError(f"'{path}' must define one subclass of flowbt.Strategy; it defines {names}")
    if set(get_annotations(own[0])) - {field.name for field in fields(own[0])}:
        raise DefinitionError(f"{own[0].__name__} in '{path}' is not a dataclass: add @dataclass(frozen=True) above it")
    return StrategyFile(path, own[0], defined.catalogue, defined.sha256)


def plan_of(strategy: Strategy) -> Plan:
    """The strategy's plan.

    Raises:
        DefinitionError: `plan` raised an error, or did not return a `Plan`.
    """
    name = type(strategy).__name__
    try:
        with redirect_stdout(sys.stderr):
            plan = strategy.plan()
    except FlowbtError:
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001 (any error in a user's code becomes one sentence)
        raise DefinitionError(f"{name}.plan() failed with {type(error).__name__}: {error}") from None
    if not isinstance(plan, Plan):
        raise DefinitionError(f"{name}.plan() returned {type(plan).__name__}, not a flowbt.Plan")
    return plan


def new_strategy(loaded: StrategyFile) -> Strategy:
    """The file's strategy with its default thresholds.

    Raises:
        DefinitionError: a field has no default.
    """
    try:
        return loaded.strategy()
    except TypeError as error:
        raise DefinitionError(
            f"'{loaded.path}': give every field of {loaded.strategy.__name__} a default ({error})"
        ) from None
