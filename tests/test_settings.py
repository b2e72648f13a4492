"""Thresholds given as text."""

from dataclasses import dataclass
from typing import Literal

import pytest

from flowbt.errors import FlowbtError, UnknownNameError
from flowbt.settings import configure, flatten, parse_settings


@dataclass(frozen=True)
class Inner:
    bearish: float = 0.25
    stop: float = 0.1


@dataclass(frozen=True)
class Outer:
    inner: Inner = Inner()
    hold: int = 3
    stop: float = 0.03
    loud: bool = False
    level: Literal["high", "low"] = "high"
    size: float | None = None


def test_a_field_is_read_as_its_type_says() -> None:
    set_to = configure(Outer(), {"hold": "5", "loud": "true", "level": "low", "size": "0.5"})
    assert (set_to.hold, set_to.loud, set_to.level, set_to.size) == (5, True, "low", 0.5)


def test_a_nested_field_is_found_by_its_own_name() -> None:
    assert configure(Outer(), {"bearish": "0.4"}).inner.bearish == 0.4


def test_a_name_that_the_outer_bears_means_the_outer() -> None:
    set_to = configure(Outer(), {"stop": "0.5"})
    assert (set_to.stop, set_to.inner.stop) == (0.5, 0.1)


def test_a_full_name_reaches_the_nested_field() -> None:
    assert configure(Outer(), {"inner.stop": "0.5"}).inner.stop == 0.5


def test_an_optional_field_can_be_taken_back() -> None:
    assert configure(Outer(size=1.0), {"size": "none"}).size is None


def test_the_original_stays_as_it_was() -> None:
    original = Outer()
    configure(original, {"hold": "9"})
    assert original == Outer()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"hodl": "1"}, "did you mean 'hold'"),
        ({"hold": "many"}, "'many' is not a valid int for Outer.hold"),
        ({"loud": "maybe"}, "'maybe' is not a valid bool"),
        ({"level": "lwo"}, "did you mean 'low'"),
    ],
)
def test_what_cannot_be_set_is_told(settings: dict[str, str], message: str) -> None:
    with pytest.raises(FlowbtError, match=message):
        configure(Outer(), settings)


def test_an_ambiguous_name_must_be_given_in_full() -> None:
    @dataclass(frozen=True)
    class Two:
        one: Inner = Inner()
        other: Inner = Inner()

    with pytest.raises(FlowbtError, match=r"one\.bearish or other\.bearish"):
        configure(Two(), {"bearish": "1"})


def test_flatten_names_everything_in_full() -> None:
    assert flatten(Outer())["inner.bearish"] == 0.25


def test_pairs_are_parsed() -> None:
    assert parse_settings(["a=1", "b = x=y"]) == {"a": "1", "b": "x=y"}


def test_what_is_no_pair_is_told() -> None:
    with pytest.raises(FlowbtError, match="write name=value"):
        parse_settings(["a"])


def test_unknown_names_are_unknown_name_errors() -> None:
    with pytest.raises(UnknownNameError):
        configure(Inner(), {"zzz": "1"})
