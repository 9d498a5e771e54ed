"""Who is asking, and what they may do: one query per request."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

from accounts.models import User
from accounts.prepared import PreparedQuery

PERSON = PreparedQuery(lambda pk: User.objects.with_access().filter(pk=pk, is_active=True).order_by(), pk=-987_654_321)


def _make_user(row: dict[str, Any]) -> User:
    """The person of a row: the columns as Django loads them, the annotations beside them."""
    fields = {field.attname: row[str(field.column)] for field in User._meta.concrete_fields}
    user = User.from_db("default", list(fields), list(fields.values()))
    vars(user).update(role_permissions=row["role_permissions"], member_team_ids=row["member_team_ids"])
    return user


class PortalBackend(AuthenticationBackend):
    """allauth's login by e-mail; people come with their permissions and teams, so that asking costs nothing more."""

    def get_user(self, user_id: int) -> User | None:
        """The active person with that id, or None."""
        row = PERSON.first(pk=user_id)
        return None if row is None else _make_user(row)

    def get_all_permissions(self, user_obj: AbstractBaseUser | AnonymousUser, obj: Any = None) -> set[str]:
        """Permissions of the person's roles and their own, as `app_label.codename`."""
        known = vars(user_obj).get("role_permissions")
        if known is None or obj is not None or not user_obj.is_active:
            return set(super().get_all_permissions(user_obj, obj))
        return set(known)
