"""What the escalation page of a runbook prints."""

from __future__ import annotations

import datetime as dt
from typing import Any

from accounts.models import User
from oncall.calling import who_would_be_called
from oncall.forms.targets import TargetList
from oncall.models import EscalationPath
from runbooks.ladder_difference import compare_ladder
from runbooks.ladders import load_live_levels, propose, read_ladders
from runbooks.models import RunbookVersion
from runbooks.services.templates import is_confidential


def describe_escalation(version: RunbookVersion, reader: User, now: dt.datetime) -> dict[str, Any]:
    """Every ladder of the text with what it differs in and how far it could be adopted, beside the live path."""
    runbook = version.runbook
    service = runbook.service
    ladders = read_ladders(version)
    path = EscalationPath.objects.for_ladder().filter(services=service).first()
    live = load_live_levels(path, now) if path else []
    differences = [compare_ladder(ladder.levels, live) if path else [] for ladder in ladders]
    may_adopt = reader.has_perm("oncall.add_escalationpath")
    team = service.team.name if service.team else ""
    proposals = propose(ladders, team, TargetList(), now) if may_adopt and ladders else []
    rows = [
        {
            "ladder": ladder,
            "number": number,
            "differences": found,
            "is_quick": bool(proposals) and proposals[number - 1].is_whole and not is_confidential(runbook),
            "proposal": proposals[number - 1] if proposals else None,
        }
        for number, (ladder, found) in enumerate(zip(ladders, differences, strict=True), start=1)
    ]
    may_choose = reader.has_perm("oncall.change_service")
    return {
        "runbook": runbook,
        "version": version,
        "ladders": rows,
        "path": path,
        "calls": who_would_be_called(path, now, reader) if path else None,
        "at": now,
        "paths": list(EscalationPath.objects.order_by("name").only("name", "slug")) if may_choose else [],
        "may_choose": may_choose,
        "count": sum(map(len, differences)),
    }
