"""A starter mapping for a file without a recognised format: TOML made from the file's columns, with blanks to fill in.

Names are compared with the usual ones (`guesses.py`), and with the cells if the name is not enough: a column `type` is the option type
only if it contains calls and puts. Open points are lines with FILL IN, or with the option that gives the value. The result is a
proposal: it is not used before the user has saved it.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

import polars as pl

from flowbt.errors import FlowbtError
from flowbt.lake.intake.date_order import WRITTEN_AS
from flowbt.lake.intake.dates import read_dates
from flowbt.lake.intake.repairs import PATTERNS
from flowbt.lake.reading import OpenFile, Shape
from flowbt.lake.vendors.columns import COLUMNS
from flowbt.lake.vendors.guesses import guess_columns
from flowbt.lake.vendors.layout import Layout, bare
from flowbt.schema import SIDES

ROWS_LOOKED_AT: Final = 2_000
MOST_NAMES: Final = 25
PLAIN: Final = Layout(columns={}, header=frozenset())
_DATE_IN_NAME: Final = (
    (r"\d{4}-\d{2}-\d{2}", r"\d{4}-\d{2}-\d{2}", None),
    (r"(?<!\d)20\d{6}(?!\d)", r"20\d{6}", "%Y%m%d"),
    (r"(?<!\d)\d{2}-\d{2}-20\d{2}(?!\d)", r"\d{2}-\d{2}-20\d{2}", "%d-%m-%Y"),
)
_SYMBOL_IN_NAME: Final = r"^[A-Z]{1,6}(?=[_.-])"


def starter_mapping(file: OpenFile, file_name: str) -> str:
    """The TOML text; empty if the file has no table with at least two columns.

    Args:
        file: a file without a recognised format.
        file_name: its name without folders.
    """
    first = _first_table(file)
    if first is None:
        return ""
    path, cells = first
    names = [name for name in cells.columns if name.strip()]
    table, columns = guess_columns(cells.select(names))
    return "\n".join(_lines(file_name, path, table, columns, cells)) + "\n"


def _first_table(file: OpenFile) -> tuple[str, pl.DataFrame] | None:
    for path in file.row_paths():
        try:
            block = next(iter(file.blocks(Shape(frozenset(), rows=path))), None)
        except FlowbtError:
            continue
        if block is not None and block.width > 1 and block.height:
            return path, block.head(ROWS_LOOKED_AT).select(pl.all().cast(pl.String))
    return None


def _lines(file_name: str, path: str, table: str, columns: Mapping[str, str], cells: pl.DataFrame) -> Iterator[str]:
    stem = re.sub(r"[^A-Za-z0-9]+", "-", file_name.partition(".")[0]).strip("-").lower() or "mine"
    yield f"# Starter mapping for {file_name}, made from its columns: check every line, complete the lines with FILL IN,"
    yield "# save it as mine.toml, and try it with: flowbt ingest mine.toml --explain FILE"
    yield f'name = "{stem}"'
    if table == "chains":
        yield 'open_interest = "not established"  # or "close before", "same close", "none": of which close it is'
    else:
        yield f'table = "{table}"'
    yield '# exchange = "XNSE"  # MIC of the exchange, where it is not in New York'
    if path:
        yield f"rows = {json.dumps(path)}"
    yield from _dates(columns, cells)
    pattern, form = _in_the_name(table, columns, file_name)
    if pattern:
        yield f"path = '{pattern}'"
    if form:
        yield f"path_date_format = {json.dumps(form)}"
    yield from _marks(table, columns, cells)
    yield ""
    yield "[columns]  # ours = theirs"
    for ours, theirs in columns.items():
        yield f"{ours} = {json.dumps(theirs)}  # {_example(cells[theirs])}"
    yield from _blanks(table, columns, pattern, cells)
    if unused := _unused(columns, cells):
        yield f"# not used: {unused}"
    if table == "chains" and "multiplier" not in columns:
        yield ""
        yield "[constants]  # the same for all rows"
        yield "# multiplier = 100  # shares per contract, where it is not 100"
    if any(_in_percent(cells[theirs]) for ours, theirs in columns.items() if ours.endswith("iv")):
        yield ""
        yield "[divide_by]"
        yield "iv = 100  # the values look like percent"


def _dates(columns: Mapping[str, str], cells: pl.DataFrame) -> Iterator[str]:
    """The date format, unless it is one that is always read."""
    texts = [cells[columns[name]].drop_nulls().unique() for name in ("date", "expiration") if name in columns]
    unread = [text for text in texts if read_dates(text, PLAIN).null_count()]
    if not unread:
        return
    fitting = [[form for form in WRITTEN_AS if _reads(text, form)] for text in unread]
    if not all(fitting):
        example = next(text[0] for text, forms in zip(unread, fitting, strict=True) if not forms)
        yield f'# dates = [""]  # FILL IN how dates are written, as in "%d/%m/%Y"; here as in {example}'
        return
    common = set.intersection(*map(set, fitting))
    if len(common) > 1:
        yield f"# dates = [{json.dumps(min(common))}]  # FILL IN: {' or '.join(sorted(common))}"
        return
    forms = list(common) or [forms[0] for forms in fitting]
    yield f"dates = {json.dumps(list(dict.fromkeys(forms)))}"


def _reads(text: pl.Series, form: str) -> bool:
    plain = Layout(columns={}, header=frozenset(), dates=(form,))
    return not read_dates(text, plain).null_count()


def _in_the_name(table: str, columns: Mapping[str, str], file_name: str) -> tuple[str, str]:
    """A regular expression for the symbol or date in the file's name, if no column has them, and the format of the date."""
    pattern = form = ""
    if "symbol" not in columns and "contract" not in columns and re.search(_SYMBOL_IN_NAME, file_name):
        pattern = r"/(?P<symbol>[A-Z]{1,6})[_.-][^/]*$"
    if "date" not in columns and table == "chains":
        for look, group, written in _DATE_IN_NAME:
            if re.search(look, file_name):
                pattern = pattern.replace("[^/]*$", "") + ("[^/]*?" if pattern else "") + f"(?P<date>{group})[^/]*$"
                form = written or ""
                break
    return pattern, form


def _marks(table: str, columns: Mapping[str, str], cells: pl.DataFrame) -> Iterator[str]:
    """The repairs, and the words for "not known", that the numbers need."""
    dtypes = COLUMNS[table]
    numbers = [theirs for ours, theirs in columns.items() if dtypes[bare(ours)].is_numeric()]
    if not numbers:
        return
    text = pl.concat([cells[name].drop_nulls().alias("cell") for name in numbers])
    unread = text.filter(text.cast(pl.Float64, strict=False).is_null())
    repairs = [repair for repair, look in PATTERNS.items() if unread.str.contains(look).any()]
    if repairs:
        yield f"repairs = {json.dumps(repairs)}"
    words = unread.filter(~unread.str.contains(r"\d")).unique().sort().to_list()
    if 0 < len(words) <= 6:
        yield f"empty = {json.dumps(words)}"


def _unused(columns: Mapping[str, str], cells: pl.DataFrame) -> str:
    names = [name for name in cells.columns if name not in columns.values() and re.search("[a-z]", name)]
    return ", ".join(names[:MOST_NAMES]) + (f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else "")


def _blanks(table: str, columns: Mapping[str, str], pattern: str, cells: pl.DataFrame) -> Iterator[str]:
    """Lines for required values without a column."""
    wide = any(name.startswith(tuple(f"{side}_" for side in SIDES)) for name in columns)
    if not {"symbol", "contract"} & set(columns) and "<symbol>" not in pattern:
        yield '# symbol = ""  # FILL IN a column, or give --symbol, or name it in the path or under [constants]'
    if "date" not in columns and "<date>" not in pattern:
        yield '# date = ""  # FILL IN a column, or give --date, or name it in the path'
    if table != "chains" or "contract" in columns:
        return
    if "expiration" not in columns:
        yield '# expiration = ""  # FILL IN a column, or give --expiration'
    for name in ("strike", "option_type"):
        if name not in columns and not (wide and name == "option_type"):
            yield f'{name} = ""  # FILL IN one of: {_unused(columns, cells)}'


def _example(cells: pl.Series) -> str:
    filled = cells.drop_nulls()
    return f"as in {filled[0]}".replace("\n", " ")[:60] if len(filled) else "always empty here"


def _in_percent(cells: pl.Series) -> bool:
    median = cells.cast(pl.Float64, strict=False).median()
    return isinstance(median, float) and median > 3
