"""Fixtures of the fault tests: those of incidents."""

from tests.incidents.faults.conftest import _quiet_sink, fleet, sink

__all__ = ["_quiet_sink", "fleet", "sink"]
