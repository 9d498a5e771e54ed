"""People and teams in the admin."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.admin import UserAdmin as BaseUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html

from accounts import tokens
from accounts.admin_base import PortalAdmin, PortalInline, ReadOnlyRows, person_of
from accounts.errors import Refused
from accounts.models import Membership, Team, Token, User, known_time_zones


class MembershipInline(PortalInline):
    model = Membership
    autocomplete_fields = ("user", "team")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("user", "team")


class TimeZoneField(forms.TypedChoiceField):
    """Every IANA name, to choose from."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [(name, name.replace("_", " ")) for name in sorted(known_time_zones())]
        super().__init__(choices=choices, initial="UTC", help_text="Times are shown in this zone.", **kwargs)


class PersonCreationForm(AdminUserCreationForm):
    time_zone = TimeZoneField()

    class Meta:
        model = User
        fields = ("email", "display_name", "time_zone")
        field_classes: dict[str, type] = {}


class PersonForm(UserChangeForm):
    time_zone = TimeZoneField()


class TeamForm(forms.ModelForm):
    time_zone = TimeZoneField()

    class Meta:
        model = Team
        fields = ("name", "slug", "description", "email", "chat_channel", "time_zone")


@admin.register(User)
class UserAdmin(PortalAdmin, BaseUserAdmin):
    list_display = ("display_name", "email", "roles", "in_teams", "time_zone", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "groups", ("teams", admin.RelatedOnlyFieldListFilter))
    search_fields = ("display_name", "email")
    search_help_text = "Name or e-mail address"
    ordering = ("display_name",)
    date_hierarchy = "date_joined"
    inlines = (MembershipInline,)
    form = PersonForm
    add_form = PersonCreationForm
    add_fieldsets = (
        (None, {"fields": ("email", "display_name", "time_zone", "usable_password", "password1", "password2")}),
    )
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        ("Person", {"fields": ("display_name", "time_zone")}),
        ("May do", {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    readonly_fields = ("last_login", "date_joined")
    filter_horizontal = ("groups",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("groups", "teams")

    @admin.display(description="roles")
    def roles(self, user: User) -> str:
        return ", ".join(sorted(group.name for group in user.groups.all())) or "none"

    @admin.display(description="teams")
    def in_teams(self, user: User) -> str:
        return ", ".join(team.name for team in user.teams.all())

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Only somebody who may do everything can let others do everything."""
        return self.readonly_fields if person_of(request).is_superuser else (*self.readonly_fields, "is_superuser")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and may_touch(request, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """With a person, Django would delete what they did in the admin: whoever did anything is deactivated instead."""
        to_delete, counts, missing, protected = super().get_deleted_objects(objs, request)
        people = [cast(User, person) for person in objs]
        active = set(LogEntry.objects.filter(user__in=people).values_list("user_id", flat=True))
        kept = [person for person in people if person.pk in active or not may_touch(request, person)]
        return to_delete, counts, missing, [*protected, *(f"{person}: has a history here" for person in kept)]


def may_touch(request: HttpRequest, person: User | None) -> bool:
    """An account that may do everything is changed only by such an account: its password is as good as its rights."""
    return person is None or not person.is_superuser or person_of(request).is_superuser


@admin.register(Team)
class TeamAdmin(PortalAdmin):
    form = TeamForm
    list_display = ("name", "members_count", "leads", "time_zone", "chat_channel", "email")
    list_filter = ("time_zone",)
    search_fields = ("name", "slug", "email", "chat_channel")
    prepopulated_fields = {"slug": ("name",)}
    inlines = (MembershipInline,)

    def get_queryset(self, request: HttpRequest) -> Any:
        active = Count("memberships", filter=Q(memberships__user__is_active=True))
        return super().get_queryset(request).annotate(members_count=active).prefetch_related("memberships__user")

    @admin.display(description="people", ordering="members_count")
    def members_count(self, team: Any) -> int:
        return int(team.members_count)

    @admin.display(description="led by")
    def leads(self, team: Team) -> str:
        return ", ".join(str(member.user) for member in team.memberships.all() if member.is_lead)


@admin.register(Token)
class TokenAdmin(PortalAdmin):
    """A token is shown once, when it is made. Later it can be given another name or revoked, and nothing else."""

    refusals = (*PortalAdmin.refusals, Refused)
    list_display = ("name", "scope", "hint_shown", "person", "created_by", "created_at", "last_used_at", "revoked_at")
    list_filter = ("scope", ("revoked_at", admin.EmptyFieldListFilter))
    search_fields = ("name", "hint")
    list_select_related = ("person", "created_by")
    autocomplete_fields = ("person",)
    actions = ("revoke",)
    fields = ("name", "scope", "person", "hint_shown", "created_by", "created_at", "last_used_at", "revoked_at")

    @admin.display(description="begins with", ordering="hint")
    def hint_shown(self, token: Token) -> str:
        return f"{token.hint}…"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields[:3] if obj is None else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return () if obj is None else tuple(name for name in TokenAdmin.fields if name != "name")

    def explain(self, refusal: Exception) -> list[tuple[str, str]]:
        return [(NON_FIELD_ERRORS, str(refusal))] if isinstance(refusal, Refused) else super().explain(refusal)

    def save_model(self, request: HttpRequest, obj: Token, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        made, text = tokens.make_token(
            obj.name, obj.scope, person=obj.person, user=person_of(request), now=timezone.now()
        )
        obj.pk = made.pk
        obj.refresh_from_db()
        told = "Copy this token now: <code>{}</code>. It is shown this once, and nobody can find it out again."
        self.message_user(request, format_html(told, text), messages.WARNING)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What came in with a token says so for ever: it is revoked instead."""
        return False

    @admin.action(permissions=["change"], description="Revoke the selected tokens")
    def revoke(self, request: HttpRequest, queryset: QuerySet[Token]) -> None:
        for token in queryset.filter(revoked_at=None):
            tokens.revoke_token(token, user=person_of(request), now=timezone.now())
            self.log_change(request, token, "Revoked")
            told = f"“{token}” is revoked. Within {tokens.KNOWN_SECONDS} seconds nothing gets in with it."
            self.message_user(request, told, messages.SUCCESS)


admin.site.unregister(Group)
admin.site.unregister(EmailAddress)  # a person's address is the one they log in with, and stands with them


@admin.register(Group)
class RoleAdmin(ReadOnlyRows, PortalAdmin, GroupAdmin):
    """The five roles, to look at: what each may do stands in the code, and is put back after every upgrade."""

    list_display = ("name", "people")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(people_count=Count("user"))

    @admin.display(description="people", ordering="people_count")
    def people(self, group: Any) -> int:
        return int(group.people_count)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
