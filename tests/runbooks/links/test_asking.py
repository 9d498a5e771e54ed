"""What is asked of an address, and what its answer says."""

from threading import Event

import pytest

from oncall.errors import AddressRefused
from oncall.outbox import networks
from runbooks.models import ExternalLink
from tests.runbooks.links.conftest import get_link
from tests.runbooks.links.far_ends import answer, find_closed_port, redirect

pytestmark = pytest.mark.django_db
State = ExternalLink.State


@pytest.fixture
def ask(far_end, lead_to, check):
    """Lead to a path of the far end, ask, and give what is known of it then."""

    def run(path="/x", page=200, headers=None):
        far_end.pages[path], far_end.headers[path] = page, headers or {}
        lead_to(far_end.at(path))
        check(seconds=8)
        return get_link(far_end.at(path))

    return run


def test_an_address_that_answers_is_alive_and_asked_again_in_a_week(ask, far_end, clock):
    link = ask()
    assert (link.state, link.status, link.said) == (State.ALIVE, 200, "")
    assert 7 <= (link.next_check_at - clock()).total_seconds() / 86_400 <= 8.1
    assert far_end.find_methods() == ["HEAD"]


@pytest.mark.parametrize("status", [400, 403, 404, 405, 500, 501])
def test_a_head_that_is_refused_is_followed_by_a_get(ask, far_end, status):
    link = ask(page=lambda handler: answer(handler, status if handler.command == "HEAD" else 200, {}))
    assert link.state == State.ALIVE
    assert far_end.find_methods() == ["HEAD", "GET"]


def test_a_head_that_ends_without_an_answer_is_followed_by_a_get(ask, far_end):
    def drop(handler):
        if handler.command == "GET":
            answer(handler, 200, {})
        handler.close_connection = True

    assert ask(page=drop).state == State.ALIVE


@pytest.mark.parametrize("status", [401, 403, 405, 406, 451])
def test_an_answer_that_is_not_for_us_tells_nothing(ask, status):
    link = ask(page=status)
    assert (link.state, link.status) == (State.UNSURE, status)
    assert f"It answers {status}" in link.said


def test_too_many_requests_are_followed_by_none(ask, far_end, clock):
    link = ask(page=429, headers={"Retry-After": "3600"})
    assert link.state == State.UNSURE
    assert far_end.find_methods() == ["HEAD"]
    assert (link.host.next_at - clock()).total_seconds() == pytest.approx(3600, abs=60)


def test_a_host_that_asks_to_be_left_alone_is_left_alone_as_a_whole(far_end, lead_to, check, clock):
    for path in ("/a", "/b"):
        far_end.pages[path], far_end.headers[path] = 503, {"Retry-After": "900"}
    lead_to(far_end.at("/a"), far_end.at("/b"))
    check()
    assert len(far_end.seen) == 1
    clock.go_on(seconds=901)
    check()
    assert sorted(path for _, path, _ in far_end.seen) == ["/a", "/b"]


def test_no_cookie_and_no_password_is_sent_and_the_portal_says_who_it_is(far_end, lead_to, check, settings):
    settings.PORTAL_URL = "https://runbooks.harbour.pt"
    far_end.pages["/a"] = lambda handler: answer(handler, 302, {"Location": "/b", "Set-Cookie": "a=b"})
    lead_to(far_end.at("/a"))
    check()
    assert [path for _, path, _ in far_end.seen] == ["/a", "/b"]
    for _, _, headers in far_end.seen:
        assert headers["User-Agent"] == "RunbookPortal/1 (+https://runbooks.harbour.pt)"
        assert not {"Cookie", "Authorization"} & set(headers)


def test_an_answer_that_never_ends_is_not_read_to_the_end(ask):
    sent = []

    def pour(handler):
        if handler.command == "HEAD":
            return answer(handler, 405, {})
        handler.send_response(200)
        handler.end_headers()
        for _ in range(100_000):
            handler.wfile.write(b"x" * 65_536)
            sent.append(1)

    assert ask(page=pour).state == State.ALIVE
    assert len(sent) < 1000


def test_the_body_of_a_redirect_is_not_read_to_the_end(ask):
    sent = []

    def pour(handler):
        handler.send_response(302)
        handler.send_header("Location", "/y")
        handler.end_headers()
        for _ in range(100_000 if handler.command == "GET" else 0):
            handler.wfile.write(b"x" * 65_536)
            sent.append(1)

    assert ask(page=lambda handler: answer(handler, 405, {}) if handler.command == "HEAD" else pour(handler)).state == (
        State.ALIVE
    )
    assert len(sent) < 1000


def test_a_server_that_drips_is_cut_off(ask, settings):
    settings.LINK_TIMEOUT_SECONDS = 0.3
    pause = Event()

    def drip(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(200):
            handler.wfile.write(f"X-{number}: y\r\n".encode())
            handler.wfile.flush()
            pause.wait(0.02)

    link = ask(page=drip)
    assert "No answer within 0.3 seconds" in link.said


def test_a_redirect_for_good_is_noted(ask, far_end):
    link = ask(page=redirect("/new", 301))
    assert (link.state, link.leads_to) == (State.ALIVE, far_end.at("/new"))


def test_a_redirect_for_now_is_followed_and_not_noted(ask):
    link = ask(page=redirect("/new", 302))
    assert (link.state, link.leads_to) == (State.ALIVE, "")


def test_a_redirect_to_what_is_gone_is_gone(ask, far_end, check, clock):
    far_end.pages["/new"] = 404
    ask(page=redirect("/new"))
    clock.go_on(minutes=10)
    check()
    assert get_link(far_end.at("/x")).state == State.DEAD


def test_a_circle_of_redirects_ends(ask, far_end):
    link = ask(page=redirect("/x"))
    assert (link.state, link.said) == (State.UNSURE, "It leads on more than 5 times.")
    assert len(far_end.seen) <= 6


@pytest.mark.parametrize(
    "target", ["ftp://files.harbour.pt/x", "javascript:alert(1)", "file:///etc/passwd", "http://[::1"]
)
def test_a_redirect_to_another_scheme_is_not_followed(ask, target):
    link = ask(page=redirect(target))
    assert link.state == State.UNSURE
    assert "no web address" in link.said


def test_a_redirect_with_a_password_is_not_followed(ask, other_end):
    link = ask(page=redirect(f"http://ada:secret@{other_end.host}/"))
    assert link.state == State.UNSURE
    assert other_end.seen == []
    assert "secret" not in link.said + link.leads_to


def test_nobody_is_asked_in_a_private_network_unless_that_is_allowed(far_end, lead_to, check, settings):
    settings.LINK_PRIVATE_NETWORKS = False
    settings.OUTBOX_PRIVATE_NETWORKS = True  # that is about messages
    lead_to(far_end.at("/x"))
    check()
    link = get_link(far_end.at("/x"))
    assert (link.state, link.status) == (State.LEFT, None)
    assert "private network" in link.said
    assert far_end.seen == []


@pytest.mark.parametrize("host", ["0x7f.1", "2130706433", "[::ffff:127.0.0.1]", "127.1", "[::1]", "①②⑦.0.0.1"])
def test_odd_spellings_of_the_own_machine_are_seen_through(far_end, lead_to, check, settings, host):
    settings.LINK_PRIVATE_NETWORKS = False
    port = far_end.server.server_address[1]
    lead_to(f"http://{host}:{port}/x")
    check()
    assert ExternalLink.objects.get().state == State.LEFT
    assert far_end.seen == []


def test_a_redirect_into_a_private_network_is_not_followed(far_end, other_end, lead_to, check, settings, monkeypatch):
    """The first host counts as public here; what it leads to does not."""
    public = far_end.server.server_address[1]

    def judge(ip, allowed_by=""):
        if asked[-1] != public:
            raise AddressRefused("private")

    asked = []
    real = networks._resolve
    monkeypatch.setattr(networks, "_resolve", lambda host, port: asked.append(port) or real(host, port))
    monkeypatch.setattr(networks, "require_public", judge)
    settings.LINK_PRIVATE_NETWORKS = False
    far_end.pages["/x"] = redirect(other_end.at("/secret"))
    lead_to(far_end.at("/x"))
    check()
    assert get_link(far_end.at("/x")).state == State.UNSURE
    assert far_end.seen
    assert other_end.seen == []


def test_a_closed_port_is_silence(lead_to, check, far_end):
    address = f"http://127.0.0.1:{find_closed_port()}/"
    lead_to(address)
    check()
    link = get_link(address)
    assert (link.state, link.said) == (State.UNKNOWN, "The connection is refused.")
    assert link.failing_since is not None
