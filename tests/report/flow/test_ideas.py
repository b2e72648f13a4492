from datetime import date
from typing import Any

import pytest
from tests.report.flow.document import FRIDAY, IDEA, OPTION

from flowbt.report.flow.ideas import idea_items, idea_words, idle_ideas


def idea(**changes: Any) -> dict[str, Any]:
    return IDEA | {"option": None} | changes


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "Buy AAA if AAA breaks above $105 within 3 sessions; target $110, stop $97, out after 3 sessions."),
        ({"valid_for": 1}, "Buy AAA if AAA breaks above $105 within 1 session; target"),
        ({"side": "short"}, "Sell short AAA if AAA breaks below $105 within 3 sessions; target"),
        ({"entry_kind": "limit"}, "Buy AAA if AAA comes back to $105 within 3 sessions; target"),
        ({"entry_kind": "market"}, "Buy AAA at the next open (spot $105); target"),
        ({"entry_kind": "market", "entry": None}, "Buy AAA at the next open; target"),
        ({"entry_kind": "market", "target": None, "stop": None, "horizon": None, "exit_on": FRIDAY},
         "Buy AAA at the next open (spot $105); out at the close of 2026-01-09."),
        ({"entry_kind": "market", "target": None, "stop": None, "horizon": None}, "Buy AAA at the next open (spot $105). "),
        ({"option": OPTION}, "Buy the Jan 9, 2026 $105 call if AAA breaks above"),
        ({"option": OPTION | {"option_type": "put"}}, "Buy AAA and the Jan 9, 2026 $105 put if AAA breaks above"),
    ],
)  # fmt: skip
def test_the_plan_comes_first(changes: dict[str, Any], said: str) -> None:
    assert idea_words(idea(**changes), "AAA").startswith(said)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "In the shares: risk $8.00 for $5.00, so 62% of such trades must reach the target before the stop to make nothing, "
         "costs and time exits aside. The target is 1.4 times the move expected over the horizon away."),
        ({"stop_from_fill": 0.03}, "stop 3% from the fill, $97 from the spot,"),
        ({"reward_to_risk": None}, "Risk to the stop $8.00 a share."),
        ({"option": OPTION}, "One contract costs $203 at the ask ($1.94 by $2.03, a spread of 5%; 26,957 held); all of that "
         "can be lost; break-even at expiry $107.03. When the horizon ends it would be worth about $586 with the price at "
         "the target, $24 at the stop (volatility unchanged)."),
        ({"option": OPTION | {"at_stop": None, "priced_by": "last"}}, "One contract costs $203 at the day's last trade (the "
         "source quotes none; 26,957 held); all of that can be lost; break-even at expiry $107.03. Record in the shares:"),
        ({"option": OPTION | {"outlived_until": FRIDAY, "last_trading_day": date(2026, 1, 8)}},
         "The plan may last to 2026-01-09, the option can be traded until 2026-01-08."),
        ({"option": OPTION | {"cost": None}}, "That option has neither a quote nor a trade on this day."),
        ({"option": OPTION | {"option_type": "put", "insured_loss": 1_310.0}}, "The put costs $203 for 100 shares at the ask "
         "($1.94 by $2.03, a spread of 5%; 26,957 held): bought with the shares at the spot, at most $1,310 can be lost until "
         "it expires."),
        ({}, "Record in the shares: 15 such trades, 60% made money, against 50% of the same trade on all 80 sessions that allowed "
         "it; mean +0.55% a trade after 1 bp a fill."),
        ({"record": IDEA["record"] | {"base_rate": None}}, "Record in the shares: 15 such trades, 60% made money, with hardly another session to compare with; mean +0.55% a trade"),
        ({"record": IDEA["record"] | {"jumps": 2}}, "2 of them span a price jump without a split or dividend on file, so this record is doubtful."),
        ({"record": IDEA["record"] | {"n": 9}}, "9 such trades ended before: too few to say anything of."),
        ({"record": IDEA["record"] | {"n": 0}}, "No such trade has ended in this symbol before."),
        ({}, "Test it: `flowbt backtest strategies/option_play.py --symbols AAA`."),
    ],
)  # fmt: skip
def test_then_risk_option_record_and_the_command(changes: dict[str, Any], said: str) -> None:
    assert f" {said}" in idea_words(idea(**changes), "AAA")


def test_without_a_stop_no_risk_is_told() -> None:
    assert "isk" not in idea_words(idea(risk=None, reward=None, reward_to_risk=None, break_even_rate=None), "AAA")


def test_those_that_trade_today_stand_apart_from_those_that_do_not() -> None:
    ideas = [idea(), idea(idea="stock play", active=False), idea(idea="another", active=False, known=False)]
    assert [name for name, _ in idea_items(ideas, "AAA")] == ["Option play"]
    assert idle_ideas(ideas) == "Stock play, another (what it needs is not all known)."
    assert idle_ideas([idea()]) == ""
