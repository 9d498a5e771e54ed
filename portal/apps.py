from typing import Any

from django.apps import AppConfig
from django.apps import apps as registry
from django.apps.registry import Apps
from django.db.models.signals import post_migrate

from portal.celery import app as celery_app

__all__ = ["PortalConfig", "celery_app"]  # web processes need the Celery application too, to nudge the worker


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "Portal"

    def ready(self) -> None:
        # The portal is the last app, so by its own turn every app's permissions exist.
        post_migrate.connect(_ensure_roles, sender=self)
        post_migrate.connect(_ensure_templates, sender=self)
        post_migrate.connect(_ensure_incident_defaults, sender=self)


def _ensure_roles(**kwargs: Any) -> None:
    from accounts.roles import ensure_roles  # noqa: PLC0415 - models can't be imported while apps are loading

    ensure_roles()


def _ensure_templates(apps: Apps = registry, **kwargs: Any) -> None:
    from runbooks.services import ensure_templates  # noqa: PLC0415 - as above

    if "runbooktemplate" in apps.all_models["runbooks"]:  # not after migrating back to before there were any
        ensure_templates()


def _ensure_incident_defaults(apps: Apps = registry, **kwargs: Any) -> None:
    from incidents.services.defaults import ensure_defaults  # noqa: PLC0415 - as above

    if "alertrule" in apps.all_models["incidents"]:
        ensure_defaults()
