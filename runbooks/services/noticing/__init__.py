"""What happens around a runbook and tells whether it still holds: runs and incidents, people who left, services that changed."""

from runbooks.services.noticing.people import notice_departed
from runbooks.services.noticing.services import notice_services
from runbooks.services.noticing.use import Ended, note_incident, note_run

__all__ = ["Ended", "note_incident", "note_run", "notice_departed", "notice_services"]
