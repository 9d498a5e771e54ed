"""What of allauth is open here: login, logout and one's own password. allauth asks for the names of the rest."""

from allauth.account import views
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path


def show_nothing(request: HttpRequest) -> HttpResponse:
    """Sign-up, e-mail addresses and password mails are administrators' work here, so these pages are not there."""
    raise Http404("There is no such page.")


urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("password/set/", views.password_set, name="account_set_password"),
    path("signup/", show_nothing, name="account_signup"),
    path("email/", show_nothing, name="account_email"),
    path("confirm-email/", show_nothing, name="account_email_verification_sent"),
    path("password/reset/", show_nothing, name="account_reset_password"),
]
