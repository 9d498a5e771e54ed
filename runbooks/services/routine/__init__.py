"""Routine tasks: taken out of active texts, ticked period by period."""

from runbooks.services.routine.homes import find_day, find_home
from runbooks.services.routine.recording import catch_up_tasks, follow_text, record_tasks
from runbooks.services.routine.ticking import AlreadyTicked, tick_task, untick_task

__all__ = [
    "AlreadyTicked",
    "catch_up_tasks",
    "find_day",
    "find_home",
    "follow_text",
    "record_tasks",
    "tick_task",
    "untick_task",
]
