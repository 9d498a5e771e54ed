"""Coverage: what is there, what is missing, and the rules of monitoring."""

from django.urls import URLPattern

app_name = "coverage"
urlpatterns: list[URLPattern] = []
