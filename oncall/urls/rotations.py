"""A team's rotations: set up, looked at, changed."""

from django.urls import URLPattern, path

from oncall.views import rotation_changes, rotations

TEAM = "oncall/<slug:team>/"
ROTATION = f"{TEAM}<slug:rotation>/"

urlpatterns: list[URLPattern] = [
    path(TEAM, rotations.show_team, name="team"),
    path(f"{TEAM}new/", rotations.new_rotation, name="new_rotation"),
    path(ROTATION, rotations.show_rotation, name="rotation"),
    path(f"{ROTATION}edit/", rotation_changes.edit_rotation, name="edit_rotation"),
    path(f"{ROTATION}end/", rotation_changes.finish_rotation, name="end_rotation"),
    path(f"{ROTATION}layers/new/", rotation_changes.new_layer, name="new_layer"),
    path(f"{ROTATION}layers/<int:pk>/", rotation_changes.edit_plan, name="layer"),
    path(f"{ROTATION}layers/<int:pk>/name/", rotation_changes.rename_layer, name="rename_layer"),
    path(f"{ROTATION}layers/<int:pk>/end/", rotation_changes.finish_layer, name="end_layer"),
]
