"""How the handoffs of a rotation go: on its page and in the admin."""

import pytest
from django.urls import reverse

from accounts.roles import ADMINISTRATOR, EDITOR, READER, RESPONDER
from accounts.services import add_member
from handoffs.errors import NotAllowed, Refused
from handoffs.models import Policy
from handoffs.services.policies import change_policy, get_policy
from tests.factories import make_rotation, make_team, make_user, reload_user

pytestmark = pytest.mark.django_db
GOOD = {"is_automatic": "on", "open_before": "90", "late_after": "20"}


@pytest.fixture
def ben(db):
    return make_user("ben", role=RESPONDER)


@pytest.fixture
def rotation(ben):
    return make_rotation(make_team("Harbour", ben), ben)


@pytest.fixture
def page(rotation):
    return reverse("handoffs:policy", args=["harbour", "on-call"])


@pytest.fixture
def editor(as_user):
    return as_user(make_user("eve", role=EDITOR))


def test_a_rotation_without_a_policy_has_the_defaults(rotation):
    policy = get_policy(rotation)
    assert (policy.is_automatic, policy.open_before, policy.late_after) == (True, 60, 15)
    assert not Policy.objects.exists()


def test_an_editor_saves_it(page, editor, rotation):
    assert 'value="60"' in editor.get(page).content.decode()
    response = editor.post(page, GOOD)
    assert (response.status_code, response["Location"]) == (302, page)
    policy = get_policy(rotation)
    assert (policy.is_automatic, policy.open_before, policy.late_after) == (True, 90, 20)


def test_a_second_save_changes_the_same_row(page, editor, rotation):
    editor.post(page, GOOD)
    editor.post(page, {"open_before": "30", "late_after": "5"})
    policy = Policy.objects.get()
    assert (policy.is_automatic, policy.open_before, policy.late_after) == (False, 30, 5)


@pytest.mark.parametrize(
    "wrong",
    [
        {"open_before": "4"}, {"open_before": "1441"}, {"open_before": ""}, {"open_before": "soon"},
        {"late_after": "0"}, {"late_after": "-1"}, {"late_after": "9" * 30}, {"late_after": "1.5"},
    ],
)  # fmt: skip
def test_what_can_t_be_is_refused_and_comes_back_filled_in(page, editor, wrong):
    response = editor.post(page, GOOD | wrong)
    assert response.status_code == 422
    assert all(f'value="{value}"' in response.content.decode() for value in wrong.values() if value)
    assert not Policy.objects.exists()


def test_a_lead_may_change_it_whatever_their_role(page, rotation, ben, as_user):
    assert as_user(ben).post(page, GOOD).status_code == 403
    add_member(rotation.team, ben, is_lead=True)
    assert as_user(reload_user(ben)).post(page, GOOD).status_code == 302


def test_a_reader_looks_at_it_without_a_form(page, as_user):
    browser = as_user(make_user("rae", role=READER))
    text = browser.get(page).content.decode()
    assert "by themselves, 60 minutes before the change" in text
    assert 'name="open_before"' not in text
    assert browser.post(page, GOOD).status_code == 403


def test_an_unknown_rotation_is_404(editor, page):
    assert editor.get(reverse("handoffs:policy", args=["harbour", "nothing"])).status_code == 404


def test_the_service_refuses_what_the_form_would(rotation, ben):
    eve = make_user("eve", role=EDITOR)
    with pytest.raises(NotAllowed, match="Only editors and the leads of Harbour"):
        change_policy(rotation, is_automatic=True, open_before=60, late_after=15, user=ben)
    with pytest.raises(Refused, match="between 5 minutes and 24 hours"):
        change_policy(rotation, is_automatic=True, open_before=1, late_after=15, user=eve)
    with pytest.raises(Refused, match="between 1 minute and 24 hours"):
        change_policy(rotation, is_automatic=True, open_before=60, late_after=0, user=eve)


class TestAdmin:
    @pytest.fixture
    def admin(self, as_user):
        return as_user(make_user("root", role=ADMINISTRATOR, is_staff=True))

    def test_it_is_added_and_changed_there(self, admin, rotation):
        add = reverse("admin:handoffs_policy_add")
        assert admin.get(add).status_code == 200
        assert admin.post(add, GOOD | {"rotation": rotation.pk}).status_code == 302
        policy = Policy.objects.get()
        change = reverse("admin:handoffs_policy_change", args=[policy.pk])
        assert admin.get(change).status_code == 200
        assert admin.post(change, GOOD | {"open_before": "120"}).status_code == 302
        assert Policy.objects.get().open_before == 120

    def test_a_second_one_and_wrong_minutes_come_back(self, admin, rotation):
        add = reverse("admin:handoffs_policy_add")
        admin.post(add, GOOD | {"rotation": rotation.pk})
        assert admin.post(add, GOOD | {"rotation": rotation.pk}).status_code == 422
        assert admin.post(add, GOOD | {"rotation": rotation.pk, "open_before": "1"}).status_code == 422

    def test_the_list_costs_the_same_for_many(self, admin, rotation, django_assert_num_queries):
        Policy.objects.create(rotation=rotation)
        address = reverse("admin:handoffs_policy_changelist")
        admin.get(address)
        with django_assert_num_queries(12, exact=False) as few:
            admin.get(address)
        for number in range(10):
            Policy.objects.create(rotation=make_rotation(rotation.team, name=f"Rotation {number}"))
        with django_assert_num_queries(len(few)):
            assert admin.get(address).status_code == 200
