"""The admin as a part of the portal: its name, its login, its order."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

ORDER = ("runbooks", "handoffs", "incidents", "oncall", "accounts", "auth")  # every app that has pages in the admin
# Of Django's own addresses, one tells the page of any row to anybody in the admin, also of Confidential ones.
LEFT_OUT = {"view_on_site"}


class PortalAdminSite(AdminSite):
    """Django's admin behind the portal's own login; whoever is logged in and may not open it is told so (403)."""

    index_title = "Administration"
    site_url = "/"

    @property
    def site_header(self) -> str:  # type: ignore[override]  # Django writes a constant
        return f"{settings.PORTAL_NAME} admin"

    @property
    def site_title(self) -> str:  # type: ignore[override]
        return f"{settings.PORTAL_NAME} admin"

    def get_urls(self) -> list[Any]:
        return [pattern for pattern in super().get_urls() if getattr(pattern, "name", None) not in LEFT_OUT]

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        guarded = super().admin_view(view, cacheable)

        def ask_first(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied("An administrator has to tick “may open the admin” for you.")
            answer: HttpResponseBase = guarded(request, *args, **kwargs)
            return answer

        vars(ask_first).update(vars(guarded))
        return ask_first

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The portal's login, so that its rules (and its limits on guessing) hold here too."""
        return secure_admin_login(super().login)(request, extra_context)

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # type: ignore[override]
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # type: ignore[override]
        return redirect("account_change_password")

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Runbooks first, then what they are for, then people; roles stand with the people who have them."""
        apps = {app["app_label"]: app for app in super().get_app_list(request, app_label)}
        if "auth" in apps and "accounts" in apps:
            roles = apps.pop("auth")["models"]
            apps["accounts"]["models"] += [model | {"name": "Roles"} for model in roles]
        return sorted(apps.values(), key=lambda app: ORDER.index(app["app_label"]))
