"""Routine tasks."""

from django.urls import path

from runbooks.views import routine

app_name = "routine"
urlpatterns = [
    path("", routine.list_tasks, name="tasks"),
    path("<int:pk>/", routine.show_task, name="task"),
    path("<int:pk>/tick/", routine.tick, name="tick"),
    path("<int:pk>/untick/", routine.untick, name="untick"),
]
