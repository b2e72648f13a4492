"""A metric that fails is null on its days, and so is what reads it; the rest stands, and the reason is kept once."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

import polars as pl
import pytest

from flowbt.errors import DefinitionError
from flowbt.lake import Lake
from flowbt.metrics import (
    SHIPPED,
    Catalogue,
    FailedMetric,
    Failures,
    Lost,
    Request,
    Tally,
    collecting,
    compute,
    compute_stored,
    metric,
)
from flowbt.metrics.engine.definition import Grain

UNLUCKY = 13


def refuse(values: pl.Series) -> pl.Series:
    """The values doubled; it raises where one of them is 13."""
    if (values == UNLUCKY).any():
        raise ValueError(f"no {UNLUCKY} please\nas I said")
    return values * 2


def doubled(expression: pl.Expr) -> pl.Expr:
    return expression.map_batches(refuse, return_dtype=pl.Int64, returns_scalar=expression.meta.is_scalar())


@pytest.fixture
def own() -> Iterator[Catalogue]:
    """Metrics of every grain that fail where the call volume is 13, and some that read them."""
    with collecting(Catalogue(parent=SHIPPED)) as catalogue:

        def define(name: str, grain: Grain, expression: pl.Expr) -> None:
            def formula() -> pl.Expr:
                """Of a user's."""
                return expression

            formula.__name__ = name
            metric(grain=grain, unit="1")(formula)

        volume = pl.col("call_volume")
        define("of_strikes", "strike", doubled(volume))
        define("of_rows", "snapshot", doubled(volume.sum()))
        define("of_metrics", "snapshot", doubled(pl.col("call_volume()")))
        define("of_expiries", "expiry", doubled(volume.sum()))
        define("of_levels", "level", doubled(volume.sum()))
        define("of_days", "history", doubled(pl.col("call_volume()")))
        define("of_symbols", "cross_section", doubled(pl.col("call_volume()")))
        define("sum_of_strikes", "snapshot", pl.col("of_strikes()").sum())
        define("known", "snapshot", pl.col("of_rows").is_not_null())
        define("reads_history", "history", pl.col("of_days").fill_null(0))
        define("over_history", "history", pl.col("of_rows").fill_null(0).rolling_sum(2, min_samples=1))
        yield catalogue


@pytest.fixture
def lake(chain: Callable[..., pl.DataFrame], store: Callable[..., Lake], days: Sequence[date]) -> Lake:
    """AAA and BBB on three days, the call volume of AAA being 13 on the second."""
    volumes = {"AAA": (5, UNLUCKY, 7), "BBB": (1, 2, 3)}
    return store(
        *(
            chain({100: {"call_volume": volume}}, symbol=symbol, day=days[place])
            for symbol, of_symbol in volumes.items()
            for place, volume in enumerate(of_symbol)
        )
    )


def values(lake: Lake, own: Catalogue, *names: str, grain: str = "snapshot") -> tuple[pl.DataFrame, list[FailedMetric]]:
    failures = Failures()
    request = Request(("AAA", "BBB"), grain=grain, metrics=names)
    return compute(lake, request, own, lost=Lost(failures)), failures.listed()


@pytest.mark.parametrize("chunk_rows", [1, 2, 200_000])
@pytest.mark.parametrize(
    ("grain", "name"),
    [
        ("strike", "of_strikes"),
        ("expiry", "of_expiries"),
        ("level", "of_levels"),
        ("snapshot", "of_rows"),
        ("snapshot", "of_metrics"),
        ("snapshot", "sum_of_strikes"),
    ],
)
def test_it_is_null_on_its_day_alone_however_the_lake_is_cut(
    grain: str, name: str, chunk_rows: int, lake: Lake, own: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flowbt.metrics.engine.chunks.CHUNK_ROWS", chunk_rows)
    found, failed = values(lake, own, name, grain=grain)
    assert found[name].to_list() == [10, None, 14, 2, 4, 6]
    assert found.schema[name] == pl.Int64()
    asked = "of_strikes" if name == "sum_of_strikes" else name
    assert failed == [FailedMetric(asked, f"ValueError: no {UNLUCKY} please", 1)]


def test_over_days_it_is_null_over_the_history_or_the_day(lake: Lake, own: Catalogue) -> None:
    found, failed = values(lake, own, "of_days", "of_symbols", "call_volume")
    assert found["of_days"].to_list() == [None, None, None, 2, 4, 6]
    assert found["of_symbols"].to_list() == [10, None, 14, 2, None, 6]
    assert found["call_volume"].to_list() == [5, 13, 7, 1, 2, 3]
    assert [(row.metric, row.sessions) for row in failed] == [("of_days", 3), ("of_symbols", 2)]


def test_what_reads_it_is_null_on_those_days_and_told_of_no_failure(lake: Lake, own: Catalogue) -> None:
    found, failed = values(lake, own, "known", "reads_history", "call_volume")
    assert found["known"].to_list() == [True, None, True, True, True, True]
    assert found["reads_history"].to_list() == [None, None, None, 2, 4, 6]
    assert [row.metric for row in failed] == ["of_days", "of_rows"]


def test_of_earlier_days_it_is_an_unknown_value_like_any_other(lake: Lake, own: Catalogue) -> None:
    found, _ = values(lake, own, "over_history")
    assert found["over_history"].to_list() == [10, None, 14, 2, 6, 10]


def test_under_a_scope_it_has_the_name_that_a_user_writes(lake: Lake, own: Catalogue) -> None:
    _, failed = values(lake, own, "of_rows[dte>0]", "call_volume")
    assert [row.metric for row in failed] == ["of_rows[dte>0]"]


@pytest.mark.parametrize("grain", ["strike", "expiry", "level", "snapshot"])
def test_one_that_fails_without_any_row_is_null_under_an_empty_scope(grain: Grain, lake: Lake, own: Catalogue) -> None:
    def raise_it(_: pl.Series) -> pl.Series:
        raise ValueError("nothing to look at")

    def fails() -> pl.Expr:
        """Fails whatever the rows."""
        volume = pl.col("call_volume") if grain == "strike" else pl.col("call_volume").sum()
        return volume.map_batches(raise_it, return_dtype=pl.Int64, returns_scalar=grain != "strike")

    with collecting(own):
        metric(grain=grain, unit="1")(fails)
        total = pl.col("fails()").sum() if grain == "strike" else pl.lit(0)

        def total_of_them() -> pl.Expr:
            """Reads it."""
            return total

        metric(grain="snapshot", unit="1")(total_of_them)
    name = "total_of_them" if grain == "strike" else "fails"
    at = "snapshot" if grain == "strike" else grain
    found, _ = values(lake, own, f"{name}[dte>900]", "call_volume" if at == "snapshot" else name, grain=at)
    assert found[f"{name}[dte>900]"].to_list() == [None] * found.height


def test_a_scope_by_delta_needs_the_delta(lake: Lake, own: Catalogue, fail_metric: Callable[[str], None]) -> None:
    """Without it the scope would hold no contract, and a sum over none is 0."""
    fail_metric("call_unit_delta")
    found, failed = values(lake, own, "call_volume[delta>=0.5]", "call_volume")
    assert found["call_volume[delta>=0.5]"].to_list() == [None] * 6
    assert [row.metric for row in failed] == ["call_unit_delta"]


def test_a_formula_that_no_data_would_suit_is_null_everywhere(lake: Lake, own: Catalogue) -> None:
    @metric(grain="snapshot", unit="1")
    def wrong() -> pl.Expr:
        """A day of the week of a number."""
        return pl.col("call_volume").sum().dt.weekday()

    found, failed = values(lake, own, "wrong", "call_volume")
    assert found["wrong"].null_count() == found.height
    assert [(row.metric, row.sessions) for row in failed] == [("wrong", 6)]


def test_without_a_ledger_it_is_an_error_that_names_it(lake: Lake, own: Catalogue) -> None:
    with pytest.raises(DefinitionError, match=r"^metric 'of_rows' cannot be computed: ValueError: no 13 please$"):
        compute(lake, Request(("AAA",), metrics=("call_volume", "known", "gex")), own)


def test_a_column_of_a_strategys_is_named_as_such(lake: Lake) -> None:
    with pytest.raises(DefinitionError, match=r"^column 'score' cannot be computed: ValueError: no 13 please$"):
        compute(lake, Request(("AAA",), expressions={"score": doubled(pl.col("call_volume"))}))


def test_where_only_flowbts_own_may_fail_another_is_an_error(
    lake: Lake, own: Catalogue, fail_metric: Callable[[str], None]
) -> None:
    failures = Failures(only_shipped=True)
    with pytest.raises(DefinitionError, match="metric 'of_rows' cannot be computed"):
        compute(lake, Request(("AAA",), metrics=("known",)), own, lost=Lost(failures))
    fail_metric("spot")
    found = compute(lake, Request(("AAA",), metrics=("spot", "call_volume")), own, lost=Lost(failures))
    assert found["spot"].null_count() == 3
    assert failures.listed() == [FailedMetric("spot", "ZeroDivisionError: division by zero", 3)]


def test_a_ledger_tells_of_one_day(lake: Lake, own: Catalogue, days: Sequence[date]) -> None:
    failures = Failures()
    compute(lake, Request(("AAA", "BBB"), metrics=("of_rows",)), own, lost=Lost(failures))
    assert [len(failures.listed(day)) for day in days[:3]] == [0, 1, 0]


def test_everything_is_lost_where_nothing_asked_for_could_be_computed(
    lake: Lake, own: Catalogue, fail_metric: Callable[[str], None]
) -> None:
    fail_metric("spot")
    for names, everything in ((("spot",), True), (("spot", "call_volume"), False), (("of_rows",), False)):
        lost = Lost(Failures())
        compute(lake, Request(("AAA",), metrics=names), own, lost=lost)
        assert lost.everything is everything


@pytest.mark.parametrize("name", ["of_rows", "of_days"])
def test_what_failed_is_not_kept_in_the_lake(
    name: str, lake: Lake, own: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = Request(("AAA", "BBB"), metrics=(name, "call_volume"))

    def stored() -> tuple[list[Any], int]:
        tally = Tally()
        frame = compute_stored(lake, request, tally, own, lost=Lost(Failures()))
        return frame[name].to_list(), tally.stored

    found, kept = stored()
    assert kept == 12 - found.count(None) < 12
    monkeypatch.setattr(f"{__name__}.UNLUCKY", -1)
    assert stored()[0] == [10, 26, 14, 2, 4, 6]
