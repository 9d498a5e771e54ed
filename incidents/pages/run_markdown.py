"""The summary of a run as Markdown. Words of people and of the runbook are escaped; times are UTC."""

from __future__ import annotations

import re
from collections.abc import Iterator

from incidents.models import RunStep
from incidents.pages.exports import escape_markdown, say_utc
from incidents.pages.run_summary import RunSummary, StepLine

_BOX = {RunStep.State.DONE: "[x]", RunStep.State.SKIPPED: "[ ]", RunStep.State.TODO: "[ ]"}
_FENCE = re.compile(r"`{3,}")


def write_markdown(summary: RunSummary) -> str:
    """The whole run, step by step, with notes and outputs."""
    return "\n".join([*_head(summary), *_steps(summary), ""])


def _head(summary: RunSummary) -> Iterator[str]:
    run = summary.run
    yield f"# Run: {escape_markdown(run.title)}"
    yield ""
    yield f"- Runbook: {escape_markdown(run.runbook.title)}, version {escape_markdown(run.version_number)}"
    if run.incident is not None:
        yield f"- Incident: {run.incident.reference}"
    yield f"- Purpose: {run.get_purpose_display()}"
    reason = f": {escape_markdown(run.stop_reason)}" if run.stop_reason else ""
    yield f"- Outcome: {run.get_outcome_display()}{reason}"
    yield f"- Began: {say_utc(run.started_at)}"
    if run.finished_at is not None:
        yield f"- Ended: {say_utc(run.finished_at)}, after {summary.total}"
    yield f"- People: {', '.join(escape_markdown(str(one.person)) for one in summary.people)}"
    yield f"- Steps: {summary.done_count} done, {len(summary.skipped)} skipped, {len(summary.left_open)} left open"


def _steps(summary: RunSummary) -> Iterator[str]:
    for part in summary.parts:
        yield ""
        yield f"## {escape_markdown(part.name) or 'Steps'}"
        yield ""
        for line in part.lines:
            yield from _step(line)


def _step(line: StepLine) -> Iterator[str]:
    step = line.step
    added = " (added in the run)" if step.is_added else ""
    yield f"- {_BOX[RunStep.State(step.state)]} {escape_markdown(step.title)}{added}"
    if step.settled_at is not None:
        usual = f", usually {line.usual_text}" if line.usual_text else ""
        yield f"  - {escape_markdown(str(step.settled_by))}, {say_utc(step.settled_at)}, took {line.took_text}{usual}"
    if step.skip_reason:
        yield f"  - Skipped: {escape_markdown(step.skip_reason)}"
    for flag in line.flags:
        yield f"  - Said to be wrong: {escape_markdown(flag.text)}"
        if flag.suggestion:
            yield "  - Suggested:"
            yield from _fence(flag.suggestion)
    for note in line.notes:
        yield f"  - {escape_markdown(str(note.person))}: {escape_markdown(note.text)}"
    for _, output in line.output_texts:
        yield "  - Output:"
        yield from _fence(output)


def _fence(text: str) -> Iterator[str]:
    """As code that nothing in it can end."""
    longest = max((len(found) for found in _FENCE.findall(text)), default=2)
    fence = "`" * (longest + 1)
    yield ""
    yield f"    {fence}"
    yield from (f"    {line}" for line in text.split("\n"))
    yield f"    {fence}"
    yield ""
