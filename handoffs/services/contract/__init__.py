"""The contract: submitted and signed by one, accepted item by item and signed by the other, or returned."""

from handoffs.services.contract.accepting import accept, accept_entry, accept_rest
from handoffs.services.contract.addenda import add_addendum
from handoffs.services.contract.lapsing import lapse, may_lapse
from handoffs.services.contract.questions import answer, ask
from handoffs.services.contract.quiet import find_obstacles
from handoffs.services.contract.returning import give_back
from handoffs.services.contract.submitting import submit
from handoffs.services.contract.testing import find_answered_test, send_test_page
from handoffs.services.contract.verifying import SnapshotCheck, check_snapshots

__all__ = [
    "SnapshotCheck",
    "accept",
    "accept_entry",
    "accept_rest",
    "add_addendum",
    "answer",
    "ask",
    "check_snapshots",
    "find_answered_test",
    "find_obstacles",
    "give_back",
    "lapse",
    "may_lapse",
    "send_test_page",
    "submit",
]
