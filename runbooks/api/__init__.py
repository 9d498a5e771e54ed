"""Runbooks in the API (`/api/v1/`), by subject. The rules are those of the pages: the same services are called."""

from ninja import Router

from runbooks.api import reviews, routine

router = Router()
router.add_router("", reviews.router)
router.add_router("", routine.router)
