"""Which Apprise services each transport may use. All of them speak HTTP through `requests`, which is watched.

Left out are services on this machine (files, syslog, desktops, D-Bus), those with a wire of their own (SMTP, MQTT, IRC,
XMPP, SMPP …), which would slip past the guard, and Apprise's generic webhooks, as the portal's own are signed.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from apprise import Apprise, AppriseAsset, NotifyBase

from oncall.errors import AddressRefused
from oncall.models import Address

Transport = Address.Transport
SCHEMAS: dict[str, frozenset[str]] = {
    Transport.SLACK: frozenset({"slack"}),
    Transport.TEAMS: frozenset({"workflow", "workflows"}),
    Transport.MATTERMOST: frozenset({"mmost", "mmosts"}),
    Transport.NTFY: frozenset({"ntfy", "ntfys"}),
    Transport.SMS: frozenset(
        {
            *("46elks", "atalk", "bulksms", "bulkvs", "burstsms", "clickatell", "clicksend", "cm", "d7sms", "exotel"),
            *("freemobile", "httpsms", "infobip", "kavenegar", "msg91", "msgbird", "nexmo", "octopush", "plivo"),
            *("seven", "sfr", "sinch", "smsc", "smsmanager", "telnyx", "threema", "twilio", "voipms", "vonage"),
        }
    ),
    Transport.OTHER: frozenset(
        {
            *("apprise", "apprises", "bark", "barks", "betterstack", "cliq", "dingtalk", "discord", "feishu"),
            *("firehydrant", "flock", "gchat", "goalert", "goalerts", "gotify", "gotifys", "hassio", "hassios"),
            *("ifttt", "ilert", "incidentio", "lark", "line", "matrix", "matrixs", "nctalk", "nctalks", "onesignal"),
            *("opsgenie", "pagerduty", "pagertree", "pbul", "pover", "prowl", "pushy", "ringc", "rocket", "rockets"),
            *("ryver", "signal", "signals", "signl4", "spike", "splunk", "squadcast", "synology", "synologys"),
            *("tgram", "twist", "victorops", "viber", "webex", "whatsapp", "wxteams", "zoom", "zulip"),
        }
    ),
}
# Services whose host is the user's choice.
SELF_HOSTED = frozenset(
    {
        *("apprise", "apprises", "bark", "barks", "goalert", "goalerts", "gotify", "gotifys", "hassio", "hassios"),
        *("matrix", "matrixs", "mmost", "mmosts", "nctalk", "nctalks", "rocket", "rockets", "signal", "signals"),
        *("synology", "synologys"),
    }
)
EXAMPLES: dict[str, str] = {
    Transport.SLACK: "https://hooks.slack.com/services/…",
    Transport.TEAMS: "the https address that Teams' Workflows give",
    Transport.MATTERMOST: "https://mattermost.example.com/hooks/…",
    Transport.NTFY: "https://ntfy.sh/your-topic",
    Transport.SMS: "twilio://…, vonage://… or another gateway's Apprise address",
    Transport.OTHER: "tgram://…, discord://…, gotifys://…",
}
READS_FILES = frozenset({"template", "attach", "attachment", "include"})  # options that name a file or a page to fetch

ASSET = AppriseAsset(async_mode=False, secure_logging=True, http_redirects=False, storage_mode="memory")


def open_service(transport: str, target: str) -> NotifyBase:
    """The Apprise service of an address, ready to send. Raises AddressRefused, in words that hold no secret."""
    refusal = AddressRefused(
        f"This is no address of {Address.Transport(transport).label}. It looks like {EXAMPLES[transport]}."
    )
    translated = _translate(transport, target.strip())
    try:
        options = {key.lower().lstrip("+-:") for key, _ in parse_qsl(urlsplit(translated).query)}
        service = Apprise.instantiate(translated, asset=ASSET, suppress_exceptions=True)
    except Exception as error:  # two hundred parsers, and what people type in
        raise refusal from error
    if not isinstance(service, NotifyBase) or not SCHEMAS[transport] & list_schemas(service):
        raise refusal
    if options & READS_FILES:
        raise AddressRefused("Options that read a file or another page (template, attach) are not allowed here.")
    return service


def list_schemas(service: NotifyBase) -> set[str]:
    """All schemas of a service, as `{"ntfy", "ntfys"}`."""
    named: list[Any] = [service.protocol, service.secure_protocol]
    return {schema for one in named if one for schema in ([one] if isinstance(one, str) else one)}


def _translate(transport: str, target: str) -> str:
    """An Apprise address for the web addresses that these services' own pages give to copy."""
    schema, found, rest = target.partition("://")
    secure = {"https": "s", "http": ""}.get(schema.lower())
    if not found or secure is None:
        return target
    if transport == Transport.MATTERMOST and "/hooks/" in rest:
        return f"mmost{secure}://{rest.replace('/hooks/', '/', 1)}"
    if transport == Transport.NTFY and not rest.lower().startswith("ntfy.sh/"):
        return f"ntfy{secure}://{rest}"
    return target
