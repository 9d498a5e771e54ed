"""Reviews: somebody says whether a runbook still holds, takes that back, puts it off, or says that it is not theirs."""

from runbooks.services.review_tasks import finish_task
from runbooks.services.reviews.confirming import confirm_runbook
from runbooks.services.reviews.disowning import disown_runbook
from runbooks.services.reviews.fixing import confirm_with_fix
from runbooks.services.reviews.needs_work import ask_for_work
from runbooks.services.reviews.planning import plan_next_review
from runbooks.services.reviews.snoozing import end_snooze, snooze_runbook
from runbooks.services.reviews.spreading import spread_reviews, spread_team_reviews
from runbooks.services.reviews.taking_back import take_back_review

__all__ = [
    "ask_for_work",
    "confirm_runbook",
    "confirm_with_fix",
    "disown_runbook",
    "end_snooze",
    "finish_task",
    "plan_next_review",
    "snooze_runbook",
    "spread_reviews",
    "spread_team_reviews",
    "take_back_review",
]
