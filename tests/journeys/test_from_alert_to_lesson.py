"""One night from end to end: an alert comes in, nobody answers, somebody does, a run, an update, a lesson in the runbook."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Token, User
from accounts.roles import ADMINISTRATOR, APPROVER, EDITOR
from accounts.tokens import make_token
from incidents.models import ActionItem, Alert, Incident, PostMortem, Run
from incidents.services.escalating import sweep
from incidents.services.intake import process_waiting
from oncall.models import MailboxMail, Service
from oncall.outbox.delivering import deliver_due
from oncall.views.mailbox import BACKEND
from runbooks.models import Flag
from tests.factories import make_path, make_published, make_rotation, make_team, make_user
from tests.journeys.conftest import OpenPage

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
MINUTE = dt.timedelta(minutes=1)
RUNBOOK = """\
# Ticket desk

**Service:** Ticket desk

## Overview

Sells tickets at the pier.

### Alert: DeskQueueStuck

**Severity:** Critical

**Immediate Actions:**

1. Look at the queue: `kubectl -n <namespace> get pods -l app=desk`
2. Restart the worker: `kubectl -n <namespace> rollout restart deploy/desk-worker`
3. Look at the queue again
"""
# As Alertmanager sends it: version "4", a group of one, labels that fill the commands of the page.
LABELS = {"alertname": "DeskQueueStuck", "severity": "critical", "service": "ticket-desk", "namespace": "pier"}


def make_payload(status: str, starts_at: dt.datetime) -> str:
    ends_at = "0001-01-01T00:00:00Z" if status == "firing" else (starts_at + 30 * MINUTE).isoformat()
    alert = {
        "status": status,
        "labels": LABELS,
        "annotations": {"summary": "The queue of the ticket desk does not move"},
        "startsAt": starts_at.isoformat(),
        "endsAt": ends_at,
        "generatorURL": "http://prometheus.example:9090/graph?g0.expr=desk_queue",
        "fingerprint": "9ae5b1a3f5f0d2c4",
    }
    return json.dumps(
        {
            "version": "4",
            "groupKey": '{}:{alertname="DeskQueueStuck"}',
            "truncatedAlerts": 0,
            "status": status,
            "receiver": "portal",
            "groupLabels": {"alertname": "DeskQueueStuck"},
            "commonLabels": LABELS,
            "commonAnnotations": {},
            "externalURL": "http://alertmanager.example:9093",
            "alerts": [alert],
        }
    )


@pytest.fixture(autouse=True)
def _mailbox(settings) -> None:
    settings.EMAIL_BACKEND = BACKEND


@pytest.fixture
def dee(transactional_db: None) -> User:
    return make_user("dee", role=EDITOR, display_name="Dee Lantern")


@pytest.fixture
def eve(transactional_db: None) -> User:
    return make_user("eve", role=APPROVER, display_name="Eve Quay")


@pytest.fixture
def token(dee: User, eve: User) -> str:
    """The desk with its runbook, its ladder (Dee, then Eve), and a token for its monitoring."""
    team = make_team("Harbour", dee, eve)
    first = make_rotation(team, dee).layers.get()
    second = make_rotation(team, eve, name="Second line").layers.get()
    runbook = make_published("Ticket desk", text=RUNBOOK)
    path = make_path([first], [second], minutes=[5, 10])
    Service.objects.filter(pk=runbook.service_id).update(team=team, escalation_path=path)
    root = make_user("root", role=ADMINISTRATOR)
    return make_token("Alertmanager", Token.Scope.ALERTS, user=root, now=timezone.now())[1]


def send(page: Page, token: str, payload: str) -> None:
    answer = page.request.post(
        "/hooks/alertmanager/",
        data=payload,
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    assert answer.status == 202
    process_waiting(timezone.now)


def read_mails(to: str) -> list[MailboxMail]:
    deliver_due("mail", now=timezone.now)
    return list(MailboxMail.objects.filter(to__contains=to).order_by("pk"))


def test_an_alert_becomes_a_lesson(token: str, dee: User, eve: User, open_page: OpenPage):
    page = open_page(eve, "/")
    started = timezone.now() - MINUTE
    send(page, token, make_payload("firing", started))
    send(page, token, make_payload("firing", started))  # it repeats itself, as it does
    incident = Incident.objects.get()

    # Level 1 is told at once and does not answer; level 2 does
    assert [mail.to for mail in read_mails("dee@")] and not read_mails("eve@")
    incident.escalations.update(next_at=timezone.now())  # as if five minutes had passed
    sweep(timezone.now())
    mail = read_mails("eve@")[-1]
    link = re.search(r"https?://[^/\s]+(/incidents/\d+/acknowledge/)", mail.text)
    assert link is not None
    page.goto(link[1])
    page.get_by_role("button", name=re.compile("I am on it")).click()
    expect(page.get_by_role("heading", name="Answered by Eve Quay")).to_be_visible()
    sweep(timezone.now() + 60 * MINUTE)
    assert incident.escalations.get().called_levels.count() == 2

    # The section that answers is there, and becomes a run with the alert's namespace in its commands
    page.get_by_role("link", name=re.compile("^Run .*DeskQueueStuck")).click()
    page.get_by_role("button", name="Start the run").click()
    expect(page.get_by_text("kubectl -n pier get pods -l app=desk").first).to_be_visible()
    page.get_by_role("button", name=re.compile("^Done, next step")).click()
    expect(page.get_by_text("kubectl -n pier rollout restart deploy/desk-worker").first).to_be_visible()
    page.get_by_role("link", name="This step is wrong").click()
    page.get_by_label("What is wrong").fill("The worker is a stateful set since March")
    page.get_by_label(re.compile("What would be right")).fill(
        "Restart the worker: `kubectl -n <namespace> rollout restart sts/desk-worker`"
    )
    page.get_by_role("button", name="Send").click()
    for done in (2, 3):
        page.get_by_role("button", name=re.compile("^Done, next step")).click()
        expect(page.get_by_text(f"{done} of 3").first).to_be_visible()
    page.get_by_role("button", name="Finish the run").click()
    expect(page.get_by_role("button", name="Finish the run")).to_have_count(0)
    run = Run.objects.get()
    assert run.outcome == "done"
    assert Flag.objects.get().origin.startswith(run.get_absolute_url())

    # Mitigated, told to others, resolved when the alert has ended
    page.goto(incident.get_absolute_url())
    expect(page.get_by_text("The queue of the ticket desk does not move").first).to_be_visible()
    page.get_by_role("button", name="Mark mitigating").click()
    page.get_by_role("button", name="Mitigated: monitor").click()
    page.goto(f"/incidents/{incident.pk}/update/")
    page.get_by_label(re.compile("^What changed")).fill("The desk sells tickets again. We are watching it.")
    page.get_by_label("[what people notice]").fill("No tickets at the pier")
    page.get_by_role("button", name="Send the update").click()
    expect(page.get_by_role("status").filter(has_text="The update is sent")).to_be_visible()
    send(page, token, make_payload("resolved", started))
    assert Alert.objects.get().resolved_at is not None
    page.goto(incident.get_absolute_url())
    page.get_by_role("button", name=re.compile("Resolve")).first.click()
    incident.refresh_from_db()
    assert incident.status == "resolved"

    # The post-mortem begins with what is known, and has something to be done
    page.get_by_role("button", name=re.compile("post-mortem", re.IGNORECASE)).click()
    page.goto(f"/postmortems/{incident.pk}/")
    page.get_by_label("What is to be done").fill("Say in the runbook which kind of set it is")
    page.get_by_role("button", name="Add", exact=True).click()
    assert PostMortem.objects.get().incident == incident
    assert ActionItem.objects.get().text == "Say in the runbook which kind of set it is"

    # And the runbook learns: a draft in which one line differs
    page.goto(f"{run.get_absolute_url()}summary/")
    page.get_by_role("button", name="Put it into a draft of the runbook").click()
    expect(page.get_by_text("rollout restart sts/desk-worker").first).to_be_visible()
    run.refresh_from_db()
    assert run.lessons_version is not None
    assert run.lessons_version.markdown == RUNBOOK.replace("deploy/desk-worker", "sts/desk-worker")

    kinds = {entry.kind for entry in incident.timeline.all()}
    assert {"opened", "alert", "page", "role", "run", "status", "update"} <= kinds
