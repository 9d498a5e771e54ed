from django.urls import URLPattern, path

from handoffs.views import reading

urlpatterns: list[URLPattern] = [
    path("brief/", reading.show_my_brief, name="my_brief"),
    path("<int:pk>/brief/", reading.show_brief, name="brief"),
    path("<int:pk>/handoff.json", reading.export_json, name="export_json"),
    path("<int:pk>/handoff.md", reading.export_markdown, name="export_markdown"),
]
