"""Templates and unanswered questions in the admin."""

import pytest
from django.urls import reverse

from runbooks.models import (
    RunbookTemplate,
    UnansweredQuestion,
)
from tests.factories import (
    NOW,
)

pytestmark = pytest.mark.django_db


def test_a_template_is_made_and_changed(as_dee, dee):
    data = {"name": "Harbour form", "kind": "service", "markdown": "# {{ title }}\n", "is_offered": "on"}
    assert as_dee.post("/admin/runbooks/runbooktemplate/add/", data).status_code == 302
    template = RunbookTemplate.objects.get(slug="harbour-form")
    assert template.updated_by == dee
    url = reverse("admin:runbooks_runbooktemplate_change", args=[template.pk])
    assert as_dee.post(url, data | {"description": "For quays"}).status_code == 302
    template.refresh_from_db()
    assert template.description == "For quays"


def test_a_template_that_cannot_be_stored_comes_back(as_dee):
    data = {"name": "Harbour form", "kind": "service", "markdown": "a\x00b"}
    response = as_dee.post("/admin/runbooks/runbooktemplate/add/", data)
    assert response.status_code == 422
    assert "NUL" in response.content.decode()


def test_an_editor_clears_a_question_that_has_been_answered(as_dee):
    question = UnansweredQuestion.objects.create(
        kind="search", words="tide pump", first_asked_at=NOW, last_asked_at=NOW
    )
    assert "tide pump" in as_dee.get("/admin/runbooks/unansweredquestion/").content.decode()
    data = {"action": "delete_selected", "_selected_action": [question.pk], "post": "yes"}
    as_dee.post("/admin/runbooks/unansweredquestion/", data)
    assert not UnansweredQuestion.objects.exists()
