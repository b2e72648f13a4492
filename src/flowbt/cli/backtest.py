"""What a strategy would have made: backtest."""

from typing import Annotated

import typer

from flowbt.cli.console import (
    DEFAULT_LAKE,
    DEFAULT_REPORTS,
    AsOfOption,
    DecisionOption,
    FromOption,
    JsonOption,
    LakeOption,
    PartialOption,
    ReportsOption,
    SetOption,
    SymbolsOption,
    ToOption,
    day,
    decision_of,
    emit,
    listed,
    symbols_of,
)
from flowbt.settings import parse_settings


def backtest(
    strategy: Annotated[str, typer.Argument(metavar="STRATEGY.py", help="Strategy file; it is run as Python.")],
    symbols: SymbolsOption = None,
    first: FromOption = None,
    last: ToOption = None,
    settings: SetOption = None,
    costs: Annotated[
        str,
        typer.Option(
            metavar="K=V,...",
            help="Costs in basis points per fill, as in fees_bp=0.5,slippage_bp=2; default: 1 bp of slippage.",
        ),
    ] = "",
    decision: DecisionOption = "close",
    include_partial: PartialOption = False,
    cash: Annotated[float, typer.Option(help="Initial cash, USD.")] = 100_000.0,
    as_of: AsOfOption = None,
    lake: LakeOption = DEFAULT_LAKE,
    reports: ReportsOption = DEFAULT_REPORTS,
    as_json: JsonOption = False,
) -> None:
    """What would it have made? Trades, equity and measures after costs."""
    from flowbt.lake import Lake
    from flowbt.report.backtest import backtest_text
    from flowbt.settings import configure
    from flowbt.workflows.backtest import DEFAULT_COSTS, run_backtest

    result = run_backtest(
        Lake(lake, as_of), strategy, symbols=symbols_of(symbols), first=day(first), last=day(last),
        settings=parse_settings(settings or []), costs=configure(DEFAULT_COSTS, parse_settings(listed(costs) or [])),
        initial_cash=cash, decision=decision_of(decision), include_partial=include_partial, reports=reports,
    )  # fmt: skip
    emit(result.document(), as_json, lambda: backtest_text(result))
