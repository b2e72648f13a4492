"""What the lake contains: status."""

from flowbt.cli.console import DEFAULT_LAKE, AsOfOption, JsonOption, LakeOption, emit


def status(as_of: AsOfOption = None, lake: LakeOption = DEFAULT_LAKE, as_json: JsonOption = False) -> None:
    """What the lake contains: symbols, periods, gaps, quarantine."""
    from flowbt.cli.status_text import status_text
    from flowbt.lake import Lake
    from flowbt.workflows.lake_status import lake_status

    found = lake_status(Lake(lake, as_of))
    emit(found.document(), as_json, lambda: status_text(found))
