"""Trade ideas: their levels, risk, options and commands."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import polars as pl
import pytest
from tests.seeds import december

from flowbt import pricing
from flowbt.conventions import RISK_FREE_RATE
from flowbt.flow.day import Clock, Day, read_days, read_history
from flowbt.flow.ideas import Idea, shipped_ideas
from flowbt.flow.legs import OptionQuote
from flowbt.flow.trade_ideas import TradeIdea, trade_ideas
from flowbt.lake import Lake
from flowbt.metrics import Failures
from flowbt.signals import FlowVerdict
from flowbt.strategy import Plan, Strategy, from_entry, limit_order, next_open, stop_order
from flowbt.workflows.backtest import run_backtest

MakeDay = Callable[..., Day]
MakeRow = Callable[..., dict[str, Any]]
Store = Callable[..., Lake]
FRIDAY = "[expiry=this_friday,otm]"
PUT_FLOORS = [f"put_floor(rank={rank}){FRIDAY}" for rank in (1, 2, 3)]


class Written(Strategy):
    """A plan as it stands."""

    def __init__(self, plan: Plan) -> None:
        object.__setattr__(self, "written", plan)

    def plan(self) -> Plan:
        plan: Plan = self.__dict__["written"]
        return plan


def idea_of(make_day: MakeDay, plan: Plan, **today: Any) -> TradeIdea:
    """The idea on a day whose row holds the plan's columns."""
    idea = Idea("own", "own.py", Written(plan), {}, None)
    row = pl.DataFrame([{"spot": 100.0, **today}]).select(
        **{name: expr.alias(name) for name, expr in idea.columns().items()}
    )
    [found] = trade_ideas(make_day(**(today | row.row(0, named=True))), [idea])
    return found


ALWAYS = pl.lit(value=True)


def test_a_long_at_an_order_s_level(make_day: MakeDay) -> None:
    plan = Plan(ALWAYS, "long", stop_order(at=102.0, valid_for=2), target=108.0, stop=99.0, exit_after=5)
    found = idea_of(make_day, plan)
    assert (found.active, found.known, found.side) == (True, True, "long")
    assert (found.entry_kind, found.entry, found.valid_for) == ("stop", 102.0, 2)
    assert (found.target, found.stop, found.horizon) == (108.0, 99.0, 5)
    assert (found.reward, found.risk, found.reward_to_risk) == (6.0, 3.0, 2.0)
    assert found.break_even_rate == pytest.approx(1 / 3)
    assert found.instrument == "shares"


@pytest.mark.parametrize(("side", "target", "stop"), [("long", 110.0, 95.0), ("short", 90.0, 105.0)])
def test_offsets_are_from_the_spot_where_it_enters_at_the_open(
    side: Any, target: float, stop: float, make_day: MakeDay
) -> None:
    found = idea_of(make_day, Plan(ALWAYS, side, next_open(), target=from_entry(0.1), stop=from_entry(0.05)))
    assert found.entry == 100.0
    assert found.target == pytest.approx(target)
    assert found.stop == pytest.approx(stop)
    assert found.reward_to_risk == pytest.approx(2.0)


def test_offsets_are_from_the_order_s_level(make_day: MakeDay) -> None:
    found = idea_of(make_day, Plan(ALWAYS, "long", limit_order(at=90.0), target=from_entry(0.1)))
    assert found.entry == 90.0
    assert found.target == pytest.approx(99.0)


@pytest.mark.parametrize(("side", "target", "stop"), [("long", 99.0, 101.0), ("short", 101.0, 99.0)])
def test_levels_on_the_wrong_side_promise_nothing(side: Any, target: float, stop: float, make_day: MakeDay) -> None:
    found = idea_of(make_day, Plan(ALWAYS, side, target=target, stop=stop))
    assert (found.target, found.stop) == (target, stop)
    assert (found.reward, found.risk, found.reward_to_risk, found.break_even_rate) == (None,) * 4


def test_without_a_stop_there_is_no_ratio(make_day: MakeDay) -> None:
    found = idea_of(make_day, Plan(ALWAYS, "long", target=103.0))
    assert (found.reward, found.risk, found.reward_to_risk) == (3.0, None, None)


@pytest.mark.parametrize(("when", "active", "known"), [(True, True, True), (False, False, True), (None, False, False)])
def test_whether_it_trades_today(when: bool | None, active: bool, known: bool, make_day: MakeDay) -> None:
    found = idea_of(make_day, Plan(pl.lit(when, pl.Boolean), "long", target=103.0))
    assert (found.active, found.known, found.target) == (active, known, 103.0)


@pytest.mark.parametrize("sign", [0, None])
def test_without_a_side_it_does_not_trade(sign: int | None, make_day: MakeDay) -> None:
    found = idea_of(make_day, Plan(ALWAYS, pl.lit(sign, pl.Int8), stop=from_entry(0.05)))
    assert (found.active, found.side, found.stop) == (False, None, None)


def test_without_a_spot_there_is_no_entry(make_day: MakeDay) -> None:
    found = idea_of(make_day, Plan(ALWAYS, "long", stop=from_entry(0.05)), spot=None)
    assert (found.entry, found.stop, found.risk) == (None, None, None)


def option_day(make_day: MakeDay, *contracts: Mapping[str, Any], **today: Any) -> TradeIdea:
    """The option play of Monday the 5th on the call at the contention strike 102, its horizon ending on the 8th."""
    columns = {"when": True, "side": 1, "entry_level": 102.0, "target": 106.0, "stop": 99.0}
    plan = {f"option play: {name}": value for name, value in columns.items()}
    [idea] = [idea for idea in shipped_ideas() if idea.name == "option play"]
    [found] = trade_ideas(make_day(contracts, **{f"contention_strike{FRIDAY}": 102.0, **plan, **today}), [idea])
    return found


def quote_of(make_day: MakeDay, *contracts: Mapping[str, Any], **today: Any) -> OptionQuote:
    """The option of `option_day`."""
    option = option_day(make_day, *contracts, **today).option
    assert option is not None
    return option


THIS_FRIDAY, NEXT_FRIDAY = date(2026, 1, 9), date(2026, 1, 16)


def test_an_option_is_bought_at_the_ask(make_day: MakeDay, option: MakeRow) -> None:
    call = option(102, "call", THIS_FRIDAY, bid=0.9, ask=1.1, last=5.0, volume=7, open_interest=9, unit_delta=0.3)
    found = option_day(make_day, call)
    assert found.instrument == "AAA260109C00102000"
    assert found.option == OptionQuote(
        contract="AAA260109C00102000", expiration=THIS_FRIDAY, last_trading_day=THIS_FRIDAY, strike=102.0, option_type="call", dte=4,
        bid=0.9, ask=1.1, last=5.0, volume=7, open_interest=9, iv=None, delta=0.3,
        priced_by="ask", cost=1.1 * 100, spread_share=(1.1 - 0.9) / 1.0,
        break_even=102 + 1.1, at_target=None, at_stop=None, insured_loss=None,
        outlived_until=date(2026, 1, 13),
    )  # fmt: skip


@pytest.mark.parametrize("quote", [{}, {"bid": 0.0, "ask": 0.0}, {"bid": 1.2, "ask": 1.1}, {"ask": 1.1}, {"bid": 0.9}])
def test_where_nobody_quotes_it_at_the_last_trade(quote: dict[str, float], make_day: MakeDay, option: MakeRow) -> None:
    found = quote_of(make_day, option(102, "call", THIS_FRIDAY, last=1.5, volume=1, **quote))
    assert (found.priced_by, found.cost, found.break_even) == ("last", 150.0, 103.5)
    assert found.spread_share is None


@pytest.mark.parametrize("volume", [0, None])
def test_a_last_price_of_another_day_is_none(volume: int | None, make_day: MakeDay, option: MakeRow) -> None:
    found = quote_of(make_day, option(102, "call", THIS_FRIDAY, last=1.5, volume=volume, volatility=0.2))
    assert (found.priced_by, found.cost, found.break_even, found.at_target) == (None, None, None, None)


@pytest.mark.parametrize(
    ("strike", "side", "expiration"),
    [(103, "call", THIS_FRIDAY), (102, "put", THIS_FRIDAY), (102, "call", date(2026, 1, 8))],
)
def test_a_contract_that_is_not_listed(
    strike: float, side: str, expiration: date, make_day: MakeDay, option: MakeRow
) -> None:
    found = option_day(make_day, option(strike, side, expiration, ask=1.0, bid=0.9))
    assert (found.active, found.option, found.instrument) == (True, None, "shares")


def test_without_a_strike_there_is_no_option(make_day: MakeDay, option: MakeRow) -> None:
    call = option(102, "call", THIS_FRIDAY, ask=1.0, bid=0.9)
    assert option_day(make_day, call, **{f"contention_strike{FRIDAY}": None}).option is None


def test_an_idea_that_does_not_trade_has_no_option(make_day: MakeDay, option: MakeRow) -> None:
    call = option(102, "call", THIS_FRIDAY, ask=1.0, bid=0.9)
    assert option_day(make_day, call, **{"option play: when": False}).option is None


@pytest.mark.parametrize(
    ("day", "expiration"),
    [
        # three sessions on
        (date(2026, 1, 5), date(2026, 1, 9)),
        (date(2026, 1, 6), date(2026, 1, 9)),
        (date(2026, 1, 7), date(2026, 1, 16)),
        (date(2026, 1, 9), date(2026, 1, 16)),
        # over Martin Luther King Day: Thursday's third session is Wednesday
        (date(2026, 1, 15), date(2026, 1, 23)),
        # Good Friday is none, and Thursday is the third session after Monday
        (date(2026, 3, 30), date(2026, 4, 2)),
    ],
)
def test_it_expires_on_the_first_friday_by_which_the_horizon_has_ended(
    day: date, expiration: date, make_day: MakeDay, option: MakeRow
) -> None:
    fridays = {date(2026, 1, 9), date(2026, 1, 16), date(2026, 1, 23), date(2026, 4, 2), date(2026, 4, 10)}
    calls = [option(102, "call", friday, ask=1.0, bid=0.9) for friday in fridays if friday > day]
    assert quote_of(make_day, *calls, day=day).expiration == expiration


def test_the_next_friday_listed_is_taken(make_day: MakeDay, option: MakeRow) -> None:
    assert quote_of(make_day, option(102, "call", NEXT_FRIDAY, ask=1.0, bid=0.9)).expiration == NEXT_FRIDAY


def test_at_the_levels_it_is_worth_what_the_model_says_it_has_changed_by(make_day: MakeDay, option: MakeRow) -> None:
    call = option(102, "call", THIS_FRIDAY, bid=0.9, ask=1.1, volatility=0.3)
    found = quote_of(make_day, call)
    now, there = (
        float(pricing.price(spot, 102.0, days / 365, 0.3, RISK_FREE_RATE, 0.0, True))
        for spot, days in ((100.0, 4), (106.0, 1))
    )
    assert found.at_target == pytest.approx(100 * (1.0 + there - now))


def test_it_is_never_worth_less_than_its_exercise(make_day: MakeDay, option: MakeRow) -> None:
    cheap = option(102, "call", THIS_FRIDAY, bid=0.01, ask=0.02, volatility=0.9)
    found = quote_of(make_day, cheap)
    assert (found.at_target, found.at_stop) == (400.0, 0.0)


def test_on_its_last_day_it_is_worth_its_exercise(make_day: MakeDay, option: MakeRow) -> None:
    call = option(102, "call", THIS_FRIDAY, bid=0.9, ask=1.1, volatility=0.3)
    assert quote_of(make_day, call, day=date(2026, 1, 6)).at_target == 400.0


def test_a_protective_put_insures_the_shares(make_day: MakeDay, option: MakeRow) -> None:
    columns = {"when": True, "side": 1, "target": 106.0, "stop": 95.0}
    plan = {f"protective put: {name}": value for name, value in columns.items()}
    put = option(95, "put", THIS_FRIDAY, bid=0.4, ask=0.5)
    [idea] = [idea for idea in shipped_ideas() if idea.name == "protective put"]
    [found] = trade_ideas(make_day([put], **plan), [idea])
    assert found.instrument == "shares and AAA260109P00095000"
    assert found.option is not None
    assert (found.option.strike, found.option.cost) == (found.stop, 50.0)
    assert found.option.break_even == 94.5
    # bought at 100, sold at 95 whatever happens, and half a dollar for it
    assert found.option.insured_loss == 550.0


def test_settings_reach_the_idea_that_trades_the_verdict_and_no_other() -> None:
    ideas = {idea.name: idea for idea in shipped_ideas({"bearish": "0.3", "lookback": "40"})}
    short = ideas.pop("short the verdict")
    signal: FlowVerdict = short.strategy.signal  # type: ignore[attr-defined]
    assert (signal.bearish, signal.lookback, signal.bullish) == (0.3, 40, FlowVerdict().bullish)
    assert short.command("AAA", "close") == (
        "flowbt backtest strategies/bearish_verdict.py --symbols AAA --set signal.bearish=0.3 --set signal.lookback=40"
    )
    assert all(not idea.settings for idea in ideas.values())


def test_the_command_says_the_clock() -> None:
    assert shipped_ideas()[0].command("AAA", "pre_open") == (
        "flowbt backtest strategies/option_play.py --symbols AAA --decision pre_open"
    )


def test_nothing_known_no_idea_trades(make_day: MakeDay) -> None:
    columns = {name: None for idea in shipped_ideas() for name in idea.columns()}
    found = trade_ideas(make_day(spot=None, **columns), shipped_ideas())
    assert [(row.active, row.known, row.option) for row in found] == [(False, False, None)] * 5


@pytest.fixture(scope="module")
def december_lake(store: Store) -> Lake:
    """The options signal's, with four sessions more of bars: they rise through everything."""
    more = december.bars().tail(1).select(pl.exclude("date", "open", "high", "low", "close"))
    after = pl.concat(
        more.with_columns(
            date=pl.lit(day),
            open=pl.lit(price),
            high=pl.lit(price + 4),
            low=pl.lit(price - 0.2),
            close=pl.lit(price + 3),
        )
        for day, price in (
            (date(2025, 12, 30), 249.9),
            (date(2025, 12, 31), 253.0),
            (date(2026, 1, 2), 256.0),
            (date(2026, 1, 5), 258.0),
        )
    )
    return store(december.chain(), bars=pl.concat([december.bars(), after.select(december.bars().columns)]))


@pytest.mark.parametrize("name", ["option play", "protective put", "stock play"])
def test_levels_are_those_that_the_backtest_trades(name: str, december_lake: Lake) -> None:
    ideas = shipped_ideas()
    [idea] = [idea for idea in ideas if idea.name == name]
    history = read_history(
        december_lake, "IWM", december.DAY, {**FlowVerdict().columns(), **idea.columns()}, Clock(), Failures()
    )
    [day] = read_days(december_lake, "IWM", [december.DAY], history, december_lake.bars(["IWM"]), Clock(), Failures())
    [found] = trade_ideas(day, [idea])
    row = idea.plan.rows(idea.decided(history)).row(0, named=True)
    assert (found.target, found.stop) == (row["target"], row["stop"])
    assert found.entry == (day.spot if row["entry_level"] is None else row["entry_level"])
    result = run_backtest(december_lake, idea.strategy, symbols=["IWM"])
    trade = result.events.row(0, named=True)
    assert (trade["signal_date"], trade["side"]) == (december.DAY, "long")
    filled = 249.9 if name == "protective put" else found.entry
    assert filled is not None
    assert trade["entry_price"] == pytest.approx(filled * 1.0001)
    left = {"target": found.target, "stop": found.stop}
    assert trade["exit_price"] == pytest.approx((left.get(trade["exit_reason"]) or 258.0) * 0.9999)
