"""Post-mortems and action items in the admin: through the same services as the pages."""

import pytest
from django.urls import reverse

from accounts.roles import RESPONDER
from tests.factories import make_service, make_team, make_user
from tests.incidents.postmortems import make_action, make_postmortem, make_resolved

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(as_user):
    return as_user(make_user("staff", role=RESPONDER, is_staff=True))


def form_of(item, **changes):
    return {"text": item.text, "owner": "", "due_on": "", "status": item.status, "ticket": "", "note": ""} | changes


def test_a_post_mortem_is_shown_and_not_changed(client):
    postmortem = make_postmortem(make_user("ben", role=RESPONDER), summary="It broke.")
    make_action(make_user("cy", role=RESPONDER), postmortem)
    response = client.get(reverse("admin:incidents_postmortem_change", args=[postmortem.pk]))
    assert "It broke." in response.text
    assert "Watch the disk" in response.text
    assert 'name="_save"' not in response.text


def test_closing_an_item_goes_through_the_service(client):
    item = make_action(make_user("ben", role=RESPONDER))
    address = reverse("admin:incidents_actionitem_change", args=[item.pk])
    assert client.post(address, form_of(item, status="done")).status_code == 302
    item.refresh_from_db()
    assert item.closed_at is not None
    assert item.postmortem.incident.timeline.filter(text="closed an action item: Watch the disk").exists()


def test_what_the_service_refuses_comes_back_on_the_form(client):
    item = make_action(make_user("ben", role=RESPONDER))
    address = reverse("admin:incidents_actionitem_change", args=[item.pk])
    response = client.post(address, form_of(item, status="dropped"))
    assert response.status_code == 422
    assert "why it is dropped" in response.text


def test_a_stranger_finds_nothing_confidential(client):
    boss = make_user("boss", is_superuser=True)
    secret = make_service("Vault", classification="confidential", team=make_team("Crown"))
    item = make_action(boss, make_postmortem(boss, make_resolved("Gold is gone", secret)), "Count the gold")
    for name, pk in (("postmortem", item.postmortem_id), ("actionitem", item.pk)):
        page = client.get(reverse(f"admin:incidents_{name}_changelist")).text
        assert "Gold is gone" not in page
        assert "Count the gold" not in page
        assert client.get(reverse(f"admin:incidents_{name}_change", args=[pk])).status_code == 302
