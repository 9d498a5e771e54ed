"""How allauth behaves here."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedAccountAdapter(DefaultAccountAdapter):
    """Nobody signs up by themselves: administrators make accounts."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
