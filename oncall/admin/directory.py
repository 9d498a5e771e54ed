"""Contacts, vendors and channels in the admin: the same rules as on their pages, and no number that may not be seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone

from accounts.admin_base import PortalAdmin, PortalInline, RowsFormSet, person_of
from accounts.errors import Refused
from oncall.models import Channel, Contact, Vendor, Way
from oncall.pages.confirmed import say_confirmed
from oncall.pages.directory import may_see_notes
from oncall.services import directory as services
from oncall.services.way_values import clean_value


class WayForm(forms.ModelForm):
    """A way, its value checked and written as everywhere else."""

    class Meta:
        model = Way
        fields = ("kind", "value", "label", "is_personal")

    def clean(self) -> Any:
        data = super().clean() or {}
        if data.get("kind") and data.get("value"):
            try:
                data["value"] = clean_value(data["kind"], data["value"])
            except ValidationError as error:
                self.add_error("value", error)
        return data


class WayRows(RowsFormSet):
    """The rows are saved by the service of what they belong to, all at once."""

    def save_new(self, form: Any, commit: bool = True) -> Any:
        return super().save_new(form, commit=False)

    def specs(self) -> list[services.WaySpec]:
        """The rows as they should be, in the order of the form."""
        kept = [form for form in self.forms if form.has_changed() or form.instance.pk]
        return [
            services.WaySpec(
                form.cleaned_data["kind"],
                form.cleaned_data["value"],
                form.cleaned_data["label"],
                form.cleaned_data["is_personal"],
                form.instance.pk,
            )
            for form in kept
            if form not in self.deleted_forms
        ]


class WayInline(PortalInline):
    """`visible_to` keeps personal values back from those who may not see them."""

    model = Way
    form = WayForm
    formset = WayRows
    fields = ("kind", "value", "label", "is_personal")
    verbose_name_plural = "ways to reach them"


class DirectoryAdmin(PortalAdmin):
    """What contacts, vendors and channels share: services save, and one action confirms."""

    refusals = (*PortalAdmin.refusals, Refused, ValidationError)
    list_select_related: ClassVar[tuple[str, ...]] = ("team", "confirmed_by")
    autocomplete_fields: ClassVar[tuple[str, ...]] = ("team",)
    readonly_fields: ClassVar[tuple[str, ...]] = ("confirmed_at", "confirmed_by", "updated_at")

    def explain(self, refusal: Exception) -> list[tuple[str, str]]:
        if isinstance(refusal, ValidationError):
            told = refusal.message_dict if hasattr(refusal, "error_dict") else {NON_FIELD_ERRORS: refusal.messages}
            return [(name, " ".join(texts)) for name, texts in told.items()]
        return [(NON_FIELD_ERRORS, str(refusal))] if isinstance(refusal, Refused) else super().explain(refusal)

    def fieldsets_for(self, obj: Any, sees_notes: bool) -> list[Any]:
        """Without what a new row has not got yet, and without notes, which may hold a number as somebody wrote it."""
        kept = [
            (title, {"fields": tuple(name for name in options["fields"] if sees_notes or name != "notes")})
            for title, options in self.fieldsets or ()
        ]
        return kept if obj is not None else kept[:-1]

    @admin.display(description="last confirmed", ordering="confirmed_at")
    def age(self, row: Any) -> str:
        return say_confirmed(row.confirmed_at, timezone.now()).text.capitalize()

    def each(self, request: HttpRequest, rows: QuerySet[Any], change: Callable[..., Any], said: str) -> None:
        """One row after the other: each refusal is a message, and stands in nobody else's way."""
        done = 0
        for row in rows:
            try:
                change(row)
            except Refused as refusal:
                self.message_user(request, str(refusal), messages.ERROR)
            else:
                self.log_change(request, row, [{"changed": {"name": said, "object": str(row)}}])
                done += 1
        if done:
            self.message_user(request, f"{said.capitalize()}: {done}.", messages.SUCCESS)


class ReachedAdmin(DirectoryAdmin):
    """A contact or a vendor: the row and its ways are one change."""

    inlines = (WayInline,)
    save: Any

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Nothing yet: `save_related` knows the ways too."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        ways = [formset for formset in formsets if isinstance(formset, WayRows)]
        stored = type(form.instance)._default_manager.get(pk=form.instance.pk) if change else None
        specs = ways[0].specs() if ways else _as_they_are(stored, request)
        saved = type(self).save(stored, form.cleaned_data, specs, user=person_of(request), now=timezone.now())
        form.instance.pk = saved.pk
        for formset in formsets:
            formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []


def _as_they_are(row: Any, request: HttpRequest) -> list[services.WaySpec]:
    """The ways that this person may see, unchanged: for a form that has no rows for them."""
    if row is None:
        return []
    own = Way.objects.visible_to(person_of(request)).filter(pk__in=row.ways.values("pk"))
    return [services.WaySpec(way.kind, way.value, way.label, way.is_personal, way.pk) for way in own]


class LeftFilter(admin.SimpleListFilter):
    title = "still here"
    parameter_name = "left"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", "Still here"), ("yes", "Has left")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "yes":
            return queryset.departed()
        return queryset.current() if self.value() == "no" else queryset


@admin.register(Contact)
class ContactAdmin(ReachedAdmin):
    list_display = ("name", "kind", "role", "team", "user", "has_gone", "age")
    list_filter = (LeftFilter, "kind", ("team", admin.RelatedOnlyFieldListFilter))
    list_select_related: ClassVar[tuple[str, ...]] = ("team", "user", "confirmed_by")
    search_fields = ("name", "role", "team__name", "availability", "language")
    search_help_text = "Name, role, team, hours or language"
    autocomplete_fields: ClassVar[tuple[str, ...]] = ("team", "user")
    readonly_fields: ClassVar[tuple[str, ...]] = ("left_at", *DirectoryAdmin.readonly_fields)
    date_hierarchy = "updated_at"
    actions = ("confirm", "mark_as_left", "delete_selected")
    fieldsets = (
        (None, {"fields": ("name", "kind", "role", "team", "user")}),
        ("When and how", {"fields": ("time_zone", "availability", "language", "notes")}),
        ("How true it is", {"fields": ("left_at", "confirmed_at", "confirmed_by", "updated_at")}),
    )
    save = staticmethod(services.save_contact)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fieldsets_for(obj, may_see_notes(obj or Contact(), person_of(request)))

    @admin.display(description="left", boolean=True)
    def has_gone(self, contact: Any) -> bool:
        return bool(contact.has_left)

    @admin.action(permissions=["change"], description="Confirm: still right")
    def confirm(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        user, now = person_of(request), timezone.now()
        self.each(request, queryset, lambda row: services.confirm_contact(row, user=user, now=now), "confirmed")

    @admin.action(permissions=["change"], description="Mark as left")
    def mark_as_left(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        user, now = person_of(request), timezone.now()
        self.each(request, queryset, lambda row: services.mark_as_left(row, user=user, now=now), "marked as left")


@admin.register(Vendor)
class VendorAdmin(ReachedAdmin):
    list_display = ("name", "support_type", "account_number", "hours", "team", "age")
    list_filter = (("team", admin.RelatedOnlyFieldListFilter),)
    search_fields = ("name", "support_type", "contact_name", "account_number")
    search_help_text = "Name, type of support, contact or account number"
    date_hierarchy = "updated_at"
    actions = ("confirm", "delete_selected")
    fieldsets = (
        (None, {"fields": ("name", "support_type", "contact_name", "account_number", "hours", "team", "notes")}),
        ("How true it is", {"fields": ("confirmed_at", "confirmed_by", "updated_at")}),
    )
    save = staticmethod(services.save_vendor)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fieldsets_for(obj, person_of(request).has_perm("oncall.view_personal_phone"))

    @admin.action(permissions=["change"], description="Confirm: still right")
    def confirm(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        user, now = person_of(request), timezone.now()
        self.each(request, queryset, lambda row: services.confirm_vendor(row, user=user, now=now), "confirmed")


@admin.register(Channel)
class ChannelAdmin(DirectoryAdmin):
    list_display = ("purpose", "channel", "details", "team", "age")
    list_filter = (("team", admin.RelatedOnlyFieldListFilter),)
    search_fields = ("purpose", "channel", "details")
    search_help_text = "Purpose, channel or details"
    date_hierarchy = "updated_at"
    actions = ("confirm", "delete_selected")
    fieldsets = (
        (None, {"fields": ("purpose", "channel", "details", "url", "team")}),
        ("How true it is", {"fields": ("confirmed_at", "confirmed_by", "updated_at")}),
    )

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "url":
            kwargs["assume_scheme"] = "https"
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        stored = Channel.objects.get(pk=obj.pk) if change else None
        saved = services.save_channel(stored, form.cleaned_data, user=person_of(request), now=timezone.now())
        obj.pk = saved.pk

    @admin.action(permissions=["change"], description="Confirm: still right")
    def confirm(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        user, now = person_of(request), timezone.now()
        self.each(request, queryset, lambda row: services.confirm_channel(row, user=user, now=now), "confirmed")
