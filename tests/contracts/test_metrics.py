"""What every shipped metric must keep to, whatever it says.

Two symbols trade through the turn of a month, with three expiries, one of which expires on the way; numbers are drawn,
some of them missing. Every metric is computed once for each changed version of this market, at its own grain, and its
values are compared bit for bit. A test asks one question of all metrics, and lists those that fail it.

What concerns time and order is asked of both clocks, in a market where one symbol's open interest is that of the close before
and the other's that of the day itself.
"""

import random
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_series_equal

from flowbt.audit import metrics_subject
from flowbt.audit.checks import Findings, Scene, future_poison, prefix_invariance, two_clocks
from flowbt.audit.cuts import Cuts
from flowbt.audit.replay import Replay
from flowbt.calendar import sessions
from flowbt.errors import LakeError
from flowbt.lake import Lake
from flowbt.metrics import DECISIONS, SHIPPED, Decision, Metric, Request, compute
from flowbt.metrics.engine.resolve import KEYS
from flowbt.schema import PRINTS, QUOTE_COLUMNS, SIDES, STRIKE_KEY, conform

METRICS = tuple(SHIPPED)
OF_A_SYMBOL = tuple(metric for metric in METRICS if metric.grain != "cross_section")
SYMBOLS = ("AAA", "BBB")
DAYS = sessions(date(2026, 1, 22), date(2026, 2, 6))
BAR_DAYS = sessions(date(2025, 3, 3), DAYS[-1])
EXPIRATIONS = (date(2026, 1, 30), date(2026, 2, 6), date(2026, 3, 20), date(2026, 6, 18))
STRIKES = (80.0, 90.0, 95.0, 100.0, 105.0, 110.0, 120.0)
FIRST_OF_FEBRUARY = date(2026, 2, 2)
CUTS = (DAYS[0], date(2026, 1, 30), date(2026, 2, 2), DAYS[-2])
TURN_OF_THE_MONTH = CUTS[1:3]
UNITS = {
    "USD", "1", "contracts", "shares", "shares per USD", "1/USD", "days", "date", "sd", "boolean",
    "see `unit`", "1 per year", "1 per vol point", "1 per day", "USD per vol point", "USD per day", "shares per vol point",
    "shares per day", "contracts listed", "name",
}  # fmt: skip

Values = dict[str, pl.DataFrame]
Market = tuple[pl.DataFrame, pl.DataFrame]


@pytest.fixture(scope="session")
def market(chain: Callable[..., pl.DataFrame], bars: Callable[..., pl.DataFrame]) -> Market:
    """Strike rows and bars. Volume of deep calls stays below open interest, so none is a candidate for a dividend play.

    More is held near the spot, so the strikes that hold most are neighbours on some days. Some contracts there are busy.
    """
    draw = random.Random(20260122)  # noqa: S311 (not for secrets)
    busy = random.Random(500)  # noqa: S311

    def number(low: float, high: float) -> float | None:
        return None if draw.random() < 0.05 else round(draw.uniform(low, high), 4)

    def option(sign: int, moneyness: float) -> dict[str, Any]:
        held = draw.randint(100, 900) * (3 if abs(moneyness) <= 7.5 else 1)
        delta = min(0.97, max(0.03, 0.5 + moneyness / 30))
        return {
            "bid": number(1, 2),
            "ask": number(2, 3),
            "last": number(0.01, 0.05) if moneyness < -12 else number(1, 3),
            "volume": draw.randint(0, 40) * (busy.choice((1, 1, 1, 80, 800)) if abs(moneyness) <= 10 else 1),
            "open_interest": None if draw.random() < 0.05 else held,
            "iv": number(0.1, 0.6),
            "delta": sign * delta,
        }

    chains = []
    for symbol, day in product(SYMBOLS, DAYS):
        spot = round(draw.uniform(93, 107), 2)
        for expiration in EXPIRATIONS:
            if expiration < day:
                continue
            strikes = {
                strike: {f"call_{name}": value for name, value in option(1, spot - strike).items()}
                | {f"put_{name}": value for name, value in option(-1, strike - spot).items()}
                for strike in STRIKES
                if draw.random() < 0.9
            }
            chains.append(chain(strikes, symbol=symbol, day=day, expiration=expiration, spot=spot))
    closes = {symbol: [round(draw.uniform(90, 110), 2) for _ in BAR_DAYS] for symbol in SYMBOLS}
    return pl.concat(chains), pl.concat(bars(closes[symbol], symbol=symbol, on=BAR_DAYS) for symbol in SYMBOLS)


@pytest.fixture(scope="session")
def tape(market: Market) -> pl.DataFrame:
    """Prints of contracts of the chains, in bursts; of some neither side, exchange nor order is known."""
    draw = random.Random(9304)  # noqa: S311
    prints = []
    for (day,), listed in market[0].group_by("date", maintain_order=True):
        moment = datetime(day.year, day.month, day.day, 15, tzinfo=UTC)
        contract: dict[str, Any] = {}
        for _ in range(60):
            if not contract or draw.random() < 0.5:
                contract = listed.row(draw.randrange(listed.height), named=True)
            moment += timedelta(microseconds=draw.choice((0, 4_000, 9_000, 60_000)))
            prints.append(
                contract
                | {
                    "time": moment,
                    "option_type": draw.choice(SIDES),
                    "price": round(draw.uniform(1, 3), 2),
                    "size": draw.randint(1, 50) * draw.choice((1, 1, 1, 300)),
                    "side": draw.choice(("ask", "bid", "mid", None)),
                    "exchange": draw.choice(("C", "X", "P", None)),
                    "order": draw.choice((None, None, "1", "2")),
                }
            )
    return conform(pl.DataFrame(prints, infer_schema_length=None), PRINTS)


@pytest.fixture(scope="session")
def lake_of(tape: pl.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Lake]:
    """A lake of a market; its tape is that of the market as it is, unless another is given."""

    def write(market: Market, prints: pl.DataFrame = tape) -> Lake:
        lake = Lake(tmp_path_factory.mktemp("market"))
        lake.write_strike_rows(market[0])
        lake.write_bars(market[1])
        lake.write_prints(prints)
        return lake

    return write


def all_metrics(lake: Lake, *, doubled: Collection[str] = (), scope: str = "", **request: Any) -> Values:
    """Every metric's values at its own grain, by its key; with parameters of these names at twice their defaults."""
    found: Values = {}
    for grain in ("print", "strike", "expiry", "level", "snapshot"):
        shown = {"snapshot", "history", "cross_section"} if grain == "snapshot" else {grain}
        names = {metric.name: with_twice(metric, doubled) + scope for metric in SHIPPED if metric.grain in shown}
        asked = {"symbols": SYMBOLS, "grain": grain, "metrics": tuple(names.values()), **request}
        frame = compute(lake, Request(**asked))
        found |= {name: frame.select(*KEYS[grain], value=written) for name, written in names.items()}
    return found


def with_twice(metric: Metric, parameters: Collection[str]) -> str:
    """The metric as written with these parameters, as far as it has them, at twice their defaults."""
    given = {name: 2 * float(value) for name, value in metric.parameters.items() if name in parameters}
    return f"{metric.name}({', '.join(f'{name}={value}' for name, value in given.items())})" if given else metric.name


@pytest.fixture(scope="session")
def values(market: Market, lake_of: Callable[..., Lake]) -> Values:
    """Every metric over the market as it is."""
    return all_metrics(lake_of(market))


def same(one: pl.DataFrame, other: pl.DataFrame) -> bool:
    """Equal to the last bit, nulls included; floats are finite (see the test of that name)."""
    return one.equals(other, null_equal=True)


def up_to(frame: pl.DataFrame, last: date) -> pl.DataFrame:
    return frame.filter(pl.col("date") <= last)


def failing(holds: Callable[[Metric], bool], of: Iterable[Metric] = METRICS) -> Sequence[str]:
    """The metrics of which something does not hold."""
    return [metric.name for metric in of if not holds(metric)]


def none(failed: Iterable[object]) -> None:
    """None may have failed; the message names all of them, however many (an `assert` would cut it short)."""
    names = sorted(map(str, failed))
    if names:
        pytest.fail(f"{len(names)}: {', '.join(names)}", pytrace=False)


def differing(one: Values, other: Values, of: Iterable[Metric] = METRICS) -> Sequence[str]:
    """The metrics whose values are not the same to the last bit."""
    return failing(lambda metric: same(one[metric.name], other[metric.name]), of)


def test_says_what_it_is() -> None:
    def says(metric: Metric) -> bool:
        first_paragraph = metric.description.split("\n\n")[0]
        return first_paragraph[0].isupper() and first_paragraph.rstrip().endswith(".") and metric.unit in UNITS

    none(failing(says))


@pytest.fixture(scope="session")
def of_both_kinds(market: Market) -> Market:
    """The market with the second symbol from a source that gives the open interest of the day itself."""
    lag = pl.when(pl.col("symbol") == SYMBOLS[1]).then(0).otherwise("oi_lag").cast(pl.Int8)
    return market[0].with_columns(lag.alias("oi_lag")), market[1]


@pytest.fixture(scope="session", params=DECISIONS)
def decision(request: pytest.FixtureRequest) -> Decision:
    found: Decision = request.param
    return found


@pytest.fixture(scope="session")
def decided(of_both_kinds: Market, lake_of: Callable[..., Lake], decision: Decision) -> Values:
    """Every metric over the market as it is, at one of the decisions."""
    return all_metrics(lake_of(of_both_kinds), decision=decision)


def test_has_values_in_this_market(values: Values, decided: Values) -> None:
    """Without this the other tests of this file could pass on nothing."""
    for found in (values, decided):
        none(failing(lambda metric: found[metric.name]["value"].is_not_null().sum() >= len(SYMBOLS)))  # noqa: B023


CURVES = {"gex_profile"}


def test_is_one_value_a_row(values: Values) -> None:
    """A formula that forgets to aggregate yields lists."""
    assert set(failing(lambda metric: not values[metric.name].schema["value"].is_nested())) <= CURVES


@pytest.fixture(scope="session")
def scene(of_both_kinds: Market, lake_of: Callable[..., Lake], decision: Decision) -> Scene:
    """Every metric at once, with a future to be cut off and poisoned at some dates."""
    subject = metrics_subject("all", SHIPPED, [metric.name for metric in SHIPPED])
    lake = lake_of(of_both_kinds)
    replays = {grain: Replay(subject, grain, lake, decision) for grain in subject.grains()}
    return Scene(subject, lake, decision, Cuts(tuple(DAYS[:-1]), CUTS, TURN_OF_THE_MONTH, 0), replays)


def changed(found: Findings) -> Collection[str]:
    """What changed; a difference in the last bit counts, too."""
    assert not found.not_computed
    assert found.rows >= set(TURN_OF_THE_MONTH)
    return {*found.differences.earliest, *found.differences.rounding}


@pytest.fixture(scope="session", params=[prefix_invariance, future_poison], ids=["cut off", "poisoned"])
def ahead(scene: Scene, request: pytest.FixtureRequest) -> Collection[str]:
    return changed(request.param(scene))


def test_does_not_see_the_future(ahead: Collection[str]) -> None:
    none(ahead)


@pytest.fixture(scope="session")
def unpublished(market: Market, lake_of: Callable[..., Lake]) -> Collection[str]:
    """What is made of open interest that was not published, where one symbol's is of the day itself."""
    subject = metrics_subject("all", SHIPPED, [metric.name for metric in SHIPPED])
    lake = lake_of(market)
    replays = {grain: Replay(subject, grain, lake, "close") for grain in subject.grains()}
    return changed(two_clocks(Scene(subject, lake, "close", Cuts((), (), TURN_OF_THE_MONTH, 0), replays)))


def test_reads_no_open_interest_before_it_is_published(unpublished: Collection[str]) -> None:
    none(unpublished)


@pytest.fixture(scope="session")
def not_asked_for(of_both_kinds: Market, lake_of: Callable[..., Lake], decision: Decision) -> Mapping[date, Values]:
    whole = lake_of(of_both_kinds)
    return {cut: all_metrics(whole, last=cut, decision=decision) for cut in TURN_OF_THE_MONTH}


def test_asking_for_no_later_days_gives_the_same(decided: Values, not_asked_for: Mapping[date, Values]) -> None:
    for cut, values in not_asked_for.items():
        none(differing(values, {name: up_to(frame, cut) for name, frame in decided.items()}))


@pytest.fixture(scope="session")
def shuffled(of_both_kinds: Market, tape: pl.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """The same days, the rows shuffled, the last month first and the second symbol before the first."""
    lake = Lake(tmp_path_factory.mktemp("shuffled"))
    rows = of_both_kinds[0].sample(fraction=1.0, shuffle=True, seed=5)
    prints = tape.sample(fraction=1.0, shuffle=True, seed=7)
    for symbol in reversed(SYMBOLS):
        for day in reversed(DAYS):
            lake.write_strike_rows(rows.filter(pl.col("symbol") == symbol, pl.col("date") == day))
            lake.write_prints(prints.filter(pl.col("symbol") == symbol, pl.col("date") == day))
    lake.write_bars(of_both_kinds[1].sample(fraction=1.0, shuffle=True, seed=6))
    return lake


@pytest.fixture(scope="session")
def in_any_order(shuffled: Lake, decision: Decision) -> Values:
    return all_metrics(shuffled, decision=decision)


def test_order_of_ingestion_does_not_matter(decided: Values, in_any_order: Values) -> None:
    none(differing(in_any_order, decided))


@pytest.fixture(scope="session")
def alone(of_both_kinds: Market, lake_of: Callable[..., Lake], decision: Decision) -> Values:
    return all_metrics(lake_of(of_both_kinds), symbols=("BBB",), decision=decision)


@pytest.fixture(scope="session")
def alone_in_its_month(of_both_kinds: Market, lake_of: Callable[..., Lake], decision: Decision) -> Values:
    """One snapshot is all that is read of February, so that its frames have a single row."""
    return all_metrics(lake_of(of_both_kinds), symbols=("BBB",), last=FIRST_OF_FEBRUARY, decision=decision)


def of_the_second(values: Values) -> Values:
    return {name: frame.filter(pl.col("symbol") == "BBB") for name, frame in values.items()}


def test_a_single_row_comes_out_like_any_other(decided: Values, alone_in_its_month: Values) -> None:
    expected = {name: up_to(frame, FIRST_OF_FEBRUARY) for name, frame in of_the_second(decided).items()}
    none(differing(alone_in_its_month, expected, OF_A_SYMBOL))


@pytest.fixture(scope="session")
def in_scope(
    of_both_kinds: Market, tape: pl.DataFrame, lake_of: Callable[..., Lake], decision: Decision
) -> tuple[Values, Values]:
    """Every metric under a scope that leaves nothing out, but is applied like any other, and under none.

    Of the tape only the prints of contracts that the chain lists, for only those can be in a scope.
    """
    lake = lake_of(of_both_kinds, tape.join(of_both_kinds[0], on=STRIKE_KEY, how="semi"))
    return all_metrics(lake, scope="[dte>=0]", decision=decision), all_metrics(lake, decision=decision)


def test_a_scope_that_leaves_nothing_out_changes_nothing(in_scope: tuple[Values, Values]) -> None:
    none(differing(*in_scope))


def test_other_symbols_do_not_matter(decided: Values, alone: Values) -> None:
    none(differing(alone, of_the_second(decided), OF_A_SYMBOL))


@pytest.fixture(scope="session")
def from_later(of_both_kinds: Market, lake_of: Callable[..., Lake], decision: Decision) -> Values:
    return all_metrics(lake_of(of_both_kinds), first=FIRST_OF_FEBRUARY, decision=decision)


def test_asking_for_later_days_gives_the_same(decided: Values, from_later: Values) -> None:
    expected = {name: frame.filter(pl.col("date") >= FIRST_OF_FEBRUARY) for name, frame in decided.items()}
    none(differing(from_later, expected))


def times(frame: pl.DataFrame, factor: float, *columns: str) -> pl.DataFrame:
    return frame.with_columns(
        (pl.col(name) * factor).cast(frame.schema[name]) for name in columns if name in frame.columns
    )


def scaled(found: pl.DataFrame, factor: float) -> pl.DataFrame:
    """The values that a law predicts."""
    return found if factor == 1 else found.with_columns((pl.col("value") * factor).cast(found.schema["value"]))


def breaking(values: Values, of_changed: Values, factors: Mapping[str, float], of: Iterable[Metric]) -> Sequence[str]:
    """The metrics that a change of the market does not multiply by their factor, 1 unless given."""
    return failing(
        lambda metric: same(of_changed[metric.name], scaled(values[metric.name], factors.get(metric.name, 1.0))), of
    )


DOUBLES_WITH_OPEN_INTEREST = {
    "call_open_interest", "put_open_interest", "call_oi_change", "put_oi_change", "call_contract_oi_change",
    "put_contract_oi_change", "call_oi_at_strike", "put_oi_at_strike", "call_gamma_held", "put_gamma_held",
    "call_gamma_at_strike", "put_gamma_at_strike", "net_gamma_held", "gex", "dex_net", "dex_gross",
    "vanna_exposure", "charm_exposure", "expiry_call_oi_change", "expiry_put_oi_change", "call_oi_change_at_strike",
    "put_oi_change_at_strike", "call_oi_cluster_size", "put_oi_cluster_size", "net_vanna_held", "net_charm_held", "gex_profile",
    "protective_put_added", "collar_call_added", "protective_puts_added", "collared_puts_added",
}  # fmt: skip
VOLUME_PER_OPEN_INTEREST = {"call_volume_oi_ratio", "put_volume_oi_ratio"}
LARGE_PREMIUM = ("large_call_premium", "large_put_premium", "large_net_premium")
VOLUME_AGAINST_OPEN_INTEREST = {
    "call_oi_breach", "put_oi_breach", "oi_breaches", "oi_breach_share", "protective_put_breach_share", "hedging_confidence",
    *(f"{side}_{name}" for side in SIDES for name in ("unusual", "large_contract_day", "is_noise", "opened_at_least")),
    "unusual_contracts", "large_contracts", *LARGE_PREMIUM,
}  # fmt: skip
"""Whether one exceeds the other: no law says what becomes of it when one of them doubles."""
SCALED = tuple(metric for metric in METRICS if metric.name not in VOLUME_AGAINST_OPEN_INTEREST)


@pytest.fixture(scope="session")
def more_held(market: Market, lake_of: Callable[..., Lake]) -> Values:
    columns = [f"{side}_open_interest" for side in SIDES]
    return all_metrics(lake_of((times(market[0], 2, *columns), market[1])))


def test_twice_the_open_interest(values: Values, more_held: Values) -> None:
    factors = dict.fromkeys(DOUBLES_WITH_OPEN_INTEREST, 2.0) | dict.fromkeys(VOLUME_PER_OPEN_INTEREST, 0.5)
    none(breaking(values, more_held, factors, SCALED))


DOUBLES_WITH_VOLUME = {
    "call_premium", "put_premium", "total_call_premium", "total_put_premium", "net_premium", "gross_premium",
    "net_premium_otm", "call_volume", "put_volume", "total_call_volume", "call_day_premium", "put_day_premium",
}  # fmt: skip


@pytest.fixture(scope="session")
def more_traded(market: Market, lake_of: Callable[..., Lake]) -> Values:
    columns = [f"{side}_volume" for side in SIDES]
    return all_metrics(lake_of((times(market[0], 2, *columns), market[1])))


def test_twice_the_volume(values: Values, more_traded: Values) -> None:
    factors = dict.fromkeys(DOUBLES_WITH_VOLUME | VOLUME_PER_OPEN_INTEREST, 2.0)
    none(breaking(values, more_traded, factors, SCALED))


@pytest.fixture(scope="session")
def more_of_both(market: Market, lake_of: Callable[..., Lake]) -> Values:
    columns = [f"{side}_{name}" for side in SIDES for name in ("volume", "open_interest")]
    thresholds = {"min_volume", "min_open_interest", "min_premium"}
    return all_metrics(lake_of((times(market[0], 2, *columns), market[1])), doubled=thresholds)


DOUBLES_WITH_BOTH = {"call_opened_at_least", "put_opened_at_least", *LARGE_PREMIUM}


def test_twice_the_volume_and_the_open_interest(values: Values, more_of_both: Values) -> None:
    names = VOLUME_AGAINST_OPEN_INTEREST | VOLUME_PER_OPEN_INTEREST
    factors = dict.fromkeys(DOUBLES_WITH_BOTH, 2.0)
    none(breaking(values, more_of_both, factors, map(SHIPPED.get, sorted(names))))


OF_A_UNIT = {
    "USD": 2.0, "shares per USD": 0.5, "1/USD": 0.5, "see `unit`": 2.0, "USD per vol point": 2.0, "USD per day": 2.0,
}  # fmt: skip


@pytest.fixture(scope="session")
def dearer(market: Market, tape: pl.DataFrame, lake_of: Callable[..., Lake]) -> Values:
    prices = [f"{side}_{name}" for side in SIDES for name in ("bid", "ask", "last", "vwap")]
    chains = times(market[0], 2, "strike", "underlying_price", *prices)
    daily = times(market[1], 2, "open", "high", "low", "close", "adj_close")
    prints = times(tape, 2, "strike", "underlying_price", "price", "bid", "ask")
    return all_metrics(lake_of((chains, daily), prints), doubled={"min_price", "min_premium", "min_block_premium"})


def test_unit_holds_when_every_price_doubles(values: Values, dearer: Values) -> None:
    """What is in USD doubles, what is per USD halves, a ratio or a count stays; where thresholds in USD double too."""

    def holds(metric: Metric) -> bool:
        law = scaled(values[metric.name], OF_A_UNIT.get(metric.unit, 1.0))
        try:
            # a volatility solved from twice the price differs in the last digits, and so does all that is made of it
            assert_series_equal(dearer[metric.name]["value"], law["value"], rel_tol=1e-9, abs_tol=1e-12)
        except AssertionError:
            return False
        return True

    none(failing(holds))


def lacking(*columns: str) -> Callable[[pl.DataFrame], pl.DataFrame]:
    return lambda rows: rows.with_columns(pl.lit(None, rows.schema[name]).alias(name) for name in columns)


def without(side: str) -> Callable[[pl.DataFrame], pl.DataFrame]:
    return lacking(*(f"{side}_{name}" for name in QUOTE_COLUMNS))


def only(**wanted: Any) -> Callable[[pl.DataFrame], pl.DataFrame]:
    return lambda rows: rows.filter(**wanted)


def zero(*columns: str) -> Callable[[pl.DataFrame], pl.DataFrame]:
    return lambda rows: rows.with_columns(pl.lit(0).cast(rows.schema[name]).alias(name) for name in columns)


POOR: dict[str, Callable[[pl.DataFrame], pl.DataFrame]] = {
    "no calls": without("call"),
    "no puts": without("put"),
    "no spot in the chain": lacking("underlying_price"),
    "no spot": lacking("underlying_price", "put_bid", "put_ask", "put_last"),
    "one strike": only(strike=100.0),
    "one contract": lambda rows: without("put")(only(strike=100.0, expiration=EXPIRATIONS[2])(rows)),
    "only what expires today": lambda rows: rows.filter(pl.col("expiration") == pl.col("date")),
    "nothing traded": zero("call_volume", "put_volume"),
    "nothing held": zero("call_open_interest", "put_open_interest"),
    "no puts held": zero("put_open_interest"),
    "no prices": lacking(*(f"{side}_{name}" for side in SIDES for name in ("bid", "ask", "last", "vwap"))),
    **{
        f"{name} unknown": lacking(*(f"{side}_{name}" for side in SIDES))
        for name in ("volume", "open_interest", "iv", "delta")
    },
    "volatility unknown": lacking(*(f"{side}_{name}" for side in SIDES for name in ("iv", "bid", "ask"))),
    "greeks unknown": lacking(*(f"{side}_{name}" for side in SIDES for name in ("iv", "bid", "ask", "delta"))),
}


WITHOUT_BARS = {"no spot"}
"""A bar, or a call and a put with a price each, would say what the underlying cost."""


@pytest.fixture(scope="session")
def of_poor_chains(market: Market, lake_of: Callable[..., Lake]) -> Mapping[str, Values]:
    chains, daily = market
    return {
        name: all_metrics(lake_of((make(chains), daily.clear() if name in WITHOUT_BARS else daily)))
        for name, make in POOR.items()
    }


def test_never_nan_nor_infinite(of_poor_chains: Mapping[str, Values]) -> None:
    def finite(values: pl.Series) -> bool:
        return not values.dtype.is_float() or values.drop_nulls().is_finite().all()

    found = product(of_poor_chains.items(), METRICS)
    none([(poor, metric.name) for (poor, values), metric in found if not finite(values[metric.name]["value"])])


BREACHES = ("call_oi_breach", "put_oi_breach", "oi_breaches", "oi_breach_share")
CLUSTERS = tuple(
    f"{side}_oi_{name}"
    for side in SIDES
    for name in ("rank", "cluster", "cluster_size", "cluster_share", "concentration", "band_low", "band_high")
)
JUDGED = tuple(f"{side}_{name}" for side in SIDES for name in ("unusual", "large_contract_day", "is_noise"))
"""What is said of contracts that traded."""
STANDING_OUT = (*JUDGED, "unusual_contracts", "large_contracts", *LARGE_PREMIUM)
OPENED = ("call_opened_at_least", "put_opened_at_least")
COLLARS = ("collared_puts_added", "collar_share", "hedging_reading", "hedging_confidence")
PROTECTION = ("protective_put_breadth", "protective_put_breach_share", *COLLARS[1:])
HEDGING = ("protective_put_added", "collar_call_added", "protective_puts_added", *PROTECTION, *COLLARS)
NEEDS: Mapping[str, Sequence[str]] = {
    "no spot": (
        "spot", "gex", "net_gamma_held", "net_premium_otm", "call_wall", "put_wall", "contention_strike", "next_call_peak", "put_floor",
        "max_pain_gap", "call_unit_gamma", "put_unit_gamma", "call_gamma_held", "put_gamma_held",
        "absolute_gamma_strike", "call_oi_band_low", "call_oi_band_high", "put_oi_band_low", "put_oi_band_high",
        *HEDGING,
    ),
    "open_interest unknown": (
        "call_open_interest", "put_open_interest", "put_call_oi_ratio", "flow_to_stock_ratio", "call_oi_change",
        "put_oi_change", "max_pain", "max_pain_low", "max_pain_high", "max_pain_gap", "max_pain_term_structure",
        "call_oi_peak", "put_oi_peak", "call_wall", "put_wall", "contention_strike", "next_call_peak", "put_floor",
        "gex", "gex_coverage", "dex_net", "dex_gross", "net_gamma_held", "absolute_gamma_strike", "max_pain_width",
        "max_pain_flat", "call_volume_oi_ratio", "put_volume_oi_ratio", "expiry_call_oi_change", "expiry_put_oi_change",
        "call_oi_change_at_strike", "put_oi_change_at_strike", *BREACHES, *CLUSTERS,
        *STANDING_OUT, *OPENED, *HEDGING,
    ),
    "volume unknown": (
        "call_volume", "put_volume", "total_call_volume", "put_call_volume_ratio", "flow_to_stock_ratio",
        "net_premium", "gross_premium", "net_premium_ratio", "net_premium_otm", "total_call_premium",
        "total_put_premium", "dividend_play_share", "call_volume_oi_ratio", "put_volume_oi_ratio", *BREACHES,
        *STANDING_OUT, *OPENED, "call_day_premium", "put_day_premium", "protective_put_breach_share", "hedging_confidence",
    ),
    "no prices": (
        "net_premium", "gross_premium", "net_premium_ratio", "net_premium_otm", "total_call_premium",
        "total_put_premium", "dividend_play_share", *STANDING_OUT, "call_day_premium", "put_day_premium",
    ),
    "volatility unknown": (
        "gex", "net_gamma_held", "call_wall", "put_wall", "absolute_gamma_strike", "call_unit_gamma", "put_unit_gamma",
        "call_volatility", "put_volatility", "atm_iv", "iv_30d", "skew_25d", "term_slope", "vrp", "gex_profile", "zero_gamma",
        "zero_gamma_status", "vanna_exposure", "charm_exposure", "expected_move",
    ),
    "greeks unknown": ("dex_net", "dex_gross", *HEDGING),
    "nothing traded": ("put_call_volume_ratio", "flow_to_stock_ratio", "net_premium_ratio", *JUDGED),
    "nothing held": (
        "put_call_oi_ratio", "flow_to_stock_ratio", "max_pain", "max_pain_gap", "call_oi_peak", "put_oi_peak",
        "call_wall", "put_wall", "gex_coverage", "absolute_gamma_strike", "max_pain_width", "max_pain_flat",
        "call_volume_oi_ratio", "put_volume_oi_ratio", "oi_breach_share", *CLUSTERS, *PROTECTION,
    ),
    "no calls": COLLARS,
    "no puts": ("protective_puts_added", *PROTECTION, *COLLARS),
    "no puts held": (
        "flow_to_stock_ratio", "put_oi_peak", "put_wall", "put_floor", "put_volume_oi_ratio",
        *(name for name in CLUSTERS if name.startswith("put")), *PROTECTION,
    ),
    "one strike": ("call_oi_band_low", "call_oi_band_high", "put_oi_band_low", "put_oi_band_high"),
    "only what expires today": (
        "max_pain", "max_pain_width", "max_pain_flat", "nearest_expiration", "call_oi_peak", "call_wall",
        "absolute_gamma_strike", "oi_breaches", "expiry_call_oi_change", "call_oi_change_at_strike", *CLUSTERS,
    ),
}  # fmt: skip


@pytest.mark.parametrize("poor", NEEDS)
def test_what_cannot_be_known_is_null(poor: str, of_poor_chains: Mapping[str, Values]) -> None:
    """Null, and above all not 0: no open interest given is not the same as none held."""
    found = of_poor_chains[poor]
    none([name for name in NEEDS[poor] if not found[name]["value"].is_null().all()])


ZERO = {
    "nothing traded": (
        "call_volume", "put_volume", "net_premium", "gross_premium", "net_premium_otm", "call_day_premium", "put_day_premium",
        "unusual_contracts", "large_contracts", *LARGE_PREMIUM,
    ),
    "nothing held": ("call_open_interest", "put_open_interest", "gex", "dex_net", "dex_gross"),
    "no calls": ("call_volume", "total_call_premium", "call_open_interest"),
    "no puts": ("put_volume", "total_put_premium", "put_open_interest"),
}  # fmt: skip


@pytest.mark.parametrize("poor", ZERO)
def test_what_is_known_to_be_none_is_zero(poor: str, of_poor_chains: Mapping[str, Values]) -> None:
    live = {name: of_poor_chains[poor][name].filter(pl.col("date") < EXPIRATIONS[2]) for name in ZERO[poor]}
    none([name for name, values in live.items() if set(values["value"]) != {0}])


def test_an_empty_lake_says_so(tmp_path: Path) -> None:
    lake = Lake(tmp_path)

    def says_so(metric: Metric) -> bool:
        grain = metric.grain if metric.grain in {"print", "strike", "expiry", "level"} else "snapshot"
        try:
            compute(lake, Request(SYMBOLS, grain=grain, metrics=(metric.name,)))
        except LakeError as error:
            return "AAA, BBB" in str(error)
        return False

    none(failing(says_so))
