"""Mails that went nowhere: without a mail server they are kept here, for administrators.

A mail may hold anything. Its HTML is shown in a frame without scripts, forms or an origin, under a policy of its own.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from accounts.http import Request
from oncall.models import MailboxMail

PAGE_SIZE = 50
BACKEND = "oncall.outbox.mailbox.MailboxBackend"
SHOWN_RAW = 200_000  # bytes
# Links open in a window of their own, as the portal lets nobody frame its pages.
FRAME = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
may_look = permission_required("oncall.view_mailboxmail", raise_exception=True)


@require_safe
@never_cache
@may_look
def list_mails(request: Request) -> HttpResponse:
    """The mails, newest first."""
    mails = MailboxMail.objects.only("to", "subject", "received_at")
    page = Paginator(mails, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "oncall/mailbox.html", {"page": page, "is_in_use": is_in_use()})


@require_safe
@never_cache
@may_look
def show_mail(request: Request, pk: int) -> HttpResponse:
    """One mail: as text, as HTML in its frame, and as it was built."""
    mail = get_object_or_404(MailboxMail, pk=pk)
    raw = bytes(mail.raw)
    context = {"mail": mail, "raw": raw[:SHOWN_RAW].decode("utf-8", "replace"), "is_cut": len(raw) > SHOWN_RAW}
    return render(request, "oncall/mail.html", context)


@require_safe
@never_cache
@may_look
@xframe_options_sameorigin
def show_html(request: Request, pk: int) -> HttpResponse:
    """The HTML of a mail, for the frame."""
    mail = get_object_or_404(MailboxMail.objects.only("html"), pk=pk)
    response = HttpResponse(f'<!doctype html><base target="_blank">{mail.html}')
    response["Content-Security-Policy"] = FRAME  # the middleware leaves a policy that is there alone
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
@never_cache
@may_look
def show_raw(request: Request, pk: int) -> HttpResponse:
    """The mail as it was built, as a file."""
    mail = get_object_or_404(MailboxMail.objects.only("raw"), pk=pk)
    response = HttpResponse(bytes(mail.raw), content_type="message/rfc822")
    response["Content-Disposition"] = f'attachment; filename="mail-{mail.pk}.eml"'
    return response


@require_POST
@permission_required("oncall.delete_mailboxmail", raise_exception=True)
def empty(request: Request) -> HttpResponse:
    """Throw all mails away."""
    MailboxMail.objects.all().delete()
    messages.success(request, "The mailbox is empty.")
    return redirect("oncall:mailbox")


def is_in_use() -> bool:
    """Whether mails land here, as no mail server is set."""
    return settings.EMAIL_BACKEND == BACKEND
