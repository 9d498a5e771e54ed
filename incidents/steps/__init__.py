"""What of a runbook can be gone through step by step, and the steps as a run freezes them. Pure: no Django.

A *source* is a place that can be started: a section with all its checklists and procedures below it, or one of them alone.
Where a step of a procedure is a heading with a checklist below it, the items of that checklist are the steps. In a section
about an alert or a known issue, commands and ways to resolve it count as steps too, where no list holds them.

An author makes a step required by writing `(required)` in it, or by beginning it with `Required:`; no other words are
taken for that, so that nothing is required by accident.
"""

from incidents.steps.cutting import FrozenCommand, FrozenStep, freeze_steps
from incidents.steps.sources import MOST_STEPS, StepSource, find_source, find_sources, is_whole

__all__ = [
    "MOST_STEPS",
    "FrozenCommand",
    "FrozenStep",
    "StepSource",
    "find_source",
    "find_sources",
    "freeze_steps",
    "is_whole",
]
