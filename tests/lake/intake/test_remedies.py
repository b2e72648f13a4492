"""Why rows were set aside: the cell, and a remedy that works."""

import re
from collections.abc import Callable

import polars as pl
import pytest

from flowbt.lake.intake.batch import FileOutcome
from flowbt.lake.intake.quality import RULES
from flowbt.lake.intake.remedies import REMEDIES, column_of, remedy
from flowbt.lake.intake.rules import code_of
from flowbt.lake.intake.sentinels import CODES

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
    ("cell", "proposed"),
    [
        ("13/01/2026", "'%d/%m/%Y';"),
        ("01/08/26", "'%m/%d/%y' (or %d/%m/%y);"),
        ("13/01/26", "'%d/%m/%y';"),
        ("26-01-16", "'%y-%m-%d' (or %d-%m-%y);"),
        ("16.01.26", "'%d.%m.%y';"),
        ("01/13/2026 16:00", "'%m/%d/%Y';"),
    ],
)
def test_only_date_formats_that_read_the_cell_are_proposed(cell: str, proposed: str) -> None:
    assert f"--date-format {proposed}" in remedy("UNREADABLE_DATE", cell)


def test_a_format_that_is_declared_is_not_proposed_again(
    vendor_file: Write, canonical: Write, option: Option, outcome: Outcome
) -> None:
    columns = "".join(f'{name} = "{name}"\n' for name in option())
    mapping = vendor_file("us.toml", f'dates = ["%m/%d/%Y"]\n[columns]\n{columns}')
    found = outcome(canonical(option(), option(date="13/01/2026")), format_name=mapping)
    assert "--date-format '%d/%m/%Y'" in found.set_aside[0]["remedy"]
    assert "%m/%d/%Y" not in found.set_aside[0]["remedy"]


@pytest.mark.parametrize("cell", ["2026-02-30", "soon", "2026-01-08 16:00:00 EST"])
def test_a_date_that_no_format_reads_has_no_format_proposed(cell: str) -> None:
    assert remedy("UNREADABLE_DATE", cell).startswith("it is not a date that can be read")


@pytest.mark.parametrize(
    ("column", "cell", "words"),
    [
        ("quote_time", "13/01/2026 16:00", "--date-format '%d/%m/%Y'"),
        ("quote_time", "2026-01-08 16:00:00 EST", "or use a mapping file without quote_time"),
        ("time", "2026-01-08 16:00:00 EST", "convert them"),
        ("time", "2026-01-08", "it has no time of day"),
    ],
)
def test_what_helps_with_a_time(column: str, cell: str, words: str) -> None:
    assert words in remedy(f"UNREADABLE_{column.upper()}", cell)


@pytest.mark.parametrize(
    ("code", "cell", "words"),
    [
        ("BAD_MULTIPLIER", "0", "multiplier under [constants]"),
        ("UNREADABLE_ADJUSTED", "maybe", "true or false"),
        ("UNREADABLE_VOLUME", "12.5", "a whole number"),
        ("UNREADABLE_VOLUME", "12 lots", "it is not a number"),
        *((code, None, "placeholder") for code in CODES.values()),
    ],
)
def test_a_code_has_the_remedy_that_helps(code: str, cell: str | None, words: str) -> None:
    assert words in remedy(code, cell)


def test_a_lot_size_that_the_quotes_do_not_show_is_given_in_a_mapping(vendor_file: Write, outcome: Outcome) -> None:
    """NSE's download gives the lot by the sizes of its quotes, and this one has none."""
    side = "OI,CHNG IN OI,VOLUME,IV,LTP,CHNG"
    header = f",{side},BID QTY,BID,ASK,ASK QTY,STRIKE,BID QTY,BID,ASK,ASK QTY,{','.join(side.split(',')[::-1])},"
    row = ",5,1,3,20,1.5,0,-,-,-,-,100,-,-,-,-,0,1.5,20,3,1,5,"
    path = vendor_file("2026-01-08/option-chain-ED-AAA-29-Jan-2026.csv", f"{header}\n{row}\n")
    found = outcome(path, format_name="nse")
    assert [(one["reason"], one["rows"]) for one in found.set_aside] == [("BAD_MULTIPLIER", 2)]
    assert "[constants]" in found.set_aside[0]["remedy"]


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
            code = code_of(rule)
            assert column_of(code) or code in REMEDIES, (table, code)
    for code in ("CONFLICTING_ROWS", "NOT_A_SESSION", "REPEATED_HEADER", "UNREADABLE_CONTRACT", "EMPTY_ROW", "EXPIRED"):
        assert remedy(code, None) == REMEDIES[code]


def test_a_day_without_a_session_names_the_exchange(canonical: Write, option: Option, outcome: Outcome) -> None:
    path = canonical(option(date="2026-01-19", expiration="2026-01-27"))  # Martin Luther King Day
    reason = str(outcome(path).reason)
    assert reason.startswith("NOT_A_SESSION")
    assert "--exchange" in reason
    assert outcome(path, exchange="XNSE").status == "committed"
