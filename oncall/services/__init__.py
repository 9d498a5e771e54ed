"""Every change a person can make to services and on-call: one atomic function each, by subject."""

from oncall.services.catalogue import create_service, ensure_link, ensure_service, slug_for

__all__ = ["create_service", "ensure_link", "ensure_service", "slug_for"]
