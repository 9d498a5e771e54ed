"""Changes to escalation paths: what is refused, and what becomes of the rest."""

import pytest
from django.core.exceptions import ValidationError

from accounts.roles import APPROVER, EDITOR, RESPONDER
from oncall.errors import BadPath, ChangedMeanwhile, NotAllowed, StillNeeded
from oncall.models import Channel, Contact, EscalationLevel, EscalationPath, Layer
from oncall.services.escalation import (
    LevelSpec,
    PathSpec,
    change_path,
    create_path,
    delete_path,
    follow_path,
    save_levels,
)
from tests.factories import NOW, make_path, make_rotation, make_service, make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ed():
    return make_user("ed", role=EDITOR)


@pytest.fixture
def morag():
    return Contact.objects.create(name="Morag", role="Lead")


@pytest.fixture
def layer():
    return make_rotation(make_team("Harbour"), make_user("ada")).layers.get()


def ladder(path):
    return [
        (level.label, level.response_minutes, [str(target) for target in level.targets.all()])
        for level in path.levels.all()
    ]


def spec(*levels, name="Tickets", **fields):
    return PathSpec(name, levels, **fields)


def test_a_path_is_made_with_its_whole_ladder(ed, morag, layer):
    channel = Channel.objects.create(purpose="Incidents", channel="#harbour")
    path = create_path(
        spec(LevelSpec((layer, channel), 5), LevelSpec((morag,), 30), triggers=" Fire \n\nFlood"), user=ed
    )
    assert ladder(path) == [("L1", 5, ["Primary", "#harbour"]), ("L2", 30, ["Morag"])]
    assert (path.slug, path.triggers) == ("tickets", "Fire\nFlood")


@pytest.mark.parametrize(("name", "slug"), [("New", "new-2"), ("チケット", "path"), ("a" * 110, "a" * 70)])
def test_no_path_gets_the_address_of_another_page(ed, morag, name, slug):
    assert create_path(spec(LevelSpec((morag,)), name=name), user=ed).slug == slug


def test_two_paths_of_one_name_are_refused(ed, morag):
    create_path(spec(LevelSpec((morag,))), user=ed)
    with pytest.raises(ValidationError, match="already a path of this name"):
        create_path(spec(LevelSpec((morag,)), name="TICKETS"), user=ed)


def test_a_path_without_a_level_is_refused(ed):
    with pytest.raises(BadPath, match="at least one level"):
        create_path(spec(), user=ed)
    assert not EscalationPath.objects.exists()


def test_a_level_that_calls_nobody_is_refused(ed, morag):
    with pytest.raises(BadPath, match="L2 calls nobody"):
        create_path(spec(LevelSpec((morag,)), LevelSpec(())), user=ed)


@pytest.mark.parametrize("minutes", [0, -5, 10_081])
def test_a_response_time_of_nothing_or_of_weeks_is_refused(ed, morag, minutes):
    with pytest.raises(BadPath, match="between one minute and a week"):
        create_path(spec(LevelSpec((morag,), minutes)), user=ed)


def test_the_same_one_twice_in_a_level_is_refused(ed, morag):
    with pytest.raises(BadPath, match="L1 calls Morag twice"):
        create_path(spec(LevelSpec((morag, morag))), user=ed)


def test_somebody_who_left_and_a_layer_that_ended_are_refused(ed, layer):
    gone = Contact.objects.create(name="Rhys", left_at=NOW)
    with pytest.raises(BadPath, match="Rhys has left"):
        create_path(spec(LevelSpec((gone,))), user=ed)
    Layer.objects.update(ended_at=NOW)
    layer.refresh_from_db()
    with pytest.raises(BadPath, match="was ended"):
        create_path(spec(LevelSpec((layer,))), user=ed)


def test_two_labels_that_are_the_same_are_refused(ed, morag):
    with pytest.raises(BadPath, match="same label"):
        create_path(spec(LevelSpec((morag,), label="Boss"), LevelSpec((morag,), label="boss")), user=ed)


def test_numbers_follow_the_order_and_other_labels_stay(ed, morag):
    levels = [LevelSpec((morag,), label=label) for label in ("L3", "Night desk", "")]
    path = save_levels(make_path([morag]), levels, user=ed)
    assert [label for label, *_ in ladder(path)] == ["L1", "Night desk", "L3"]


def test_a_refused_ladder_leaves_the_old_one_as_it_was(ed, morag):
    path = make_path([morag], minutes=[7])
    with pytest.raises(BadPath):
        save_levels(path, [LevelSpec((morag,), 20), LevelSpec(())], user=ed)
    assert ladder(path) == [("L1", 7, ["Morag"])]


def test_somebody_elses_change_is_not_written_over(ed, morag):
    path = make_path([morag])
    base = path.updated_at
    change_path(path, spec(LevelSpec((morag,), 20), name="First"), user=ed, base=base)
    with pytest.raises(ChangedMeanwhile):
        change_path(path, spec(LevelSpec((morag,), 40), name="Second"), user=ed, base=base)
    path.refresh_from_db()
    assert (path.name, ladder(path)) == ("First", [("L1", 20, ["Morag"])])


def test_a_path_that_was_deleted_meanwhile_is_refused(ed, morag):
    path = make_path([morag])
    EscalationPath.objects.all().delete()
    with pytest.raises(BadPath, match="deleted meanwhile"):
        save_levels(path, [LevelSpec((morag,))], user=ed)
    with pytest.raises(BadPath, match="deleted meanwhile"):
        follow_path(make_service(), path, user=ed)


def test_a_path_that_services_follow_is_not_deleted(morag):
    boss = make_user("boss", role=APPROVER)
    path = make_path([morag])
    service = make_service(escalation_path=path)
    make_service("Hush", escalation_path=path, classification="confidential")
    with pytest.raises(StillNeeded) as refusal:
        delete_path(path, user=boss)
    assert refusal.value.places == ["Ticket desk", "a service that you may not see"]
    assert "Hush" not in str(refusal.value)
    type(service).objects.update(escalation_path=None)
    delete_path(path, user=boss)
    assert not EscalationLevel.objects.exists()


def test_a_service_follows_a_path_and_its_pages_are_made_again(ed, morag):
    service, path = make_service(), make_path([morag])
    before = service.updated_at
    assert follow_path(service, path, user=ed).escalation_path == path
    service.refresh_from_db()
    assert service.updated_at > before
    assert follow_path(service, None, user=ed).escalation_path is None


def test_a_service_that_the_person_may_not_see_follows_nothing(ed, morag):
    hidden = make_service(classification="confidential")
    with pytest.raises(BadPath, match="not there any more"):
        follow_path(hidden, make_path([morag]), user=ed)


def test_a_new_path_and_the_service_that_follows_it_come_together(ed, morag):
    service = make_service(classification="confidential")
    with pytest.raises(BadPath):
        create_path(spec(LevelSpec((morag,))), user=ed, service=service)
    assert not EscalationPath.objects.exists()


@pytest.mark.parametrize("role", [RESPONDER])
def test_responders_change_nothing(role, morag):
    cy, path = make_user("cy", role=role), make_path([morag])
    service = make_service()
    for change in (
        lambda: create_path(spec(LevelSpec((morag,))), user=cy),
        lambda: change_path(path, spec(LevelSpec((morag,))), user=cy),
        lambda: save_levels(path, [LevelSpec((morag,))], user=cy),
        lambda: delete_path(path, user=cy),
        lambda: follow_path(service, path, user=cy),
    ):
        with pytest.raises(NotAllowed):
            change()
