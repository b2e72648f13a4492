"""What a report's numbers assume, in words: the rules of `flowbt.backtest` and `flowbt.evaluation`."""

from collections.abc import Mapping
from typing import Any, Final

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
        "Splits",
        "Prices are as traded on their own day. Over a split on file a position keeps its value: shares are multiplied and "
        "entry levels, targets and stops divided by the ratio. A level is in the shares of the day on which it was decided. "
        "Fractions of a share are kept. A split that the bars do not show is not applied.",
    ),
    (
        "Dividends",
        "Received by a long and paid by a short that was held at the close before the ex-date, without withholding tax; "
        "they are cash from the ex-date on. They move no level.",
    ),
    (
        "Returns",
        "Total returns: splits and dividends on file are counted. The price return leaves the dividends out. Buying and "
        "holding reinvests them at the close of the ex-date.",
    ),
    (
        "Sessions",
        "Each symbol's sessions are those of its own exchange. Where one is closed and another is open, its positions keep "
        "their last close.",
    ),
    (
        "Left out",
        "No interest on cash, no cost of borrowing shares, no taxes, no exchange rates, no effect of the orders on the price.",
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

EXCESS: Final[dict[str, str]] = {
    "universe": "What is beyond the usual is beyond the mean of all symbols on the same day.",
    "own_mean": "What is beyond the usual is beyond the symbol's own mean over the same number of sessions.",
}

EVALUATION: Final[tuple[tuple[str, str, str], ...]] = (
    (
        "verdicts",
        "Base rate",
        "How often the symbol moved that way after any session with a verdict. A hit rate is compared with it and never with one "
        "half: in a rising market a bearish verdict is wrong more often than not.",
    ),
    (
        "verdicts",
        "Lift",
        "Hit rate less base rate, in percentage points; each symbol is compared with its own. Lift then: less the base rate as "
        "known at the time.",
    ),
    (
        "",
        "Prices",
        "A total return is the price change with splits undone and dividends reinvested on their ex-date; a price return leaves "
        "dividends out. Returns are total returns by the adjusted close where the bars have one, else by the splits and "
        "dividends on file, never by both; with neither they are price returns. A move of less than half a tick is no move.",
    ),
    (
        "",
        "Sessions",
        "Horizons count the sessions of each symbol's own exchange; symbols of several exchanges are aligned by date. Of a "
        "file of prices each day is a session, unless --exchange names one.",
    ),
    (
        "",
        "Luck",
        "Verdicts persist and horizons overlap, so days are not independent. What was said is compared with what followed when it is "
        "moved round the calendar by any number of sessions, all symbols together, each place judged by its own long-run error; "
        "an interval holds what would not be rejected so. The mean of the daily portfolio and of a bucket have the errors of "
        "dependent days (Newey-West, fixed-b critical values). Intervals are 95%, p-values two-sided.",
    ),
    ("verdicts", "Effective n", "As many independent verdicts would have told as much."),
    (
        "verdicts",
        "Visible",
        "The smallest true lift, or return, that would have been found four times in five: 1.43 times half the width of the interval.",
    ),
    (
        "family",
        "All tests",
        "The best of many tests always looks good. Max-t: how often luck alone, with the tests as dependent as they are, makes "
        "the strongest of all as strong as the one found.",
    ),
    (
        "placebo",
        "Placebo",
        "The verdicts of all symbols are moved together to other dates (circular shifts by any number of sessions), so that "
        "they persist and cluster as they do and only the link to the prices is cut.",
    ),
    (
        "placebo",
        "Signed excess",
        "The return beyond the usual, counted up for a bullish and down for a bearish verdict.",
    ),
    (
        "direction",
        "Direction",
        "The share right by chance is what verdicts and outcomes as frequent as these would give if they had nothing to do with "
        "each other (Pesaran and Timmermann 1992); timing above 0 tells rises from falls (Henriksson and Merton 1981).",
    ),
    (
        "three_classes",
        "Classes",
        "A move is flat within the dead band times the volatility known beforehand times the root of the horizon.",
    ),
    (
        "calendar_time",
        "Daily portfolio",
        "Each day holds the verdicts of the last sessions in equal parts, bought or sold short at the entry: one daily series "
        "that overlaps with nothing. No costs.",
    ),
    ("path", "Before and after", "Returns beyond the usual, summed from the entry; before the entry, from there back."),
    (
        "delay",
        "Acting late",
        "The same verdicts carried out so many sessions later; −1 is a session before they were known.",
    ),
    (
        "volatility",
        "Size of moves",
        "The range of the next session (log of high over low) and the return without its sign, less the symbol's usual.",
    ),
    ("rolling", "Base rate then", "From the symbol's history up to that day."),
    (
        "calibration",
        "Reliability",
        "The chance of a rise that the score says, learnt from earlier sessions only; Brier score: mean squared miss of it.",
    ),
    (
        "incremental",
        "Controls",
        "The return is regressed on the controls with and without the signal; p is of what the controls leave of the signal, moved round "
        "the calendar against what they leave of the return.",
    ),
    (
        "buckets",
        "Buckets",
        "Parts of all values, as equal as can be without parting equal values, bucket 1 the lowest; a series of few values has a "
        "bucket for each. Quantiles are cut with the whole sample in view, so they describe what followed; they could not "
        "have been traded.",
    ),
    ("verdicts", "Last sessions", "Verdicts too recent for a horizon to have passed are in none of its numbers."),
)
"""The part of the document that each is about (none: always), what it is about, and what it says."""


def of_evaluation(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Those that touch what the document holds."""
    horizons = document.get("horizons") or []
    held = {key for part in (document, *horizons) for key, value in part.items() if value}
    about = [
        ("Returns", ENTRIES.get(str(document.get("entry")), "")),
        ("Beyond the usual", EXCESS.get(str(document.get("excess_over")), "")),
        *((what, says) for key, what, says in EVALUATION if not key or key in held),
    ]
    return [(what, says) for what, says in about if says]
