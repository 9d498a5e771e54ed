"""System changes."""

from django.urls import URLPattern, path

from incidents.views import changes

urlpatterns: list[URLPattern] = [
    path("changes/", changes.show_changes, name="changes"),
    path("changes/new/", changes.add_change, name="add_change"),
]
