from django.urls import URLPattern, path

from incidents.views import changing, incidents, ribbon, roles, severities

urlpatterns: list[URLPattern] = [
    path("incidents/", incidents.list_incidents, name="incidents"),
    path("incidents/new/", incidents.open_new, name="new"),
    path("incidents/ribbon/", ribbon.show_ribbon, name="ribbon"),
    path("incidents/<int:number>/status/", changing.status, name="status"),
    path("incidents/<int:number>/severity/", changing.severity, name="severity"),
    path("incidents/<int:number>/facts/", changing.facts, name="facts"),
    path("incidents/<int:number>/times/", changing.times, name="times"),
    path("incidents/<int:number>/links/", changing.links, name="links"),
    path("incidents/<int:number>/roles/", roles.show_roles, name="roles"),
    path("incidents/<int:number>/command/", roles.command, name="command"),
    path("severities/", severities.list_scales, name="severities"),
    path("severities/<slug:team>/", severities.edit_scale, name="scale"),
    path("severities/<slug:team>/copy/", severities.copy_scale, name="copy_scale"),
    path("severities/<slug:team>/adopt/", severities.adopt_scale, name="adopt_scale"),
    path("severities/<slug:team>/add/", severities.add_severity, name="add_severity"),
    path("severities/<slug:team>/<int:pk>/", severities.edit_severity, name="severity_of_scale"),
]
