"""How often the same was right before, day by day on what was known by then."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import polars as pl
import pytest

from flowbt.calendar import sessions
from flowbt.flow.ideas import Idea
from flowbt.flow.track_record import HORIZON, IdeaRecord, Record, VerdictRecord, record_of
from flowbt.schema import CORPORATE_ACTIONS, PRICE_BARS, TRADES, conform
from flowbt.strategy import Plan, Strategy

Bars = Callable[..., pl.DataFrame]
NO_ACTIONS = pl.DataFrame(schema=CORPORATE_ACTIONS)


def history_of(days: Sequence[date], verdicts: Sequence[int | None], **more: Sequence[Any]) -> pl.DataFrame:
    count = len(verdicts)
    return pl.DataFrame(
        {"symbol": ["AAA"] * count, "date": days[:count], "verdict": verdicts, **more},
        schema_overrides={"verdict": pl.Int8, "when": pl.Boolean},
    )


def record(history: pl.DataFrame, bars: pl.DataFrame, *ideas: Idea, actions: pl.DataFrame = NO_ACTIONS) -> Record:
    return record_of(history, ideas, bars, actions)


def test_a_verdict_is_judged_once_three_sessions_from_the_next_open_are_over(days: Sequence[date], bars: Bars) -> None:
    # opened at 11 on the 1st day, 10 on the 4th: it fell
    found = record(history_of(days, [-1, None, None, None, -1]), bars([9.0, 11.0, 12.0, 13.0, 10.0, 10.0]))
    assert HORIZON == 3
    assert found.verdicts.row(0, named=True) == {
        "date": days[0],
        "verdict": -1,
        "return": pytest.approx(10 / 11 - 1),
        "known_on": days[4],
    }
    assert found.of_verdict(days[4]) == VerdictRecord(verdict=-1, horizon=3, n=1, hit_rate=1.0, base_rate=1.0, base_n=1)


def test_one_session_before_that_it_does_not_count(days: Sequence[date], bars: Bars) -> None:
    found = record(history_of(days, [-1, None, None, -1, -1]), bars([9.0, 11.0, 12.0, 13.0, 10.0, 10.0]))
    assert [found.of_verdict(days[place]).n for place in (3, 4)] == [0, 1]


def test_the_sessions_of_a_record_are_those_of_the_symbol_s_exchange(bars: Bars) -> None:
    """Of Monday 2019-01-21 New York has no session: in Mumbai the verdict of Wednesday is judged a day earlier."""
    mumbai = sessions(date(2019, 1, 16), date(2019, 1, 31), "XNSE")
    prices = bars([10.0, 11.0, 12.0, 13.0, 14.0, 15.0, 16.0], on=mumbai)
    found = record_of(history_of(mumbai, [1] * 7), (), prices, NO_ACTIONS, {"AAA": "XNSE"})
    assert found.verdicts.row(0, named=True) == {
        "date": mumbai[0],
        "verdict": 1,
        "return": pytest.approx(14 / 11 - 1),
        "known_on": date(2019, 1, 22),
    }


VERDICTS = (-1, 1, -1, 0, None, -1, 1, -1, -1, -1)
PRICES = (10.0, 12.0, 11.0, 10.0, 11.0, 13.0, 9.0, 14.0, 8.0, 10.0)


def by_hand(place: int) -> dict[str, Any]:
    """The record on a day by a loop over those before it."""
    verdict = VERDICTS[place]
    own, every = [], []
    for earlier in range(place - HORIZON):
        said = VERDICTS[earlier]
        if said is None:
            continue
        right = (PRICES[earlier + 1 + HORIZON] / PRICES[earlier + 1] - 1) * (verdict or 0) > 0
        every.append(right)
        if said == verdict:
            own.append(right)
    return {
        "verdict": verdict,
        "horizon": 3,
        "n": len(own) if verdict else 0,
        "hit_rate": sum(own) / len(own) if own and verdict else None,
        "base_rate": sum(every) / len(every) if every and verdict else None,
        "base_n": len(every),
    }


@pytest.mark.parametrize("place", range(len(VERDICTS)))
def test_the_record_of_each_day(place: int, days: Sequence[date], bars: Bars) -> None:
    found = record(history_of(days, VERDICTS), bars(PRICES)).of_verdict(days[place])
    expected = by_hand(place)
    rates = {name: pytest.approx(expected[name]) for name in ("hit_rate", "base_rate") if expected[name] is not None}
    assert vars(found) == expected | rates


@pytest.mark.parametrize("place", range(len(VERDICTS)))
def test_the_record_of_a_day_does_not_change_with_what_comes_later(
    place: int, days: Sequence[date], bars: Bars
) -> None:
    history, prices = history_of(days, VERDICTS), bars(PRICES)
    whole = record(history, prices)
    until = record(history.head(place + 1), prices.head(place + 1))
    assert until.of_verdict(days[place]) == whole.of_verdict(days[place])


def test_a_price_that_did_not_move_bears_nobody_out(days: Sequence[date], bars: Bars) -> None:
    for verdict in (-1, 1):
        found = record(history_of(days, [verdict] * 6), bars([10.0] * 6)).of_verdict(days[5])
        assert (found.n, found.hit_rate, found.base_rate) == (2, 0.0, 0.0)


@pytest.mark.parametrize("verdict", [0, None])
def test_without_a_lean_there_is_no_hit_rate(verdict: int | None, days: Sequence[date], bars: Bars) -> None:
    found = record(history_of(days, [-1, -1, 0, 0, 0, verdict]), bars([10.0] * 6)).of_verdict(days[5])
    assert (found.n, found.hit_rate, found.base_rate, found.base_n) == (0, None, None, 2)


def test_a_day_that_is_not_in_the_history_has_no_record(days: Sequence[date], bars: Bars) -> None:
    found = record(history_of(days, [-1] * 6), bars([10.0] * 7)).of_verdict(days[6])
    assert (found.verdict, found.n) == (None, 0)


def test_a_verdict_whose_session_has_no_bar_of_entry_is_never_judged(days: Sequence[date], bars: Bars) -> None:
    found = record(history_of(days, [-1, 1, 1, 1, 1, -1]), bars([10.0, None, 10.0, 10.0, 9.0, 8.0]))
    assert found.verdicts["return"][0] is None
    assert found.of_verdict(days[5]).n == 0


def test_a_split_is_no_fall(days: Sequence[date], bars: Bars) -> None:
    split = conform(
        pl.DataFrame([{"symbol": "AAA", "date": days[3], "kind": "split", "value": 2.0}]), CORPORATE_ACTIONS
    )
    history, prices = history_of(days, [-1, 0, 0, 0, -1]), bars([10.0, 10.0, 10.0, 5.0, 5.1])
    found = record(history, prices, actions=split).of_verdict(days[4])
    assert (found.n, found.hit_rate) == (1, 0.0)


class Every(Strategy):
    """Long whenever the history says so, out after a session."""

    def plan(self) -> Plan:
        return Plan(when=pl.col("when"), side="long", exit_after=1)


LONG = Idea("long", "long.py", Every(), {}, None)


def decided(days: Sequence[date], when: Sequence[bool | None]) -> pl.DataFrame:
    history = history_of(days, [None] * len(when), when=when)
    columns = LONG.plan.columns()
    return history.with_columns(**{LONG.column(name): columns[name] for name in columns})


def test_a_trade_counts_from_the_session_on_which_it_ended(days: Sequence[date], bars: Bars) -> None:
    # in at 10 on the 1st day, out at 12 on the 2nd
    found = record(decided(days, [True, False, False, False]), bars([9.0, 10.0, 12.0, 12.0]), LONG)
    assert [found.of_idea("long", days[place]).n for place in range(4)] == [0, 0, 1, 1]
    assert found.of_idea("long", days[2]).hit_rate == 1.0
    assert found.of_idea("long", days[2]).mean_return == pytest.approx(12 * 0.9999 / (10 * 1.0001) - 1)


def test_a_trade_that_is_still_open_does_not_count(days: Sequence[date], bars: Bars) -> None:
    found = record(decided(days, [True, False]), bars([9.0, 10.0]), LONG)
    assert found.trades["long"]["exit_reason"].to_list() == ["end"]
    assert found.of_idea("long", days[1]).n == 0


def actions_of(*rows: tuple[date, str, float]) -> pl.DataFrame:
    return pl.DataFrame([("AAA", *row) for row in rows], schema=CORPORATE_ACTIONS, orient="row")


def test_an_idea_s_trades_and_their_base_are_carried_over_splits_and_dividends(
    days: Sequence[date], bars: Bars
) -> None:
    # in at 10 on the 1st day, out at 5.1 of two shares on the 2nd, with a dividend of 0.2 on each
    given = actions_of((days[2], "split", 2.0), (days[2], "dividend", 0.2))
    found = record(decided(days, [True, False, False]), bars([9.0, 10.0, 5.1]), LONG, actions=given)
    expected = (2 * 5.1 * 0.9999 + 0.4) / (10 * 1.0001) - 1
    assert found.of_idea("long", days[2]).mean_return == pytest.approx(expected)
    assert found.base["long"].filter(side="long", exit_reason="time")["return"].to_list() == pytest.approx([expected])
    assert found.of_idea("long", days[2]).jumps == 0


def test_trades_over_a_move_without_an_action_are_counted(days: Sequence[date], bars: Bars) -> None:
    found = record(decided(days, [True, False, True, False, False]), bars([9.0, 10.0, 5.1, 5.0, 5.0]), LONG)
    assert [found.of_idea("long", days[place]).jumps for place in (1, 2, 4)] == [0, 1, 1]
    assert found.of_idea("long", days[4]).n == 2


def test_an_idea_s_trades_are_on_the_sessions_of_its_exchange(bars: Bars) -> None:
    # on 21 January 2019 New York was closed and Mumbai was not
    mumbai = sessions(date(2019, 1, 18), date(2019, 1, 23), "XNSE")
    history, prices = decided(mumbai, [True, False, False, False]), bars([10.0, 11.0, 12.0, 13.0], on=mumbai)
    found = record_of(history, [LONG], prices, NO_ACTIONS, {"AAA": "XNSE"})
    assert found.trades["long"].select("entry_date", "exit_date").row(0) == (date(2019, 1, 21), date(2019, 1, 22))


def test_an_idea_s_record_by_hand(days: Sequence[date], bars: Bars) -> None:
    # every open is 10 or 11 by turns; traded is on each third session, judged on all
    when = [place % 3 == 0 for place in range(30)]
    closes = [10.0 + place % 2 for place in range(30)]
    found = record(decided(days, when), bars(closes), LONG)
    for last in (5, 14, 15, 16, 29):
        ended = range(last - 1)
        own = [closes[place + 2] > closes[place + 1] for place in ended if when[place]]
        every = [closes[place + 2] > closes[place + 1] for place in ended]
        to_date = found.of_idea("long", days[last])
        assert to_date.n == len(own)
        assert to_date.hit_rate == pytest.approx(sum(own) / len(own))
        enough = len(every) - len(own) >= 10
        assert to_date.base_rate == (pytest.approx(sum(every) / len(every)) if enough else None)


@pytest.mark.parametrize("place", range(12))
def test_an_idea_s_record_does_not_change_with_what_comes_later(place: int, days: Sequence[date], bars: Bars) -> None:
    history = decided(days, [True, False, True, None] * 3)
    prices = bars([10.0, 11.0, 9.0, 12.0, 8.0, 13.0] * 2)
    whole = record(history, prices, LONG)
    until = record(history.head(place + 1), prices.head(place + 1), LONG)
    assert until.of_idea("long", days[place]) == whole.of_idea("long", days[place])


NOTHING = IdeaRecord(n=0, hit_rate=None, mean_return=None, base_n=0, base_rate=None, base_return=None, jumps=0)


def test_without_bars_nothing_is_on_record(days: Sequence[date]) -> None:
    found = record(decided(days, [True] * 9), pl.DataFrame(schema=PRICE_BARS), LONG)
    assert found.of_idea("long", days[8]) == NOTHING
    assert found.of_verdict(days[8]).base_n == 0
    assert found.trades["long"].schema == pl.Schema(TRADES)


def test_bars_that_end_before_the_chains_begin_put_nothing_on_record(days: Sequence[date], bars: Bars) -> None:
    history = decided(days, [True] * 9).tail(4)
    found = record(history, bars([10.0] * 5), LONG)
    assert found.of_idea("long", days[8]) == NOTHING
    assert found.of_verdict(days[8]).base_n == 0


def test_bars_that_begin_later_are_on_record_from_then_on(days: Sequence[date], bars: Bars) -> None:
    found = record(decided(days, [True] * 6), bars([None, None, 10.0, 11.0, 12.0, 13.0]), LONG)
    assert found.of_idea("long", days[5]).n == 3


def test_one_session_of_history(days: Sequence[date], bars: Bars) -> None:
    found = record(decided(days, [True]), bars([10.0]), LONG)
    assert found.of_idea("long", days[0]) == NOTHING
    assert found.of_verdict(days[0]) == VerdictRecord(
        verdict=None, horizon=3, n=0, hit_rate=None, base_rate=None, base_n=0
    )
