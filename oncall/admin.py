from django.contrib import admin
from django.db import models

from oncall.models import Dependency, Service, ServiceLink


class LinkInline(admin.TabularInline):
    model = ServiceLink
    extra = 0
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}


class DependencyInline(admin.TabularInline):
    model = Dependency
    fk_name = "service"
    extra = 0
    autocomplete_fields = ("needs",)


@admin.register(Service)
class ServiceAdmin(admin.ModelAdmin):
    list_display = ("name", "team", "tier", "classification", "slo")
    list_filter = ("tier", "classification", "team")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    list_select_related = ("team",)
    inlines = (LinkInline, DependencyInline)
