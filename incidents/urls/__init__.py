"""Addresses of incidents, by subject; each stands at the root of the site (`/incidents/`, `/runs/`, `/postmortems/` …)."""

from django.urls import URLPattern

from incidents.urls import (
    after_runs,
    alerts,
    changes,
    communication,
    escalation,
    incident,
    incidents,
    maintenance,
    numbers,
    postmortems,
    runs,
    watch,
)

app_name = "incidents"
urlpatterns: list[URLPattern] = [
    *incident.urlpatterns,  # first, as open pages ask for it every two seconds
    *runs.urlpatterns,
    *incidents.urlpatterns,
    *numbers.urlpatterns,
    *after_runs.urlpatterns,
    *alerts.urlpatterns,
    *escalation.urlpatterns,
    *communication.urlpatterns,
    *postmortems.urlpatterns,
    *maintenance.urlpatterns,
    *changes.urlpatterns,
    *watch.urlpatterns,
]
