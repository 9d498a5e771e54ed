"""Escalation: the link of a page, and the buttons beside the ladder."""

from django.urls import URLPattern, path

from incidents.views import escalation

urlpatterns: list[URLPattern] = [
    path("incidents/<int:number>/acknowledge/", escalation.acknowledge, name="acknowledge"),
    path("incidents/<int:number>/snooze/", escalation.snooze, name="snooze"),
    path("incidents/<int:number>/call/", escalation.call_next, name="call_next"),
    path("incidents/<int:number>/escalate/", escalation.escalate, name="escalate"),
]
