"""What the numbers of a flow report assume: how they are measured, and on which clock."""

from calendar import day_name
from collections.abc import Mapping
from typing import Any, Final

from flowbt.calendar import expiry_weekday
from flowbt.exchanges import currency_of

FLOW: Final[dict[str, str]] = {
    "net_premium": "Call premium minus put premium, unsigned (an end-of-day chain has no trade side); bearish and bullish beside it "
    "are its sign. Premium is volume times the VWAP, else the last trade, else the middle of the closing quote. A price that is impossible "
    "on the day is not used: a put above its strike, one far outside the closing quote, 0, or without a usable quote a call above twice "
    "the higher of spot and strike.",
    "dividend_plays": "Left out of the flow: deep in-the-money calls that turned over before an ex-date, told by pattern.",
    "verdict": "Mean of three z-scores over the symbol's own last {lookback} sessions, today's not among them, each divided by 3 and "
    "clipped to [-1, 1]; bearish at or below -{bearish}, bullish at or above +{bullish}, none before {min_history} earlier "
    "sessions; own definition.",
    "percentile": "Share of the symbol's own earlier sessions at or below today's value; unusual from 95% and to 5%.",
    "positioning": "Live expiries only; the open interest of each day as known at the decision. A band: neighbours among the three "
    "largest strikes within 5% of the spot.",
    "hedging": "Puts to protect with: out of the money, delta 0.10 to 0.45, 7 to 90 days. In a collar: as many calls of the expiry "
    "(0.8 to 1.25) of a like delta added. Confidence: fewer breaches, more contracts, more than usual; own definition.",
    "gex": "{currency} per 1% move; dealers assumed long calls and short puts; gamma from implied volatility where not given, at a rate of 4% "
    "and the carry that the chain implies: a small exposure can be of the other sign under another. Consistent: the verdict's "
    "sign, and at least 0.25% of the average dollar volume of 20 sessions.",
    "dex_gross": "Sum of |delta|: cannot be negative, so its sign says nothing.",
    "max_pain": "The listed strike that pays holders least; the gap is (spot - max pain) / max pain. {spot} "
    "Flat: the next four within a strike or 0.25% of the spot. Expected move: spot times implied volatility times the root of "
    "the time to expiry.",
    "notable": "Ranked by premium, deep in-the-money contracts (delta of 0.9 or more) left out. A large contract day is {mark}1M and 1% of "
    "the day's premium, with a volume of 1.25 times the open interest; unusual volume is more than 500, and 1.25 times. No prints.",
    "read_through": "Immediate is 0-2, short-dated 3-20, medium-term 21-60 calendar days to expiry, else long-dated. Volume less open "
    "interest opened something, on either side and perhaps for the day only. Noise: less than 5% of the other side's premium, "
    "and no change of positions beyond a tenth of the volume, as far as the decision knows.",
    "levels": "Named by position: below the spot a support, above it a resistance. Pivots of today are made of the bar before.",
    "trade_ideas": "Plans of the files in strategies/, in the underlying; what an option is worth at a level is "
    "Black-Scholes-Merton from today's quote, at an unchanged volatility and without carry; it is of the first weekly expiry ({weekday}s, before a holiday the "
    "session before) that trades until the horizon, counted from the day, has passed. A record is of trades in the shares that had ended by the day. An expected move of the "
    "horizon: 30-day volatility.",
}
FLOW_WATCH: Final[dict[str, str]] = {
    "close": "Follow-through: half of what traded is left as new open interest; an unwind: open interest falls.",
    "pre_open": "Follow-through: what is held is not less a session later; an unwind: half of what was added is gone.",
}
FLOW_OPEN_INTEREST: Final[dict[str, str]] = {
    "close": "That known at the close of the day, of the close before; changes are those of the session before.",
    "pre_open": "That of the close of the day, published before the next open; changes are those of the day's session.",
}


SPOTS: Final[dict[str | None, str]] = {
    "chain": "The spot is that of the chain, at its own quote time.",
    "bar": "The spot is the close of the day's price bar.",
    "parity": "The spot is implied by put-call parity.",
    None: "The spot is not known.",
}


def flow_conventions(document: Mapping[str, Any]) -> dict[str, str]:
    """What the numbers of a flow report assume, by name: under its parameters, on its exchange, with its spot.

    Args:
        document: its `date, decision, exchange, parameters, spot_source`.
    """
    decision = document["decision"]
    said = FLOW | {"watch": FLOW_WATCH[decision], "open_interest": FLOW_OPEN_INTEREST[decision]}
    weekday = day_name[expiry_weekday(document["date"], document["exchange"])]
    filled = {"verdict": document["parameters"], "max_pain": {"spot": SPOTS[document["spot_source"]]}}
    currency = currency_of(document["exchange"])
    filled |= {
        "gex": {"currency": f"{currency.code[0].upper()}{currency.code[1:]}"},
        "notable": {"mark": currency.mark},
    }
    filled |= {"trade_ideas": {"weekday": weekday}}
    return said | {name: FLOW[name].format(**values) for name, values in filled.items()}
