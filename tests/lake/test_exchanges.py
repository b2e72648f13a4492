"""The exchange of each symbol, as the lake remembers it."""

from pathlib import Path

from flowbt.lake import Lake


def test_a_symbol_never_mentioned_is_of_new_york(tmp_path: Path) -> None:
    assert Lake(tmp_path).exchanges(["AAA"]) == {"AAA": "XNYS"}


def test_an_exchange_is_remembered(tmp_path: Path) -> None:
    Lake(tmp_path).write_exchanges({"NIFTY": "XNSE", "DAX": "XETR"})
    assert Lake(tmp_path).exchanges(["NIFTY", "DAX", "IWM"]) == {"NIFTY": "XNSE", "DAX": "XETR", "IWM": "XNYS"}


def test_the_last_word_counts_and_others_stay(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.write_exchanges({"NIFTY": "XNYS", "DAX": "XETR"})
    lake.write_exchanges({"NIFTY": "XNSE"})
    assert lake.remembered_exchanges() == {"NIFTY": "XNSE", "DAX": "XETR"}


def test_the_same_again_writes_nothing(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.write_exchanges({"NIFTY": "XNSE"})
    before = lake.versions()
    lake.write_exchanges({"NIFTY": "XNSE"})
    assert lake.versions() == before
