"""Metrics kept in the lake: what is up to date is read, what is not is computed, and nothing else."""

import shutil
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from textwrap import dedent

import duckdb
import polars as pl
import pytest

from flowbt.errors import DefinitionError
from flowbt.lake import Lake
from flowbt.lake.delta.commit import Commit
from flowbt.lake.delta.row_order import in_order
from flowbt.lake.delta.tables import METRICS
from flowbt.metrics import SHIPPED, Catalogue, Decision, Request, Tally, compute, compute_stored, load_metrics
from flowbt.metrics.engine import fingerprint as definition

Chain = Callable[..., pl.DataFrame]
NAMES = (
    "call_volume", "put_call_volume_ratio", "call_oi_change", "max_pain", "nearest_expiration", "is_dividend_play",
    "zero_gamma_status", "gex_profile", "net_premium[otm]",
)  # fmt: skip


@pytest.fixture
def snapshot(chain: Chain) -> Callable[..., pl.DataFrame]:
    def make(day: date, volume: int = 10, held: int = 100, lag: int | None = 1) -> pl.DataFrame:
        strikes = {
            95: {"put_volume": 7, "put_open_interest": 50, "put_last": 1.5, "put_iv": 0.3},
            105: {"call_volume": volume, "call_open_interest": held, "call_last": 2.0, "call_iv": 0.2},
        }
        return chain(strikes, day=day, expiration=date(2026, 3, 20), oi_lag=lag)

    return make


@pytest.fixture
def lake(tmp_path: Path, snapshot: Callable[..., pl.DataFrame], days: Sequence[date]) -> Lake:
    lake = Lake(tmp_path / "lake")
    lake.write_strike_rows(
        pl.concat(snapshot(day, volume=10 + place, held=100 + place) for place, day in enumerate(days[:30]))
    )
    return lake


def store(
    lake: Lake, *names: str, catalogue: Catalogue = SHIPPED, decision: Decision = "close", **overrides: float
) -> tuple[pl.DataFrame, Tally]:
    tally = Tally()
    request = Request(("AAA",), metrics=names or NAMES, overrides=overrides, decision=decision)
    return compute_stored(lake, request, tally, catalogue), tally


def test_the_values_are_those_that_are_computed(lake: Lake) -> None:
    expected = compute(lake, Request(("AAA",), metrics=NAMES))
    assert store(lake)[0].equals(expected, null_equal=True)
    assert store(lake)[0].equals(expected, null_equal=True)


def test_what_is_up_to_date_is_not_computed_again(lake: Lake) -> None:
    first, again = store(lake)[1], store(lake)[1]
    assert first.read == 0
    assert first.stored == again.read > 30 * len(NAMES) - 1
    assert again.stored == 0


def test_new_days_are_added(lake: Lake, snapshot: Callable[..., pl.DataFrame], days: Sequence[date]) -> None:
    store(lake, "call_volume")
    lake.write_strike_rows(snapshot(days[30]))
    found, tally = store(lake, "call_volume")
    assert (tally.read, tally.stored) == (30, 1)
    assert found["call_volume"].to_list() == [*range(10, 40), 10]


def test_a_restated_day_is_computed_again_and_the_next_one_that_looks_back(
    lake: Lake, snapshot: Callable[..., pl.DataFrame], days: Sequence[date]
) -> None:
    store(lake, "call_volume", "call_oi_change")
    lake.write_strike_rows(snapshot(days[4], volume=99, held=1000))
    found, tally = store(lake, "call_volume", "call_oi_change")
    assert tally.stored == 1 + 2
    assert found["call_volume"][3:6].to_list() == [13, 99, 15]
    assert found["call_oi_change"][3:6].to_list() == [1, 897, -895]


def test_another_metric_does_not_touch_what_is_stored(lake: Lake) -> None:
    store(lake, "call_volume")
    tally = store(lake, "call_volume", "put_volume")[1]
    assert (tally.read, tally.stored) == (30, 30)


def test_parameters_given_for_all_are_kept_apart(lake: Lake) -> None:
    plain = store(lake, "gex")[0]
    other = store(lake, "gex", rate=0.2)[0]
    assert not plain.equals(other)
    again, tally = store(lake, "gex")
    assert again.equals(plain)
    assert tally.stored == 0


MINE = """
    import polars as pl
    from flowbt import metric

    @metric(grain="snapshot", unit="1")
    def mine() -> pl.Expr:
        '''A number of mine.'''
        return pl.col("call_volume").sum() * FACTOR

    @metric(grain="snapshot", unit="1")
    def opaque() -> pl.Expr:
        '''A number made by Python.'''
        return pl.col("call_volume").sum().map_batches(times, return_dtype=pl.Float64, returns_scalar=True)

    def times(values: pl.Series) -> float:
        return values.sum() * float(FACTOR)
"""


def test_a_changed_formula_is_computed_again_and_nothing_else(lake: Lake, tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    names = ("mine", "opaque", "call_volume")
    for factor, stored, read in ((2, 90, 0), (2, 0, 90), (3, 60, 30)):
        file.write_text(dedent(MINE).replace("FACTOR", str(factor)))
        found, tally = store(lake, *names, catalogue=load_metrics(file))
        assert (tally.stored, tally.read) == (stored, read)
        assert found["opaque"][0] == found["mine"][0] == 10 * factor


def test_what_looks_over_days_is_stored_too(
    lake: Lake, bars: Callable[..., pl.DataFrame], snapshot: Callable[..., pl.DataFrame], days: Sequence[date]
) -> None:
    lake.write_bars(bars([100.0 + place for place in range(35)]))
    first, tally = store(lake, "sma_30")
    assert tally.stored == first.height
    lake.write_strike_rows(snapshot(days[30]))
    assert store(lake, "sma_30")[1].stored == 0


def test_the_table_reads_without_flowbt(lake: Lake) -> None:
    store(lake)
    files = str(lake.path / "metrics" / "**" / "*.parquet")
    query = "SELECT number FROM read_parquet(?) WHERE metric = 'net_premium[otm]' ORDER BY date LIMIT 1"
    assert duckdb.execute(query, [files]).fetchone() == (10 * 200.0 - 7 * 150.0,)
    dates = "SELECT DISTINCT DATE '1970-01-01' + CAST(number AS INT) FROM read_parquet(?) WHERE metric = 'nearest_expiration'"
    assert duckdb.execute(dates, [files]).fetchall() == [(date(2026, 3, 20),)]


HELPER = "def times(a, b):\n    return (a + b) * FACTOR\n"
IMPORTING = """
    import sys
    from pathlib import Path

    import polars as pl
    from flowbt import metric

    sys.path.insert(0, str(Path(__file__).parent))
    import NAME

    @metric(grain="snapshot", unit="1")
    def total() -> pl.Expr:
        '''A number made by a function of another file.'''
        return pl.reduce(NAME.times, [pl.col("call_volume").sum(), pl.col("put_volume").sum()]).first()
"""


def test_a_changed_function_of_another_file_is_noticed(lake: Lake, tmp_path: Path) -> None:
    name = "helper_of_my_metrics"
    file, helper = tmp_path / "mine.py", tmp_path / f"{name}.py"
    file.write_text(dedent(IMPORTING).replace("NAME", name))
    found = []
    for factor in (2, 3):
        helper.write_text(HELPER.replace("FACTOR", str(factor)))
        sys.modules.pop(name, None)
        shutil.rmtree(tmp_path / "__pycache__", ignore_errors=True)
        found.append(store(lake, "total", catalogue=load_metrics(file))[0]["total"][0])
    sys.path.remove(str(tmp_path))
    assert found == [34, 51]


def test_two_writers_of_one_value_do_not_double_the_rows(lake: Lake) -> None:
    store(lake, "call_volume")
    rows = lake.metric_values(["AAA"], ["call_volume"], "", date(2026, 1, 1), date(2026, 12, 31))
    with Commit(lake.ledger.to_write(METRICS)) as commit:
        commit.add(in_order(rows, METRICS.order))
        commit.finish("WRITE", {})
    found, tally = store(lake, "call_volume")
    assert (found.height, tally.stored) == (30, 0)


def test_a_kind_of_value_that_cannot_be_stored_is_refused_before_anything_is(lake: Lake, tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(
        dedent(MINE).replace('pl.col("call_volume").sum() * FACTOR', 'pl.duration(days=pl.col("call_volume").len())')
    )
    with pytest.raises(DefinitionError, match=r"values of 'mine' have type Duration.*: use numbers, booleans"):
        store(lake, "mine", catalogue=load_metrics(file))
    assert "metrics" not in lake.versions()


def test_a_metric_asked_for_twice(lake: Lake) -> None:
    assert store(lake, "put_volume", "put_volume()")[0].columns == ["symbol", "date", "put_volume", "put_volume()"]


def test_what_is_decided_at_another_time_is_kept_apart(lake: Lake) -> None:
    at_close = store(lake)[0]
    before_the_open, tally = store(lake, decision="pre_open")
    expected = compute(lake, Request(("AAA",), metrics=NAMES, decision="pre_open"))
    assert before_the_open.equals(expected, null_equal=True)
    assert (tally.read, tally.stored > 30) == (0, True)
    again, tally = store(lake)
    assert again.equals(at_close, null_equal=True)
    assert tally.stored == 0
    assert store(lake, decision="pre_open")[1].stored == 0


def test_before_the_open_a_new_day_completes_the_one_before(
    lake: Lake, snapshot: Callable[..., pl.DataFrame], days: Sequence[date]
) -> None:
    names = ("put_volume", "call_open_interest", "call_oi_change")
    first = store(lake, *names, decision="pre_open")[0]
    assert first.row(-1)[2:] == (7, None, None)
    lake.write_strike_rows(snapshot(days[30], held=200))
    found, tally = store(lake, *names, decision="pre_open")
    assert found["call_open_interest"][28:].to_list() == [129, 200, None]
    assert found["call_oi_change"][28:].to_list() == [1, 71, None]
    assert tally.stored == 3 + 2


@pytest.mark.parametrize(
    ("lag", "decision", "stored"),
    [
        (1, "close", {"call_open_interest": 1, "call_oi_change": 2, "call_volume": 1}),
        (1, "pre_open", {"call_open_interest": 2, "call_oi_change": 3, "call_volume": 1}),
        (0, "close", {"call_open_interest": 2, "call_oi_change": 3, "call_volume": 2}),
        (0, "pre_open", {"call_open_interest": 1, "call_oi_change": 2, "call_volume": 2}),
        (None, "close", {"call_open_interest": 2, "call_oi_change": 3, "call_volume": 2}),
    ],
)
def test_a_restated_day_is_noticed_where_open_interest_was_taken_from_it(
    lag: int | None,
    decision: Decision,
    stored: dict[str, int],
    tmp_path: Path,
    snapshot: Callable[..., pl.DataFrame],
    days: Sequence[date],
) -> None:
    """Volume asks whether it was a dividend play, which is told by the open interest of before the session."""
    lake = Lake(tmp_path / "of_a_lag")
    rows = [snapshot(day, held=100 + place, lag=lag) for place, day in enumerate(days[:10])]
    lake.write_strike_rows(pl.concat(rows))
    for name in stored:
        store(lake, name, decision=decision)
    lake.write_strike_rows(snapshot(days[4], held=1000, lag=lag))
    for name, count in stored.items():
        found, tally = store(lake, name, decision=decision)
        assert (name, tally.stored) == (name, count)
        expected = compute(lake, Request(("AAA",), metrics=(name,), decision=decision))
        assert found.equals(expected, null_equal=True)


def test_values_are_computed_again_when_the_rules_for_rows_change(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    request = Request(("AAA",), metrics=("call_volume",))
    compute_stored(lake, request, Tally())
    unchanged, changed = Tally(), Tally()
    compute_stored(lake, request, unchanged)
    monkeypatch.setattr(definition, "_rules", lambda: "contracts are live for longer")
    compute_stored(lake, request, changed)
    assert (unchanged.read > 0, unchanged.stored) == (True, 0)
    assert (changed.read, changed.stored) == (0, unchanged.read)
