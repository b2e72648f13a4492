"""What a report's numbers assume, in words: the rules of `flowbt.backtest` and `flowbt.evaluation`."""

from typing import Final

BACKTEST: Final[tuple[tuple[str, str], ...]] = (
    (
        "Within a bar",
        "A daily bar does not tell which of its prices came first. Where that matters it is taken against the trader: "
        "if stop and target lie in one bar, the stop came first; the stop counts from the bar of the entry on; after a "
        "limit order the target counts in that bar only if the bar closed beyond it.",
    ),
    (
        "Gaps",
        "A price that opens beyond a stop or a target fills at the open, for better or worse. A plan whose stop or "
        "target is already passed at the entry price is not entered.",
    ),
    (
        "Leaving",
        "A time exit is at the open, an expiry at the close. Without a bar, an exit waits for the next one; an expiry "
        "is settled at the last close before. What is still open at the end is marked at the last close.",
    ),
    (
        "Two views",
        "Events take each plan on its own. The account shares its cash, holds one position a symbol, and never puts in "
        "more than it has; the measures and the trades are the account's.",
    ),
    (
        "Costs",
        "Slippage worsens the price of every fill, stops and targets included; fees are on the notional. Buying and "
        "holding is shown without costs.",
    ),
    (
        "Left out",
        "No interest on cash, no cost of borrowing shares, no dividends, no taxes, no effect of the orders on the price.",
    ),
    ("A year", "Has 252 sessions; the risk-free rate is taken as 0."),
)

ENTRIES: Final[dict[str, str]] = {
    "next_open": "A return runs from the open of the session after the verdict to the open so many sessions later.",
    "next_close": "A return runs from the close of the session after the verdict to the close so many sessions later.",
    "close": "A return runs from the close of the verdict's own session: what followed, not what could be traded.",
}

DECISIONS: Final[dict[str, str]] = {
    "close": "Decided after the session's close, with the open interest known then: that of the close before.",
    "pre_open": "Decided before the next session's open, with the open interest of the session's own close, published "
    "that morning.",
}
TRADED: Final = "Traded at the next session's open or later."

EVALUATION: Final[tuple[tuple[str, str], ...]] = (
    (
        "Base rate",
        "How often the symbol moved that way after any session with a verdict. A hit rate is compared with it and never with one "
        "half: in a rising market a bearish verdict is wrong more often than not.",
    ),
    ("Lift", "Hit rate less base rate, in percentage points; each symbol is compared with its own."),
    (
        "Luck",
        "Verdicts persist and horizons overlap, so days are not independent: standard errors are those of the daily "
        "series (Newey-West with a wide bandwidth, fixed-b critical values), intervals are 95%, p-values two-sided.",
    ),
    ("Effective n", "As many independent verdicts would have told as much."),
    ("Visible lift", "The smallest true lift that would have been found four times in five: 2.8 standard errors."),
    ("Last sessions", "Verdicts too recent for a horizon to have passed are in none of its numbers."),
)
