"""What went wrong at Skerry Lines: incidents told again through the services, as if somebody did it all at that time."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import dataclass

from accounts.models import User
from incidents.models import ActionItem, Incident, Run, RunStep, Severity, SystemChange
from incidents.services.actions import add_action, change_action
from incidents.services.changes import NewChange, record_change
from incidents.services.changing import change_status
from incidents.services.lessons import add_lesson
from incidents.services.maintenance import WindowPlan, plan_window
from incidents.services.notes import add_note, pin_entry
from incidents.services.opening import NewIncident, open_incident
from incidents.services.postmortem_texts import save_postmortem
from incidents.services.postmortems import publish_postmortem, start_postmortem, submit_postmortem
from incidents.services.roles import give_role
from incidents.services.run_steps import flag_step, settle_step, skip_step
from incidents.services.runs import finish_run, start_run
from incidents.services.updates import send_update
from oncall.models import Service
from portal.example.incident_file import (
    ChangeEntry,
    Event,
    IncidentEntry,
    MaintenanceEntry,
    PostMortemEntry,
    read_incidents,
)
from portal.example.oncall_file import PEOPLE
from runbooks.models import Runbook

STEP = dt.timedelta(minutes=1)
FIELDS = {"affected": "affected", "customers": "customer_impact", "business": "business_impact"}
FIELDS |= {"resolution": "resolution", "next_step": "next_step"}


def load_incidents(people: dict[str, User], now: dt.datetime) -> None:
    """Tell the stories, unless they were told before."""
    if Incident.objects.filter(is_example=True).exists():
        return
    entries = read_incidents()
    teller = Teller(people, {service.slug: service for service in _services()}, now)
    for change in sorted(entries.changes, key=lambda one: one.when.moment(now, "UTC")):
        teller.record_change(change)
    oldest_first = sorted(entries.incidents, key=lambda one: one.when.moment(now, "UTC"))
    for entry in oldest_first:
        teller.tell(entry)
    for window in entries.maintenance:
        teller.plan(window)


def _services() -> list[Service]:
    return list(Service.objects.select_related("team"))


@dataclass
class Teller:
    """Tells one story after the other."""

    people: dict[str, User]
    services: dict[str, Service]
    now: dt.datetime

    def person(self, name: str) -> User:
        return self.people[name + PEOPLE]

    def zone(self, slugs: list[str]) -> str:
        team = self.services[slugs[0]].team
        return team.time_zone if team else "UTC"

    def record_change(self, entry: ChangeEntry) -> None:
        at = entry.when.moment(self.now, self.zone([entry.service]))
        new = NewChange(
            entry.what, self.services[entry.service], kind=entry.kind, at=at, by=entry.by, ticket=entry.ticket
        )
        change = record_change(new, user=self.person("desmond.oakes"), now=self.now)
        SystemChange.objects.filter(pk=change.pk).update(is_example=True)

    def tell(self, entry: IncidentEntry) -> None:
        """Open an incident and let happen what happened."""
        at, commander = entry.when.moment(self.now, self.zone(entry.services)), self.person(entry.by)
        new = NewIncident(
            entry.title,
            Severity.objects.get(team=None, name=entry.severity),
            tuple(self.services[slug] for slug in entry.services),
            summary=entry.summary,
            started_at=at - dt.timedelta(minutes=entry.began),
            is_example=True,
        )
        incident = open_incident(new, user=commander, now=at, takes_command=True)
        texts = {field: getattr(entry, name) for name, field in FIELDS.items()}
        Incident.objects.filter(pk=incident.pk).update(**texts)
        for role, name in entry.roles.items():
            give_role(incident, role, self.person(name), user=commander, now=at + STEP)
        for event in entry.story:
            self.happen(incident, event, min(at + dt.timedelta(minutes=event.after), self.now))
        if entry.postmortem is not None:
            self.look_back(incident, entry.postmortem, at)

    def happen(self, incident: Incident, event: Event, at: dt.datetime) -> None:
        """One event of a story."""
        who = self.person(event.who)
        incident.refresh_from_db()
        if event.status:
            change_status(incident, event.status, user=who, now=at)
        if event.closed:
            change_status(incident, "closed", user=who, now=at)
        if event.note:
            entry = add_note(incident, event.note, user=who, now=at)
            if event.pinned:
                pin_entry(entry, user=who, now=at)
        if event.update:
            self.send(incident, event, who, at)
        if event.run:
            self.go_through(incident, event, who, at)

    def send(self, incident: Incident, event: Event, who: User, at: dt.datetime) -> None:
        """An update for everybody, on the status page."""
        send_update(
            incident,
            kind=event.update,
            audience="everybody",
            subject=incident.title,
            markdown=event.text,
            next_update_at=at + dt.timedelta(hours=1) if incident.is_open else None,
            user=who,
            now=at,
        )

    def go_through(self, incident: Incident, event: Event, who: User, at: dt.datetime) -> None:
        """A run: as many steps as were done, some left out, some said to be wrong. Done to its end where all were."""
        runbook = Runbook.objects.select_related("shown_version").get(source_path=event.run, is_example=True)
        if runbook.shown_version is None:
            raise LookupError(f"{event.run} has no version to run.")
        run = start_run(
            runbook.shown_version, event.section, purpose=Run.Purpose.INCIDENT, incident=incident, user=who, now=at
        )
        steps = list(RunStep.objects.filter(run=run).order_by("position"))
        for number, step in enumerate(steps[: event.done], start=1):
            at = min(at + STEP, self.now)
            if number in event.flag:
                flag_step(step, event.flag[number], user=who, now=at)
            if number in event.skip:
                skip_step(step, event.skip[number], user=who, now=at)
            else:
                settle_step(step, user=who, now=at)
        if event.done >= len(steps):
            finish_run(run, user=who, now=at)

    def look_back(self, incident: Incident, entry: PostMortemEntry, at: dt.datetime) -> None:
        """The post-mortem of an incident, written on the days after it."""
        incident.refresh_from_db()
        owner, approver = self.person(entry.owner), self.person("morag.sinclair")
        begun = at + dt.timedelta(days=1)
        postmortem = start_postmortem(incident, user=owner, now=begun)
        save_postmortem(postmortem, {}, user=owner, now=begun, **entry.texts)
        for action in entry.actions:
            due_on = self.now.date() + dt.timedelta(days=action.due)
            item = add_action(
                postmortem,
                action.text,
                owner=self.person(action.owner),
                due_on=max(due_on, begun.date()),
                ticket=action.ticket,
                user=owner,
                now=begun,
            )
            if action.status != ActionItem.Status.OPEN:
                change_action(item, status=action.status, user=owner, now=begun + dt.timedelta(days=1))
        for lesson in entry.lessons:
            runbook = Runbook.objects.get(source_path=lesson["runbook"], is_example=True)
            add_lesson(postmortem, lesson["text"], runbook, user=owner)
        if entry.status in ("review", "published"):
            submit_postmortem(postmortem, user=owner, now=begun + dt.timedelta(days=2))
        if entry.status == "published":
            publish_postmortem(postmortem, user=approver, now=begun + dt.timedelta(days=3))

    def plan(self, entry: MaintenanceEntry) -> None:
        """A maintenance window to come."""
        zone = zoneinfo.ZoneInfo(self.zone(entry.services))
        day = self.now.astimezone(zone).date() + dt.timedelta(days=entry.in_days)
        start, end = (dt.datetime.combine(day, at, zone) for at in (entry.starts_at, entry.ends_at))
        services = tuple(self.services[slug] for slug in entry.services)
        plan = WindowPlan(
            title=entry.title,
            services=services,
            start=start,
            end=end,
            impact=entry.impact,
            description=entry.description,
            team=services[0].team,
            is_example=True,
        )
        plan_window(plan, user=self.person(entry.by), now=self.now)
