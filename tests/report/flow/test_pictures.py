import pytest
from tests.report.flow.document import make_document, unknown_document

from flowbt.report.flow.pictures import levels_drawn, picture
from flowbt.report.kit.page import drawn


@pytest.mark.parametrize("name", ["oi_by_strike", "history", "gex_profile", "max_pain"])
def test_a_picture_is_drawn_for_desk_and_telephone_and_says_how_to_read_it(name: str) -> None:
    sketched = picture(name, make_document())
    assert sketched is not None
    found = drawn(sketched)
    assert found.drawings.keys() == ({"either"} if found.half else {"wide", "narrow"})
    assert all(svg.startswith("<svg") for svg in found.drawings.values())
    assert found.note.endswith(".")
    assert found.half == (name != "oi_by_strike")


@pytest.mark.parametrize("name", ["oi_by_strike", "history", "gex_profile", "max_pain"])
def test_nothing_known_is_no_picture(name: str) -> None:
    assert picture(name, make_document(pictures={name: [] for name in make_document()["pictures"]})) is None


def test_sessions_without_premium_are_no_picture() -> None:
    assert picture("history", unknown_document()) is None


def test_the_levels_that_are_drawn() -> None:
    assert levels_drawn(make_document()) == {
        "spot": 100.0, "call wall": 105.0, "put wall": 95.0, "max pain": 98.0, "zero gamma": 100.3,
    }  # fmt: skip
    assert levels_drawn(make_document(max_pain=[]))["max pain"] is None
