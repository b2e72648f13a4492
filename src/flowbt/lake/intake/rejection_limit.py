"""How many rows of a file may be set aside before the whole file is refused."""

from collections.abc import Iterable, Mapping
from typing import Final

import polars as pl

from flowbt.errors import RejectedFileError
from flowbt.lake.intake.quality import REPEATED_HEADER, SUPERSEDED
from flowbt.lake.intake.remedies import SetAside, too_many, unread_group
from flowbt.lake.intake.repairs import Unrepaired
from flowbt.lake.intake.tape import CANCELED

NO_FAULTS: Final = (CANCELED, SUPERSEDED, REPEATED_HEADER)
"""Reasons for which a row is set aside although nothing is wrong with it."""
FEW_BAD: Final = 1
"""This many bad rows never reject a file of which more than half the rows are good: in a file of five rows, one row is 20%."""


def reasons_set_aside(rejected: pl.DataFrame, plain_columns: Mapping[str, str]) -> list[SetAside]:
    """The reasons for which rows were set aside, the most frequent first, each with its first row and a remedy.

    Args:
        rejected: `flowbt.lake.intake.rejected_rows.REJECTED`.
        plain_columns: our columns to the file's, where one column is taken over unchanged.
    """
    return SetAside.of(rejected.filter(~pl.col("reason").is_in(NO_FAULTS)), plain_columns)


def check_rejected(
    rejected: pl.DataFrame,
    rows_in: int,
    unrepaired: Iterable[Unrepaired],
    plain_columns: Mapping[str, str],
    max_quarantine: float,
) -> None:
    """Refuse a file with too many bad rows, or with too many numbers of one kind that cannot be read.

    Args:
        rejected: `flowbt.lake.intake.rejected_rows.REJECTED`.
        rows_in: the number of rows in the file.
        unrepaired: numbers that cannot be read, by column and kind.
        plain_columns: our columns to the file's, where one column is taken over unchanged.
        max_quarantine: the largest share of bad rows, 0 to 1.

    Raises:
        RejectedFileError: `UNREADABLE_NUMBERS` or `TOO_MANY_BAD_ROWS`.
    """
    for group in unrepaired:
        if group.cells > max_quarantine * (group.cells + group.read):
            raise RejectedFileError("UNREADABLE_NUMBERS", unread_group(group, plain_columns))
    bad = rejected.filter(~pl.col("reason").is_in(NO_FAULTS)).height
    few = max_quarantine > 0 and bad <= FEW_BAD and bad < rows_in / 2
    if bad > max_quarantine * rows_in and not few:
        raise RejectedFileError("TOO_MANY_BAD_ROWS", too_many(bad, rows_in, reasons_set_aside(rejected, plain_columns)))
