from django.urls import URLPattern, path, register_converter

from runbooks import views
from runbooks.converters import VersionNumber
from runbooks.views.moves import View, follow_moves

register_converter(VersionNumber, "version")

app_name = "runbooks"


def on_runbook(route: str, view: View, name: str) -> URLPattern:
    """A page of one runbook. Under a former address of the runbook it leads to the same page at today's."""
    return path(f"<slug:service>/<slug:slug>/{route}", follow_moves(view), name=name)


urlpatterns = [
    path("", views.reading.list_runbooks, name="list"),
    path("new/", views.starting.new_runbook, name="new"),
    # No slug holds a “~”, so a service called “templates” keeps all its addresses.
    path("templates/", views.templates.list_templates, name="templates"),
    path("templates/~new/", views.templates.add_template, name="add_template"),
    path("templates/~preview/", views.templates.preview_template, name="preview_template"),
    path("templates/~<slug:slug>/edit/", views.templates.edit_template, name="edit_template"),
    path("templates/~<slug:slug>/delete/", views.templates.delete_template, name="delete_template"),
    path("images/", views.images.upload_image, name="upload_image"),
    path("images/<slug:sha256>.<slug:extension>", views.images.show_image, name="image"),
    on_runbook("", views.reading.show_runbook, name="detail"),
    on_runbook("raw/", views.reading.show_raw, name="raw"),
    on_runbook("edit/", views.editing.edit_runbook, name="edit"),
    on_runbook("edit/keep/", views.keeping.keep_words, name="keep"),
    on_runbook("edit/forget/", views.keeping.forget_words, name="forget"),
    on_runbook("save-as-template/", views.templates.save_as_template, name="save_as_template"),
    on_runbook("retire/", views.lifecycle.retire, name="retire"),
    on_runbook("reinstate/", views.lifecycle.reinstate, name="reinstate"),
    on_runbook("readiness/", views.readiness.show_readiness, name="readiness"),
    on_runbook("flag/", views.flags.raise_flag_page, name="raise_flag"),
    on_runbook("people/", views.people.show_people, name="people"),
    on_runbook("people/adopt/", views.people.adopt_people, name="adopt_people"),
    on_runbook("escalation/", views.escalation.show_escalation, name="escalation"),
    on_runbook("escalation/adopt/<int:ladder>/", views.escalation.adopt_ladder, name="adopt_ladder"),
    on_runbook("review/", views.reviews.review_runbook, name="review"),
    on_runbook("review/snooze/", views.review_pauses.snooze, name="snooze"),
    on_runbook("review/not-mine/", views.review_pauses.not_mine, name="not_mine"),
    on_runbook("review/owner/", views.review_pauses.choose_owner, name="choose_owner"),
    on_runbook("versions/", views.history.list_versions, name="versions"),
    on_runbook("versions/<version:number>/", views.history.show_version, name="version"),
    on_runbook("versions/<version:number>/raw/", views.history.show_version_raw, name="version_raw"),
    on_runbook("versions/<version:number>/answer-flags/", views.flags.answer_several, name="answer_flags"),
    on_runbook("versions/<version:number>/gates/<slug:gate>/", views.gates.change_gate, name="gate"),
    on_runbook("diff/", views.history.choose_diff, name="choose_diff"),
    on_runbook("diff/<version:a>/<version:b>/", views.history.show_diff, name="diff"),
    *(
        on_runbook(f"versions/<version:number>/{name.replace('_', '-')}/", view, name=name)
        for name, view in views.lifecycle.STEPS.items()
    ),
]
