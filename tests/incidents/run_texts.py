"""Runbooks with steps, for tests of runs."""

from incidents.models import Run
from incidents.services.runs import start_run
from tests.factories import NOW, make_published

STEPS = """\
# Ticket desk

## Overview

Sells tickets at the pier.

## Restart

Only while no ship is boarding.

1. Tell the pier (required)
2. Restart the desk: `kubectl -n desk rollout restart deploy/[service-name]`
3. Look at the [dashboard](https://grafana.example.net/desk)

   ```bash
   # Pods of the desk
   kubectl -n [namespace] get pods -l app=[service-name]
   ```

   **Expected output:** Three pods, all Running
4. Tell the pier again

## Before boarding

- [ ] The printer has paper
- [ ] The drawer is locked

## Alert: DeskSilent

**Severity**: Critical

**Immediate Actions**:
1. Ring the desk
2. Look out of the window

**Resolution**:
- **Power**: turn the big switch

**Rollback Procedure**:
```bash
# Back to the last version
kubectl -n desk rollout undo deploy/desk
```

**Afterwards**:
- [ ] Write it down
"""


def make_run(user, *, key="restart", incident=None, text=STEPS, runbook=None, **extra) -> Run:
    """A run of the steps of `Restart`, as a drill unless it is in an incident."""
    runbook = runbook or make_published(text=text)
    purpose = extra.pop("purpose", "incident" if incident else "drill")
    now = extra.pop("now", NOW)
    return start_run(runbook.shown_version, key, purpose=purpose, incident=incident, user=user, now=now, **extra)
