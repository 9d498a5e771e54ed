"""The reading page: what it shows, to whom, and what it costs."""

import datetime as dt

import pytest

from accounts.models import User
from accounts.roles import APPROVER, EDITOR
from oncall.services import ensure_link
from runbooks.models import Runbook
from runbooks.services import EditBase, retire_runbook, save_edit, submit_version
from tests.factories import NOW, TEXT, make_active, make_draft, make_published, make_user

pytestmark = pytest.mark.django_db
PATH = "/runbooks/ticket-desk/ticket-desk/"


def page(client, path=PATH):
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_shows_text_status_version_owner_and_outline(as_ada):
    make_published(owner=make_user("ben", display_name="Ben Tidewell"))
    html = page(as_ada)
    for part in ("Sells tickets at the pier.", "Active", "Version 1.0", "Ben Tidewell", 'href="#overview"'):
        assert part in html


def test_the_fragment_anchor_of_each_section_is_there(as_ada):
    make_published()
    html = page(as_ada)
    assert 'id="overview"' in html and 'id="restart"' in html


def test_placeholders_become_a_form(as_ada):
    make_published()
    html = page(as_ada)
    assert 'data-fills="service-name"' in html and 'data-var="service-name"' in html


def test_a_missing_runbook_is_404(as_ada):
    make_published()
    assert as_ada.get("/runbooks/ticket-desk/none/").status_code == 404


def test_a_missing_service_is_404(as_ada):
    assert as_ada.get("/runbooks/none/none/").status_code == 404


def test_the_404_page_helps_on(as_ada):
    html = as_ada.get("/runbooks/none/none/").content.decode()
    assert 'href="/runbooks/"' in html and "Traceback" not in html


def test_raw_is_the_text_as_stored(as_ada):
    make_published(text="\ufeff# A\r\n\r\nB\n")
    response = as_ada.get(f"{PATH}raw/")
    assert response.content == "\ufeff# A\r\n\r\nB\n".encode()
    assert response["Content-Type"] == "text/plain; charset=utf-8"


def test_readers_see_no_way_to_edit(as_ada):
    make_published()
    assert f"{PATH}edit/" not in page(as_ada)


def test_editors_see_one(as_user):
    make_published()
    assert f"{PATH}edit/" in page(as_user(make_user("ben", role=EDITOR)))


def test_an_edit_is_not_shown_before_it_is_active(as_ada):
    ben = make_user("ben", role=EDITOR)
    version = make_active(ben, make_user("cy", role=APPROVER))
    save_edit(version.runbook, base=EditBase(version.pk, 1), markdown=TEXT + "\nUnproven.\n", author=ben, now=NOW)
    html = page(as_ada)
    assert "Unproven." not in html and "Version 1.1 is on its way" in html


def test_the_page_follows_each_change_although_it_is_cached(as_ada):
    ben = make_user("ben", role=EDITOR)
    draft = make_draft(ben)
    assert "This text is not approved yet" in page(as_ada)
    draft = save_edit(
        draft.runbook, base=EditBase(draft.pk, 1), markdown="# Desk\n\nSecond text.\n", author=ben, now=NOW
    )
    assert "Second text." in page(as_ada)
    submit_version(draft, user=ben, now=NOW)
    assert "In review" in page(as_ada)


def test_a_new_link_of_the_service_is_shown_at_once(as_ada):
    runbook = make_published()
    page(as_ada)
    ensure_link(runbook.service, "dashboard", "https://graphs.example/desk")
    assert "https://graphs.example/desk" in page(as_ada)


def test_a_retired_runbook_says_so(as_ada):
    ben = make_user("ben", role=APPROVER)
    retire_runbook(make_published(), user=ben, now=NOW)
    assert "This runbook is retired." in page(as_ada)


def test_two_readers_get_their_own_name_on_the_same_page(as_ada, as_user):
    make_published()
    page(as_ada)
    User.objects.filter(email="ada@example.com").update(display_name="Ada Winter")
    assert "Ben" in page(as_user(make_user("ben")))
    assert "Ada Winter" in page(as_ada)


def test_dates_are_those_of_the_readers_zone(as_ada):
    User.objects.update(time_zone="Pacific/Auckland")
    make_published()
    Runbook.objects.update(next_review_on=dt.date(2027, 1, 5))
    assert "17 Nov 2026" in page(as_ada)  # 03:14 UTC is in the afternoon there
    User.objects.update(time_zone="America/Los_Angeles")
    assert "16 Nov 2026" in page(as_ada)


HOSTILE = """\
# <script>alert(1)</script> 😈 مرحبا

<script>alert(2)</script>
<img src=x onerror=alert(3)>
<a href="javascript:alert(4)" style="position:fixed">x</a>
<iframe src="https://evil.example"></iframe>
[x](javascript:alert(5)) [y](data:text/html,x)

```bash
echo "<script>alert(6)</script>"
```
"""


def test_hostile_text_is_shown_as_text(as_ada):
    make_published("<script>alert('title')</script>", text=HOSTILE, slug="ticket-desk")
    html = page(as_ada)
    for danger in ("<script>alert", "<img", '="javascript:', "<iframe", '="data:', "position:fixed"):
        assert danger not in html
    assert "&lt;script&gt;alert(&#x27;title&#x27;)" in html


def test_a_title_of_300_characters_is_shown_whole(as_ada):
    title = ("Very long " * 30)[:300]
    make_published(title, slug="ticket-desk")
    assert title.strip() in page(as_ada)


def test_the_policy_forbids_inline_scripts_and_frames(as_ada):
    make_published()
    policy = as_ada.get(PATH)["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy


@pytest.mark.parametrize("is_warm", [False, True])
def test_a_long_page_takes_as_many_queries_as_a_short_one(as_ada, django_assert_max_num_queries, is_warm):
    def count(path):
        if is_warm:
            as_ada.get(path)
        with django_assert_max_num_queries(8) as queries:
            as_ada.get(path)
        return len(queries)

    make_published("Short", slug="short")
    make_published("Long", slug="long", text=TEXT + "\n## More\n\n```bash\nkubectl get pods\n```\n" * 200)
    assert count("/runbooks/ticket-desk/short/") == count("/runbooks/ticket-desk/long/")


def test_what_was_not_understood_is_named_with_its_line(as_ada):
    make_published(text="# Desk\n\n**Owner:** Ada\n**Next Review:** when the tide allows\n\nWords.\n")
    html = page(as_ada)
    assert "Not understood" in html and "line 4" in html
