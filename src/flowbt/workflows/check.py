"""Does it look ahead? Strategies, signals and metrics, in a lake or in a small synthetic market (`flowbt.audit`)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from inspect import getdoc
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import polars as pl

from flowbt.audit import (
    Audit,
    Check,
    Subject,
    metrics_subject,
    run_audit,
    signal_subject,
    strategy_subject,
    write_market,
)
from flowbt.audit.checks import reads_open_interest
from flowbt.audit.findings import plain
from flowbt.errors import DefinitionError, UnknownNameError
from flowbt.lake import Lake
from flowbt.lake.oi_lag import detect_oi_lag
from flowbt.metrics import Decision, Metric, current_catalogue
from flowbt.settings import configure, flatten
from flowbt.signals import SIGNALS, Signal
from flowbt.strategy import Definitions, Strategy, load_definitions, new_strategy, strategy_of

MOST_SYMBOLS: Final = 5
"""Symbols of a lake that are looked at, unless they are named."""
SESSIONS_FOR_LAG: Final = 21
SYNTHETIC: Final = "synthetic"


def check_strategy(
    what: str | Path | Strategy | Signal | Metric,
    lake: Lake | None = None,
    *,
    symbols: Sequence[str] | None = None,
    first: date | None = None,
    last: date | None = None,
    settings: Mapping[str, str] | None = None,
    decision: Decision = "close",
    warm_up: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Whether anything that a strategy, a signal or a metric says is made of the future.

    Args:
        what: a strategy, signal or metric; a file that defines any of them; or the name of a signal or of a metric,
            `gex`, `gex(unit=shares_1pt)` or `gex[dte<=7]`.
        lake: where to look; None: a small synthetic market.
        symbols: by default all of the synthetic market, and at most `MOST_SYMBOLS` of a lake.
        first: first day of the chains; by default the last 500 sessions are looked at.
        last: last day.
        settings: thresholds as text, `{"hold": "5", "signal.bearish": "0.3"}`.
        decision: `close`, or `pre_open` to decide before the next open with the open interest published that morning.
        warm_up: sessions after which its values must not depend on where the history begins; they are told anyway.
        progress: told (questions answered, questions).

    Returns:
        The document of interface.md; each check that found something names the column or metric, the first date that
        changed, what it was and what it became, and the cut that showed it.

    Raises:
        FlowbtError: there is no such thing, it cannot be computed, or it says nothing there.
    """
    subject, facts = _subject(what, settings or {})
    with _market(lake) as market:
        known = market.require_symbols(symbols)
        wanted = known if symbols or lake is None else known[:MOST_SYMBOLS]
        audit = run_audit(
            subject, market, wanted, first=first, last=last, decision=decision, warm_up=warm_up, progress=progress
        )
        checks = [*audit.checks, *([] if lake is None else _dated(subject, market, audit))]
    document: dict[str, Any] = {
        "strategy": subject.name,
        "kind": subject.kind,
        **facts,
        "market": SYNTHETIC if lake is None else lake.where,
        "symbols": list(audit.symbols),
        "symbols_left_out": len(known) - len(wanted),
        "from": audit.first,
        "to": audit.last,
        "sessions": audit.sessions,
        "decision": decision,
        "asks": audit.asks,
        "without_value": list(audit.silent),
        "ok": all(check.ok for check in checks),
        "checks": [_told(check, subject) for check in checks],
    }
    return document | {"answer": _answer(document)}


@contextmanager
def _market(lake: Lake | None) -> Iterator[Lake]:
    if lake is not None:
        yield lake
        return
    with TemporaryDirectory(prefix="flowbt-check-") as folder:
        yield write_market(Path(folder))


def _subject(
    what: str | Path | Strategy | Signal | Metric, settings: Mapping[str, str]
) -> tuple[Subject, dict[str, Any]]:
    """What is to be checked, and what the document says of it."""
    if isinstance(what, Strategy):
        chosen = configure(what, settings)
        return strategy_subject(chosen, current_catalogue()), _facts(chosen)
    if isinstance(what, Signal):
        signal = configure(what, settings)
        return signal_subject(signal, catalogue=current_catalogue()), _facts(signal)
    if isinstance(what, Metric):
        what = what.name
    if isinstance(what, Path) or what.endswith(".py") or Path(what).is_file():
        return _of_file(load_definitions(what), settings)
    if what in SIGNALS:
        return _subject(SIGNALS[what](), settings)
    return _of_metric(what, settings)


def _of_file(defined: Definitions, settings: Mapping[str, str]) -> tuple[Subject, dict[str, Any]]:
    catalogue, file = defined.catalogue, {"file": defined.path.name}
    metrics = list(catalogue.own)
    if defined.strategies:
        strategy = configure(new_strategy(strategy_of(defined)), settings)
        return strategy_subject(strategy, catalogue, metrics), file | _facts(strategy)
    if defined.signals:
        signals = [_new_signal(signal, defined.path, settings) for signal in defined.signals]
        return signal_subject(*signals, catalogue=catalogue, metrics=metrics), file | _facts(signals[0])
    if metrics:
        _refuse(settings, "metrics")
        return metrics_subject(defined.path.stem, catalogue, metrics), file
    raise DefinitionError(f"'{defined.path}' defines no strategy, no signal and no metric: there is nothing to check")


def _new_signal(signal: type[Signal], path: Path, settings: Mapping[str, str]) -> Signal:
    try:
        return configure(signal(), settings)
    except TypeError as error:
        raise DefinitionError(f"'{path}': give every field of {signal.__name__} a default ({error})") from None


def _of_metric(name: str, settings: Mapping[str, str]) -> tuple[Subject, dict[str, Any]]:
    catalogue = current_catalogue()
    bare = name.partition("(")[0].partition("[")[0].strip()
    if bare not in catalogue:
        raise UnknownNameError(
            "strategy file, signal or metric", name, [*SIGNALS, *catalogue.names()],
            hint="give the path of a Python file, a signal, or a metric of `flowbt metrics --list`",
        )  # fmt: skip
    _refuse(settings, name)
    description = catalogue.get(bare).description.split("\n\n")[0].replace("\n", " ")
    return metrics_subject(name, catalogue, [name]), {"description": description}


def _refuse(settings: Mapping[str, str], what: str) -> None:
    if settings:
        raise DefinitionError(f"{what}: a metric's parameters are written with its name, as in gex(unit=shares_1pt)")


def _facts(chosen: Strategy | Signal) -> dict[str, Any]:
    description = (getdoc(type(chosen)) or "").split("\n\n")[0].replace("\n", " ")
    return {"description": description, "parameters": flatten(chosen)}


def _dated(subject: Subject, lake: Lake, audit: Audit) -> list[Check]:
    """Whether rows that say that they hold the open interest of the close before do: the volume tells."""
    if not reads_open_interest(subject):
        return []
    declared = lake.contents().filter(pl.col("date").is_between(audit.first, audit.last))
    wrong = []
    for symbol in audit.symbols:
        rows = declared.filter(pl.col("symbol") == symbol).tail(SESSIONS_FOR_LAG)
        if rows["oi_lag"].eq_missing(1).any() and detect_oi_lag(lake, symbol, rows["date"].to_list()) == 0:
            wrong.append(symbol)
    if not wrong:
        return [
            Check(
                "open_interest_dates",
                ok=True,
                detail="No row holds later open interest than it says, as far as volume tells.",
            )
        ]
    said = (
        f"Rows of {', '.join(wrong)} say that they hold the open interest of the close before, but by the volume it is that of "
        "their own day, which was published on the morning after: ingest the files again with --oi-lag 0."
    )
    return [Check("open_interest_dates", ok=False, detail=said)]


def _told(check: Check, subject: Subject) -> dict[str, Any]:
    """A check as a document."""
    told: dict[str, Any] = {"name": check.name, "ok": check.ok, "detail": check.detail}
    first = check.difference
    if first is not None:
        told |= {
            "column": plain(first.column),
            "metric": plain(first.column) if first.column in subject.metrics else None,
            "symbol": first.symbol,
            "date": first.date,
            "was": _value(first.was),
            "became": _value(first.became),
            "cut": first.cut,
        }
    return told | {"changed": list(check.columns)}


def _value(value: Any) -> Any:
    return value.to_list() if isinstance(value, pl.Series) else value


def _answer(document: Mapping[str, Any]) -> str:
    name, symbols = document["strategy"], document["symbols"]
    of = "the embedded synthetic market" if document["market"] == SYNTHETIC else f"the lake at '{document['market']}'"
    left_out = document["symbols_left_out"]
    where = (
        f"{', '.join(symbols)}{f' (and not {left_out} more: --symbols names others)' if left_out else ''} of {of}, "
        f"{document['sessions']} sessions from {document['from']} to {document['to']}, decided "
        f"{'after the close' if document['decision'] == 'close' else 'before the next open'}"
    )
    failed = [check for check in document["checks"] if not check["ok"]]
    if failed:
        ahead = any(check["name"] != "start_truncation" for check in failed)
        verdict = "looks ahead" if ahead else "does not keep to the warm-up declared"
        return f"{name} {verdict}. {failed[0]['detail']} Looked at: {where}."
    said = f"{name} does not look ahead, as far as was looked: {where}."
    if document["asks"] == 0:
        what = "asks for a trade" if document["kind"] == "strategy" else "takes a side"
        said += f" It never {what} there, so little of it could show: look where it does, with --lake and --symbols."
    if document["without_value"]:
        said += f" Without any value there, and so not judged: {', '.join(document['without_value'])}."
    return said
