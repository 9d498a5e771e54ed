"""`prepare_portal`: what a fresh portal needs before the first visitor. Harmless when run again."""

import os
import secrets
from typing import Any

import environ
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.roles import ADMINISTRATOR
from runbooks.models import Runbook, RunbookVersion
from runbooks.reading import SCHEMA

env = environ.Env()


class Command(BaseCommand):
    help = "Make the first administrator, load the example content into an empty portal, renew pages after an upgrade."

    def handle(self, **options: Any) -> None:
        if not User.objects.filter(is_superuser=True).exists():
            # The administrator comes last: a first start that was cut short is then a first start again.
            if not Runbook.objects.exists() and env.bool("PORTAL_EXAMPLE", default=True):
                call_command("load_example", stdout=self.stdout)
            self.make_administrator()
        if RunbookVersion.objects.exclude(schema=SCHEMA).exists():
            call_command("reread_runbooks", stdout=self.stdout)

    def make_administrator(self) -> None:
        """The first login, from the environment or made up; the latter is printed once and kept in first-login.txt."""
        email = os.environ.get("PORTAL_ADMIN_EMAIL") or "admin@example.com"
        password = os.environ.get("PORTAL_ADMIN_PASSWORD") or ""
        is_made_up = not password
        password = password or secrets.token_urlsafe(12)
        user = User(email=email, display_name="Administrator", is_staff=True, is_superuser=True)
        user.set_password(password)
        try:
            user.full_clean()
        except ValidationError as error:
            raise CommandError(f"PORTAL_ADMIN_EMAIL: {'; '.join(error.messages)}") from None
        user.save()
        user.groups.add(Group.objects.get(name=ADMINISTRATOR))
        if is_made_up:
            self.keep_login(email, password)

    def keep_login(self, email: str, password: str) -> None:
        path = settings.PORTAL_DATA / "first-login.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.chmod(0o600)  # also when it was there before
        path.write_text(f"{email}\n{password}\n")
        self.stdout.write(f"\n  First login:  {email}  {password}\n  (also in {path}; change it after you logged in)\n")
