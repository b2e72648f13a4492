"""Run folders: what a backtest or an evaluation leaves behind under `reports/<run>/`.

The run's name ends in a hash of all that determines it (data, code, strategy, parameters), so the same question asked
again writes to the same folder, and another question to another.
"""

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

from flowbt.documents import Result
from flowbt.errors import FlowbtError
from flowbt.lake import Lake
from flowbt.settings import flatten
from flowbt.signals import Signal

PLAIN = frozenset({str, int, bool, type(None)})
"""Types whose values JSON has, too."""
PACKAGES = ("polars", "numpy", "numba", "vectorbt")


def manifest(lake: Lake | None, kind: str, subject: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """What determines a run: versions of data and code, parameters and hashes, and the run's name drawn from them.

    Files among the facts, for runs that need no lake, count by what they hold (`hashed`).
    """
    determined = {
        "kind": kind,
        "subject": subject,
        **facts,
        **({"data_version": lake.versions()} if lake is not None else {}),
        "flowbt_version": version("flowbt"),
        "packages": {name: version(name) for name in PACKAGES},
    }
    address = lake.address if lake is not None else None
    digest = hashlib.sha256(to_json({"lake": address, **determined}).encode()).hexdigest()
    plain = re.sub(r"[^\w.-]+", "_", subject)
    return {
        "run": f"{kind}-{plain}-{digest[:8]}",
        **determined,
        **({"lake": lake.where} if lake is not None else {}),
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def runs_about(
    reports: Path, lake: Lake, symbol: str, day: date, decision: str, signal: Signal
) -> list[dict[str, str]]:
    """Evaluations of this signal on this lake, with these thresholds, that saw nothing later than the day: `run, answer`.

    The newest first, by what they saw; a run that looked beyond the day would tell it of its future.
    """
    found = []
    for path in sorted(reports.glob("evaluate-*/summary.json")):
        try:
            document = json.loads(path.read_text("utf-8"))
            where = json.loads((path.parent / "manifest.json").read_text("utf-8"))["lake"]
        except (OSError, ValueError, LookupError, TypeError):
            continue
        if not isinstance(document, dict) or not isinstance(document.get("answer"), str):
            continue
        about = (where, document.get("signal"), document.get("decision"), document.get("parameters"))
        symbols = document.get("symbols")
        if (
            about == (lake.where, signal.name(), decision, flatten(signal))
            and isinstance(symbols, list)
            and symbol in symbols
        ):
            # what followed its last verdicts, it has seen as far as there were prices
            last = max(str(document.get("to")), str(document.get("prices_to")))
            if last <= day.isoformat():
                found.append((last, path.parent.name, document["answer"].partition("\n")[0]))
    return [{"run": run, "answer": answer} for _, run, answer in sorted(found, reverse=True)]


def hashed(path: Path) -> dict[str, str]:
    """A file by its name and what it holds."""
    return {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def write_run(
    reports: Path,
    document: Mapping[str, Any] | Result,
    html: str,
    frames: Mapping[str, pl.DataFrame],
    facts: Mapping[str, Any],
) -> None:
    """Write `report.html`, `summary.json`, `manifest.json` and the frames as Parquet into the run's folder."""
    folder = reports / str(facts["run"])
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, frame in frames.items():
            frame.write_parquet(folder / f"{name}.parquet")
        (folder / "report.html").write_text(html, "utf-8")
        (folder / "summary.json").write_text(to_json(document) + "\n", "utf-8")
        hashes = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.parquet"))}
        (folder / "manifest.json").write_text(to_json({**facts, "sha256": hashes}) + "\n", "utf-8")
    except OSError as error:
        raise FlowbtError(f"the run cannot be written to '{folder}': {error.strerror or error}") from None


def to_json(document: Any) -> str:
    """Plain JSON: dates as YYYY-MM-DD, what is not a number as null, what cannot be printed as its number."""
    text = json.dumps(_plain(document), indent=2, ensure_ascii=False, allow_nan=False)
    if text.isascii() and "\x7f" not in text:
        return text
    # names from outside may hold what steers a terminal, or what UTF-8 cannot say
    return "".join(letter if letter.isprintable() or letter == "\n" else json.dumps(letter)[1:-1] for letter in text)


def _plain(value: Any) -> Any:
    # most values need no more, and a lake of thousands of symbols has hundreds of thousands
    if type(value) in PLAIN:
        return value
    if isinstance(value, Result):
        value = value.document()
    if is_dataclass(value) and not isinstance(value, type):
        value = asdict(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Path) else value
