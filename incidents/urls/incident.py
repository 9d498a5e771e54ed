from django.urls import URLPattern, path

from incidents.views import exports, incident

urlpatterns: list[URLPattern] = [
    path("incidents/preview/", incident.preview_note, name="preview_note"),
    path("incidents/<int:number>/", incident.show_incident, name="incident"),
    path("incidents/<int:number>/live/", incident.follow_incident, name="incident_live"),
    path("incidents/<int:number>/note/", incident.write_note, name="note"),
    path("incidents/<int:number>/entries/<int:pk>/correct/", incident.correct, name="correct_entry"),
    path("incidents/<int:number>/entries/<int:pk>/pin/", incident.pin, name="pin_entry"),
    path("incidents/<int:number>/timeline.md", exports.export_markdown, name="timeline_markdown"),
    path("incidents/<int:number>/timeline.json", exports.export_json, name="timeline_json"),
]
