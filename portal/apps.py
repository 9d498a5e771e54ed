from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "Portal"

    def ready(self) -> None:
        # The portal is the last app, so by its own turn every app's permissions exist.
        post_migrate.connect(_ensure_roles, sender=self)


def _ensure_roles(**kwargs: Any) -> None:
    from accounts.roles import ensure_roles  # noqa: PLC0415 - models can't be imported while apps are loading

    ensure_roles()
