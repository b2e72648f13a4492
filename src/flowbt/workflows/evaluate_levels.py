"""An evaluation of the levels of a file: `flowbt evaluate --levels F.csv`."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from flowbt.evaluation.levels.result import LevelEvaluation
from flowbt.evaluation.return_definition import ReturnDefinition
from flowbt.lake import Lake
from flowbt.metrics import Failures
from flowbt.report.evaluation.prices import price_answer
from flowbt.report.kit.html import page_html
from flowbt.report.levels.page import level_page
from flowbt.workflows.evaluate import HORIZONS, checked_horizons
from flowbt.workflows.level_file_study import study_level_file
from flowbt.workflows.runs import hashed, manifest, write_run


def evaluate_levels(
    path: str | Path,
    lake: Lake | None = None,
    *,
    prices: str | Path | None = None,
    price_column: str | None = None,
    symbols: Sequence[str] | None = None,
    kinds: Sequence[str] | None = None,
    horizons: Sequence[int] = HORIZONS,
    first: date | None = None,
    last: date | None = None,
    date_format: str | None = None,
    exchange: str | None = None,
    reports: Path | None = None,
) -> LevelEvaluation:
    """Whether the levels of a file attract or stop the price, compared with placebo levels, with the answer in words.

    Args:
        path: a file of levels: `symbol, date, kind, level`, or a column for each kind (`workflows.user_levels`).
        lake: with bars of their symbols; not needed with `prices`.
        prices: a file of prices instead: bars, or one price a day.
        price_column: the price of the day in it, by default its bars.
        symbols: to evaluate; one names the symbol of a file without a symbol column.
        kinds: to evaluate; of a file with a column for each kind, the columns.
        horizons: in sessions.
        first: first day with levels.
        last: last day with levels; prices after it are still used for what followed.
        date_format: of the levels' dates, where they are ambiguous.
        exchange: of a file of prices, the MIC of the exchange whose sessions count; by default each of its days is one.
        reports: where to write the run; None writes nothing.

    Examples:
        >>> lake = flowbt.Lake("data")
        >>> walls = flowbt.compute_metrics(lake, ["SYN000"], select=["call_wall"]).drop_nulls()
        >>> walls.select("symbol", "date", kind=pl.lit("call_wall"), level="call_wall").write_csv("levels.csv")
        >>> result = flowbt.evaluate_levels("levels.csv", lake, horizons=[5])
        >>> result.symbols
        ('SYN000',)
    """
    path, prices = Path(path), None if prices is None else Path(prices)
    horizons = checked_horizons(horizons)
    lake = None if prices is not None else lake
    failures = Failures()
    study, rows, calendar = study_level_file(
        path, lake, horizons, prices=prices, price_column=price_column, symbols=symbols, kinds=kinds, first=first, last=last,
        date_format=date_format, exchange=exchange, failures=failures,
    )  # fmt: skip
    evaluation = LevelEvaluation(
        levels_file=path.name,
        prices=prices.name if prices is not None else None,
        symbols=study.symbols,
        first=study.first,
        last=study.last,
        sessions=rows["date"].n_unique(),
        calendar=calendar,
        levels=study,
        failed_metrics=tuple(failures.listed()),
    )
    evaluation = replace(evaluation, answer="\n\n".join(filter(None, [study.answer, _price_notes(evaluation)])))
    if reports is None:
        return evaluation
    parameters = {
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
    facts = manifest(lake, "evaluate", f"levels-{path.stem}", parameters)
    run = str(facts["run"])
    evaluation = replace(evaluation, run=run, report=str(reports / run / "report.html"))
    html = page_html(level_page(evaluation, facts))
    write_run(reports, evaluation.document(), html, {"levels": rows}, facts)
    return evaluation


def _price_notes(evaluation: LevelEvaluation) -> str:
    """Jumps that no action explains, and the sessions that were counted."""
    return price_answer(ReturnDefinition(jumps=evaluation.levels.jumps), evaluation.prices, evaluation.calendar)
