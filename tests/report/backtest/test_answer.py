"""What the answer of a backtest says in each case, word for word."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from flowbt.backtest import Costs, EventMeasures, TradeJump
from flowbt.evaluation.assessment import AccountTest, BacktestRun, Sides, UnusedAction
from flowbt.report.backtest import backtest_answer
from flowbt.report.kit.formats import percent

SPLIT_DAY = date(2026, 1, 8)


def test_the_whole_answer(backtest: BacktestRun) -> None:
    assert backtest_answer(backtest) == (
        "BearishVerdict, shorting SYN000 and SYN001 (48 trades, 1 still open, 1 bp slippage per fill), returned +1.2% "
        "from 2024-07-01 to 2026-06-30, while buying and holding the same symbols returned +4.0%; 52% of the closed "
        "trades made money. The mean daily return of +0.003% is not significant (could well be chance; t = 0.31, p = 0.76); "
        "only a mean of 0.070% or more per day would have been detected. The trades would break even at costs of 2.1 bp per "
        "fill."
    )


def test_the_answer_of_a_simulated_market(simulated: BacktestRun) -> None:
    measures, events = simulated.measures, simulated.event_measures
    answer = backtest_answer(simulated)
    assert answer == simulated.answer
    assert answer.startswith(f"EveryThirdDay, trading SYN000 and SYN001 ({simulated.trade_count} trades")
    assert (
        f"returned {percent(measures.total_return, signed=True)} from {simulated.first} to {simulated.last}" in answer
    )
    assert f"Of the {events.n} plans, each on its own, {percent(events.hit_rate, 0)} made money; " in answer
    assert f"made money {percent(events.base_rate, 0)} of the time." in answer


def test_without_a_base_or_a_test_nothing_is_made_up(backtest: BacktestRun) -> None:
    assert backtest_answer(replace(backtest, inference=None, buy_and_hold=None, sides=Sides())) == (
        "BearishVerdict, trading SYN000 and SYN001 (48 trades, 1 still open, 1 bp slippage per fill), returned +1.2% from "
        "2024-07-01 to 2026-06-30; 52% of the closed trades made money. With 47 closed trades, significance was "
        "not tested. The trades would break even at costs of 2.1 bp per fill."
    )


def test_the_base_rate(backtest: BacktestRun) -> None:
    events = EventMeasures(n=57, hit_rate=0.509, mean_return=0.0004, base_n=300, base_rate=0.47, base_return=0.0)
    assert (
        " Of the 57 plans, each on its own, 51% made money; the same trade on every session with a decision made money 47% "
        "of the time. "
    ) in backtest_answer(replace(backtest, event_measures=events))


@pytest.mark.parametrize(
    ("plans", "expected"),
    [
        (0, "BearishVerdict did not ask for any trade in SYN000 and SYN001 from 2024-07-01 to 2026-06-30: there is "),
        (1, "its only plan was not executed, so there is nothing to measure."),
        (5, "none of its 5 plans was executed, so there is nothing to measure."),
    ],
)
def test_without_trades_there_is_nothing_to_measure(backtest: BacktestRun, plans: int, expected: str) -> None:
    assert expected in backtest_answer(replace(backtest, plans=plans, trade_count=0, open_trades=0))


@pytest.mark.parametrize(
    ("trades", "still_open", "expected"),
    [
        (1, 1, "(1 trade, 1 still open, 1 bp slippage per fill), returned"),
        (1, 1, "No trade has closed yet, so significance cannot be judged."),
        (1, 0, "1 closed trade is too few to judge significance."),
        (9, 0, "9 closed trades are too few to judge significance."),
    ],
)
def test_few_trades_are_not_judged(backtest: BacktestRun, trades: int, still_open: int, expected: str) -> None:
    answer = backtest_answer(replace(backtest, trade_count=trades, open_trades=still_open))
    assert expected in answer
    assert "not significant" not in answer
    assert "break even" not in answer


@pytest.mark.parametrize(
    ("even", "expected"),
    [
        (-0.4, "The trades would have lost money even without costs."),
        (0.4, "Costs turned a gain into a loss: the trades break even at 0.4 bp per fill."),
        (2.1, "The trades would break even at costs of 2.1 bp per fill."),
        (None, "would have been detected."),
    ],
)
def test_room_for_costs(backtest: BacktestRun, even: float | None, expected: str) -> None:
    measures = replace(backtest.measures, break_even_cost=even)
    assert backtest_answer(replace(backtest, measures=measures)).endswith(expected)


@pytest.mark.parametrize(
    ("mean", "expected"),
    [
        (0.001, "+0.10% is significant (unlikely to be chance; t = 3.10, p = 0.002). One test is not proof"),
        (-0.001, "−0.10% is significantly negative (unlikely to be chance; t = 3.10, p = 0.002)."),
    ],
)
def test_a_significant_account(backtest: BacktestRun, mean: float, expected: str) -> None:
    test = AccountTest(mean_daily=mean, t=3.1, p_value=0.002, minimum_detectable=0.001)
    assert expected in backtest_answer(replace(backtest, inference=test))


@pytest.mark.parametrize(
    ("sides", "expected"),
    [(Sides(long=3), "buying"), (Sides(short=3), "shorting"), (Sides(long=1, short=2), "trading")],
)
def test_sides(backtest: BacktestRun, sides: Sides, expected: str) -> None:
    assert f"BearishVerdict, {expected} SYN000" in backtest_answer(replace(backtest, sides=sides))


@pytest.mark.parametrize(
    ("costs", "expected"),
    [
        (Costs(fees_bp=0.5, slippage_bp=1.0), "1 bp slippage and 0.5 bp fees per fill)"),
        (Costs(fees_bp=0.5), "0.5 bp fees per fill)"),
        (Costs(), "no costs)"),
    ],
)
def test_costs(backtest: BacktestRun, costs: Costs, expected: str) -> None:
    assert expected in backtest_answer(replace(backtest, costs=costs))


def test_one_symbol(backtest: BacktestRun) -> None:
    answer = backtest_answer(replace(backtest, symbols=("IWM",)))
    assert "shorting IWM (48 trades" in answer
    assert "while buying and holding it returned +4.0%" in answer


def test_missing_numbers_are_left_out(backtest: BacktestRun, nothing_known: dict[str, Any]) -> None:
    answer = backtest_answer(replace(backtest, **nothing_known))
    assert "returned n/a from" in answer
    assert "nan" not in answer
    assert "None" not in answer


def jump(**changes: Any) -> dict[str, Any]:
    found = TradeJump(
        symbol="SPL", previous=date(2026, 1, 7), day=SPLIT_DAY, before=1005.0, after=102.0, move=-0.898507, source="bars",
        events=1, trades=1,
    )  # fmt: skip
    return {"jumps": (replace(found, **changes),)}


MOVE = "the −89.9% move of SPL from 2026-01-07 to 2026-01-08 (1,005.00 to 102.00)"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (jump(), f" No split or dividend on file explains {MOVE}. 1 trade spans it, so the results are doubtful; if it was a "
         "split, add it with `flowbt ingest actions`."),
        (jump(events=2, trades=0), " 2 plans (on their own) span it, so"),
        (jump(events=1, trades=0), " 1 plan (on its own) spans it, so"),
        (jump(source="chain"), "(1,005.00 to 102.00 in the chain)"),
        (jump(events=0, trades=0), f" Nothing on file explains {MOVE}. No trade spans it, but buy and hold and the base rate "
         "do."),
        ({"jumps": jump()["jumps"] * 5}, " and 3 more. Trades span them, so the results are doubtful"),
        ({"jumps": jump(trades=0)["jumps"] * 5}, " and 3 more. Plans on their own span them, so the results are doubtful"),
        ({"splits_not_in_bars": (UnusedAction(symbol="SPL", day=SPLIT_DAY, value=10.0),)}, " The bars do not show this split on file, so it was "
         "not applied: SPL 10-for-1 on 2026-01-08. Such bars are already split-adjusted; strikes are not."),
        ({"splits_not_in_bars": (UnusedAction(symbol="SPL", day=SPLIT_DAY, value=1.05),)}, " strikes are not. A split smaller than 6-for-5 can "
         "be hidden by an ordinary move, so this may be wrong; bars with adjusted closes would settle it."),
        ({"dividends_in_prices": (UnusedAction(symbol="DIV", day=SPLIT_DAY, value=0.5),)}, " The prices of DIV are already adjusted for "
         "dividends, so 1 dividend on file was not paid again."),
    ],
    ids=["trade", "plans", "plan", "chain", "outside", "many", "many plans", "adjusted bars", "small split",
         "adjusted for dividends"],
)  # fmt: skip
@pytest.mark.parametrize(
    "traded", [{}, {"plans": 0, "trade_count": 0}, {"trade_count": 0}], ids=["trades", "no plan", "no trade"]
)
def test_what_makes_the_numbers_doubtful_is_named(
    backtest: BacktestRun, given: dict[str, Any], expected: str, traded: dict[str, Any]
) -> None:
    assert expected in backtest_answer(replace(backtest, **given, **traded))


@pytest.mark.parametrize(
    ("dividends", "expected"),
    [
        (
            250.0,
            "returned +1.2% from 2024-07-01 to 2026-06-30 (+1.0% without the 250 USD of dividends received), while",
        ),
        (-250.0, "returned +1.2% from 2024-07-01 to 2026-06-30 (+1.0% without the 250 USD of dividends paid), while"),
        (0.0, "returned +1.2% from 2024-07-01 to 2026-06-30, while"),
    ],
)
def test_total_and_price_return(backtest: BacktestRun, dividends: float, expected: str) -> None:
    measures = replace(backtest.measures, price_return=0.0098, dividends=dividends)
    assert expected in backtest_answer(replace(backtest, measures=measures))
