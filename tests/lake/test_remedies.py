"""Why rows were set aside: the cell, and a remedy that works."""

import re
from collections.abc import Callable

import polars as pl
import pytest

from flowbt.lake.batch import FileOutcome
from flowbt.lake.quality import RULES
from flowbt.lake.remedies import _REMEDIES, column_of, remedy
from flowbt.lake.rules import _code_of

Write = Callable[..., str]
Option = Callable[..., dict[str, str]]
Outcome = Callable[..., FileOutcome]


@pytest.mark.parametrize(
    "cell",
    ["01/16/2026", "16.01.2026", "2026/01/16", "16-Jan-2026", "16-Jan-26", "16 Jan 2026", "Jan 16, 2026", "26-01-16", "260116"],
)  # fmt: skip
def test_the_date_format_that_is_proposed_reads_the_file(
    cell: str, canonical: Write, option: Option, outcome: Outcome
) -> None:
    rows = [option(expiration=cell), *(option(strike=str(100 + n)) for n in range(1, 20))]
    found = outcome(canonical(*rows))
    assert (found.set_aside[0]["reason"], found.set_aside[0]["cell"]) == ("UNREADABLE_EXPIRATION", cell)
    form = re.search(r"--date-format '(.*)'", found.set_aside[0]["remedy"])
    assert form is not None
    alone = canonical(option(expiration=cell, date=""), name="alone.csv")
    again = outcome(alone, date_format=form[1])
    assert "UNREADABLE_EXPIRATION" not in {one["reason"] for one in again.set_aside}


@pytest.mark.parametrize(
    ("cell", "name"), [("1,234", "thousands"), ("$5", "currency"), ("5%", "percent"), ("(5)", "parentheses")]
)
def test_the_repair_that_is_proposed_reads_the_cell(
    cell: str, name: str, canonical: Write, option: Option, outcome: Outcome
) -> None:
    path = canonical(option(theta=cell), option(strike="101"))
    assert f"--repair {name}" in outcome(path).set_aside[0]["remedy"]
    again = outcome(path, repairs=(name,))
    assert (again.committed, again.duplicates, again.quarantined) == (1, 1, 0)  # the other row was stored before


def test_the_column_is_named_as_the_file_names_it(
    riskalert: Write, pair: Callable[..., dict[str, object]], outcome: Outcome
) -> None:
    found = outcome(riskalert(pair(putVolume="many")), format_name="riskalert-json")
    assert (found.set_aside[0]["column"], found.set_aside[0]["cell"]) == ("putvolume", "many")


def test_every_rule_has_a_column_or_a_remedy_of_its_own() -> None:
    for table, rules in RULES.items():
        empty = pl.DataFrame(schema={name: column.dtype for name, column in rules.columns().items()})
        _, failure = rules.filter(empty.vstack(pl.DataFrame([dict.fromkeys(empty.columns)], schema=empty.schema)))
        for rule in failure.details().columns[empty.width :]:
            if rule.startswith("row|"):
                continue
            code = _code_of(rule)
            assert column_of(code) or code in _REMEDIES, (table, code)
    for code in ("CONFLICTING_ROWS", "NOT_A_SESSION", "REPEATED_HEADER", "UNREADABLE_CONTRACT", "EMPTY_ROW", "EXPIRED"):
        assert remedy(code, None) == _REMEDIES[code]


def test_a_day_without_a_session_names_the_exchange(canonical: Write, option: Option, outcome: Outcome) -> None:
    path = canonical(option(date="2026-01-19", expiration="2026-01-27"))  # Martin Luther King Day
    reason = str(outcome(path).reason)
    assert reason.startswith("NOT_A_SESSION")
    assert "--exchange" in reason
    assert outcome(path, exchange="XNSE").status == "committed"
