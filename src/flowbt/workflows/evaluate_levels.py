"""A run on levels of one's own: `flowbt evaluate --levels F.csv`."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from flowbt.lake import Lake
from flowbt.metrics import Failures
from flowbt.report.evaluation.price_answer import price_answer
from flowbt.report.levels.page import render_levels
from flowbt.workflows.evaluate import HORIZONS, checked_horizons
from flowbt.workflows.level_study import level_file_section
from flowbt.workflows.runs import hashed, manifest, write_run


def evaluate_levels(
    path: Path,
    lake: Lake | None = None,
    *,
    prices: Path | None = None,
    price_column: str | None = None,
    symbols: Sequence[str] | None = None,
    kinds: Sequence[str] | None = None,
    horizons: Sequence[int] = HORIZONS,
    first: date | None = None,
    last: date | None = None,
    date_format: str | None = None,
    exchange: str | None = None,
    reports: Path | None = None,
) -> dict[str, Any]:
    """Whether somebody's levels draw or hold the price, against levels that mean nothing, with the answer in words.

    Args:
        path: a file of levels: `symbol, date, kind, level`, or a column for each kind (`research.level_file`).
        lake: whose bars they are set beside; not needed with `prices`.
        prices: a file of prices instead: bars, or one price a day.
        price_column: the price of the day in it, by default its bars.
        symbols: those wanted; one names the symbol of a file that says none.
        kinds: those wanted; of a file with a column for each kind, the columns.
        horizons: in sessions.
        first: first day with levels.
        last: last day with levels; prices after it still say what followed.
        date_format: how the levels' dates are written, where the file leaves a doubt.
        exchange: of a file of prices, the MIC of the exchange whose sessions count; by default each of its days is one.
        reports: where to write the run; None writes nothing.
    """
    horizons = checked_horizons(horizons)
    lake = None if prices is not None else lake
    failures = Failures()
    section, rows = level_file_section(
        path, lake, horizons, prices=prices, price_column=price_column, symbols=symbols, kinds=kinds, first=first, last=last,
        date_format=date_format, exchange=exchange, failures=failures,
    )  # fmt: skip
    calendar = section.pop("calendar")
    document: dict[str, Any] = {
        "levels_file": path.name,
        "prices": prices.name if prices is not None else None,
        "symbols": section["symbols"],
        "from": section["from"],
        "to": section["to"],
        "sessions": rows["date"].n_unique(),
        "entry": "close",
        "calendar": calendar,
        "horizons": [],
        "levels": section,
        "failed_metrics": [asdict(metric) for metric in failures.listed()],
    }
    jumps = {"jumps": section["jumps"]}
    document["answer"] = "\n\n".join(filter(None, [section["answer"], price_answer(document | {"returns": jumps})]))
    if reports is not None:
        asked = {
            "symbols": list(symbols) if symbols else None,
            "kinds": list(kinds) if kinds else None,
            "from": first,
            "to": last,
            "horizons": list(horizons),
            "price_column": price_column,
            "date_format": date_format,
            "exchange": exchange,
            "levels": hashed(path),
            **({"prices": hashed(prices)} if prices is not None else {}),
        }
        facts = manifest(lake, "evaluate", f"levels-{path.stem}", asked)
        document |= {"run": facts["run"], "report": str(reports / facts["run"] / "report.html")}
        write_run(reports, document, render_levels({**document, "manifest": facts}), {"levels": rows}, facts)
    return document
