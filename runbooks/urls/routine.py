"""Routine tasks."""

from django.urls import URLPattern

app_name = "routine"
urlpatterns: list[URLPattern] = []
