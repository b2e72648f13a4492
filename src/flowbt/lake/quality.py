"""Which rows are kept: text becomes values, every cell that cannot be read and every rule that a row breaks is a reason.

`sift` is the whole of it: rows in = kept + rejected + exact duplicates, and nothing is dropped in silence. Of rows that
share a key and differ, none is kept: nobody can say which is true.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import dataframely as dy
import polars as pl

from flowbt.schema import CONTRACT_ROWS, PRICE_BARS, QUOTE_COLUMNS, SYMBOL_PATTERN


class ContractRow(dy.Schema):
    """What a contract row must be to be kept."""

    symbol = dy.String(primary_key=True, regex=SYMBOL_PATTERN)
    date = dy.Date(primary_key=True)
    root = dy.String(primary_key=True, regex=SYMBOL_PATTERN)
    expiration = dy.Date(primary_key=True)
    strike = dy.Float64(primary_key=True, min_exclusive=0)
    option_type = dy.String(primary_key=True, regex="^(call|put)$")
    multiplier = dy.Float64(min_exclusive=0)
    underlying_price = dy.Float64(nullable=True, min_exclusive=0)
    quote_time = dy.Datetime(nullable=True, time_zone="UTC", time_unit="us")
    oi_lag = dy.Int8(min=0, max=1)
    source = dy.String()
    bid = dy.Float64(nullable=True, min=0)
    ask = dy.Float64(nullable=True, min=0)
    last = dy.Float64(nullable=True, min=0)
    vwap = dy.Float64(nullable=True, min=0)
    volume = dy.Int64(nullable=True, min=0)
    open_interest = dy.Int64(nullable=True, min=0)
    iv = dy.Float64(nullable=True, min_exclusive=0)
    delta = dy.Float64(nullable=True, min=-1, max=1)
    gamma = dy.Float64(nullable=True, min=0)
    theta = dy.Float64(nullable=True)
    vega = dy.Float64(nullable=True, min=0)

    @dy.rule()
    def expired(cls) -> pl.Expr:
        """The contract had expired before the row's date."""
        return pl.col("expiration") >= pl.col("date")

    @dy.rule()
    def empty_row(cls) -> pl.Expr:
        """Nothing is known of the contract but that it exists."""
        return pl.any_horizontal(pl.col(*QUOTE_COLUMNS).is_not_null())


class PriceBar(dy.Schema):
    """What a price bar must be to be kept."""

    symbol = dy.String(primary_key=True, regex=SYMBOL_PATTERN)
    date = dy.Date(primary_key=True)
    open = dy.Float64(min_exclusive=0)
    high = dy.Float64(min_exclusive=0)
    low = dy.Float64(min_exclusive=0)
    close = dy.Float64(min_exclusive=0)
    volume = dy.Int64(nullable=True, min=0)
    adj_close = dy.Float64(nullable=True, min_exclusive=0)

    @dy.rule()
    def high_below_low(cls) -> pl.Expr:
        """The bar's prices contradict each other."""
        return (pl.col("high") >= pl.max_horizontal("open", "low", "close") - 1e-6) & (
            pl.col("low") <= pl.min_horizontal("open", "close") + 1e-6
        )


def _intrinsic() -> pl.Expr:
    moneyness = pl.col("underlying_price") - pl.col("strike")
    return pl.when(pl.col("option_type") == "call").then(moneyness).otherwise(-moneyness)


WARNINGS: dict[str, pl.Expr] = {
    "MISSING_UNDERLYING": pl.col("underlying_price").is_null(),
    "STALE_LAST": (pl.col("last") < _intrinsic() - 0.05),
    "CROSSED_QUOTE": pl.col("bid") > pl.col("ask"),
    "IV_OUT_OF_RANGE": ~pl.col("iv").is_between(0.01, 5.0),
}
"""What is kept and counted: the price of no trade today below intrinsic value, a bid above the ask, and the like."""

_TABLES: dict[str, tuple[type[dy.Schema], Mapping[str, pl.DataType]]] = {
    "chains": (ContractRow, CONTRACT_ROWS),
    "prices": (PriceBar, PRICE_BARS),
}

_TRUTH = {word: truth for truth, words in ((True, "true t 1"), (False, "false f 0")) for word in words.split()}
_CODES = {"nullability": "MISSING", "inf": "INFINITE", "nan": "NOT_A_NUMBER"}


@dataclass(frozen=True)
class Sifted:
    """A file's rows sorted out.

    Attributes:
        kept: typed and unique.
        rejected: `reason` and `record` (the row as JSON).
        duplicates: how many rows were exact copies of another.
        warnings: how many kept rows bear each warning.
    """

    kept: pl.DataFrame
    rejected: pl.DataFrame
    duplicates: int
    warnings: dict[str, int]


def sift(
    text: pl.DataFrame, table: str, date_format: str = "%Y-%m-%d", zero_is_missing: tuple[str, ...] = ()
) -> Sifted:
    """Read text columns under canonical names into the rows of a table.

    Args:
        text: columns of text; a column that the table has and the text lacks is null.
        table: `chains` or `prices`.
        date_format: how dates are written.
        zero_is_missing: columns whose 0 means "not known".
    """
    rules, columns = _TABLES[table]
    readable, unreadable = read_cells(text, columns, date_format, zero_is_missing)
    unique = readable.unique(maintain_order=True)
    kept, failure = rules.filter(unique)
    rejected = pl.concat([unreadable, reasons(failure.details(), list(columns))])
    warnings = counted(kept, WARNINGS if table == "chains" else {})
    return Sifted(kept, rejected, readable.height - unique.height, warnings)


def counted(rows: pl.DataFrame, flags: Mapping[str, pl.Expr]) -> dict[str, int]:
    """How many rows bear each flag, those that none bears left out."""
    counts = rows.select(flag.sum().alias(code) for code, flag in flags.items()).to_dicts()
    return {code: int(n) for code, n in counts[0].items() if n} if counts else {}


def read_cells(
    text: pl.DataFrame, columns: Mapping[str, pl.DataType], date_format: str, zero_is_missing: tuple[str, ...]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows of which every cell can be read, with these columns and dtypes; and of the others `reason` and `record`."""
    given = [name for name in columns if name in text.columns]
    typed = text.select(_value(name, columns[name], date_format) for name in given)
    bad = pl.DataFrame({name: text[name].is_not_null() & typed[name].is_null() for name in given})
    typed = typed.with_columns(
        pl.when(pl.col(name) != 0).then(pl.col(name)).alias(name) for name in zero_is_missing if name in given
    )
    typed = typed.select(
        pl.col(name) if name in given else pl.lit(None, dtype).alias(name) for name, dtype in columns.items()
    )
    reason = bad.select(
        pl.coalesce(
            *(pl.when(pl.col(name)).then(pl.lit(f"UNREADABLE_{name.upper()}")) for name in given),
            pl.lit(None, pl.String),
        ).alias("reason")
    ).to_series()
    failed = reason.is_not_null()
    rejected = pl.DataFrame(
        {"reason": reason.filter(failed), "record": records(text.filter(failed))},
        schema={"reason": pl.String(), "record": pl.String()},
    )
    return typed.filter(~failed), rejected


def _value(name: str, dtype: pl.DataType, date_format: str) -> pl.Expr:
    column = pl.col(name)
    if dtype == pl.Date():
        day = column.str.replace("[T ].*$", "") if date_format == "%Y-%m-%d" else column
        read = day.str.to_date(date_format, strict=False)
        return pl.when(read.dt.year().is_between(1970, 2199)).then(read).alias(name)
    if dtype.is_integer():
        number = column.cast(pl.Float64, strict=False)
        rounded = pl.when(number == number.round()).then(number).cast(dtype, strict=False)
        return pl.coalesce(column.cast(dtype, strict=False), rounded).alias(name)
    if isinstance(dtype, pl.Datetime):
        return column.str.to_datetime(time_unit="us", time_zone="UTC", strict=False).alias(name)
    if dtype == pl.Boolean():
        return column.str.to_lowercase().replace_strict(_TRUTH, default=None, return_dtype=pl.Boolean).alias(name)
    return column.cast(dtype, strict=False)


def reasons(details: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """`reason` and `record` of rows that broke rules, from what dataframely tells of them."""
    rules = [name for name in details.columns if name not in columns]
    reason = pl.coalesce(
        *(pl.when(pl.col(rule) == "invalid").then(pl.lit(_code(rule))) for rule in rules), pl.lit(None, pl.String)
    )
    return pl.DataFrame(
        {"reason": details.select(reason.alias("reason")).to_series(), "record": records(details.select(columns))},
        schema={"reason": pl.String(), "record": pl.String()},
    )


def _code(rule: str) -> str:
    if rule == "primary_key":
        return "CONFLICTING_ROWS"
    column, _, kind = rule.partition("|")
    return f"{_CODES.get(kind, 'BAD')}_{column.upper()}" if kind else rule.upper()


def records(rows: pl.DataFrame) -> pl.Series:
    """Each row as JSON."""
    if not rows.height:
        return pl.Series("record", [], pl.String)
    return rows.select(pl.struct(pl.all()).struct.json_encode().alias("record")).to_series()
