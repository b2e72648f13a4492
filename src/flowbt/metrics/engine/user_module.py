"""Running a Python file that the user names, with the user's rights, for what it defines.

Nothing is ever run that was not named. The metrics that a file defines go to a catalogue of its own, on top of the shipped
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
    """Runs a file as it stands: Python's cache of it could be of a version of the same second and length.

    And nothing is written beside a user's file.
    """

    def get_code(self, fullname: str) -> CodeType:
        """The file, compiled."""
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)


def load_metrics(path: str | Path) -> Catalogue:
    """The shipped metrics and those that a file defines.

    Raises:
        FlowbtError: no such file, it does not run, or it defines no metric.
    """
    catalogue = Catalogue(parent=SHIPPED)
    run_file(Path(path), "metrics", catalogue)
    if not catalogue.own:
        raise DefinitionError(f"'{path}' defines no metric: put @flowbt.metric(grain=..., unit=...) above a function")
    return catalogue


def run_file(path: Path, what: str, catalogue: Catalogue) -> ModuleType:
    """The module that a file of `what` makes; the metrics that it defines go to the catalogue.

    Raises:
        FlowbtError: no such file, or whatever it raises, told in one sentence with the line.
    """
    if not path.is_file():
        raise FlowbtError(f"no {what} file '{path}': give the path of a Python file")
    name = f"flowbt_{what}_{hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]}"
    spec = spec_from_file_location(name, path, loader=AsWritten(name, str(path)))
    if spec is None or spec.loader is None:
        raise FlowbtError(f"'{path}' is no Python file")
    module = module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their own module up here
    try:
        with redirect_stdout(sys.stderr), collecting(catalogue):
            spec.loader.exec_module(module)
    except FlowbtError as error:
        raise DefinitionError(f"'{path}': {error}") from None
    except SyntaxError as error:
        raise DefinitionError(f"'{path}' line {error.lineno}: {error.msg}") from None
    except (Exception, SystemExit) as error:  # noqa: BLE001 (whatever a user's file raises is told in one sentence)
        raise DefinitionError(f"'{path}'{_line(error, path)}: {type(error).__name__}: {error}") from None
    return module


def _line(error: BaseException, path: Path) -> str:
    trace, line = error.__traceback__, None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path):
            line = trace.tb_lineno
        trace = trace.tb_next
    return f" line {line}" if line else ""
