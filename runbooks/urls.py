from django.urls import path, register_converter

from runbooks import views
from runbooks.converters import VersionNumber

register_converter(VersionNumber, "version")

app_name = "runbooks"
urlpatterns = [
    path("", views.reading.list_runbooks, name="list"),
    path("new/", views.editing.new_runbook, name="new"),
    path("images/", views.images.upload_image, name="upload_image"),
    path("images/<slug:sha256>.<slug:extension>", views.images.show_image, name="image"),
    path("<slug:service>/<slug:slug>/", views.reading.show_runbook, name="detail"),
    path("<slug:service>/<slug:slug>/raw/", views.reading.show_raw, name="raw"),
    path("<slug:service>/<slug:slug>/edit/", views.editing.edit_runbook, name="edit"),
    path("<slug:service>/<slug:slug>/retire/", views.lifecycle.retire, name="retire"),
    path("<slug:service>/<slug:slug>/reinstate/", views.lifecycle.reinstate, name="reinstate"),
    path("<slug:service>/<slug:slug>/versions/", views.history.list_versions, name="versions"),
    path("<slug:service>/<slug:slug>/versions/<version:number>/", views.history.show_version, name="version"),
    path(
        "<slug:service>/<slug:slug>/versions/<version:number>/raw/", views.history.show_version_raw, name="version_raw"
    ),
    path("<slug:service>/<slug:slug>/diff/", views.history.choose_diff, name="choose_diff"),
    path("<slug:service>/<slug:slug>/diff/<version:a>/<version:b>/", views.history.show_diff, name="diff"),
    *(
        path(f"<slug:service>/<slug:slug>/versions/<version:number>/{name.replace('_', '-')}/", view, name=name)
        for name, view in views.lifecycle.STEPS.items()
    ),
]
