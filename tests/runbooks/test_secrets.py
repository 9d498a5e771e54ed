"""Credentials are refused when a text is saved, and an approver may allow a line that only looks like one."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.utils import DatabaseError

from accounts.roles import APPROVER, EDITOR
from runbooks.errors import NotAllowed, Refused, SecretFound
from runbooks.models import AllowedLine, DraftSave, Runbook, RunbookVersion, Status, WorkingCopy
from runbooks.rendering import understand
from runbooks.secrets import find_secrets
from runbooks.services import (
    EditBase,
    allow_line,
    allow_lines,
    check_secrets,
    find_allowed,
    keep_working_copy,
    publish_text,
    restore_version,
    save_edit,
    send_back_version,
    submit_version,
)
from runbooks.services.secrets import fingerprint
from tests.factories import NOW, TEXT, make_draft, make_published, make_user
from tests.secrets.cases import PEM, WORD, key_block

pytestmark = pytest.mark.django_db
LINE = f"export DB_PASSWORD={WORD}"
LEAK = f"{TEXT}\n```bash\n{LINE}\n```\n"
NUMBER = LEAK.split("\n").index(LINE) + 1
EDIT = "/runbooks/ticket-desk/ticket-desk/edit/"


@pytest.fixture
def editor(db):
    return make_user("ada", role=EDITOR)


@pytest.fixture
def approver(db):
    return make_user("ben", role=APPROVER)


@pytest.fixture
def draft(editor):
    return make_draft(editor)


def save(draft, text, author, **extra):
    base = EditBase(draft.pk, draft.revision)
    return save_edit(draft.runbook, base=base, markdown=text, author=author, now=NOW, **extra)


def form_of(draft, text=LEAK, **extra):
    base = str(EditBase(draft.pk, draft.revision))
    return {"markdown": text, "base": base, "bump": "minor", "change_summary": "", "section": ""} | extra


def name_of(text=LEAK):
    return f"allow-{fingerprint(text, find_secrets(text)[0])}"


def test_a_save_is_refused_with_line_and_kind_and_without_the_secret(draft, editor):
    with pytest.raises(SecretFound) as refusal:
        save(draft, LEAK, editor)
    assert f"line {NUMBER} (password)" in str(refusal.value)
    assert WORD not in str(refusal.value) + repr(refusal.value) + repr(refusal.value.found)


def test_nothing_of_a_refused_save_is_kept(draft, editor):
    with pytest.raises(SecretFound):
        save(draft, LEAK, editor)
    kept = [
        *RunbookVersion.objects.values_list("markdown", flat=True),
        *DraftSave.objects.values_list("markdown", flat=True),
    ]
    assert not any(WORD in text for text in kept)


def test_a_late_save_with_a_secret_is_refused_before_it_is_kept_beside(draft, editor):
    save(draft, TEXT + "\nMore.\n", editor)
    with pytest.raises(SecretFound):
        save(draft, LEAK, editor)
    assert not DraftSave.objects.filter(markdown__contains=WORD).exists()


def test_at_most_five_are_named(draft, editor):
    with pytest.raises(SecretFound) as refusal:
        save(draft, f"# Desk\n\n{LINE}\n\n" * 7, editor)
    assert str(refusal.value).count("(password)") == 5
    assert "and 2 more" in str(refusal.value)


def test_a_new_runbook_with_a_secret_is_not_made(editor):
    with pytest.raises(SecretFound):
        make_draft(editor, text=LEAK)
    assert not Runbook.objects.exists()


def test_a_published_text_with_a_secret_is_refused():
    runbook = make_published()
    with pytest.raises(SecretFound):
        publish_text(
            runbook, LEAK, understand(LEAK), status=Status.ACTIVE, author=None, now=NOW, change_summary="Again"
        )


def test_an_old_text_with_a_secret_can_not_be_restored(editor):
    runbook = make_published(text=TEXT)
    version = runbook.shown_version
    superseded = RunbookVersion.objects.create(
        runbook=runbook, major=0, minor=9, markdown=LEAK, status="superseded",
        status_changed_at=NOW, activated_at=NOW, superseded_at=NOW,
    )  # fmt: skip
    with pytest.raises(SecretFound):
        restore_version(superseded, author=editor, now=NOW)
    assert runbook.versions.count() == 2
    assert version.status == "active"


def test_words_on_their_way_are_not_kept_with_a_secret(draft, editor):
    base = EditBase(draft.pk, draft.revision)
    with pytest.raises(SecretFound):
        keep_working_copy(draft.runbook, base=base, markdown=LEAK, author=editor, now=NOW)
    assert not WorkingCopy.objects.exists()


def test_an_import_rejects_the_file_and_takes_the_others(tmp_path):
    (tmp_path / "good.md").write_text(TEXT)
    (tmp_path / "leak.md").write_text(LEAK)
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit):
        call_command("import_runbooks", str(tmp_path), "--service", "desk", stdout=out, stderr=err)
    assert "created 1, updated 0, unchanged 0, rejected 1" in out.getvalue()
    assert f"rejected leak.md: The text holds what looks like a credential: line {NUMBER} (password)" in err.getvalue()
    assert WORD not in out.getvalue() + err.getvalue()


def test_an_import_as_json_rejects_it_too(tmp_path):
    (tmp_path / "leak.md").write_text(LEAK)
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("import_runbooks", str(tmp_path), "--service", "desk", "--json", stdout=out, stderr=StringIO())
    assert "line" in json.loads(out.getvalue())["rejected"]["leak.md"]
    assert WORD not in out.getvalue()


def test_the_editor_comes_back_with_the_words_and_422(draft, editor, as_user, caplog):
    response = as_user(editor).post(EDIT, form_of(draft))
    page = response.content.decode()
    assert response.status_code == 422
    assert f"line {NUMBER} (password)" in page
    assert page.count(WORD) == 1  # in the person's own text, which stays
    assert WORD not in caplog.text


def test_an_editor_is_told_that_an_approver_may_allow_it(draft, editor, as_user):
    page = as_user(editor).post(EDIT, form_of(draft)).content.decode()
    assert "an approver can open this runbook" in page
    assert 'name="allow-' not in page


def test_an_editor_may_not_allow_a_line(draft, editor, as_user):
    response = as_user(editor).post(EDIT, form_of(draft, **{name_of(): "It is harmless"}))
    assert response.status_code == 403
    assert not AllowedLine.objects.exists()


def test_an_approver_allows_one_line_with_a_reason_and_saves(draft, approver, as_user):
    browser = as_user(approver)
    assert f'name="{name_of()}"' in browser.post(EDIT, form_of(draft)).content.decode()
    response = browser.post(EDIT, form_of(draft, **{name_of(): "The test database, thrown away each night"}))
    assert response.status_code == 302
    allowed = AllowedLine.objects.get()
    assert (allowed.runbook, allowed.allowed_by, allowed.kind) == (draft.runbook, approver, "password")
    draft.refresh_from_db()
    assert WORD in draft.markdown


def test_a_line_of_one_section_alone_is_allowed_the_same_way(draft, approver, as_user):
    section = f"## Restart\n\n`{LINE}`\n"
    name = name_of(section)
    browser = as_user(approver)
    refused = browser.post(EDIT, form_of(draft, section, section="restart"))
    assert refused.status_code == 422
    assert f'name="{name}"' in refused.content.decode()
    saved = browser.post(EDIT, form_of(draft, section, section="restart", **{name: "A test"}))
    assert saved.status_code == 302
    draft.refresh_from_db()
    assert WORD in draft.markdown


def test_a_reason_without_words_allows_nothing(draft, approver, as_user):
    assert as_user(approver).post(EDIT, form_of(draft, **{name_of(): "  "})).status_code == 422
    assert not AllowedLine.objects.exists()


def test_a_reason_given_for_one_line_does_not_allow_another(draft, approver, as_user):
    other = LEAK + f"\n`PGPASSWORD={WORD}9 psql`\n"
    response = as_user(approver).post(EDIT, form_of(draft, other, **{name_of(): "The test database"}))
    assert response.status_code == 422
    assert AllowedLine.objects.count() == 1
    assert f"line {NUMBER} (" not in response.content.decode()


def test_an_allowed_line_stays_allowed_wherever_it_moves_and_for_everybody(draft, approver, editor):
    allow_lines(draft.runbook, LEAK, {name_of()[6:]: "A test"}, user=approver, now=NOW)
    assert save(draft, f"# Moved\n\n   {LINE}\n\n{LEAK}", editor)


def test_it_counts_in_its_own_runbook_only(draft, approver, editor):
    allow_lines(draft.runbook, LEAK, {name_of()[6:]: "A test"}, user=approver, now=NOW)
    with pytest.raises(SecretFound):
        make_draft(editor, title="Another", text=LEAK)


def test_allowed_everywhere_it_counts_in_imports_too(draft, approver, as_user, tmp_path):
    form = form_of(draft, **{name_of(): "A test", "allow-everywhere": "on"})
    assert as_user(approver).post(EDIT, form).status_code == 302
    (tmp_path / "leak.md").write_text(LEAK)
    call_command("import_runbooks", str(tmp_path), "--service", "desk", stdout=StringIO())
    assert Runbook.objects.filter(service__slug="desk").exists()


def test_only_what_looks_like_a_credential_can_be_allowed(draft, approver):
    assert allow_lines(draft.runbook, TEXT, {"0" * 64: "A test"}, user=approver, now=NOW) == []


def test_allowing_twice_keeps_the_first_word(draft, approver):
    for reason in ("First", "Second"):
        allow_line(draft.runbook, "f" * 64, "password", reason=reason, user=approver, now=NOW)
    assert [row.reason for row in AllowedLine.objects.all()] == ["First"]


@pytest.mark.parametrize("reason", ["", "   ", "x" * 301, "nul \x00", LINE])
def test_a_reason_has_to_be_a_sentence(draft, approver, reason):
    with pytest.raises(Refused) as refusal:
        allow_line(draft.runbook, "f" * 64, "password", reason=reason, user=approver, now=NOW)
    assert WORD not in str(refusal.value)


def test_the_service_asks_for_the_permission(draft, editor):
    with pytest.raises(NotAllowed):
        allow_line(draft.runbook, "f" * 64, "password", reason="A test", user=editor, now=NOW)


def test_what_was_allowed_can_not_be_rewritten(draft, approver):
    allow_line(draft.runbook, "f" * 64, "password", reason="A test", user=approver, now=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        AllowedLine.objects.update(reason="Another")


def test_a_private_key_is_allowed_by_its_body_and_not_by_its_first_line(draft, approver):
    one, other = key_block("PRIVATE KEY"), key_block("PRIVATE KEY", PEM[::-1])
    prints = {fingerprint(one, find_secrets(one)[0]): "A test key"}
    allow_lines(draft.runbook, one, prints, user=approver, now=NOW)
    check_secrets(one, draft.runbook)
    with pytest.raises(SecretFound):
        check_secrets(other, draft.runbook)


def test_a_fingerprint_depends_on_the_key_and_outlives_its_change(draft, approver, settings):
    before = fingerprint(LEAK, find_secrets(LEAK)[0])
    allow_lines(draft.runbook, LEAK, {before: "A test"}, user=approver, now=NOW)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another" * 9
    assert fingerprint(LEAK, find_secrets(LEAK)[0]) != before
    check_secrets(LEAK, draft.runbook)


def test_the_readiness_page_says_who_allowed_what_and_why(draft, approver, as_user):
    as_user(approver).post(EDIT, form_of(draft, **{name_of(): "Thrown away each night"}))
    page = as_user(approver).get("/runbooks/ticket-desk/ticket-desk/readiness/").content.decode()
    assert "Thrown away each night" in page
    assert "looks like: password" in page
    assert str(approver) in page
    assert f"line {NUMBER}" in page
    assert WORD not in page


def test_what_was_allowed_everywhere_is_told_only_where_it_stands(draft, approver):
    allow_lines(draft.runbook, LEAK, {name_of()[6:]: "A test"}, everywhere=True, user=approver, now=NOW)
    assert find_allowed(TEXT, draft.runbook) == []
    assert [place.line for _, place in find_allowed(LEAK, draft.runbook)] == [NUMBER]


def test_a_credential_in_a_text_from_before_is_said_on_the_readiness_page(draft, editor, as_user):
    RunbookVersion.objects.filter(pk=draft.pk).update(markdown=LEAK)
    page = as_user(editor).get("/runbooks/ticket-desk/ticket-desk/readiness/").content.decode()
    assert f"Line {NUMBER}: password" in page
    assert WORD not in page


def test_what_is_said_of_a_change_holds_no_credential_either(draft, editor):
    with pytest.raises(Refused, match="What changed holds what looks like a credential") as refusal:
        save(draft, TEXT, editor, change_summary=LINE)
    assert WORD not in str(refusal.value)
    assert draft.saves.count() == 1


def test_a_note_to_the_author_holds_no_credential_either(draft, editor, approver):
    submit_version(draft, user=editor, now=NOW)
    with pytest.raises(Refused, match="The note holds what looks like a credential"):
        send_back_version(draft, user=approver, note=LEAK, now=NOW)
    assert RunbookVersion.objects.get().review_note == ""
