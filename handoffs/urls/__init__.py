"""Addresses of handoffs, by subject, below `/handoffs/`."""

from django.urls import URLPattern

from handoffs.urls import checklists, contract, handoffs, mine, page, policy, reading

app_name = "handoffs"
urlpatterns: list[URLPattern] = [
    *mine.urlpatterns,
    *handoffs.urlpatterns,
    *checklists.urlpatterns,
    *policy.urlpatterns,
    *page.urlpatterns,
    *contract.urlpatterns,
    *reading.urlpatterns,
]
