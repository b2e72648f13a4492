"""What the answer of a backtest says in each case, word for word."""

from typing import Any

import pytest

from flowbt.report import backtest_answer

Document = dict[str, Any]


def test_the_whole_answer(backtest: Document) -> None:
    assert backtest_answer(backtest) == (
        "BearishVerdict, shorting SYN000 and SYN001 (48 trades, 1 still open, 1 bp slippage a fill), returned +1.2% "
        "from 2024-07-01 to 2026-06-30, while buying and holding the same symbols returned +4.0%; 52% of the closed "
        "trades made money. The mean daily return, +0.003%, is within luck (t = 0.31, p = 0.76); only 0.070% a day or "
        "more would have been visible. Costs above 2.1 bp a fill would have eaten what the trades made."
    )


def test_only_what_interface_md_promises_is_needed(backtest: Document) -> None:
    promised = ("run", "strategy", "parameters", "symbols", "from", "to", "plans", "trades", "open_trades", "measures")
    assert backtest_answer({name: backtest[name] for name in promised}) == (
        "BearishVerdict, trading SYN000 and SYN001 (48 trades, 1 still open), returned +1.2% from 2024-07-01 to "
        "2026-06-30; 52% of the closed trades made money. With 47 closed trades, whether this is more than luck was "
        "not tested. Costs above 2.1 bp a fill would have eaten what the trades made."
    )


@pytest.mark.parametrize(
    ("plans", "said"),
    [
        (0, "BearishVerdict never asked for a trade in SYN000 and SYN001 from 2024-07-01 to 2026-06-30: there is "),
        (1, "its one plan was not carried out, so there is nothing to measure."),
        (5, "none of its 5 plans was carried out, so there is nothing to measure."),
    ],
)
def test_without_trades_there_is_nothing_to_measure(backtest: Document, plans: int, said: str) -> None:
    nothing: Document = {"plans": plans, "trades": 0, "open_trades": 0, "measures": {"total_return": 0.0}}
    assert said in backtest_answer(backtest | nothing)


@pytest.mark.parametrize(
    ("trades", "still_open", "said"),
    [
        (1, 1, "(1 trade, 1 still open, 1 bp slippage a fill), returned"),
        (1, 1, "No trade has closed yet, so nothing can be said of skill or luck."),
        (1, 0, "1 closed trade is too few to tell skill from luck."),
        (9, 0, "9 closed trades are too few to tell skill from luck."),
    ],
)
def test_few_trades_are_not_judged(backtest: Document, trades: int, still_open: int, said: str) -> None:
    answer = backtest_answer(backtest | {"trades": trades, "open_trades": still_open})
    assert said in answer
    assert "within luck" not in answer


@pytest.mark.parametrize(
    ("even", "said"),
    [
        (-0.4, "The trades would have lost money even without costs."),
        (0.4, "Without costs they would have made money; costs above 0.4 bp a fill eat it."),
        (2.1, "Costs above 2.1 bp a fill would have eaten what the trades made."),
    ],
)
def test_room_for_costs(backtest: Document, even: float, said: str) -> None:
    assert backtest_answer(backtest | {"measures": {"break_even_cost": even}}).endswith(said)


@pytest.mark.parametrize(
    ("mean", "said"),
    [
        (0.001, "+0.10%, is more than luck explains (t = 3.10, p = 0.002). One test is no proof"),
        (-0.001, "−0.10%, is worse than luck explains (t = 3.10, p = 0.002)."),
    ],
)
def test_an_account_beyond_luck(backtest: Document, mean: float, said: str) -> None:
    inference = {"mean_daily": mean, "t": 3.1, "p_value": 0.002}
    assert said in backtest_answer(backtest | {"inference": inference})


@pytest.mark.parametrize(
    ("sides", "said"),
    [({"long": 3, "short": 0}, "buying"), ({"long": 0, "short": 3}, "shorting"), ({"long": 1, "short": 2}, "trading")],
)
def test_sides(backtest: Document, sides: dict[str, int], said: str) -> None:
    assert f"BearishVerdict, {said} SYN000" in backtest_answer(backtest | {"sides": sides})


@pytest.mark.parametrize(
    ("costs", "said"),
    [
        ({"fees_bp": 0.5, "slippage_bp": 1.0}, "1 bp slippage and 0.5 bp fees a fill)"),
        ({"fees_bp": 0.0, "slippage_bp": 0.0}, "no costs)"),
    ],
)
def test_costs(backtest: Document, costs: dict[str, float], said: str) -> None:
    assert said in backtest_answer(backtest | {"costs": costs})


def test_one_symbol(backtest: Document) -> None:
    answer = backtest_answer(backtest | {"symbols": ["IWM"]})
    assert "shorting IWM (48 trades" in answer
    assert "while buying and holding it returned +4.0%" in answer


def test_what_is_not_a_number_is_left_out(backtest: Document) -> None:
    nothing = dict.fromkeys(backtest["measures"], float("nan"))
    answer = backtest_answer(backtest | {"measures": nothing, "buy_and_hold": float("nan"), "inference": None})
    assert "returned n/a from" in answer
    assert "nan" not in answer


def jump(**changes: Any) -> Document:
    told = {
        "symbol": "SPL", "previous": "2026-01-07", "date": "2026-01-08", "from": 1005.0, "to": 102.0, "move": -0.898507,
        "source": "bars", "events": 1, "trades": 1,
    }  # fmt: skip
    return {"jumps": [told | changes]}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (jump(), " Inside 1 trade, no split or dividend on file explains the −89.9% move of SPL from 2026-01-07 to "
         "2026-01-08 (1,005.00 to 102.00): the results across it are doubtful; if it was a split, add it with "
         "`flowbt ingest actions`."),
        (jump(events=2, trades=0), " Inside 2 plans on their own, no split"),
        (jump(source="chain"), "(1,005.00 to 102.00 in the chain)"),
        (jump(events=0, trades=0), " No trade spans the −89.9% move of SPL from 2026-01-07 to 2026-01-08 (1,005.00 to "
         "102.00), which nothing on file explains, but buying and holding and the base rate do."),
        ({"jumps": jump()["jumps"] * 5}, " and 3 more: the results across them are doubtful"),
        ({"splits_not_in_bars": [{"symbol": "SPL", "date": "2026-01-08", "value": 10.0}]}, " The bars do not show this "
         "split on file, so it was not applied: SPL 10-for-1 on 2026-01-08. Such bars are split-adjusted already, and "
         "strikes are not."),
        ({"splits_not_in_bars": [{"symbol": "SPL", "date": "2026-01-08", "value": 1.05}]}, " strikes are not. A split of less "
         "than 6 for 5 can be hidden by an ordinary move, so this may be wrong; bars with adjusted closes decide it."),
        ({"dividends_in_prices": [{"symbol": "DIV", "date": "2026-01-08", "value": 0.5}]}, " The prices of DIV are adjusted "
         "for dividends already, so 1 dividend on file was not paid again."),
    ],
    ids=["trade", "plans", "chain", "outside", "many", "adjusted bars", "small split", "adjusted for dividends"],
)  # fmt: skip
@pytest.mark.parametrize(
    "traded", [{}, {"plans": 0, "trades": 0}, {"trades": 0}], ids=["trades", "no plan", "no trade"]
)
def test_what_makes_the_numbers_doubtful_is_named(
    backtest: Document, given: Document, said: str, traded: Document
) -> None:
    assert said in backtest_answer(backtest | given | traded)


@pytest.mark.parametrize(
    ("dividends", "said"),
    [
        (
            250.0,
            "returned +1.2% from 2024-07-01 to 2026-06-30 (+1.0% without the 250 USD of dividends received), while",
        ),
        (-250.0, "returned +1.2% from 2024-07-01 to 2026-06-30 (+1.0% without the 250 USD of dividends paid), while"),
        (0.0, "returned +1.2% from 2024-07-01 to 2026-06-30, while"),
    ],
)
def test_total_and_price_return(backtest: Document, dividends: float, said: str) -> None:
    measures = backtest["measures"] | {"price_return": 0.0098, "dividends": dividends}
    assert said in backtest_answer(backtest | {"measures": measures})
