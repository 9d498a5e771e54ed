"""Where the portal does not send: its own machine, private networks, this machine's files and desktops."""

import inspect
import re
import socket

import pytest
from apprise.manager_plugins import NotificationManager

from oncall.errors import AddressRefused
from oncall.outbox.guard import check_address
from oncall.outbox.networks import find_places, is_public
from oncall.outbox.schemas import SCHEMAS

PUBLIC = "93.184.215.14"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.8.9.10",
        "localhost",
        "LOCALHOST.",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "０x7f.1",
        "①②⑦.0.0.1",
        "0.0.0.0",
        "0",
        "10.0.0.1",
        "10.1",
        "172.16.0.1",
        "172.31.255.254",
        "192.168.1.1",
        "3232235777",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:a00:1]",
        "[::127.0.0.1]",
        "[fe80::1]",
        "[fd00::1]",
        "[fec0::1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[2001:0:4136:e378:8000:63bf:80ff:fffe]",
    ],
)
def test_webhook_into_a_private_network_is_refused(host):
    with pytest.raises(AddressRefused, match="private network"):
        check_address("webhook", f"https://{host}/hook")


def test_own_address_of_the_machine_is_refused_though_it_were_public(monkeypatch):
    own = "203.0.114.9"
    monkeypatch.setattr("oncall.outbox.networks._can_bind", lambda ip, version: ip == own)
    assert not is_public(own)
    assert is_public(PUBLIC)


def test_name_that_leads_into_a_private_network_is_refused(monkeypatch):
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443)) for ip in (PUBLIC, "10.0.0.7")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: answers)
    with pytest.raises(AddressRefused, match="private network"):
        check_address("webhook", "https://harmless.example.com/hook")


def test_public_address_passes():
    check_address("webhook", f"https://{PUBLIC}/hook")
    assert find_places(PUBLIC, 443) == [(socket.AF_INET, (PUBLIC, 443))]


def test_name_that_can_not_be_looked_up_passes_until_something_is_sent(monkeypatch):
    def fail(*args, **kwargs):
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    check_address("webhook", "https://hooks.example.com/in")
    with pytest.raises(OSError, match="Temporary failure"):
        find_places("hooks.example.com", 443)


def test_private_networks_can_be_allowed(settings):
    settings.OUTBOX_PRIVATE_NETWORKS = True
    check_address("webhook", "http://127.0.0.1:9000/hook")
    check_address("ntfy", "ntfys://10.0.0.7/pier")


@pytest.mark.parametrize(
    "target",
    [
        "http://hooks.example.com/in",
        "hooks.example.com/in",
        "ftp://hooks.example.com/in",
        "https://",
        "https://[::1",
        "https://hooks.example.com:0/",
        "https://hooks.example.com:99999/",
        "https://hooks.example.com/\r\nX-Evil: 1",
        "https://user:password@hooks.example.com/in",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "",
    ],
)
def test_webhook_needs_a_plain_https_address(target):
    with pytest.raises(AddressRefused):
        check_address("webhook", target)


@pytest.mark.parametrize(
    "target", ["", "ada", "ada@", "ada@example.com\nBcc: ben@example.com", "Ada <ada@example.com>"]
)
def test_mail_needs_an_email_address(target):
    with pytest.raises(AddressRefused, match="no e-mail address"):
        check_address("email", target)


@pytest.mark.parametrize(
    ("transport", "target"),
    [
        ("slack", "https://hooks.slack.com/services/T12345678/B12345678/abcdefghijklmnopqrstuvwx"),
        ("slack", "slack://T12345678/B12345678/abcdefghijklmnopqrstuvwx/#harbour"),
        ("mattermost", "https://chat.example.com/hooks/3ccdd113474722377935511fc8"),
        ("mattermost", "mmosts://chat.example.com/3ccdd113474722377935511fc8"),
        ("ntfy", "https://ntfy.sh/the-pier"),
        ("ntfy", "https://ntfy.example.com/the-pier"),
        ("ntfy", "ntfy://the-pier"),
        ("sms", f"twilio://AC{'a' * 32}:{'b' * 32}@15551230000/15551230001"),
        ("other", f"tgram://123456789:{'a' * 35}/12315544"),
        ("other", f"discord://{'1' * 24}/{'a' * 64}"),
        (
            "teams",
            "https://prod-1.westeurope.logic.azure.com:443/workflows/"
            f"{'a' * 32}/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers&sv=1.0&sig={'b' * 43}",
        ),
    ],
)
def test_addresses_as_the_services_give_them_are_taken(transport, target):
    check_address(transport, target)


@pytest.mark.parametrize(
    ("transport", "target"),
    [
        ("other", "file:///etc/passwd"),
        ("other", "syslog://"),
        ("other", "dbus://"),
        ("other", "gnome://"),
        ("other", "macosx://"),
        ("other", "windows://"),
        ("other", "mailto://user:pw@example.com"),
        ("other", "mqtt://broker.example.com/topic"),
        ("other", "json://127.0.0.1/x"),
        ("other", "rsyslog://127.0.0.1"),
        ("other", "nonsense"),
        ("other", "://"),
        ("other", ""),
        ("slack", "ntfys://ntfy.example.com/pier"),
        ("sms", "slack://T12345678/B12345678/abcdefghijklmnopqrstuvwx"),
        ("teams", "https://example.com/"),
    ],
)
def test_service_that_the_transport_does_not_name_is_refused(transport, target):
    with pytest.raises(AddressRefused):
        check_address(transport, target)


@pytest.mark.parametrize(
    ("transport", "target"),
    [
        ("ntfy", "ntfys://127.0.0.1/pier"),
        ("ntfy", "https://2130706433/pier"),
        ("mattermost", "mmost://localhost/3ccdd113474722377935511fc8"),
        ("other", "gotify://192.168.1.9/AbCdEfGhIjKlMnO"),
        ("other", "matrix://user:pw@10.0.0.1/#room"),
    ],
)
def test_service_of_ones_own_in_a_private_network_is_refused(transport, target):
    with pytest.raises(AddressRefused, match="private network"):
        check_address(transport, target)


def test_option_that_reads_a_file_is_refused():
    target = "slack://T12345678/B12345678/abcdefghijklmnopqrstuvwx/?template=/etc/passwd"
    with pytest.raises(AddressRefused, match="read a file"):
        check_address("slack", target)


def test_refusal_never_repeats_the_address():
    with pytest.raises(AddressRefused) as refused:
        check_address("other", "slack://my-secret-token")
    assert "secret" not in str(refused.value)


OWN_WIRE = re.compile(
    r"^\s*(?:import|from) (?:socket|smtplib|http\.client|asyncio|subprocess|concurrent|paho|slixmpp|urllib\.request)",
    re.M,
)


def test_every_service_named_speaks_http_through_requests_alone():
    services = NotificationManager()
    for schema in sorted(set().union(*SCHEMAS.values())):
        source = inspect.getsource(inspect.getmodule(services[schema]))
        assert "requests" in source, schema
        assert not OWN_WIRE.search(source), schema
