from django.urls import URLPattern, path

from incidents.views import after_runs

urlpatterns: list[URLPattern] = [
    path("runs/", after_runs.list_runs, name="runs"),
    path("runs/<int:pk>/summary/", after_runs.summary, name="run_summary"),
    path("runs/<int:pk>/summary.md", after_runs.summary_markdown, name="run_summary_markdown"),
    path("runs/<int:pk>/draft/", after_runs.draft, name="run_draft"),
    path("runs/<int:pk>/confirm/", after_runs.confirm, name="run_confirm"),
    path("runs/<int:pk>/go-on/", after_runs.go_on, name="run_go_on"),
]
