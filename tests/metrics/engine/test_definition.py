"""Definitions: what a metric must say, how it is written by a user, and whose catalogue it goes to."""

from collections.abc import Iterator
from typing import Literal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowbt.errors import DefinitionError, UnknownNameError
from flowbt.metrics import SHIPPED, Catalogue, MetricKey, collecting, current_catalogue, metric


@pytest.fixture
def own() -> Iterator[Catalogue]:
    """A catalogue of a strategy's own, in force during the test."""
    with collecting(Catalogue(parent=SHIPPED)) as catalogue:
        yield catalogue


def volume(
    share: float = 0.5, days: int = 3, *, strict: bool = False, side: Literal["call", "put"] = "call", name: str = "x"
) -> pl.Expr:
    """Volume under parameters of every kind."""
    del share, days, strict, name
    return pl.col(f"{side}_volume").sum()


def test_name_and_description_are_the_functions(own: Catalogue) -> None:
    defined = metric(grain="snapshot", unit="contracts", rows="live")(volume)
    assert (defined.name, defined.description) == ("volume", "Volume under parameters of every kind.")
    assert (defined.grain, defined.unit, defined.rows) == ("snapshot", "contracts", "live")
    assert own.get("volume") is defined


@pytest.mark.usefixtures("own")
def test_a_docstring_is_required() -> None:
    def mute() -> pl.Expr:
        return pl.lit(1)

    with pytest.raises(DefinitionError, match="metric 'mute' has no docstring"):
        metric(grain="snapshot", unit="1")(mute)


@pytest.mark.usefixtures("own")
def test_an_unknown_grain() -> None:
    with pytest.raises(UnknownNameError, match=r"unknown grain 'snapshots' .*did you mean 'snapshot'"):
        metric(grain="snapshots", unit="1")(volume)  # type: ignore[arg-type]


@pytest.mark.usefixtures("own")
def test_a_parameter_needs_a_default() -> None:
    def windowed(days: int) -> pl.Expr:
        """Anything."""
        return pl.col("close").shift(days)

    with pytest.raises(DefinitionError, match="parameter 'days' of metric 'windowed' has no default"):
        metric(grain="history", unit="1")(windowed)


@pytest.mark.usefixtures("own")
def test_a_strike_metric_cannot_bear_a_columns_name() -> None:
    def call_volume() -> pl.Expr:
        """Anything."""
        return pl.col("put_volume")

    with pytest.raises(DefinitionError, match="'call_volume' has the name of a column"):
        metric(grain="strike", unit="1")(call_volume)


@pytest.mark.usefixtures("own")
def test_a_shipped_name_cannot_be_given_again() -> None:
    def gex() -> pl.Expr:
        """Anything."""
        return pl.lit(1)

    with pytest.raises(DefinitionError, match="metric 'gex' already exists"):
        metric(grain="snapshot", unit="1")(gex)


def test_two_strategies_may_use_one_name_for_two_things() -> None:
    units = []
    for unit in ("1", "USD"):
        with collecting(Catalogue(parent=SHIPPED)) as catalogue:
            metric(grain="snapshot", unit=unit)(volume)
        units.append(catalogue.get("volume").unit)
    assert units == ["1", "USD"]
    assert "volume" not in SHIPPED


def test_collecting_ends_with_its_block_even_on_an_error() -> None:
    before = current_catalogue()
    with pytest.raises(ZeroDivisionError), collecting(Catalogue(parent=SHIPPED)):
        _ = 1 / 0
    assert current_catalogue() is before


def test_a_catalogue_shows_its_parents_first(own: Catalogue) -> None:
    metric(grain="snapshot", unit="1")(volume)
    assert own.names() == [*SHIPPED.names(), "volume"]


def test_an_unknown_metric_and_the_nearest_that_exists() -> None:
    with pytest.raises(
        UnknownNameError, match=r"unknown metric 'max_pian'; did you mean 'max_pain'\?.* `flowbt metrics"
    ):
        SHIPPED.parse("max_pian")


@pytest.mark.parametrize("text", ["", "gex(", "gex)", "9gex", "gex unit=usd_1pt", "gex()x", "(unit=usd_1pt)"])
def test_what_is_no_metric(text: str) -> None:
    with pytest.raises(DefinitionError, match="is not a valid metric: write name or name"):
        SHIPPED.parse(text)


@pytest.mark.parametrize("text", ["gex", "gex()", " gex ", "gex( )", "gex(unit=usd_1pct)"])
def test_defaults_are_left_out_of_the_key(text: str) -> None:
    assert SHIPPED.parse(text) == MetricKey("gex")
    assert str(SHIPPED.parse(text)) == "gex()"


def test_parameters_are_read_in_the_types_of_the_defaults(own: Catalogue) -> None:
    metric(grain="snapshot", unit="1")(volume)
    key = own.parse("volume(days=5, strict=true, share=1, side=put, name=y)")
    assert dict(key.parameters) == {"share": 1.0, "days": 5, "strict": True, "side": "put", "name": "y"}
    assert str(key) == "volume(share=1.0, days=5, strict=True, side=put, name=y)"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("dayz=5", "unknown parameter 'dayz' .*did you mean 'days'"),
        ("days=x", "'x' is not a valid int"),
        ("days=2.5", "'2.5' is not a valid int"),
        ("share=x", "'x' is not a valid float"),
        ("strict=perhaps", "'perhaps' is not a valid bool"),
        ("side=calls", "unknown value 'calls' .*did you mean 'call'"),
        ("5", "unknown parameter '5'"),
    ],
)
def test_parameters_that_are_none(arguments: str, said: str, own: Catalogue) -> None:
    metric(grain="snapshot", unit="1")(volume)
    with pytest.raises((UnknownNameError, DefinitionError), match=said):
        own.parse(f"volume({arguments})")


def test_half_a_session_is_no_number_of_sessions(own: Catalogue) -> None:
    """A number given in Python is checked as one written on the command line is."""
    metric(grain="snapshot", unit="1")(volume)
    with pytest.raises(DefinitionError, match=r"'2.5' is not a valid int"):
        own.get("volume").key({"days": 2.5})


@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(10**6), 10**6),
    st.booleans(),
    st.sampled_from(["call", "put"]),
)
def test_a_key_printed_is_read_back(share: float, days: int, strict: bool, side: str) -> None:
    with collecting(Catalogue(parent=SHIPPED)) as catalogue:
        defined = metric(grain="snapshot", unit="1")(volume)
    key = defined.key({"share": share, "days": days, "strict": strict, "side": side})
    assert catalogue.parse(str(key)) == key


def test_calling_a_metric_refers_to_it() -> None:
    assert SHIPPED.get("gex")(unit="usd_1pt").meta.root_names() == ["gex(unit=usd_1pt)"]


def test_the_parameters_with_their_defaults() -> None:
    assert SHIPPED.get("bollinger_lower").parameters == {"window": 20, "width": 2.0}


def test_a_shipped_metric_cannot_be_defined_anew_in_a_session() -> None:
    with pytest.raises(DefinitionError, match="'gex' already exists"):

        @metric(grain="snapshot", unit="USD")
        def gex() -> pl.Expr:
            """Something else."""
            return pl.col("call_volume").sum()
