"""`flowbt evaluate --levels`: the document, the text, and what cannot be carried out."""

from pathlib import Path
from typing import Any

import pytest

Run = Any


@pytest.fixture(scope="module")
def walls(run: Run, lake: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wall 2% above the spot of each day, in the published shape of a column a kind."""
    days = run("metrics", "SYN000", "--select", "spot", "--lake", lake, "--json").document
    path = tmp_path_factory.mktemp("levels") / "walls.csv"
    lines = [f"{day['date']},{day['spot']},{1.02 * day['spot']:.2f}" for day in days]
    path.write_text("\n".join(["date,spot_price,call_wall", *lines]))
    return path


def test_the_document(run: Run, lake: Path, walls: Path, tmp_path: Path) -> None:
    ask = ("evaluate", "--levels", walls, "--symbols", "SYN000", "--lake", lake, "--reports", tmp_path)
    document = run(*ask, "--json").document
    assert document.keys() >= {
        "levels_file",
        "symbols",
        "from",
        "to",
        "sessions",
        "horizons",
        "levels",
        "answer",
        "report",
    }
    levels = document["levels"]
    assert levels.keys() >= {"kinds", "left_out", "volatility", "gravity", "touches", "null", "answer", "columns"}
    row = levels["touches"][0]
    assert row.keys() >= {"kind", "side", "horizon", "levels", "mean_distance", "mean_sigmas", "measures"}
    measure = row["measures"][0]
    assert measure.keys() >= {"measure", "n", "days", "value", "formula", "mirror", "elsewhere", "against"}
    assert measure["against"]["elsewhere"].keys() == {"difference", "ci", "p_value", "minimum_detectable"}
    assert Path(document["report"]).is_file()


def test_the_text(run: Run, lake: Path, walls: Path, tmp_path: Path) -> None:
    said = run("evaluate", "--levels", walls, "--symbols", "SYN000", "--lake", lake, "--reports", tmp_path)
    assert said.code == 0
    for words in ("call wall above", "The null is a price", "levels as far away on other days", "Reading", "Report:"):
        assert words in " ".join(said.out.split()) or words in said.out


def test_prices_of_the_same_file(run: Run, walls: Path, tmp_path: Path) -> None:
    ask = ("evaluate", "--levels", walls, "--symbols", "SYN000", "--prices", walls, "--price-column", "spot_price")
    document = run(*ask, "--horizons", "1,3", "--reports", tmp_path, "--json").document
    assert document["levels"]["volatility"] == {"SYN000": "realised"}
    by_close = next(m for m in document["levels"]["touches"][0]["measures"] if m["measure"] == "touched_by_close")
    assert by_close["n"] > 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "or --levels FILE"),
        (("flow_verdict", "--levels", "x.csv"), "or --levels FILE"),
        (("--levels", "nowhere.csv"), "there is no file 'nowhere.csv'"),
    ],
)
def test_errors(run: Run, arguments: tuple[str, ...], words: str) -> None:
    said = run("evaluate", *arguments)
    assert (said.code, said.out) == (2, "")
    assert words in said.err


def test_a_file_that_does_not_say_its_symbol(run: Run, lake: Path, walls: Path) -> None:
    said = run("evaluate", "--levels", walls, "--lake", lake)
    assert said.code == 2
    assert "name the symbol, as in --symbols SPY" in said.err
