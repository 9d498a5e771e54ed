"""Writing an update, seeing how it will look, and what was sent."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.http import Request
from incidents.errors import Refused
from incidents.filling import NAMES
from incidents.forms.communication import NO_UPDATE, UpdateForm, read_gaps
from incidents.models import Incident, IncidentUpdate, Status, UpdateKind, UpdateTemplate
from incidents.pages.communication import (
    choose_template,
    find_due,
    find_last,
    list_updates,
    make_clock,
    offer_channels,
    offer_templates,
)
from incidents.services.notes import add_note
from incidents.services.update_facts import find_zone, gather_facts
from incidents.services.updates import Composed, compose, send_update
from incidents.views.fetching import ask_permission, get_incident, try_to
from oncall.models import Channel
from runbooks.rendering import render_note


@dataclass
class Composer:
    """The page on which an update is written."""

    request: Request
    incident: Incident
    now: dt.datetime

    def __post_init__(self) -> None:
        self.last = find_last(self.incident)
        self.templates = offer_templates(self.incident)
        self.channels, self.by_hand = offer_channels()
        self.gaps = read_gaps(self.request.POST)

    def make_form(self, data: Any = None) -> UpdateForm:
        return UpdateForm(
            data,
            incident=self.incident,
            templates=self.templates,
            channels=self.channels,
            clock=make_clock(self.incident, self.now),
            since=self.last.sent_at if self.last else self.incident.opened_at,
            initial=None if data else self.begin(),
        )

    def begin(self) -> dict[str, Any]:
        """What the form begins with: the text that fits now, and the channels of the last update."""
        wanted = self.request.GET.get("template", "")
        chosen = next((one for one in self.templates if str(one.pk) == wanted), None)
        template = chosen or choose_template(self.templates, self.incident, self.last)
        minutes = self.incident.severity.update_minutes
        before = set(self.last.channels.values_list("pk", flat=True)) if self.last else set()
        return self.words_of(template) | {
            "next_update": str(minutes) if minutes else NO_UPDATE,
            "channels": [one.pk for one in self.channels if self.is_usual(one, before)],
            "status_seen": self.incident.status,
        }

    def is_usual(self, channel: Channel, before: set[int]) -> bool:
        own_team = channel.team_id is not None and channel.team_id == self.incident.team_id
        return channel.pk in before if self.last else own_team

    @staticmethod
    def words_of(template: UpdateTemplate | None) -> dict[str, Any]:
        if template is None:
            return {"subject": "{{ status }}: {{ title }}", "markdown": "{{ changed }}"}
        words = {name: getattr(template, name) for name in ("kind", "audience", "subject", "markdown")}
        return words | {"template": template.pk}

    def use_template(self) -> UpdateForm:
        """The form with the words of the template that was chosen; everything else stays as it was typed."""
        data = self.request.POST.copy()
        chosen = next((one for one in self.templates if str(one.pk) == data.get("template")), None)
        for name, value in self.words_of(chosen).items():
            data[name] = value
        if chosen and chosen.kind == UpdateKind.RESOLVED and self.incident.is_open:
            data["new_status"] = Status.RESOLVED  # it could not be sent otherwise
        return self.make_form(data)

    def fill(self, form: UpdateForm) -> Composed:
        """The update as it would be sent, out of a form that may still miss something."""
        data = (
            form.cleaned_data if form.is_bound and form.errors is not None else form.initial
        )  # `errors` reads the form
        due = form.find_due(self.now) if form.is_bound else self.usual_due()
        changed = data.get("changed") or ""
        status = data.get("new_status") or ""
        facts = gather_facts(
            self.incident,
            zone=find_zone(self.incident),
            now=self.now,
            next_update_at=due,
            status=status,
            changed=changed,
        )
        return compose(data.get("subject") or "", data.get("markdown") or "", facts, self.gaps, changed)

    def usual_due(self) -> dt.datetime | None:
        minutes = self.incident.severity.update_minutes
        return self.now + dt.timedelta(minutes=minutes) if minutes and self.incident.is_open else None

    def preview(self, composed: Composed, channels: list[Channel]) -> dict[str, Any]:
        """What the preview prints; `gap_rows` are brackets to fill, those that were filled already included."""
        try:
            html, problem = render_note(composed.markdown), ""
        except Refused as refusal:
            html, problem = "", str(refusal)
        names = dict.fromkeys((*composed.gaps, *(gap for gap, words in self.gaps.items() if words.strip())))
        names.pop(NAMES["changed"], None)  # that has a place of its own
        return {
            "composed": composed,
            "html": html,
            "problem": problem,
            "gap_rows": [(gap, self.gaps.get(gap, "")) for gap in names],
            "places": [str(channel) for channel in channels],
        }

    def show(self, form: UpdateForm, status: int = 200) -> HttpResponse:
        composed = self.fill(form)
        if form.is_bound and status == 200 and "use" in self.request.POST:
            form.errors.clear()  # a template was chosen, nothing was sent: there is nothing to complain of yet
        context = {
            "incident": self.incident,
            "form": form,
            "due": find_due(self.incident, self.now),
            "by_hand": self.by_hand,
            "last": self.last,
            "team_zone": find_zone(self.incident),
        }
        return render(
            self.request,
            "incidents/update_new.html",
            context | self.preview(composed, _chosen(form, self.channels)),
            status=status,
        )


def write_update(request: Request, number: int) -> HttpResponse:
    """Write an update and send it. `?template=` chooses the text it begins with."""
    composer = _open(request, number)
    if request.method != "POST":
        return composer.show(composer.make_form())
    if "use" in request.POST:
        return composer.show(composer.use_template())
    form = composer.make_form(request.POST)
    if "note" in request.POST:
        return _keep_note(composer, form)
    if "preview" in request.POST:
        return composer.show(form)
    sent = try_to(form, lambda: _send(composer, form)) if form.is_valid() else None
    if sent is None:
        return composer.show(form, status=422)
    _say_sent(request, sent)
    return redirect(composer.incident)


@require_POST
def preview_update(request: Request, number: int) -> HttpResponse:
    """The preview and the brackets to fill, for the script of the composer."""
    composer = _open(request, number)
    form = composer.make_form(request.POST)
    context = composer.preview(composer.fill(form), _chosen(form, composer.channels))
    context |= {"incident": composer.incident, "team_zone": find_zone(composer.incident)}
    return render(request, "incidents/_update_preview.html", context | {"form": form})


@require_safe
def show_updates(request: Request, number: int) -> HttpResponse:
    """Everything that was sent about an incident."""
    incident = get_incident(request.user, number)
    now = timezone.now()
    context = {"incident": incident, "updates": list_updates(incident), "due": find_due(incident, now)}
    return render(request, "incidents/updates.html", context)


def _open(request: Request, number: int) -> Composer:
    incident = get_incident(request.user, number)
    ask_permission(request.user, "incidents.add_incidentupdate", "send updates")
    return Composer(request, incident, timezone.now())


def _chosen(form: UpdateForm, channels: list[Channel]) -> list[Channel]:
    keys = {str(key) for key in form["channels"].value() or ()}
    return [one for one in channels if str(one.pk) in keys]


def _send(composer: Composer, form: UpdateForm) -> IncidentUpdate:
    data, composed = form.cleaned_data, composer.fill(form)
    return send_update(
        composer.incident,
        kind=data["kind"],
        audience=data["audience"],
        subject=composed.subject,
        markdown=composed.markdown,
        channels=data["channels"],
        is_public=data["is_public"],
        new_status=data["new_status"] or None,
        status_seen=data["status_seen"] or None,
        next_update_at=form.find_due(composer.now),
        user=composer.request.user,
        now=composer.now,
    )


def _keep_note(composer: Composer, form: UpdateForm) -> HttpResponse:
    """What was typed becomes a note of the timeline, and goes to nobody."""
    words = composer.fill(form).markdown
    words = (form.cleaned_data.get("changed") or "").strip() or words
    user, now = composer.request.user, composer.now
    if not user.has_perm("incidents.add_timelineentry"):
        raise PermissionDenied("You may not write in the timeline.")
    if try_to(form, lambda: add_note(composer.incident, words, user=user, now=now)) is None:
        return composer.show(form, status=422)
    messages.success(composer.request, "The note is in the timeline. Nothing was sent.")
    return redirect(composer.incident)


def _say_sent(request: Request, update: IncidentUpdate) -> None:
    places = [*update.sent_to, *(["the status page"] if update.is_public else [])]
    messages.success(request, f"The update is sent: {', '.join(places)}." if places else "The update is kept.")
