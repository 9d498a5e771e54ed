"""The mailbox: for administrators, and safe whatever a mail holds."""

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection

from accounts.roles import ADMINISTRATOR, APPROVER
from oncall.models import MailboxMail
from oncall.views.mailbox import BACKEND
from tests.factories import make_user

pytestmark = pytest.mark.django_db
HOSTILE = """<base href="https://evil.example/"><script>parent.document.title = "owned"</script>
<img src="https://evil.example/pixel.gif" onerror="alert(1)"><form action="https://evil.example/"><button>Log in</button></form>
<meta http-equiv="refresh" content="0; url=https://evil.example/"><p>Good evening.</p>"""


@pytest.fixture(autouse=True)
def _mailbox(settings):
    settings.EMAIL_BACKEND = BACKEND


@pytest.fixture
def as_boss(as_user):
    return as_user(make_user("dee", role=ADMINISTRATOR))


@pytest.fixture
def mail():
    message = EmailMultiAlternatives(
        "<b>Hello</b>", "See https://example.com/ & <script>alert(1)</script>", to=["ada@pier.example"]
    )
    message.attach_alternative(HOSTILE, "text/html")
    get_connection().send_messages([message])
    return MailboxMail.objects.get()


PATHS = ["/mailbox/", "/mailbox/{pk}/", "/mailbox/{pk}/html/", "/mailbox/{pk}/raw/"]


@pytest.mark.parametrize("path", PATHS)
def test_it_is_for_administrators(as_ada, as_user, as_boss, mail, path):
    path = path.format(pk=mail.pk)
    assert as_ada.get(path).status_code == 403
    assert as_user(make_user("cy", role=APPROVER)).get(path).status_code == 403
    assert as_boss.get(path).status_code == 200


def test_the_list_says_that_mails_go_nowhere(as_boss, mail):
    page = as_boss.get("/mailbox/").content.decode()
    assert "Mails go nowhere" in page
    assert "&lt;b&gt;Hello&lt;/b&gt;" in page


def test_with_a_mail_server_it_says_so(as_boss, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    page = as_boss.get("/mailbox/").content.decode()
    assert "Mails go out through a mail server" in page
    assert "Mails go nowhere" not in page


def test_the_text_is_only_text_with_links(as_boss, mail):
    page = as_boss.get(f"/mailbox/{mail.pk}/").content.decode()
    assert '<a href="https://example.com/"' in page
    assert "<script>alert" not in page


def test_the_page_frames_the_html_without_scripts_or_origin(as_boss, mail):
    page = as_boss.get(f"/mailbox/{mail.pk}/").content.decode()
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    assert "Good evening" not in page.split("As it was built")[0]


def test_the_html_has_a_policy_of_its_own(as_boss, mail):
    response = as_boss.get(f"/mailbox/{mail.pk}/html/")
    policy = dict(part.strip().partition(" ")[::2] for part in response["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["form-action"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert policy["frame-ancestors"] == "'self'"
    assert policy["sandbox"] == "allow-popups allow-popups-to-escape-sandbox"
    assert "script-src" not in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_no_other_page_may_be_framed(as_boss, mail):
    response = as_boss.get(f"/mailbox/{mail.pk}/")
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"


def test_the_source_is_a_file(as_boss, mail):
    response = as_boss.get(f"/mailbox/{mail.pk}/raw/")
    assert response["Content-Type"] == "message/rfc822"
    assert response["Content-Disposition"].startswith("attachment")
    assert bytes(mail.raw) == response.content


def test_a_mail_that_is_not_there_is_404(as_boss):
    assert as_boss.get("/mailbox/999/").status_code == 404


def test_emptying_it(as_boss, as_ada, mail):
    assert as_ada.post("/mailbox/empty/").status_code == 403
    assert as_boss.get("/mailbox/empty/").status_code == 405
    assert as_boss.post("/mailbox/empty/")["Location"] == "/mailbox/"
    assert not MailboxMail.objects.exists()
    assert "No mails" in as_boss.get("/mailbox/").content.decode()
