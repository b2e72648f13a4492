from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from tests.report.flow.hand_made import FACTS, FRIDAY, IDEA, OPTION, RECORD

from flowbt.flow.trade_ideas import TradeIdea
from flowbt.report.flow.money import Money
from flowbt.report.flow.trade_ideas import idea_words, ideas_section, idle_ideas

USD = Money.on("XNYS")


def idea(**changes: Any) -> TradeIdea:
    return replace(IDEA, **({"option": None} | changes))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "Buy AAA if AAA breaks above $105 within 3 sessions; target $110, stop $97, exit after 3 sessions."),
        ({"valid_for": 1}, "Buy AAA if AAA breaks above $105 within 1 session; target"),
        ({"side": "short"}, "Sell short AAA if AAA breaks below $105 within 3 sessions; target"),
        ({"entry_kind": "limit"}, "Buy AAA if AAA comes back to $105 within 3 sessions; target"),
        ({"entry_kind": "market"}, "Buy AAA at the next open (spot $105); target"),
        ({"entry_kind": "market", "entry": None}, "Buy AAA at the next open; target"),
        ({"entry_kind": "market", "target": None, "stop": None, "horizon": None, "exit_on": FRIDAY},
         "Buy AAA at the next open (spot $105); exit at the close of 2026-01-09."),
        ({"entry_kind": "market", "target": None, "stop": None, "horizon": None}, "Buy AAA at the next open (spot $105). "),
        ({"option": OPTION}, "Buy the 9 Jan 2026 $105 call if AAA breaks above"),
        ({"option": replace(OPTION, option_type="put")}, "Buy AAA and the 9 Jan 2026 $105 put if AAA breaks above"),
    ],
)  # fmt: skip
def test_the_plan_comes_first(changes: dict[str, Any], said: str) -> None:
    assert idea_words(idea(**changes), "AAA", USD).startswith(said)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "Shares: risk $8.00 to make $5.00 (0.6 to 1); breaks even at a 62% win rate before costs and time exits. "
         "The target is 1.4 times the expected move of the horizon away."),
        ({"stop_from_fill": 0.03}, "stop 3% from the fill, $97 from the spot,"),
        ({"reward_to_risk": None}, "Shares: risk $8.00 to the stop."),
        ({"option": OPTION}, "One contract costs $203 today at the ask ($1.94 bid, $2.03 ask, a spread of 5%; open interest 26,957), all of "
         "which can be lost; break-even at expiry $107.03. At the end of the horizon it would be worth about $586 with the price "
         "at the target, $24 at the stop (volatility unchanged)."),
        ({"option": replace(OPTION, at_stop=None, priced_by="last")}, "One contract costs $203 today at the day's last "
         "trade (not quoted by the source; open interest 26,957), all of which can be lost; break-even at expiry $107.03. Record "
         "(shares):"),
        ({"option": replace(OPTION, outlived_until=FRIDAY, last_trading_day=date(2026, 1, 8))},
         "The plan may last until 2026-01-09, but the option trades only until 2026-01-08."),
        ({"option": replace(OPTION, cost=None)}, "The option has neither a quote nor a trade on this day."),
        ({"option": replace(OPTION, option_type="put", insured_loss=1_310.0)}, "The put costs $203 for 100 shares today at the "
         "ask ($1.94 bid, $2.03 ask, a spread of 5%; open interest 26,957): with the shares bought at the spot, the maximum loss "
         "until it expires is $1,310."),
        ({}, "Record (shares): 15 trades, 60% profitable, against 50% for the same trade on all 80 sessions that allowed it; mean "
         "+0.55% per trade after 1 bp per fill."),
        ({"record": replace(RECORD, base_rate=None)}, "Record (shares): 15 trades, 60% profitable (no base rate: the setup occurs on nearly every session); mean +0.55% per"),
        ({"record": replace(RECORD, jumps=2)}, "2 of them span a price jump without a split or dividend on file, so this record is doubtful."),
        ({"record": replace(RECORD, n=9)}, "Only 9 trades of this kind have ended before, too few to judge."),
        ({"record": replace(RECORD, n=0)}, "No earlier trade of this kind has ended in this symbol."),
        ({}, "Test it: `flowbt backtest strategies/option_play.py --symbols AAA`."),
    ],
)  # fmt: skip
def test_then_risk_option_record_and_the_command(changes: dict[str, Any], said: str) -> None:
    assert f" {said}" in idea_words(idea(**changes), "AAA", USD)


def test_without_a_stop_no_risk_is_told() -> None:
    assert "isk" not in idea_words(idea(risk=None, reward=None, reward_to_risk=None, break_even_rate=None), "AAA", USD)


def test_those_that_trade_today_stand_apart_from_those_that_do_not() -> None:
    ideas = [idea(), idea(idea="stock play", active=False), idea(idea="another", active=False, known=False)]
    assert [label for label, _ in ideas_section(replace(FACTS, trade_ideas=tuple(ideas)), USD).items] == [
        "Option play",
        "No setup today",
    ]
    assert idle_ideas(ideas) == "Stock play, another (inputs not all known)."
    assert idle_ideas([idea()]) == ""
