"""Escalation paths in the admin: the path with its whole ladder, saved by the same services as on the pages."""

from __future__ import annotations

from functools import cached_property
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from accounts.admin_base import PortalAdmin, PortalInline, RowsFormSet, person_of
from oncall.errors import Refused
from oncall.forms.targets import TargetList, TargetsField, TargetsWidget
from oncall.models import EscalationLevel, EscalationPath, EscalationTarget, Service
from oncall.services import escalation
from oncall.services.escalation import LevelSpec


class PathRowForm(forms.ModelForm):
    """The path's own fields, with what the services ask of a name and an address."""

    class Meta:
        model = EscalationPath
        fields = ("name", "slug", "team", "description", "triggers")
        widgets = {"description": forms.Textarea(attrs={"rows": 2}), "triggers": forms.Textarea(attrs={"rows": 5})}

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if EscalationPath.objects.filter(name__iexact=name).exclude(pk=self.instance.pk).exists():
            raise ValidationError("There is already a path of this name.")
        return name

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"])
        if slug in escalation.RESERVED:
            raise ValidationError(f"“{slug}” is the address of another page. Choose another.")
        return slug


class LevelRowForm(forms.ModelForm):
    """A rung in the table: its own fields, and whom it calls."""

    whom = TargetsField(
        label="calls",
        error_messages={"required": "Say whom this level calls."},
        widget=TargetsWidget(attrs={"size": 32}),
    )

    class Meta:
        model = EscalationLevel
        fields = ("position", "label", "response_minutes", "escalates_if", "handles")
        widgets = {
            "label": forms.TextInput(attrs={"size": 6}),
            "escalates_if": forms.TextInput(attrs={"size": 18}),
            "handles": forms.TextInput(attrs={"size": 18}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "label" in self.fields:
            self.fields["label"].required = False


class LevelRows(RowsFormSet):
    """All rungs. What there is to call is looked up once for all rows."""

    @cached_property
    def targets(self) -> TargetList:
        return TargetList()

    def add_fields(self, form: Any, index: int | None) -> None:
        whom = form.fields.get("whom")
        if whom is not None:
            whom.offer(self.targets)
            if form.instance.pk:
                targets = form.instance.targets.all()
                whom.initial = [target.layer or target.contact or target.channel for target in targets]
        super().add_fields(form, index)

    @property
    def specs(self) -> list[LevelSpec]:
        """The levels as the service takes them, in order of their positions."""
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        rows = sorted((row for row in rows if row.get("whom")), key=lambda row: row["position"])
        return [
            LevelSpec(row["whom"], row["response_minutes"], row["label"], row["escalates_if"], row["handles"])
            for row in rows
        ]


class LevelInline(PortalInline):
    model = EscalationLevel
    form = LevelRowForm
    formset = LevelRows
    fields = ("position", "label", "whom", "response_minutes", "escalates_if", "handles")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        calls = "targets__layer__rotation__team", "targets__contact", "targets__channel"
        return super().get_queryset(request).prefetch_related(*calls)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Whoever may only look sees the words instead of a field that belongs to the form alone."""
        return () if self.has_change_permission(request, obj) else ("whom",)

    @admin.display(description="calls")
    def whom(self, level: EscalationLevel) -> str:
        return ", ".join(str(target) for target in level.targets.all())


@admin.register(EscalationPath)
class EscalationPathAdmin(PortalAdmin):
    form = PathRowForm
    refusals = (*PortalAdmin.refusals, Refused, ValidationError)
    list_display = ("name", "team", "levels_count", "services_count", "updated_at")
    list_filter = (("team", admin.RelatedOnlyFieldListFilter),)
    search_fields = ("name", "slug", "description", "triggers")
    list_select_related = ("team",)
    prepopulated_fields = {"slug": ("name",)}
    autocomplete_fields = ("team",)
    readonly_fields = ("updated_at",)
    date_hierarchy = "updated_at"
    inlines = (LevelInline,)
    fields = ("name", "slug", "team", "description", "triggers", "updated_at")
    change_form_template = "admin/oncall/path_change_form.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        known = Service.objects.visible_to(person_of(request)).filter(escalation_path=OuterRef("pk"))
        levels = EscalationLevel.objects.filter(path=OuterRef("pk"))
        return (
            super()
            .get_queryset(request)
            .annotate(levels_total=_count(levels, "path"), services_total=_count(known, "escalation_path"))
        )

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """The ladder as a whole, as the page saves it."""
        rows = cast(LevelRows, formset)
        escalation.save_levels(form.instance, rows.specs, user=person_of(request))
        touched = [row for row in rows.forms if row.has_changed() and row.cleaned_data]
        rows.deleted_objects = [row.instance for row in touched if row.cleaned_data.get("DELETE") and row.instance.pk]
        rows.new_objects = [row.instance for row in touched if not row.instance.pk]
        rows.changed_objects = [
            (row.instance, row.changed_data)
            for row in touched
            if row.instance.pk and not row.cleaned_data.get("DELETE")
        ]

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        escalation.delete_path(obj, user=person_of(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for path in queryset:
            escalation.delete_path(path, user=person_of(request))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Levels and targets go with their path; nobody needs a right of their own for them."""
        to_delete, counts, missing, protected = super().get_deleted_objects(objs, request)
        own = {str(model._meta.verbose_name) for model in (EscalationLevel, EscalationTarget)}
        return to_delete, counts, missing - own, protected

    def explain(self, refusal: Exception) -> list[tuple[str, str]]:
        if isinstance(refusal, ValidationError):
            return [(NON_FIELD_ERRORS, text) for text in refusal.messages]
        if isinstance(refusal, Refused):
            return [(NON_FIELD_ERRORS, str(refusal))]
        return super().explain(refusal)

    @admin.display(description="levels", ordering="levels_total")
    def levels_count(self, path: Any) -> int:
        return int(path.levels_total)

    @admin.display(description="services", ordering="services_total")
    def services_count(self, path: Any) -> int:
        return int(path.services_total)


def _count(rows: QuerySet[Any], by: str) -> Coalesce:
    return Coalesce(Subquery(rows.order_by().values(by).annotate(n=Count("pk")).values("n")), 0)
