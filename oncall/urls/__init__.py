"""Addresses of on-call, by subject; each stands at the root of the site (`/oncall/`, `/contacts/`, `/escalation/` …)."""

from django.urls import URLPattern

from oncall.urls import board, calendars, covers, delivery, directory, escalation, people, rotations

app_name = "oncall"
urlpatterns: list[URLPattern] = [
    *board.urlpatterns,
    *covers.urlpatterns,
    *rotations.urlpatterns,
    *directory.urlpatterns,
    *escalation.urlpatterns,
    *delivery.urlpatterns,
    *calendars.urlpatterns,
    *people.urlpatterns,
]
