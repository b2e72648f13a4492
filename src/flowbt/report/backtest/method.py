"""The method of a backtest: what its numbers assume (the rules of `flowbt.backtest`)."""

from typing import Final

from flowbt.evaluation.assessment import BacktestRun
from flowbt.report.kit.section import Fact, Section

DECISIONS: Final[dict[str, str]] = {
    "close": "Decided after the session's close, with the open interest known then: that of the close before.",
    "pre_open": "Decided before the next session's open, with the open interest of the session's own close, published "
    "that morning.",
}

RULES: Final[tuple[Fact, ...]] = (
    Fact(
        "Within a bar",
        "A daily bar does not show which of its prices came first. Where that matters the worse order is assumed: "
        "if stop and target are both in one bar, the stop came first; the stop applies from the bar of the entry on; after a "
        "limit order the target counts in that bar only if the bar closed beyond it.",
    ),
    Fact(
        "Gaps",
        "A price that opens beyond a stop or a target fills at the open, for better or worse. A plan whose stop or "
        "target is already passed at the entry price is not entered.",
    ),
    Fact(
        "Exits",
        "A time exit is at the open, an expiry at the close. Without a bar, an exit waits for the next one; an expiry "
        "is settled at the last close before. A position still open at the end is marked at the last close.",
    ),
    Fact(
        "Two views",
        "Events take each plan on its own. The account shares its cash, has one position per symbol, and never invests "
        "more than it has; the measures and the trades are the account's.",
    ),
    Fact(
        "Costs",
        "Slippage worsens the price of every fill, stops and targets included; fees are a fraction of the notional. Buy and "
        "hold is shown without costs.",
    ),
    Fact(
        "Splits",
        "Prices are as traded on their own day. Over a split on file a position keeps its value: shares are multiplied and "
        "entry levels, targets and stops divided by the ratio. A level is per share of the day on which it was decided. "
        "Fractions of a share are kept. A split that the bars do not show is not applied.",
    ),
    Fact(
        "Dividends",
        "Received by a long and paid by a short that was open at the close before the ex-date, without withholding tax; "
        "they are cash from the ex-date on. They do not move any level.",
    ),
    Fact(
        "Returns",
        "Total returns: splits and dividends on file are counted. The price return leaves the dividends out. Buy and "
        "hold reinvests them at the close of the ex-date.",
    ),
    Fact(
        "Sessions",
        "Each symbol's sessions are those of its own exchange. Where one is closed and another is open, its positions keep "
        "their last close.",
    ),
    Fact(
        "Not modelled",
        "Interest on cash, the cost of borrowing shares, taxes, exchange rates and the effect of the orders on the price.",
    ),
    Fact("A year", "252 sessions; the risk-free rate is taken as 0."),
)


def method_of(run: BacktestRun) -> tuple[Fact, ...]:
    """When it was decided and traded, and the rules of the simulation."""
    return (Fact("Decision", f"{DECISIONS[run.decision]} Traded at the next session's open or later."), *RULES)


def decision_section(run: BacktestRun) -> Section:
    """When it was decided, where that is not at the close."""
    return Section("Decision", sentences=() if run.decision == "close" else (DECISIONS[run.decision],))
