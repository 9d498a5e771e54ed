"""Calendars: the feed that calendar programs fetch, and the page where people make and revoke its addresses."""

from __future__ import annotations

import datetime as dt
import hashlib
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.http import Request
from oncall.errors import NotYours, Refused
from oncall.forms.calendars import FeedForm
from oncall.models import CalendarFeed
from oncall.pages.calendar_text import write_feed
from oncall.pages.calendars import describe_feeds
from oncall.services import calendars as services

NOT_THERE = "There is no calendar at this address.\n"


@require_safe
def show_calendar(request: HttpRequest, secret: str) -> HttpResponse:
    """The feed, for whoever knows the address; 304 while nothing changed. An unknown and a revoked address look alike."""
    feed = services.open_feed(secret)
    if feed is None:
        response: HttpResponse = HttpResponseNotFound(NOT_THERE, content_type="text/plain; charset=utf-8")
    else:
        response = _answer(request, feed, timezone.now())
    response["Cache-Control"] = "private"
    response["X-Robots-Tag"] = "noindex"
    return response


def _answer(request: HttpRequest, feed: CalendarFeed, now: dt.datetime) -> HttpResponse:
    written = write_feed(feed, now)
    etag = f'"{hashlib.sha256(written.text).hexdigest()[:32]}"'
    changed = int(written.changed_at.timestamp())
    response = HttpResponse(written.text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="shifts.ics"'
    response["ETag"] = etag
    response["Last-Modified"] = http_date(changed)
    return get_conditional_response(request, etag, changed, response) or response


@never_cache
def list_calendars(request: Request) -> HttpResponse:
    """A person's calendar addresses; POST makes one, of the own shifts or of a rotation."""
    form = FeedForm(request.POST or None, initial={"rotation": request.GET.get("rotation", "")})
    if request.method == "POST" and form.is_valid():
        try:
            feed = services.create_feed(user=request.user, now=timezone.now(), rotation=form.cleaned_data["rotation"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"The address of “{services.name_of(feed)}” is made. Copy it into your calendar.")
            return redirect("oncall:calendars")
    host = urlsplit(request.build_absolute_uri("/"))
    feeds = describe_feeds(request.user, f"{host.scheme}://{host.netloc}", host.netloc)
    context = {"form": form, "feeds": feeds}
    return render(request, "oncall/calendars.html", context, status=422 if form.errors else 200)


@require_POST
def revoke_calendar(request: Request, pk: int) -> HttpResponse:
    """Close an address. Of other people's, only those of rotations are known, and only to whoever may change these."""
    feed = get_object_or_404(CalendarFeed.objects.visible_to(request.user), pk=pk)
    try:
        services.revoke_feed(feed, user=request.user, now=timezone.now())
    except NotYours as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The address is closed. Calendars that hold it get nothing from it any more.")
    return redirect("oncall:calendars")
