"""Shifts that fall into an absence, for the pages that warn of them."""

from oncall.schedule.clashes import Clash, find_clashes

__all__ = ["Clash", "find_clashes"]
