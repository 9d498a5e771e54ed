"""Tokens of machines: made once, shown once, kept as a digest, refused soon after they were revoked."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.errors import NotAllowed, Refused
from accounts.models import Token
from accounts.roles import ADMINISTRATOR, APPROVER
from accounts.tokens import find_token, know_token, make_token, revoke_token
from tests.factories import NOW, make_user
from tests.portal.admin_forms import staff

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def chief():
    return make_user("chief", role=ADMINISTRATOR)


def make(chief, scope="alerts", **extra):
    return make_token(extra.pop("name", "Alertmanager"), scope, user=chief, now=NOW, **extra)


def test_a_token_is_kept_as_a_digest_only(chief):
    token, text = make(chief)
    token.refresh_from_db()
    assert text.startswith("rbp_")
    assert len(text) > 40
    assert text not in str(vars(token))
    assert token.hint == text[:8]


def test_it_is_found_by_its_header(chief):
    token, text = make(chief)
    for header in (f"Bearer {text}", f"bearer  {text} "):
        assert find_token(header, "alerts", NOW) == token


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Basic abc", "Bearer rbp_wrong", "Bearer " + "x" * 300]
)
def test_anything_else_finds_none(chief, header):
    make(chief)
    assert know_token(header, NOW) is None


def test_a_token_for_something_else_is_not_found(chief):
    _, text = make(chief)
    assert find_token(f"Bearer {text}", "changes", NOW) is None


def test_a_known_token_costs_no_query(chief, django_assert_num_queries):
    _, text = make(chief)
    find_token(f"Bearer {text}", "alerts", NOW)
    with django_assert_num_queries(0):
        find_token(f"Bearer {text}", "alerts", NOW + 20 * SECOND)


def test_a_revoked_token_is_refused_at_once_here_and_within_a_minute_elsewhere(chief):
    token, text = make(chief)
    assert find_token(f"Bearer {text}", "alerts", NOW)
    Token.objects.filter(pk=token.pk).update(revoked_at=NOW)  # by another process
    assert find_token(f"Bearer {text}", "alerts", NOW + 29 * SECOND)
    assert find_token(f"Bearer {text}", "alerts", NOW + 31 * SECOND) is None
    token, text = make(chief, name="Another")
    assert find_token(f"Bearer {text}", "alerts", NOW)
    revoke_token(token, user=chief, now=NOW)
    assert find_token(f"Bearer {text}", "alerts", NOW) is None


def test_a_clock_that_was_put_back_asks_again(chief):
    token, text = make(chief)
    find_token(f"Bearer {text}", "alerts", NOW)
    Token.objects.filter(pk=token.pk).update(revoked_at=NOW)
    assert find_token(f"Bearer {text}", "alerts", NOW - dt.timedelta(hours=1)) is None


def test_its_last_use_is_noted_once_a_minute(chief):
    token, text = make(chief)
    for seconds in (0, 10, 59):
        find_token(f"Bearer {text}", "alerts", NOW + seconds * SECOND)
    token.refresh_from_db()
    assert token.last_used_at == NOW
    find_token(f"Bearer {text}", "alerts", NOW + 61 * SECOND)
    token.refresh_from_db()
    assert token.last_used_at == NOW + 61 * SECOND


def test_only_an_administrator_makes_and_revokes_tokens(chief):
    ben = make_user("ben", role=APPROVER)
    with pytest.raises(NotAllowed):
        make(ben)
    token, _ = make(chief)
    with pytest.raises(NotAllowed):
        revoke_token(token, user=ben, now=NOW)


def test_a_name_is_needed_and_stands_once(chief):
    make(chief)
    with pytest.raises(Refused, match="already"):
        make(chief)
    with pytest.raises(Refused, match="what will use"):
        make(chief, name=" \0 ")


def test_a_token_of_the_api_needs_a_person(chief):
    with pytest.raises(Refused, match="person"):
        make(chief, scope="api")
    token, _ = make(chief, scope="api", person=chief)
    assert token.person == chief


def test_nobody_makes_a_token_that_may_do_more_than_they_may(chief):
    with pytest.raises(NotAllowed):
        make(chief, scope="api", person=make_user("root", is_superuser=True))


def test_the_admin_shows_a_new_token_once(as_user, caplog):
    caplog.set_level("DEBUG")
    client = as_user(staff())
    data = {"name": "Prometheus", "scope": "alerts", "person": ""}
    response = client.post(reverse("admin:accounts_token_add"), data, follow=True)
    (text,) = {
        word.strip(".")
        for word in response.content.decode().replace("<", " ").replace(">", " ").split()
        if word.startswith("rbp_") and "…" not in word
    }
    assert find_token(f"Bearer {text}", "alerts", NOW).name == "Prometheus"
    assert text not in client.get(reverse("admin:accounts_token_changelist")).content.decode()
    assert text not in caplog.text


def test_the_admin_says_that_a_name_is_taken(as_user, chief):
    make(chief)
    data = {"name": "Alertmanager", "scope": "alerts", "person": ""}
    response = as_user(staff()).post(reverse("admin:accounts_token_add"), data)
    assert response.status_code == 422


def test_the_admin_revokes_and_never_deletes(as_user, chief):
    token, _ = make(chief)
    client = as_user(staff())
    client.post(reverse("admin:accounts_token_changelist"), {"action": "revoke", "_selected_action": [token.pk]})
    token.refresh_from_db()
    assert token.revoked_at is not None
    assert client.post(reverse("admin:accounts_token_delete", args=[token.pk]), {"post": "yes"}).status_code == 403


def test_in_the_admin_only_the_name_can_be_changed(as_user, chief):
    token, _ = make(chief)
    data = {"name": "Alertmanager, production", "scope": "api", "person": chief.pk}
    assert as_user(staff()).post(reverse("admin:accounts_token_change", args=[token.pk]), data).status_code == 302
    token.refresh_from_db()
    assert (token.name, token.scope, token.person) == ("Alertmanager, production", "alerts", None)
