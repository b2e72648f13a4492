"""What the account made: its return next to buy and hold, its measures, its equity and drawdown."""

from typing import Final

from flowbt.backtest import AccountDay, Costs, EventMeasures, Measures
from flowbt.evaluation.assessment import BacktestRun
from flowbt.report.kit.formats import count, counted, day, listed, percent, plain, small_percent
from flowbt.report.kit.section import Fact, Figure, Section
from flowbt.report.kit.table import Column, Table, words

TITLE: Final = "Key measures"


def account_section(run: BacktestRun) -> Section:
    """All measures, each with its meaning, and the equity next to buy and hold."""
    return Section(TITLE, tables=(_table(run),), figures=_figures(run))


def result_sentence(run: BacktestRun) -> str:
    """The return of the account next to buy and hold, and its win rate."""
    doing = {(True, False): "buying", (False, True): "shorting"}.get(
        (bool(run.sides.long), bool(run.sides.short)), "trading"
    )
    still_open = f"{run.open_trades} still open" if run.open_trades else ""
    facts = ", ".join(filter(None, [counted(run.trade_count, "trade"), still_open, costs_phrase(run.costs)]))
    measures = run.measures
    text = (
        f"{run.strategy}, {doing} {listed(run.symbols)} ({facts}), returned "
        f"{percent(measures.total_return, signed=True)} from {day(run.first)} to {day(run.last)}"
    )
    if measures.dividends:
        what = "received" if measures.dividends > 0 else "paid"
        text += (
            f" ({percent(measures.price_return, signed=True)} without the {plain(abs(measures.dividends), 0)} USD of "
            f"dividends {what})"
        )
    if run.buy_and_hold is not None:
        what = "it" if len(run.symbols) == 1 else "the same symbols"
        text += f", while buying and holding {what} returned {percent(run.buy_and_hold, signed=True)}"
    if measures.hit_rate is None:
        return f"{text}."
    return f"{text}; {percent(measures.hit_rate, 0)} of the closed trades made money."


def costs_phrase(costs: Costs) -> str:
    """The costs of a fill: `1 bp slippage and 0.5 bp fees per fill`."""
    given = {"slippage": costs.slippage_bp, "fees": costs.fees_bp}
    parts = [f"{number:g} bp {what}" for what, number in given.items() if number > 0]
    return f"{' and '.join(parts)} per fill" if parts else "no costs"


def costs_section(run: BacktestRun) -> Section:
    """Costs and cash, as given."""
    facts = (
        Fact("Fees", f"{run.costs.fees_bp:g} bp of the notional per fill"),
        Fact("Slippage", f"{run.costs.slippage_bp:g} bp of the price per fill"),
        Fact("Initial cash", f"{plain(run.initial_cash)} USD"),
    )
    return Section("Costs and cash", facts=facts, detail=True)


def _table(run: BacktestRun) -> Table:
    rows = [*_of_account(run.measures, run.buy_and_hold), *_of_events(run.event_measures)]
    columns: tuple[Column[tuple[str, str, str]], ...] = (
        words("Measure", lambda row: row[0]),
        Column("Value", lambda row: row[1]),
        words("Meaning", lambda row: row[2], prose=True),
    )
    return Table.of(TITLE, columns, rows)


def _of_account(measures: Measures, buy_and_hold: float | None) -> tuple[tuple[str, str, str], ...]:
    """Label, value and meaning of each measure of the account."""
    return (
        (
            "Total return",
            percent(measures.total_return, signed=True),
            "Gain over the whole period after costs, with dividends.",
        ),
        ("Buy and hold", percent(buy_and_hold, signed=True), "The same symbols in equal parts, dividends reinvested."),
        (
            "Price return",
            percent(measures.price_return, signed=True),
            "The total return without dividends received and paid.",
        ),
        (
            "Dividends, USD",
            plain(measures.dividends, signed=True),
            "Received by longs less paid by shorts; part of the total return.",
        ),
        (
            "Annual return",
            percent(measures.annual_return, signed=True),
            "Compound growth per year; a shorter period is extrapolated.",
        ),
        ("Sharpe ratio", plain(measures.sharpe), "Mean over standard deviation of daily returns, times √252."),
        (
            "Maximum drawdown",
            percent(measures.max_drawdown, signed=True),
            "Deepest fall of the account below its highest close before.",
        ),
        ("Win rate", percent(measures.hit_rate, 0), "Share of the closed trades that made money after costs."),
        (
            "Profit factor",
            plain(measures.profit_factor),
            "USD won over USD lost; above 1 the trades made money together.",
        ),
        (
            "Mean trade",
            small_percent(measures.mean_trade),
            "Mean total return of a closed trade after costs, on its entry notional.",
        ),
        ("Exposure", percent(measures.exposure), "Mean share of the account that was in the market at the close."),
        ("Turnover per year", plain(measures.turnover), "How many times a year the whole account was bought and sold."),
        (
            "Break-even cost",
            basis_points(measures.break_even_cost),
            "Cost per fill at which the trades would have made nothing.",
        ),
    )


def _of_events(events: EventMeasures) -> tuple[tuple[str, str, str], ...]:
    """Label, value and meaning of each measure of the plans on their own."""
    every = "the same trade on every session with a decision."
    return (
        ("Events", count(events.n), "Plans that filled and have ended, each looked at on its own."),
        ("Event win rate", percent(events.hit_rate, 0), "Share of them that made money after costs."),
        ("Mean event", small_percent(events.mean_return), "Mean return of an event after costs, on its entry price."),
        ("Base trades", count(events.base_n), f"Number of fills of {every}"),
        ("Base rate", percent(events.base_rate, 0), f"Win rate of {every}"),
        ("Base return", small_percent(events.base_return), f"Mean return of {every}"),
    )


def basis_points(value: float | None) -> str:
    """A cost: `2.1 bp`."""
    return plain(value, 1) if value is None else f"{plain(value, 1)} bp"


def _figures(run: BacktestRun) -> tuple[Figure, ...]:
    if run.equity.height < 2:
        return ()
    days = AccountDay.rows(run.equity)

    def equity(width: int) -> dict[str, object]:
        from flowbt.report.backtest.charts import equity_chart  # noqa: PLC0415 (altair takes a second to import)

        return equity_chart(days, width)

    def drawdown(width: int) -> dict[str, object]:
        from flowbt.report.backtest.charts import drawdown_chart  # noqa: PLC0415 (altair takes a second to import)

        return drawdown_chart(days, width)

    return (
        Figure("Account against buy and hold", "In USD, at the close.", equity),
        Figure("Drawdown", "Below the highest close before.", drawdown),
    )
