"""Addresses in the example company, one for each kind of page."""

BOOKING = "/runbooks/booking-api/booking-api/"

PLACES = {
    "now": "/",
    "list": "/runbooks/",
    "list, filtered": "/runbooks/?service=booking-api&q=booking",
    "list, nothing found": "/runbooks/?q=nothing+is+called+this",
    "reading page": BOOKING,
    "reading page, ladder and contacts": "/runbooks/shore-platform/incident-response/",
    "reading page, tables and queries": "/runbooks/shore-database/shore-database/",
    "reading page, picture": "/runbooks/boarding-gates/boarding-gates/",
    "versions": f"{BOOKING}versions/",
    "version": f"{BOOKING}versions/1.0/",
    "diff": f"{BOOKING}diff/1.0/1.1/",
    "diff, unified": f"{BOOKING}diff/1.0/1.1/?view=unified",
    "edit": f"{BOOKING}edit/",
    "new": "/runbooks/new/",
    "retire": f"{BOOKING}retire/",
    "services": "/services/",
    "service": "/services/booking-api/",
    "settings": "/accounts/settings/",
    "password change": "/accounts/password/change/",
}
