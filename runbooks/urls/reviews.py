"""Reviews: the queue, one-click answers, links that lead out, charts."""

from django.urls import URLPattern

app_name = "reviews"
urlpatterns: list[URLPattern] = []
