"""The commands that print a JSON document, with the class of its result."""

from flowbt.audit import AuditReport
from flowbt.documents import Result
from flowbt.evaluation.assessment import BacktestRun
from flowbt.evaluation.levels.result import LevelEvaluation
from flowbt.evaluation.results import SeriesEvaluation, SignalEvaluation
from flowbt.flow.report import FlowReport
from flowbt.lake.compact import Compaction
from flowbt.lake.export import Export
from flowbt.lake.verify import Verification
from flowbt.workflows.demo import Demo
from flowbt.workflows.lake_contents import LakeStatus
from flowbt.workflows.quarantine import Quarantine
from flowbt.workflows.simulate import Simulation

COMMANDS: dict[str, type[Result]] = {
    "`flowbt evaluate SIGNAL`": SignalEvaluation,
    "`flowbt evaluate --series FILE`": SeriesEvaluation,
    "`flowbt evaluate --levels FILE`": LevelEvaluation,
    "`flowbt backtest STRATEGY.py`": BacktestRun,
    "`flowbt verdict SYMBOL`": FlowReport,
    "`flowbt check FILE.py`": AuditReport,
    "`flowbt status`": LakeStatus,
    "`flowbt verify`": Verification,
    "`flowbt compact`": Compaction,
    "`flowbt export`": Export,
    "`flowbt quarantine`": Quarantine,
    "`flowbt simulate`": Simulation,
    "`flowbt demo`": Demo,
}
