"""What a way to reach somebody may hold."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from oncall.models import Way
from oncall.services.way_values import clean_value, is_mobile, write_phone


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("+44 20 7946 0123", "+44 20 7946 0123"),
        ("+442079460123", "+44 20 7946 0123"),
        ("0044 20 7946 0123", "+44 20 7946 0123"),
        ("+44 (0)20 7946 0123", "+44 20 7946 0123"),
        ("+1 902 555 0112", "+1 902-555-0112"),
        ("+44 20 7946 0123 ext. 12", "+44 20 7946 0123 x12"),
    ],
)
def test_a_number_is_stored_in_international_form(text, stored):
    assert write_phone(text) == stored


@pytest.mark.parametrize("text", ["020 7946 0123", "call me", "+44 20 79", "+999 123456789", "+", "12", "+1 555 0100"])
def test_what_is_no_number_is_refused_with_how_to_write_it(text):
    with pytest.raises(ValidationError) as refusal:
        write_phone(text)
    assert "+44 20 7946 0123" in refusal.value.messages[0]


@pytest.mark.parametrize(
    "text", ["javascript:alert(1)", "data:text/html,x", "ftp://example.com/", "example.com", "//x"]
)
def test_only_web_pages_are_web_pages(text):
    with pytest.raises(ValidationError):
        clean_value(Way.Kind.WEB, text)


@pytest.mark.parametrize("text", ["ann", "ann@", "@example.com", "ann lee@example.com"])
def test_what_is_no_mail_address_is_refused(text):
    with pytest.raises(ValidationError):
        clean_value(Way.Kind.EMAIL, text)


def test_a_chat_handle_may_be_anything_on_one_line():
    assert clean_value(Way.Kind.CHAT, "  @ann \n in\x00 #harbour ") == "@ann in #harbour"


def test_a_line_without_a_value_is_refused():
    with pytest.raises(ValidationError):
        clean_value(Way.Kind.CHAT, " \t ")


@given(st.text(max_size=60))
def test_any_text_is_a_number_that_can_be_called_or_refused(text):
    try:
        stored = write_phone(text)
    except ValidationError:
        return
    assert stored.startswith("+")
    assert write_phone(stored) == stored


def test_a_tap_calls_the_number_with_its_extension():
    assert Way(kind=Way.Kind.PHONE, value="+44 20 7946 0123").href == "tel:+442079460123"
    assert Way(kind=Way.Kind.PHONE, value="+44 20 7946 0123 x12").href == "tel:+442079460123;ext=12"


def test_a_chat_handle_opens_nothing():
    assert Way(kind=Way.Kind.CHAT, value="javascript:alert(1)").href == ""


@pytest.mark.parametrize(("number", "mobile"), [("+44 20 7946 0123", False), ("+47 412 34 567", True)])
def test_mobile_numbers_are_told_from_those_of_a_desk(number, mobile):
    assert is_mobile(number) is mobile
