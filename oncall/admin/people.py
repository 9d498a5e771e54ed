"""People in the admin: somebody who is in a rotation or an escalation path is neither deleted nor switched off unnoticed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.admin import PersonForm, UserAdmin
from accounts.models import User
from oncall.services.people import Place, find_places

INSTEAD = "Then switch the account off instead of deleting it: what they did stays."

admin.site.unregister(User)


class NeededPersonForm(PersonForm):
    """Refuses to switch off somebody who is still called from somewhere."""

    def clean_is_active(self) -> bool:
        """Says where, and leads to the page that puts somebody else there."""
        stays = bool(self.cleaned_data["is_active"])
        places = [] if stays or not self.instance.is_active else find_places(self.instance, timezone.now())
        if places:
            self.add_error("is_active", say_needed(self.instance, places))
        return stays


@admin.register(User)
class NeededPersonAdmin(UserAdmin):
    form = NeededPersonForm

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Whoever is needed somewhere stays; where, and how to replace them, is said first."""
        to_delete, counts, missing, protected = super().get_deleted_objects(objs, request)
        now = timezone.now()
        needed = [(person, find_places(person, now)) for person in objs]
        said = [format_html("{} {}", say_needed(person, places), INSTEAD) for person, places in needed if places]
        return to_delete, counts, set() if said else missing, [*said, *protected]


def say_needed(person: User, places: Iterable[Place]) -> SafeString:
    """“Ada is still needed: …”, each place a link, and the way to a replacement."""
    return format_html(
        '{} is still needed: {}. <a href="{}">Choose who takes over</a> first.',
        person,
        format_html_join(", ", '<a href="{}">{}</a>', ((place.url, place.label) for place in places)),
        reverse("oncall:replace_person", args=[person.pk]),
    )
