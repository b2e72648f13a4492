"""Today's chain from a live source, so that a history can be built from today on without a vendor.

The source's rows are written as a file of its format and ingested as any other, so the same rules hold. A chain is of the
session that is open or that closed last on the same day where the symbol's exchange is; before the open its quotes are of the day before while its
open interest may be newer already, so nothing is stored then.
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
    """Bring the chain of a symbol as it is now into the lake.

    Args:
        lake: where to; it says which exchange the symbol is of.
        symbol: as the source writes it (`IWM`, `^SPX`).
        source: `yfinance`.
        now: the moment; the present one by default.

    Returns:
        What became of it, the session it is of, and whether that session has closed; taken again later on the same day, the
        chain is restated.

    Raises:
        FlowbtError: outside the hours, an unknown source, or a source that cannot be reached or has no options of the symbol.
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
    """The session of the exchange that a chain called for at this moment is of.

    Raises:
        FlowbtError: a day that is no session, or before the open.
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
    """The rows of all expiries, under the names that yfinance gives them."""
    try:
        import yfinance  # noqa: PLC0415 (an optional extra)
    except ImportError:
        raise FlowbtError("the source 'yfinance' is not installed: `pip install 'flowbt[live]'`") from None
    try:
        ticker = yfinance.Ticker(symbol)
        chains = [(expiration, ticker.option_chain(expiration)) for expiration in ticker.options]
    except Exception as error:  # noqa: BLE001 (it raises whatever its own libraries do)
        said = (str(error) or type(error).__name__).splitlines()[0]
        raise FlowbtError(
            f"yfinance could not get the options of {symbol} ({said}): nothing was stored; check the connection and try again"
        ) from None
    if not chains:
        raise FlowbtError(
            f"yfinance knows no options of {symbol}: check the symbol (an index begins with ^, as in ^SPX)"
        )
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
            # what pandas has for a missing number equals nothing, not even itself
            writer.writerow({name: value for name, value in row.items() if value == value})  # noqa: PLR0124
