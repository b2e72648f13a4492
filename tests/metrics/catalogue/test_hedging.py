"""Signs of hedging, on two sessions whose additions are the open interest of the second."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowbt.metrics.catalogue.collars import collared

Chain = Callable[..., pl.DataFrame]
Measure = Callable[..., Any]
Session = Callable[..., pl.DataFrame]

FEBRUARY, MARCH = date(2026, 2, 20), date(2026, 3, 20)


def put(size: int | None, delta: float | None = -0.3) -> dict[str, Any]:
    return {"put_open_interest": size, "put_delta": delta}


def call(size: int | None, delta: float | None = 0.3) -> dict[str, Any]:
    return {"call_open_interest": size, "call_delta": delta}


@pytest.fixture
def added(chain: Chain, days: Sequence[date], measure: Measure) -> Callable[..., Any]:
    """A metric on the second session, what is held then having been added: nothing was held on the first."""

    def value(name: str, *expiries: pl.DataFrame) -> Any:
        nothing = chain({1: put(0, -0.001) | call(0, 0.999)}, day=days[0], expiration=MARCH)
        return measure(name, nothing, *expiries)[-1]

    return value


@pytest.fixture
def session(chain: Chain, days: Sequence[date]) -> Session:
    def make(strikes: Mapping[float, Mapping[str, Any]], expiration: date = FEBRUARY, **options: Any) -> pl.DataFrame:
        return chain(strikes, day=days[1], expiration=expiration, **options)

    return make


@pytest.mark.parametrize(
    ("strike", "delta", "size"),
    [
        (95, -0.45, 10),
        (95, -0.10, 10),
        (95, -0.46, 0),
        (95, -0.09, 0),
        (100, -0.30, 0),
    ],
    ids=["high delta", "low delta", "too high a delta", "too low a delta", "at the money"],
)
def test_which_puts_protect(
    strike: float, delta: float, size: int, session: Session, added: Callable[..., Any]
) -> None:
    assert added("protective_puts_added", session({strike: put(10, delta)})) == size


@pytest.mark.parametrize(("dte", "size"), [(6, 0), (7, 10), (90, 10), (91, 0)])
def test_protection_has_weeks_to_run(
    dte: int, size: int, session: Session, days: Sequence[date], added: Callable[..., Any]
) -> None:
    rows = session({95: put(10)}, expiration=days[1] + timedelta(days=dte))
    assert added("protective_puts_added", rows) == size


def test_what_was_closed_is_not_set_off(chain: Chain, session: Session, days: Sequence[date], measure: Measure) -> None:
    before = chain({90: put(100), 95: put(100)}, day=days[0], expiration=FEBRUARY)
    after = session({90: put(40), 95: put(107)})
    assert measure("protective_puts_added", before, after) == [None, 7]


def test_a_delta_is_computed_where_the_source_gives_none(session: Session, added: Callable[..., Any]) -> None:
    """44 days at a volatility of 0.2: the put at 95 has a delta of about -0.2, that at 80 of almost none."""
    rows = session({80: put(5, None) | {"put_iv": 0.2}, 95: put(10, None) | {"put_iv": 0.2}})
    assert added("protective_puts_added", rows) == 10


@pytest.mark.parametrize(
    ("calls", "matched"),
    [
        (call(10), 10),
        (call(8), 10),
        (call(7), 0),
        (call(12), 10),
        (call(13), 0),
        (call(10, 0.10), 0),
        (call(10, 0.15), 10),
        (call(10, 0.40), 10),
        (call(10, 0.41), 0),
    ],
    ids=[
        "the same size",
        "0.8 times",
        "0.7 times",
        "1.2 times",
        "1.3 times",
        "deltas 0.2 apart",
        "deltas 0.15 apart",
        "highest delta",
        "too high a delta",
    ],
)
def test_which_calls_make_a_collar(
    calls: dict[str, Any], matched: int, session: Session, added: Callable[..., Any]
) -> None:
    assert added("collared_puts_added", session({95: put(10), 105: calls})) == matched


def test_a_call_of_another_expiry_makes_no_collar(session: Session, added: Callable[..., Any]) -> None:
    assert added("collared_puts_added", session({95: put(10)}), session({105: call(10)}, expiration=MARCH)) == 0


@pytest.mark.parametrize(
    ("strikes", "matched"),
    [
        ({90: put(10), 95: put(11), 105: call(11)}, 11),
        ({90: put(10), 95: put(10), 105: call(10)}, 10),
        ({90: put(100), 95: put(80), 105: call(100), 110: call(101)}, 100),
        ({90: put(100), 95: put(80), 105: call(80), 110: call(101)}, 180),
        ({90: put(100, -0.2), 95: put(100, -0.4), 105: call(101, 0.2), 110: call(99, 0.3)}, 200),
        ({90: put(100, -0.2), 95: put(100, -0.4), 105: call(101, 0.3), 110: call(99, 0.2)}, 100),
    ],
    ids=[
        "the largest put first",
        "one call for one put",
        "what is left is too large",
        "the nearest in size, so that the other is left",
        "of equally near calls the lowest, or the put at 95 had none",
        "of equal puts the lowest first, or the put at 95 had one",
    ],
)
def test_matching_is_one_to_one(
    strikes: dict[float, dict[str, Any]], matched: int, session: Session, added: Callable[..., Any]
) -> None:
    assert added("collared_puts_added", session(strikes)) == matched


@pytest.mark.parametrize(
    ("matched", "reading"),
    [(0, "plain puts"), (14, "plain puts"), (15, "mixed"), (40, "mixed"), (41, "collars"), (100, "collars")],
)
def test_reading(matched: int, reading: str, session: Session, added: Callable[..., Any]) -> None:
    """Of 100 puts, those at 90 found a call of their size."""
    rows = session({90: put(matched), 92: put(100 - matched), 105: call(matched)})
    assert added("collar_share", rows) == matched / 100
    assert added("hedging_reading", rows) == reading


@pytest.mark.parametrize("name", ["collar_share", "hedging_reading", "protective_put_breadth", "hedging_confidence"])
def test_where_none_was_added_there_is_no_reading(name: str, session: Session, added: Callable[..., Any]) -> None:
    rows = session({95: put(0), 105: call(10)})
    assert added("protective_puts_added", rows) == 0
    assert added(name, rows) is None


@pytest.mark.parametrize(
    "rows",
    [
        {95: put(None), 105: call(10)},
        {95: put(10, None), 105: call(10)},
    ],
    ids=["open interest unknown", "delta unknown"],
)
@pytest.mark.parametrize("name", ["protective_puts_added", "collared_puts_added", "hedging_reading"])
def test_unknown_is_not_none(
    name: str, rows: dict[float, dict[str, Any]], session: Session, added: Callable[..., Any]
) -> None:
    assert added(name, session(rows)) is None


def test_without_a_spot_nothing_is_known_to_be_out_of_the_money(session: Session, added: Callable[..., Any]) -> None:
    assert added("protective_puts_added", session({95: put(10)}, spot=None)) is None


def test_with_calls_unknown_the_puts_are_known_and_the_collars_not(session: Session, added: Callable[..., Any]) -> None:
    rows = session({95: put(10)})
    assert added("protective_puts_added", rows) == 10
    assert added("collared_puts_added", rows) is None


@pytest.mark.parametrize(("sizes", "breadth"), [((10,), 1), ((10, 10), 2), ((30, 10), 1.6)])
def test_breadth_counts_contracts_by_their_share(
    sizes: tuple[int, ...], breadth: float, session: Session, added: Callable[..., Any]
) -> None:
    rows = session({90.0 + place: put(size) for place, size in enumerate(sizes)})
    assert added("protective_put_breadth", rows) == pytest.approx(breadth)


@pytest.fixture
def growing(chain: Chain, days: Sequence[date]) -> Callable[..., list[pl.DataFrame]]:
    """Two puts that grow by as much as told, session by session, having traded as much or not at all."""

    def make(*sizes: int, untraded: Sequence[int] = ()) -> list[pl.DataFrame]:
        held, rows = 0, []
        for place, day in enumerate(days[: len(sizes) + 1]):
            volume = 0 if place in untraded else 10**6
            strikes = {
                90: put(held) | call(0) | {"put_volume": 10**6},
                95: put(held) | {"put_volume": volume},
            }
            rows.append(chain(strikes, day=day, expiration=MARCH))
            held += sizes[place] if place < len(sizes) else 0
        return rows

    return make


@pytest.mark.parametrize(
    ("last", "confidence"), [(10, 0.5), (30, 0.5), (5, 0.25)], ids=["the usual", "thrice the usual", "half the usual"]
)
def test_confidence_in_two_puts_of_one_size(
    last: int, confidence: float, growing: Callable[..., list[pl.DataFrame]], measure: Measure
) -> None:
    """A breadth of 2 halves it."""
    found = measure("hedging_confidence", *growing(10, 10, 10, 10, 10, last))
    assert found == [None] * 6 + [pytest.approx(confidence)]


def test_confidence_falls_with_additions_that_did_not_trade(
    growing: Callable[..., list[pl.DataFrame]], measure: Measure
) -> None:
    """On the session before the last, one of the two puts grew without having traded."""
    rows = growing(10, 10, 10, 10, 10, 10, untraded=[5])
    assert measure("protective_put_breach_share", *rows)[-1] == 0.5
    assert measure("hedging_confidence", *rows)[-1] == pytest.approx(0.25)


SIZES = st.integers(0, 12)
DELTAS = st.floats(0.05, 0.5)


@given(rows=st.lists(st.tuples(st.integers(0, 2), SIZES, DELTAS, SIZES, DELTAS), max_size=14))
def test_matching_is_that_of_the_rule_step_by_step(rows: list[tuple[int, int, float, int, float]]) -> None:
    rows = sorted(rows, key=lambda row: row[0])
    expected, taken = 0, set()
    for place in sorted(range(len(rows)), key=lambda place: (-rows[place][1], place)):
        expiry, size, delta, *_ = rows[place]
        fits = [
            (abs(calls - size), other)
            for other, (other_expiry, _, _, calls, call_delta) in enumerate(rows)
            if other not in taken
            and other_expiry == expiry
            and size > 0
            and calls > 0
            and 0.8 <= calls / size <= 1.25
            and abs(call_delta - delta) <= 0.15 + 1e-9
        ]
        if fits:
            taken.add(min(fits)[1])
            expected += size
    expiries = np.array([row[0] for row in rows], dtype=np.int32)
    puts, put_deltas, calls, call_deltas = np.array([row[1:] for row in rows], dtype=np.float64).reshape(-1, 4).T.copy()
    found = collared(expiries, puts, -put_deltas, calls, call_deltas, 0.8, 1.25, 0.15)
    assert found == expected
