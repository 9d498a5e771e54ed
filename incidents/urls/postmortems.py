"""Post-mortems, their action items and lessons."""

from django.urls import URLPattern, path

from incidents.views import actions, postmortem_editing, postmortems

ONE = "postmortems/<int:number>/"

urlpatterns: list[URLPattern] = [
    path("incidents/<int:number>/postmortem/", postmortems.start, name="start_postmortem"),
    path("postmortems/", postmortems.show_postmortems, name="postmortems"),
    path(ONE, postmortems.show_postmortem, name="postmortem"),
    path(f"{ONE}postmortem.md", postmortems.download_markdown, name="postmortem_markdown"),
    path(f"{ONE}edit/", postmortem_editing.edit_postmortem, name="edit_postmortem"),
    path(f"{ONE}preview/", postmortem_editing.preview_text, name="preview_postmortem"),
    path(f"{ONE}status/", postmortems.change_status, name="postmortem_status"),
    path(f"{ONE}actions/", actions.add_action, name="add_action"),
    path(f"{ONE}lessons/", actions.add_lesson, name="add_lesson"),
    path("actions/", actions.show_actions, name="actions"),
    path("actions/actions.csv", actions.download_actions, name="actions_csv"),
    path("actions/<int:pk>/", actions.edit_action, name="action"),
    path("lessons/<int:pk>/", actions.edit_lesson, name="lesson"),
]
