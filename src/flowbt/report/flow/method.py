"""How the numbers of a flow report are measured, and on which clock: its conventions."""

from calendar import day_name
from typing import Any, Final

from flowbt.calendar import expiry_weekday
from flowbt.conventions import RISK_FREE_RATE
from flowbt.flow.contracts import PARITY_DELTA, TENORS
from flowbt.flow.positioning import MATERIAL, VOLUME_SESSIONS
from flowbt.flow.report import FlowReport
from flowbt.flow.triggers import KEPT
from flowbt.metrics.catalogue.hedging import collared_puts_added, protective_put_added
from flowbt.metrics.catalogue.unusual import is_noise, large_contract_day, unusual
from flowbt.report.flow.flow_numbers import UNUSUAL
from flowbt.report.flow.money import Money
from flowbt.report.kit.formats import percent
from flowbt.report.kit.section import Fact, Section

CONVENTIONS: Final[dict[str, str]] = {
    "net_premium": 'Call premium minus put premium, unsigned (an end-of-day chain has no trade side); "bearish" and "bullish" next '
    "to it state its sign. Premium is volume times the VWAP, else the last trade, else the middle of the closing quote. A price that "
    "is impossible on the day is not used: a put above its strike, one far outside the closing quote, 0, or, without a usable quote, "
    "a call above twice the higher of spot and strike.",
    "dividend_plays": "Excluded from the flow: deep in-the-money calls that turned over before an ex-date, recognised by their pattern.",
    "verdict": "Mean of three z-scores over the symbol's own last {lookback} sessions, today excluded, each divided by 3 and "
    "clipped to [−1, 1]; bearish at or below −{bearish}, bullish at or above +{bullish}, none before {min_history} earlier "
    "sessions; own definition.",
    "percentile": "Share of the symbol's own earlier sessions at or below today's value; unusual from {high} up and from {low} down.",
    "positioning": "Live expiries only; each day's open interest as known at the decision. A band: neighbours among the three "
    "largest strikes within 5% of the spot.",
    "hedging": "Protective-type puts: out of the money, delta {min_put_delta:.2f} to {max_put_delta:.2f}, {min_dte} to {max_dte} days. "
    "In a collar: {least_ratio:g} to {most_ratio:g} times as many calls of the same expiry and a similar delta added. Confidence rises "
    "with fewer breaches, more contracts, and more than usual; own definition.",
    "gex": "{currency} per 1% move; dealers assumed long calls and short puts; gamma from implied volatility where the source gives "
    "none, at a rate of {rate} and the carry that the chain implies: a small exposure can change its sign under another. Consistent: "
    "the verdict's sign, and at least {material} of the average dollar volume of {volume_sessions} sessions.",
    "dex_gross": "Sum of |delta|: it cannot be negative, so its sign has no meaning.",
    "max_pain": "The listed strike at which holders are paid least; the gap is (spot − max pain) / max pain. {spot} "
    "Flat: the next four within a strike or 0.25% of the spot. Expected move: spot times implied volatility times the square root "
    "of the time to expiry.",
    "notable": "Ranked by premium; deep in-the-money contracts (delta of {parity:g} or more) excluded. A large contract day has at "
    "least {mark}{min_premium:g}M of premium, {min_gross_share} of the day's premium, and a volume of {min_volume_oi:g} times the open interest; "
    "unusual volume is more than {min_volume}, and {unusual_volume_oi:g} times. These are not prints.",
    "read_through": "Immediate is 0–{immediate}, short-dated {short_from}–{short}, medium-term {medium_from}–{medium} calendar days to "
    "expiry, else long-dated. Volume beyond the open interest opened positions, on either side and possibly for the day only. Noise: "
    "less than {max_share} of the other side's premium, and no change of positions beyond {max_change} of the volume, as far as known "
    "at the decision.",
    "levels": "Labelled by position: support below the spot, resistance above it. Today's pivots come from the previous bar.",
    "trade_ideas": "Plans of the files in strategies/, in the underlying; the value of an option at a level is "
    "Black-Scholes-Merton from today's quote, at an unchanged volatility and without carry; it is of the first weekly expiry ({weekday}s, "
    "before a holiday the session before) that trades until the horizon, counted from the day, has passed. A record covers trades in "
    "shares that had ended by the day. Expected move of the horizon: from 30-day volatility.",
}
WATCH: Final[dict[str, str]] = {
    "close": "Follow-through: {kept} of the volume remains as new open interest; unwind: open interest falls.",
    "pre_open": "Follow-through: open interest is no lower a session later; unwind: {kept} of what was added is gone.",
}
OPEN_INTEREST: Final[dict[str, str]] = {
    "close": "As known at the close of the day: that of the close before; changes are those of the session before.",
    "pre_open": "That of the close of the day, published before the next open; changes are those of the day's session.",
}
SPOTS: Final[dict[str | None, str]] = {
    "chain": "The spot is that of the chain, at its own quote time.",
    "bar": "The spot is the close of the day's price bar.",
    "parity": "The spot is implied by put-call parity.",
    None: "The spot is not known.",
}
NAMES: Final = {"gex": "GEX", "dex_gross": "DEX gross"}


def method_section(report: FlowReport) -> Section:
    """The conventions by name."""
    facts = tuple(
        Fact(NAMES.get(name, name.replace("_", " ").capitalize()), text) for name, text in report.conventions.items()
    )
    return Section("Method", facts=facts)


def conventions(report: FlowReport, money: Money) -> dict[str, str]:
    """What the numbers of a report assume, by name: under its parameters, on its exchange, with its spot."""
    values = _values(report, money)
    texts = CONVENTIONS | {"watch": WATCH[report.decision], "open_interest": OPEN_INTEREST[report.decision]}
    return {name: text.format(**values) for name, text in texts.items()}


def _values(report: FlowReport, money: Money) -> dict[str, Any]:
    """The thresholds that the conventions state, read from what owns them."""
    large: Any = large_contract_day.call.parameters
    usual: Any = unusual.call.parameters
    noise: Any = is_noise.call.parameters
    (immediate, _), (short, _), (medium, _) = TENORS
    return {
        **protective_put_added.parameters,
        **collared_puts_added.parameters,
        **report.parameters,
        "low": percent(UNUSUAL[0], 0),
        "high": percent(UNUSUAL[1], 0),
        "currency": money.code,
        "mark": money.currency.mark,
        "rate": percent(RISK_FREE_RATE, 0),
        "material": percent(MATERIAL, 2),
        "volume_sessions": VOLUME_SESSIONS,
        "spot": SPOTS[report.spot_source],
        "parity": PARITY_DELTA,
        "min_premium": large["min_premium"] / 1e6,
        "min_gross_share": percent(large["min_gross_share"], 0),
        "min_volume_oi": large["min_volume_oi"],
        "min_volume": usual["min_volume"],
        "unusual_volume_oi": usual["min_volume_oi"],
        "immediate": immediate,
        "short_from": immediate + 1,
        "short": short,
        "medium_from": short + 1,
        "medium": medium,
        "max_share": percent(noise["max_share"], 0),
        "max_change": percent(noise["max_change"], 0),
        "weekday": day_name[expiry_weekday(report.date, report.exchange)],
        "kept": percent(KEPT, 0),
    }
