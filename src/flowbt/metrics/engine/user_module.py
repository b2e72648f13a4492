"""Running a Python file that the user names, with the user's rights, to collect what it defines.

Only files that the user names are ever run. The metrics of a file go to a separate catalogue, on top of the shipped
one.
"""

import hashlib
import sys
from contextlib import redirect_stdout
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType

from flowbt.errors import DefinitionError, FlowbtError
from flowbt.metrics.engine.definition import SHIPPED, Catalogue, collecting


class AsWritten(SourceFileLoader):
    """Loads a file from its source: Python's bytecode cache could belong to another version with the same timestamp and size.

    No bytecode is written next to a user's file either.
    """

    def get_code(self, fullname: str) -> CodeType:
        """The file, compiled."""
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)


def load_metrics(path: str | Path) -> Catalogue:
    """Load a catalogue of the shipped metrics and those a Python file defines; the file is run.

    Args:
        path: the Python file.

    Raises:
        FlowbtError: no such file, it fails to run, or it defines no metric.

    Examples:
        >>> _ = Path("mine.py").write_text('''
        ... import polars as pl
        ... from flowbt import metric
        ...
        ... @metric(grain="snapshot", unit="contracts")
        ... def all_volume() -> pl.Expr:
        ...     "Contracts traded, calls and puts."
        ...     return pl.col("call_volume").sum() + pl.col("put_volume").sum()
        ... ''')
        >>> catalogue = flowbt.load_metrics("mine.py")
        >>> "all_volume" in catalogue
        True
        >>> flowbt.compute_metrics(flowbt.Lake("data"), ["SYN000"], select=["all_volume"], catalogue=catalogue).height
        90
    """
    catalogue = Catalogue(parent=SHIPPED)
    run_file(Path(path), "metrics", catalogue)
    if not catalogue.own:
        raise DefinitionError(f"'{path}' defines no metric: add @flowbt.metric(grain=..., unit=...) above a function")
    return catalogue


def run_file(path: Path, what: str, catalogue: Catalogue) -> ModuleType:
    """Run a Python file and return its module; the metrics it defines are added to the catalogue.

    Args:
        path: the file.
        what: kind of file, for messages and the module's name.
        catalogue: receives the metrics.

    Raises:
        FlowbtError: no such file; or any error raised in it, as one sentence with the line number.
    """
    if not path.is_file():
        raise FlowbtError(f"no {what} file '{path}': give the path of a Python file")
    name = f"flowbt_{what}_{hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]}"
    spec = spec_from_file_location(name, path, loader=AsWritten(name, str(path)))
    if spec is None or spec.loader is None:
        raise FlowbtError(f"'{path}' is not a Python file")
    module = module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look up their own module here
    try:
        with redirect_stdout(sys.stderr), collecting(catalogue):
            spec.loader.exec_module(module)
    except FlowbtError as error:
        raise DefinitionError(f"'{path}': {error}") from None
    except SyntaxError as error:
        raise DefinitionError(f"'{path}' line {error.lineno}: {error.msg}") from None
    except (Exception, SystemExit) as error:  # noqa: BLE001 (any error in a user's file becomes one sentence)
        raise DefinitionError(f"'{path}'{_line(error, path)}: {type(error).__name__}: {error}") from None
    return module


def _line(error: BaseException, path: Path) -> str:
    trace, line = error.__traceback__, None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path):
            line = trace.tb_lineno
        trace = trace.tb_next
    return f" line {line}" if line else ""
