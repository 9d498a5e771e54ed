from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.forms import SettingsForm
from accounts.http import Request


def edit_settings(request: Request) -> HttpResponse:
    """A person's own name and time zone."""
    form = SettingsForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Your settings are saved.")
        return redirect("accounts:settings")
    return render(request, "accounts/settings.html", {"form": form}, status=422 if form.errors else 200)
