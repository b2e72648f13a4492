"""What is to be checked: a strategy, a signal or a metric, given as an object, by name, or as a file that defines it."""

from collections.abc import Mapping
from inspect import getdoc
from pathlib import Path
from typing import Any, NamedTuple

from flowbt.audit import Subject, metrics_subject, signal_subject, strategy_subject
from flowbt.errors import DefinitionError, UnknownNameError
from flowbt.metrics import Metric, current_catalogue
from flowbt.settings import configure, flatten
from flowbt.signals import SIGNALS, Signal
from flowbt.strategy import Definitions, Strategy, load_definitions, new_strategy, strategy_of


class Checked(NamedTuple):
    """A subject with what its report states of it (`flowbt.audit.AuditReport`)."""

    subject: Subject
    file: str | None = None
    description: str | None = None
    parameters: Mapping[str, Any] | None = None


def subject_of(what: str | Path | Strategy | Signal | Metric, settings: Mapping[str, str]) -> Checked:
    """The subject of a check.

    Args:
        what: as in `flowbt.check_strategy`.
        settings: thresholds as text.

    Raises:
        FlowbtError: there is no such thing, or it takes no such settings.
    """
    if isinstance(what, Strategy):
        strategy = configure(what, settings)
        return _described(strategy_subject(strategy, current_catalogue()), strategy)
    if isinstance(what, Signal):
        signal = configure(what, settings)
        return _described(signal_subject(signal, catalogue=current_catalogue()), signal)
    if isinstance(what, Metric):
        what = what.name
    if isinstance(what, Path) or what.endswith(".py") or Path(what).is_file():
        return _of_file(load_definitions(what), settings)
    if what in SIGNALS:
        return subject_of(SIGNALS[what](), settings)
    return _of_metric(what, settings)


def _of_file(defined: Definitions, settings: Mapping[str, str]) -> Checked:
    catalogue, file = defined.catalogue, defined.path.name
    metrics = list(catalogue.own)
    if defined.strategies:
        strategy = configure(new_strategy(strategy_of(defined)), settings)
        return _described(strategy_subject(strategy, catalogue, metrics), strategy, file)
    if defined.signals:
        signals = [_new_signal(signal, defined.path, settings) for signal in defined.signals]
        return _described(signal_subject(*signals, catalogue=catalogue, metrics=metrics), signals[0], file)
    if metrics:
        _refuse(settings, "metrics")
        return Checked(metrics_subject(defined.path.stem, catalogue, metrics), file)
    raise DefinitionError(f"'{defined.path}' defines no strategy, no signal and no metric: there is nothing to check")


def _new_signal(signal: type[Signal], path: Path, settings: Mapping[str, str]) -> Signal:
    try:
        return configure(signal(), settings)
    except TypeError as error:
        raise DefinitionError(f"'{path}': give every field of {signal.__name__} a default ({error})") from None


def _of_metric(name: str, settings: Mapping[str, str]) -> Checked:
    catalogue = current_catalogue()
    bare = name.partition("(")[0].partition("[")[0].strip()
    if bare not in catalogue:
        raise UnknownNameError(
            "strategy file, signal or metric", name, [*SIGNALS, *catalogue.names()],
            hint="give the path of a Python file, a signal, or a metric of `flowbt metrics --list`",
        )  # fmt: skip
    _refuse(settings, name)
    description = catalogue.get(bare).description.split("\n\n")[0].replace("\n", " ")
    return Checked(metrics_subject(name, catalogue, [name]), description=description)


def _refuse(settings: Mapping[str, str], what: str) -> None:
    if settings:
        raise DefinitionError(f"{what}: a metric's parameters are written with its name, as in gex(unit=shares_1pt)")


def _described(subject: Subject, chosen: Strategy | Signal, file: str | None = None) -> Checked:
    description = (getdoc(type(chosen)) or "").split("\n\n")[0].replace("\n", " ")
    return Checked(subject, file, description, flatten(chosen))
