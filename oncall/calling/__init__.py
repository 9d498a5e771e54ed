"""Escalation: whom a path calls at a given moment, minute by minute, and what is wrong with that."""

from oncall.calling.answer import Call, CalledLevel, Callee, CallList, Hole, Problem, Reach, Sending
from oncall.calling.problems import find_problems
from oncall.calling.resolving import name_layer, who_would_be_called, who_would_be_called_by

__all__ = [
    "Call",
    "CallList",
    "CalledLevel",
    "Callee",
    "Hole",
    "Problem",
    "Reach",
    "Sending",
    "find_problems",
    "name_layer",
    "who_would_be_called",
    "who_would_be_called_by",
]
