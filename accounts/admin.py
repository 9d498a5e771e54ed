from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as BaseUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm

from accounts.models import Membership, Team, User


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0
    autocomplete_fields = ("user", "team")


class PersonCreationForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("email", "display_name", "time_zone")
        field_classes: dict[str, type] = {}


@admin.register(User)
class UserAdmin(BaseUserAdmin):
    list_display = ("display_name", "email", "time_zone", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "groups", "teams")
    search_fields = ("display_name", "email")
    ordering = ("display_name",)
    inlines = (MembershipInline,)
    add_form = PersonCreationForm
    add_fieldsets = (
        (None, {"fields": ("email", "display_name", "time_zone", "usable_password", "password1", "password2")}),
    )
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        ("Person", {"fields": ("display_name", "time_zone")}),
        ("May do", {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        ("Dates", {"fields": ("last_login",)}),
    )
    readonly_fields = ("last_login",)
    filter_horizontal = ("groups",)


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin):
    list_display = ("name", "time_zone", "chat_channel", "email")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    inlines = (MembershipInline,)
