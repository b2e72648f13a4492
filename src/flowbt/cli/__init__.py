"""The command line: parses, calls `flowbt.workflows`, prints.

Commands import what they need when they run, so that `flowbt --help` costs no more than typer itself.

Exit codes: 0 done; 1 done, but something asked for did not hold; 2 the request cannot be carried out.
"""

import sys

import typer

from flowbt.cli import checking, data, fetching, ingesting, questions, reporting, upkeep
from flowbt.errors import FlowbtError

app = typer.Typer(
    name="flowbt",
    help="Does an options-flow verdict predict what the price does next, and would it have paid?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (
    questions.demo,
    data.simulate,
    fetching.fetch,
    ingesting.ingest,
    ingesting.snapshot,
    data.status,
    ingesting.quarantine,
    questions.metrics,
    reporting.verdict,
    questions.evaluate,
    questions.backtest,
    checking.check,
    upkeep.verify,
    upkeep.compact,
    upkeep.export,
):
    app.command()(command)


def main(arguments: list[str] | None = None) -> None:
    """Run a command, by default that of the process; an error that a user can act on is one sentence on stderr and exit code 2."""
    try:
        app(arguments)
    except FlowbtError as error:
        typer.echo(f"flowbt: {error}", err=True)
        sys.exit(2)
