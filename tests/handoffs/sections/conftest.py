"""Fixtures of the tests of sections."""

from tests.handoffs.sections.making import pier

__all__ = ["pier"]
