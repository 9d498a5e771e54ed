import zoneinfo
from typing import ClassVar

from allauth.account.forms import LoginForm as BaseLoginForm
from django import forms

from accounts.models import User


class LoginForm(BaseLoginForm):
    """allauth's form, without its pointer to password mails, which the portal does not send."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""


class SettingsForm(forms.ModelForm):
    """What a person may change about themselves."""

    class Meta:
        model = User
        fields = ("display_name", "time_zone")
        help_texts: ClassVar = {"time_zone": "Times are shown in this zone. Names such as Europe/London."}
        widgets: ClassVar = {
            "display_name": forms.TextInput(attrs={"autocomplete": "name"}),
            "time_zone": forms.Select(),
        }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed through as they are
        zones = sorted(zoneinfo.available_timezones())
        self.fields["time_zone"].widget.choices = [(zone, zone) for zone in zones]
