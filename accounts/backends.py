"""Who is asking, and what they may do: one query per request."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

from accounts.models import User


class PortalBackend(AuthenticationBackend):
    """allauth's login by e-mail; people come with their permissions and teams, so that asking costs nothing more."""

    def get_user(self, user_id: int) -> User | None:
        """The active person with that id, or None."""
        return User.objects.with_access().filter(pk=user_id, is_active=True).first()

    def get_all_permissions(self, user_obj: AbstractBaseUser | AnonymousUser, obj: Any = None) -> set[str]:
        """Permissions of the person's roles and their own, as `app_label.codename`."""
        known = vars(user_obj).get("role_permissions")
        if known is None or obj is not None or not user_obj.is_active:
            return set(super().get_all_permissions(user_obj, obj))
        return set(known)
