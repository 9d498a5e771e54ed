"""Runs: starting, going through, ending."""

from django.urls import URLPattern, path

from incidents.views import run_start, runs

urlpatterns: list[URLPattern] = [
    path("runs/new/", run_start.start, name="start_run"),
    path("runs/<int:pk>/", runs.show, name="run"),
    path("runs/<int:pk>/live/", runs.live, name="run_live"),
    path("runs/<int:pk>/values/", runs.values, name="run_values"),
    path("runs/<int:pk>/add/", runs.add, name="run_add_step"),
    path("runs/<int:pk>/finish/", runs.finish, name="run_finish"),
    path("runs/<int:pk>/stop/", runs.stop, name="run_stop"),
    path("runs/<int:pk>/steps/<int:step>/", runs.work, name="run_step"),
    path("runs/<int:pk>/steps/<int:step>/flag/", runs.flag, name="run_flag"),
]
