"""Whatever parts a day is cut into and in whatever order they come, the lake holds the same; and nothing is lost in silence."""

import tempfile
from collections import Counter
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.full import tries

from flowbt.lake import Lake
from flowbt.lake.intake.merge import UnitsRefusedError
from flowbt.lake.intake.write_days import write_days
from flowbt.schema import CHAIN_ROWS, CONTRACT_ROWS, conform, to_contract_rows, to_strike_rows

DAY = date(2026, 1, 8)
Contract = tuple[int, float, str]
CONTRACTS = [(expiry, strike, side) for expiry in (16, 23) for strike in (95.0, 105.0) for side in ("call", "put")]
days = st.dictionaries(st.sampled_from(CONTRACTS), st.integers(1, 2), min_size=1)


def rows_of(held: dict[Contract, int]) -> pl.DataFrame:
    """Strike rows of contracts, each with a number as its volume."""
    rows = [
        {"symbol": "AAA", "date": DAY, "root": "AAA", "expiration": DAY.replace(day=expiry), "strike": strike}
        | {"option_type": side, "multiplier": 100.0, "oi_lag": 1, "source": "test", "volume": number}
        for (expiry, strike, side), number in held.items()
    ]
    return to_strike_rows(conform(pl.DataFrame(rows), CONTRACT_ROWS))


def held_in(lake: Lake) -> dict[Contract, int]:
    rows = to_contract_rows(lake.strike_rows(CHAIN_ROWS, ["AAA"], DAY, DAY))
    return {(row["expiration"].day, row["strike"], row["option_type"]): row["volume"] for row in rows.to_dicts()}


def bring(lake: Lake, part: dict[Contract, int]) -> dict[str, int] | None:
    """What became of the contracts of a part, or None where it was refused."""
    try:
        found = write_days(lake, "chains", rows_of(part))
    except UnitsRefusedError:
        return None
    state = found.states["state"].item()
    if state != "restated":
        return {"added" if state == "new" else "same": len(part)}
    return dict(Counter(found.given["state"]))


@pytest.mark.thorough
@given(day=days, cut=st.randoms(use_true_random=False), parts=st.integers(1, 4))
@settings(max_examples=tries(12, 60), deadline=None)
def test_parts_in_any_order_make_the_day(day: dict[Contract, int], cut: st.DataObject, parts: int) -> None:
    pieces = [{} for _ in range(parts)]  # type: ignore[var-annotated]
    for contract, number in day.items():
        for piece in cut.sample(pieces, cut.randint(1, parts)):  # type: ignore[attr-defined]
            piece[contract] = number
    with tempfile.TemporaryDirectory() as folder:
        lake, whole = Lake(Path(folder) / "a"), Lake(Path(folder) / "b")
        whole.write_strike_rows(rows_of(day))
        for piece in filter(None, pieces):
            assert bring(lake, piece) is not None
        assert lake.strike_rows(CHAIN_ROWS, ["AAA"], DAY, DAY).equals(whole.strike_rows(CHAIN_ROWS, ["AAA"], DAY, DAY))
        versions = lake.versions()
        assert all(bring(lake, piece) == {"same": len(piece)} for piece in filter(None, pieces))
        assert lake.versions() == versions


@pytest.mark.thorough
@given(stored=days, part=days)
@settings(max_examples=tries(60, 150), deadline=None)
def test_what_becomes_of_a_part(stored: dict[Contract, int], part: dict[Contract, int]) -> None:
    """Contracts that the file lacks are never dropped; what it has is stored, or nothing of it is."""
    odd = {contract for contract in part.keys() & stored.keys() if part[contract] != stored[contract]}
    lacking = stored.keys() - part.keys()
    torn = {(contract[0], contract[2]) for contract in lacking} & {(contract[0], contract[2]) for contract in odd}
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(folder)
        lake.write_strike_rows(rows_of(stored))
        found = bring(lake, part)
        if torn:
            assert (found, held_in(lake)) == (None, stored)
        else:
            same = len(part.keys() & stored.keys()) - len(odd)
            expected = {"restated": len(odd), "same": same, "added": len(part.keys() - stored.keys())}
            assert found == {state: n for state, n in expected.items() if n}
            assert held_in(lake) == stored | part
