from django.urls import URLPattern, path

from handoffs.views import checklists

urlpatterns: list[URLPattern] = [
    path("checklists/", checklists.show_checklists, name="checklists"),
    path("checklists/<slug:team>/", checklists.edit_checklist, name="checklist"),
    path("checklists/<slug:team>/take/", checklists.take_checklist, name="checklist_take"),
    path("checklists/<slug:team>/reset/", checklists.reset_checklist, name="checklist_reset"),
]
