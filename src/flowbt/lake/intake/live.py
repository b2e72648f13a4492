"""Store today's chain from a live source, so that a history can be built without a vendor.

The source's rows are written to a file of its format and ingested like any other file, so the same rules apply. A chain belongs to the
session of the symbol's exchange that is open, or that has closed on the same day there. Before the open, quotes are of the day before
while the open interest may be newer, so nothing is stored.
"""

import csv
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from flowbt.calendar import closing_time, is_session, opening_time
from flowbt.errors import FlowbtError, UnknownNameError
from flowbt.exchanges import DEFAULT_EXCHANGE, hours_of
from flowbt.lake.intake.ingest import IngestOutcome, ingest_files
from flowbt.lake.store import Lake
from flowbt.lake.vendors import ReadOptions

Rows = Iterator[Mapping[str, Any]]


def take_snapshot(
    lake: Lake, symbol: str, source: str = "yfinance", now: datetime | None = None
) -> tuple[IngestOutcome, date, bool]:
    """Store the current chain of a symbol.

    Args:
        lake: the lake to write to, which has the symbol's exchange on file.
        symbol: as the source writes it (`IWM`, `^SPX`).
        source: `yfinance`.
        now: the time; by default the current time.

    Returns:
        The outcome, the session, and whether that session has closed. A later snapshot on the same day restates the chain.

    Raises:
        FlowbtError: the source is unknown or cannot be reached, it has no options on the symbol, or no session has opened today.
    """
    if source not in SOURCES:
        raise UnknownNameError("source", source, SOURCES)
    now = now or datetime.now(UTC)
    name = symbol.lstrip("^").upper()
    exchange = lake.exchanges([name])[name]
    day = session_of(now, exchange)
    with tempfile.TemporaryDirectory(prefix="flowbt-") as folder:
        path = Path(folder) / f"{day}.csv"
        _write(path, SOURCES[source](symbol))
        options = ReadOptions(symbol=name, date=day)
        outcome = ingest_files(lake, source, [str(path)], options=options)
    return outcome, day, now >= closing_time(day, exchange)


def session_of(now: datetime, exchange: str = DEFAULT_EXCHANGE) -> date:
    """The session of a chain that is requested at this time.

    Raises:
        FlowbtError: there is no session on this day, or it has not opened yet.
    """
    hours = hours_of(exchange)
    local = now.astimezone(hours.zone)
    day = local.date()
    if not is_session(day, exchange) or now < opening_time(day, exchange):
        raise FlowbtError(
            f"at {local:%Y-%m-%d %H:%M} {hours.place} time no session of {exchange} has opened yet on this day: take the "
            f"snapshot between {hours.opens:%H:%M} and midnight there, best after the close"
        )
    return day


def _yfinance(symbol: str) -> Rows:
    """The rows of all expiries, with the column names of yfinance."""
    try:
        import yfinance  # noqa: PLC0415 (an optional extra)
    except ImportError:
        raise FlowbtError("the source 'yfinance' is not installed: `pip install 'flowbt[live]'`") from None
    try:
        ticker = yfinance.Ticker(symbol)
        chains = [(expiration, ticker.option_chain(expiration)) for expiration in ticker.options]
    except Exception as error:  # noqa: BLE001 (its libraries raise errors of many kinds)
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise FlowbtError(
            f"yfinance could not get the options on {symbol} ({reason}): nothing was stored; check the connection and try again"
        ) from None
    if not chains:
        raise FlowbtError(f"yfinance has no options on {symbol}: check the symbol (an index begins with ^, as in ^SPX)")
    for expiration, chain in chains:
        quote = chain.underlying or {}
        at = quote.get("regularMarketTime")
        shared = {
            "expirationDate": expiration,
            "underlyingPrice": quote.get("regularMarketPrice"),
            "quoteTime": None if at is None else datetime.fromtimestamp(at, UTC).isoformat(),
        }
        for option_type, frame in (("call", chain.calls), ("put", chain.puts)):
            for row in frame.to_dict("records"):
                yield {**row, "optionType": option_type, **shared}


SOURCES: Final[Mapping[str, Callable[[str], Rows]]] = {"yfinance": _yfinance}


def _write(path: Path, rows: Rows) -> None:
    first = next(rows)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(first), extrasaction="ignore")
        writer.writeheader()
        for row in (first, *rows):
            # a missing number of pandas (NaN) does not equal itself
            writer.writerow({name: value for name, value in row.items() if value == value})  # noqa: PLR0124
