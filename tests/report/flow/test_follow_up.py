import pytest
from tests.report.flow.document import Document, became, make_document

from flowbt.report.flow.follow_up import follow_up_words


@pytest.fixture
def followed() -> Document:
    found: Document = make_document(follow=True)["follow_up"]
    return found


def test_the_path_from_the_days_close(followed: Document) -> None:
    assert followed["says"] == [
        "From the close of $100.40: +0.60% after 1 session ($101), -1.39% after 3 sessions ($99). The verdict was bearish."
    ]


def test_without_later_prices() -> None:
    document = make_document()
    assert follow_up_words(document, became(document) | {"path": []})["says"] == [
        "No session with a price followed 2026-01-05 in the lake."
    ]


def test_each_trigger_says_what_was_seen(followed: Document) -> None:
    assert [row["outcome"] for row in followed["watch"]] == [
        "Unwound (2026-01-06: open interest 20,000).",
        "Not known yet: the lake does not hold what 2026-01-06 would tell.",
        "Yes (2026-01-06: closed at $103).",
        "No (2026-01-06: closed at $100.10).",
        "No (2026-01-06: neutral, score +0.16).",
    ]
    assert [row["what"] for row in followed["watch"]] == [row["trigger"] for row in make_document()["watch"]]


def test_renewed_trading_says_volume_and_ratio() -> None:
    document = make_document()
    found = became(document)
    found["watch"][1] |= {"result": "came", "seen": {"volume": 12_000, "ratio": 1.5}}
    row = follow_up_words(document, found)["watch"][1]
    assert row["outcome"] == "Yes (2026-01-06: 12,000 traded, P/C volume 1.50)."


def test_levels(followed: Document) -> None:
    assert [row["outcome"] for row in followed["levels"]] == ["not touched", "broken on 2026-01-06", "held"]


def test_trades(followed: Document) -> None:
    assert [row["outcome"] for row in followed["trade_ideas"]] == [
        "In the shares on 2026-01-06 at $105, out on 2026-01-09 at $104 (missing quote): -0.96% after costs.",
        "In the shares on 2026-01-06 at $105; still open, -0.96%.",
        "Not filled: $105 was not reached within 3 sessions.",
    ]


def test_a_trade_over_a_split_and_a_dividend_says_so() -> None:
    document = make_document()
    found = became(document)
    found["trade_ideas"][0]["trade"] |= {"split_ratio": 10.0, "dividends": -0.5}
    [outcome, *_] = [row["outcome"] for row in follow_up_words(document, found)["trade_ideas"]]
    assert outcome.endswith("-0.96% after costs, with a split of 10 for 1 and a dividend of $0.50 a share paid.")


@pytest.mark.parametrize(
    ("kind", "waited", "said"),
    [
        ("stop", 2, "Not filled: $105 was not broken within 2 sessions."),
        ("limit", 5, "Not filled: $105 was not reached within 2 sessions."),
        ("market", 2, "Not entered: its levels lay on the wrong side of the next open, or there was no bar."),
        ("stop", 1, "Not entered yet: 1 session since."),
        ("market", 0, "Not entered yet: no sessions since."),
    ],
)
def test_an_order_that_did_not_fill(kind: str, waited: int, said: str) -> None:
    document = make_document()
    idea = {"idea": "x", "entry": 105.0, "entry_kind": kind, "valid_for": 2, "trade": None, "waited": waited}
    assert follow_up_words(document, became(document) | {"trade_ideas": [idea]})["trade_ideas"][0]["outcome"] == said
