"""What every page of the admin has in common: nobody sees a row they may not know of, and a refusal is a message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.exceptions import NotRegistered
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import NON_FIELD_ERRORS, ObjectDoesNotExist
from django.db import IntegrityError, InternalError, transaction
from django.db.models import Field, QuerySet
from django.forms import BaseInlineFormSet, ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import capfirst

from accounts.models import User

# Constraints, protected rows (ProtectedError is an IntegrityError), triggers, and rows that went away meanwhile.
REFUSED_BY_DATABASE = (IntegrityError, InternalError, ObjectDoesNotExist)
WHY = "The database refused this: something else still needs it, or somebody was faster. Look again, then retry."
HIDDEN = "You would not see it any more yourself. Choose your own team, or ask an administrator to do it."


class WouldHide(Exception):
    """The change would make the row Confidential for whoever makes it."""


def person_of(request: HttpRequest) -> User:
    """Who is asking; the admin lets no stranger in."""
    return cast(User, request.user)


def only_visible(queryset: QuerySet[Any], user: User) -> QuerySet[Any]:
    """The rows this person may know of, where the model has such a rule."""
    rule = getattr(queryset, "visible_to", None)
    return rule(user) if rule else queryset


class VisibleRows:
    """For model admins and inlines: rows, choices and autocompletion keep to `visible_to`."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return only_visible(super().get_queryset(request), person_of(request))  # type: ignore[misc]  # a mixin of BaseModelAdmin

    def get_field_queryset(self, db: str | None, db_field: Field[Any, Any], request: HttpRequest) -> QuerySet[Any]:
        """What a foreign key may be set to. This is also what a posted key is checked against."""
        ordered = super().get_field_queryset(db, db_field, request)  # type: ignore[misc]
        model = cast(Any, db_field).remote_field.model
        return only_visible(model._default_manager.all() if ordered is None else ordered, person_of(request))

    def get_autocomplete_fields(self, request: HttpRequest) -> list[str]:
        """Those whose rows the person may look through; the others become a plain choice."""
        names = super().get_autocomplete_fields(request)  # type: ignore[misc]
        return [name for name in names if self.may_look_up(request, name)]

    def may_look_up(self, request: HttpRequest, name: str) -> bool:
        own = cast(admin.ModelAdmin, self)
        try:
            related = own.admin_site.get_model_admin(cast(Any, own.opts.get_field(name)).remote_field.model)
        except NotRegistered:
            return False
        return related.has_view_permission(request)

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        """The row's own page. Django's way goes through an address that tells it for any row, Confidential or not."""
        shown = cast(admin.ModelAdmin, self).view_on_site and hasattr(obj, "get_absolute_url")
        return obj.get_absolute_url() if shown else None


class KnownAutocomplete(AutocompleteSelect):
    """A choice with search that asks nothing for a row whose words are at hand: a table has many of them."""

    known: dict[str, str]

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> Any:
        chosen = next((str(key) for key in value if key), "")
        words = vars(self).get("known", {}).get(chosen)
        if words is None or not self.is_required:
            return super().optgroups(name, value, attr)
        return [(None, [self.create_option(name, chosen, words, True, 0)], 0)]


class RowsFormSet(BaseInlineFormSet):
    """In a table of rows only the columns have words: here each field says its own to a screen reader."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        for name, field in form.fields.items():
            field.widget.attrs.setdefault("aria-label", str(field.label or "").capitalize())
            widget = getattr(field.widget, "widget", field.widget)
            chosen = form.instance._state.fields_cache.get(name)
            if isinstance(widget, KnownAutocomplete) and chosen is not None:
                widget.known = {str(chosen.pk): str(chosen)}


class PortalInline(VisibleRows, admin.TabularInline):
    """Rows below something; their querysets select what the foreign keys lead to, so that a table is one query."""

    extra = 0
    formset = RowsFormSet

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", KnownAutocomplete(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class ReadOnlyRows:
    """For model admins and inlines whose rows the portal writes by itself."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ShownRows(ReadOnlyRows, PortalInline):
    """Rows below something, only to look at."""

    can_delete = False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PortalAdmin(VisibleRows, admin.ModelAdmin):
    """Pages of one model. What the database or a service refuses comes back on the form or as a message, never as a 500."""

    refusals: tuple[type[Exception], ...] = (*REFUSED_BY_DATABASE, WouldHide)
    actions: Sequence[Any] = ("delete_selected",)

    def explain(self, refusal: Exception) -> list[tuple[str, str]]:
        """Fields (`NON_FIELD_ERRORS` for the whole form) and what is wrong with each, in words for people."""
        return [(NON_FIELD_ERRORS, HIDDEN if isinstance(refusal, WouldHide) else WHY)]

    def heed(self, request: HttpRequest, refusal: Exception) -> None:
        """What has to be kept although everything else was undone."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not self.get_queryset(request).filter(pk=obj.pk).exists():
            raise WouldHide

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Django's view. After a refusal everything it did is undone, and the form is shown with the reason."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except self.refusals as refusal:
            self.heed(request, refusal)
            vars(request)["refusal"] = refusal
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> type[ModelForm]:
        form = super().get_form(request, obj, change=change, **kwargs)
        refusal = vars(request).get("refusal")
        return form if refusal is None else refuse(form, self.explain(refusal))

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().render_change_form(request, context, *args, **kwargs)
        if context.get("errors"):
            response.status_code = 422
        return response

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except self.refusals as refusal:
            return self.turn_back(request, refusal)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        title = {"title": capfirst(self.opts.verbose_name_plural)}
        try:
            return super().changelist_view(request, title | (extra_context or {}))
        except self.refusals as refusal:
            return self.turn_back(request, refusal)

    @admin.action(permissions=["delete"], description="Delete selected %(verbose_name_plural)s")
    def delete_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Django's action, whole or not at all: it writes the history before it deletes."""
        with transaction.atomic():
            return cast("HttpResponse | None", delete_selected(self, request, queryset))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Where something protected stands in the way, that is the reason to say, not a permission to delete it too."""
        to_delete, counts, missing, protected = super().get_deleted_objects(objs, request)
        return to_delete, counts, set() if protected else missing, protected

    def turn_back(self, request: HttpRequest, refusal: Exception) -> HttpResponse:
        """To the list, with the reason as a message."""
        for _, text in self.explain(refusal):
            self.message_user(request, text, messages.ERROR)
        return HttpResponseRedirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"))


def refuse(form: type[ModelForm], errors: list[tuple[str, str]]) -> type[ModelForm]:
    """The form, never valid: it shows what was filled in, and what a service said to it."""

    class RefusedForm(form):  # type: ignore[valid-type,misc]  # the admin makes its form classes as it goes
        def clean(self) -> Any:
            data = super().clean()
            for field, text in errors:
                self.add_error(field if field in self.fields else None, text)
            return data

    return RefusedForm
