"""What a kind, in free words, is taken for."""

import pytest

from flowbt.evaluation.levels import is_known, is_pin, spelled


@pytest.mark.parametrize(
    "kind", ["pin", "Max Pain", "max_pain", "maxpain", "magnet", "PIN STRIKE", "absolute_gamma_strike"]
)
def test_pins(kind: str) -> None:
    assert is_pin(kind)
    assert is_known(kind)


@pytest.mark.parametrize(
    "kind", ["call wall", "put_wall", "Support", "resistance_1", "zero_gamma", "trigger", "low_30"]
)
def test_barriers(kind: str) -> None:
    assert not is_pin(kind)
    assert is_known(kind)


@pytest.mark.parametrize("kind", ["line in the sand", "spot_price", "opinion"])
def test_what_is_not_known_is_no_pin(kind: str) -> None:
    assert not is_pin(kind)
    assert not is_known(kind)


def test_spelling() -> None:
    assert spelled(" Call_Wall ") == spelled("call-wall") == "call wall"
