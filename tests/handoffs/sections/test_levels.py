"""Who stands on which level when the shift changes. Ben has the week from Monday 16 November."""

import pytest

from handoffs.sections.levels import find_levels
from handoffs.sections.schedule import find_exceptions
from oncall.models import Contact, HeldShift
from tests.factories import NOW, add_layer, make_path, make_rotation, make_service, make_team
from tests.handoffs.sections.making import EVIL, HOUR
from tests.incidents.updates import make_channel

pytestmark = pytest.mark.django_db


def follow(pier, *levels, **fields):
    path = make_path(*levels, **fields)
    pier.desk.escalation_path = path
    pier.desk.save()
    return path


def primary(pier):
    return pier.rotation.layers.get(name="Primary")


def test_each_level_says_whom_it_calls_at_the_change_and_how_long_it_waits(pier):
    lead = Contact.objects.create(name="Edda Brekke")
    path = follow(pier, [primary(pier)], [lead], minutes=(5, 30))
    first, second = pier.find(find_levels)
    assert (first.key, first.tag, first.title) == (f"level:{path.pk}:1", "L1", "Ben")
    assert (first.facts, first.url) == (("Harbour path", "5 min to answer"), "/escalation/harbour-path/")
    assert (second.tag, second.title) == ("L2", "Edda Brekke")


def test_a_level_that_calls_several_names_each_once(pier):
    add_layer(pier.rotation, pier.ben, name="Backup")
    follow(pier, [primary(pier), pier.rotation.layers.get(name="Backup"), make_channel()])
    assert pier.only(find_levels).title == "Ben, #harbour"


def test_a_hole_is_said(pier):
    nights = pier.rotation.layers.create(name="Nights", rank=3)
    follow(pier, [nights], [primary(pier)])
    entry = pier.find(find_levels)[0]
    assert (entry.title, entry.tone) == ("Nobody", "red")
    assert entry.facts[2:] == ("nobody is on call in Nights, On call", "reaches nobody")


def test_a_layer_of_the_same_rank_stands_in_and_that_is_said(pier):
    nights = pier.rotation.layers.create(name="Nights", rank=1)
    follow(pier, [nights])
    entry = pier.only(find_levels)
    assert (entry.title, entry.facts[-1]) == ("Ben", "Ben in place of Nights, On call")


def test_somebody_who_left_and_a_channel_alone_reach_nobody(pier):
    follow(pier, [Contact.objects.create(name="Gone", left_at=NOW)], [make_channel()], [])
    gone, channel, empty = pier.find(find_levels)
    assert gone.facts[2:] == ("Gone has left", "reaches nobody")
    assert (channel.title, channel.facts[-1]) == ("#harbour", "only a channel: nobody is called")
    assert (empty.title, empty.tone) == ("Nobody", "red")


def test_a_layer_of_another_rotation_is_looked_up_as_well(pier):
    other = make_rotation(make_team("Lights"), pier.cy, name="Lights")
    follow(pier, [other.layers.get()])
    assert pier.only(find_levels).title == "Cy"


def test_it_tells_of_the_schedule_and_not_of_a_shift_that_is_held(pier):
    follow(pier, [primary(pier)])
    held = {"person": pier.ada, "successor": pier.ben, "held_from": NOW - HOUR, "url": "/handoffs/1/"}
    HeldShift.objects.update_or_create(rotation=pier.rotation, released_at=None, defaults=held)
    assert pier.only(find_levels).title == "Ben"


def test_a_path_that_two_services_follow_stands_once_and_one_of_others_does_not(pier):
    path = follow(pier, [primary(pier)])
    pier.vault.escalation_path = path
    pier.vault.save()
    make_service("Lamps", team=pier.others, escalation_path=make_path([primary(pier)], name="Lamps path"))
    assert len(pier.find(find_levels)) == 1


def test_a_service_that_follows_another_path_from_now_on_shows_at_once(pier):
    follow(pier, [primary(pier)])
    pier.find(find_levels)
    follow(pier, [Contact.objects.create(name="Edda Brekke")], name="New path")
    assert pier.only(find_levels).title == "Edda Brekke"


def test_hostile_names_stay_text(pier):
    follow(pier, [Contact.objects.create(name=EVIL)], name=EVIL, slug="evil")
    entry = pier.only(find_levels)
    assert (entry.title, entry.facts[0]) == (EVIL, EVIL)


def test_twenty_levels_take_as_many_queries_as_two(pier, django_assert_max_num_queries):
    follow(pier, *([primary(pier)] for _ in range(20)))
    scope = pier.scope
    with django_assert_max_num_queries(13):
        assert len(find_levels(scope)) == 20
        find_exceptions(scope)
