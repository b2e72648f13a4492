"""The engine: the same bits whatever the chunks, the days that were asked for, and metrics that users define."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import product
from typing import Any

import polars as pl
import pytest

from flowbt.errors import DefinitionError, LakeError, UnknownNameError
from flowbt.lake import Lake
from flowbt.metrics import SHIPPED, Catalogue, Request, collecting, compute, metric
from flowbt.metrics.engine import chunks

Chain = Callable[..., pl.DataFrame]
Measure = Callable[..., Any]
Bars = Callable[..., pl.DataFrame]
Store = Callable[..., Lake]


@pytest.fixture(scope="module")
def lake(chain: Chain, bars: Bars, store: Store, days: Sequence[date]) -> Lake:
    """Two symbols over 25 sessions, January and February; every number is made of its place."""
    chains = []
    for place, symbol in product(range(25), ("AAA", "BBB")):
        seed = place * 2 + (symbol == "BBB")
        strikes = {
            strike: {
                f"{side}_{name}": value
                for side in ("call", "put")
                for name, value in {
                    "volume": (strike * 7 + seed * 13 + len(side)) % 50,
                    "open_interest": 100 + (strike * 11 + seed * 17 + len(side)) % 70,
                    "last": 1 + (strike + seed) % 9 / 3,
                    "iv": 0.1 + (strike * 3 + seed) % 7 / 10,
                    "delta": (0.1 + (strike + seed) % 8 / 10) * (1 if side == "call" else -1),
                }.items()
            }
            for strike in (90, 95, 100, 105, 110)
        }
        for expiration in (date(2026, 2, 6), date(2026, 3, 20)):
            if expiration >= days[place]:
                row = chain(strikes, symbol=symbol, day=days[place], expiration=expiration, spot=97 + seed % 7)
                chains.append(row)
    closes = [100 + place % 7 for place in range(25)]
    return store(*chains, bars=pl.concat([bars(closes), bars(closes, symbol="BBB")]))


def names_at(*grains: str) -> tuple[str, ...]:
    return tuple(metric.name for metric in SHIPPED if metric.grain in grains)


ASKED = {
    "strike": names_at("strike"),
    "expiry": names_at("expiry"),
    "level": names_at("level"),
    "snapshot": names_at("expiry", "snapshot", "history"),
    "history": names_at("expiry", "snapshot", "history"),
}


@pytest.fixture(scope="module", params=ASKED)
def request_and_whole(request: pytest.FixtureRequest, lake: Lake) -> tuple[Request, pl.DataFrame]:
    """All metrics at a grain, and what comes of them where each month is a single chunk."""
    asked = Request(("AAA", "BBB"), grain=request.param, metrics=ASKED[request.param])
    return asked, compute(lake, asked)


@pytest.mark.parametrize("rows", [1, 100, 250])
def test_chunks_do_not_change_a_bit(
    rows: int, request_and_whole: tuple[Request, pl.DataFrame], lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    request, whole = request_and_whole
    monkeypatch.setattr(chunks, "CHUNK_ROWS", rows)
    told: list[tuple[int, int]] = []
    assert compute(lake, request, on_chunk=lambda done, of: told.append((done, of))).equals(whole)
    assert told[-1][1] == {1: 4, 100: 3, 250: 2}[rows]


def test_progress_is_told_chunk_by_chunk(lake: Lake) -> None:
    told: list[tuple[int, int]] = []
    compute(lake, Request(("AAA",), metrics=("gex",)), on_chunk=lambda done, of: told.append((done, of)))
    assert told == [(0, 2), (1, 2), (2, 2)]


@pytest.mark.parametrize("grain", ["strike", "expiry", "level", "snapshot"])
def test_rows_are_sorted_by_their_key(grain: str, lake: Lake) -> None:
    found = compute(lake, Request(("BBB", "AAA"), grain=grain))
    assert found.equals(found.sort(found.columns))
    assert not found.is_duplicated().any()


@pytest.mark.parametrize("grain", ["strike", "expiry", "level", "snapshot"])
def test_days_from_and_to_are_included(grain: str, lake: Lake, days: Sequence[date]) -> None:
    found = compute(lake, Request(("AAA",), first=days[3], last=days[20], grain=grain))
    assert found["date"].unique().sort().to_list() == days[3:21]


def test_a_window_reaches_before_the_first_day_asked_for(lake: Lake, days: Sequence[date]) -> None:
    change = {"before": pl.col("spot").shift(1)}
    whole = compute(lake, Request(("AAA",), expressions=change))
    part = compute(lake, Request(("AAA",), first=days[5], expressions=change))
    assert part.equals(whole.filter(pl.col("date") >= days[5]))
    assert part["before"].null_count() == 0


def test_a_window_does_not_reach_over_a_hole_of_days(chain: Chain, store: Store, days: Sequence[date]) -> None:
    places = (0, 1, 15, 16)
    later = {"expiration": date(2026, 3, 20)}
    lake = store(*(chain({100: {"call_volume": 1}}, day=days[place], spot=place + 1.0, **later) for place in places))
    found = compute(lake, Request(("AAA",), expressions={"before": pl.col("spot").shift(1)}))
    assert found["before"].to_list() == [None, 1.0, None, 16.0]


def test_a_column_is_named_as_it_was_asked_for(lake: Lake) -> None:
    asked = ("gex", "gex(unit=shares_1pt)", "gex( unit = usd_1pct )", "max_pain")
    found = compute(lake, Request(("AAA",), metrics=asked))
    assert found.columns == ["symbol", "date", *asked]
    assert found["gex"].equals(found["gex( unit = usd_1pct )"], null_equal=True)


def test_an_override_changes_every_metric_with_the_parameter(lake: Lake) -> None:
    found = compute(lake, Request(("AAA",), metrics=("gex",), overrides={"unit": "shares_1pt"}))
    direct = compute(lake, Request(("AAA",), metrics=("gex(unit=shares_1pt)",)))
    assert found["gex"].equals(direct["gex(unit=shares_1pt)"])


def test_no_metric_asked_for_gives_the_keys(lake: Lake) -> None:
    assert compute(lake, Request(("AAA",))).columns == ["symbol", "date"]


@pytest.mark.parametrize("given", [Request(("ZZZ",)), Request(("AAA",), first=date(2030, 1, 1))])
def test_nothing_there(given: Request, lake: Lake) -> None:
    with pytest.raises(LakeError, match=r"no snapshots for (ZZZ|AAA) from .*: `flowbt status` lists"):
        compute(lake, given)


def test_an_unknown_grain(lake: Lake) -> None:
    with pytest.raises(UnknownNameError, match="unknown grain 'expiri'; did you mean 'expiry'"):
        compute(lake, Request(("AAA",), grain="expiri"))


@pytest.mark.parametrize(
    ("name", "grain"),
    [("gex", "expiry"), ("max_pain", "strike"), ("call_premium", "snapshot"), ("sma_30", "level"), ("gex", "level")],
)
def test_a_metric_that_the_grain_cannot_show(name: str, grain: str, lake: Lake) -> None:
    with pytest.raises(DefinitionError, match=rf"metric '{name}' is at \w+ grain, not at {grain} grain: see --grain"):
        compute(lake, Request(("AAA",), grain=grain, metrics=(name,)))


@pytest.fixture
def own() -> Iterator[Catalogue]:
    with collecting(Catalogue(parent=SHIPPED)) as catalogue:
        yield catalogue


def test_a_metric_over_a_days_symbols(own: Catalogue, chain: Chain, store: Store, days: Sequence[date]) -> None:
    @metric(grain="cross_section", unit="1")
    def place() -> pl.Expr:
        """Rank of the put volume among the day's symbols."""
        return pl.col("put_volume").rank()

    volumes = {("AAA", 0): 5, ("BBB", 0): 9, ("AAA", 1): 7, ("BBB", 1): 2}
    lake = store(
        *(chain({100: {"put_volume": n}}, symbol=symbol, day=days[day]) for (symbol, day), n in volumes.items())
    )
    found = compute(lake, Request(("AAA", "BBB"), metrics=("place",)), own)
    assert found["place"].to_list() == [1, 2, 2, 1]


def test_a_metric_over_days_of_a_metric_over_symbols(
    own: Catalogue, chain: Chain, store: Store, days: Sequence[date]
) -> None:
    @metric(grain="cross_section", unit="1")
    def share() -> pl.Expr:
        """Share of the day's put volume."""
        return pl.col("put_volume") / pl.col("put_volume").sum()

    @metric(grain="history", unit="1")
    def share_before() -> pl.Expr:
        """The same one session before."""
        return share().shift(1)

    lake = store(
        *(
            chain({100: {"put_volume": n}}, symbol=symbol, day=days[day])
            for symbol, day, n in (("AAA", 0, 1), ("BBB", 0, 3), ("AAA", 1, 1), ("BBB", 1, 1))
        )
    )
    found = compute(lake, Request(("AAA", "BBB"), metrics=("share_before",)), own)
    assert found["share_before"].to_list() == [None, 0.25, None, 0.75]


def test_a_metric_of_bars_and_chains(own: Catalogue, chain: Chain, bars: Bars, store: Store) -> None:
    @metric(grain="history", unit="1")
    def above_close() -> pl.Expr:
        """Spot over the close of the day's bar."""
        return pl.col("spot") / pl.col("close")

    lake = store(chain({100: {"call_volume": 1}}, spot=101.0), bars=bars([50.5]))
    assert compute(lake, Request(("AAA",), metrics=("above_close",)), own)["above_close"].to_list() == [2.0]


def test_an_expirys_number_over_days_is_that_of_the_nearest(own: Catalogue, chain: Chain, store: Store) -> None:
    @metric(grain="history", unit="USD")
    def pain_so_far() -> pl.Expr:
        """Highest max pain so far."""
        return pl.col("max_pain").cum_max()

    held: dict[str, Any] = {"call_open_interest": 1, "put_open_interest": 1}
    lake = store(chain({100: held}), chain({110: held}, expiration=date(2026, 2, 20)))
    assert compute(lake, Request(("AAA",), metrics=("pain_so_far",)), own)["pain_so_far"].to_list() == [100]


def test_a_live_and_a_traded_metric_see_other_rows(own: Catalogue, chain: Chain, store: Store) -> None:
    for rows in ("live", "traded"):

        def formula() -> pl.Expr:
            """Rows."""
            return pl.col("call_volume").sum()

        formula.__name__ = rows
        metric(grain="snapshot", unit="contracts", rows=rows)(formula)
    lake = store(chain({100: {"call_volume": 1}}), chain({100: {"call_volume": 10}}, expiration=date(2026, 1, 5)))
    assert compute(lake, Request(("AAA",), metrics=("live", "traded")), own).row(0)[2:] == (1, 11)


def test_adjusted_contracts_are_left_out(chain: Chain, measure: Measure) -> None:
    plain = chain({100: {"call_open_interest": 10}})
    split = chain({1000: {"call_open_interest": 999}}, root="AAA1", multiplier=10)
    assert measure("call_open_interest", plain, split) == 10
    assert measure("call_oi_peak", plain, split) == 100


def test_a_chain_without_any_contract_for_100_shares_stays_as_it_is(chain: Chain, measure: Measure) -> None:
    assert measure("call_open_interest", chain({100: {"call_open_interest": 10}}, multiplier=75)) == 10


def test_what_is_no_number_is_null(lake: Lake) -> None:
    """At every place where a formula of one's own can be evaluated."""
    own = Catalogue(parent=SHIPPED)
    with collecting(own):

        @metric(grain="snapshot", unit="1")
        def of_rows() -> pl.Expr:
            """Nought by nought."""
            return (pl.col("call_volume").sum() * 0) / 0

        @metric(grain="snapshot", unit="1")
        def of_metrics() -> pl.Expr:
            """Nought by nought again."""
            return (pl.col("put_call_oi_ratio") * 0) / 0

        @metric(grain="history", unit="1")
        def of_days() -> pl.Expr:
            """And once more."""
            return (pl.col("put_call_oi_ratio") * 0) / 0

    names = ("of_rows", "of_metrics", "of_days")
    found = compute(lake, Request(("AAA",), metrics=names), own)
    assert [found[name].null_count() for name in names] == [found.height] * 3
