from django.urls import URLPattern, path

from oncall.views import escalation

urlpatterns: list[URLPattern] = [
    path("escalation/", escalation.list_paths, name="paths"),
    path("escalation/new/", escalation.add_path, name="path_new"),
    path("escalation/<slug:slug>/", escalation.show_path, name="path"),
    path("escalation/<slug:slug>/edit/", escalation.edit_path, name="path_edit"),
    path("escalation/<slug:slug>/delete/", escalation.delete_path, name="path_delete"),
    path("escalation/<slug:slug>/services/", escalation.choose_service, name="path_services"),
]
