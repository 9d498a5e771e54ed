"""Writing in the browser: forms, refusals that keep what was typed, steps, images."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as Picture

from accounts.roles import APPROVER, EDITOR
from runbooks.models import DraftSave, Image, Runbook, RunbookVersion, Status
from tests.factories import TEXT, make_active, make_draft, make_service, make_user

pytestmark = pytest.mark.django_db
PATH = "/runbooks/ticket-desk/ticket-desk/"


@pytest.fixture
def ben():
    return make_user("ben", role=EDITOR)


@pytest.fixture
def as_ben(ben, as_user):
    return as_user(ben)


def post_edit(client, version, text, **extra):
    base = f"{version.pk}.{version.revision}"
    data = {"markdown": text, "change_summary": "", "bump": "minor", "base": base} | extra
    return client.post(f"{PATH}edit/", data)


def picture(kind="PNG", size=(4, 4)):
    buffer = io.BytesIO()
    Picture.new("RGB", size, "navy").save(buffer, kind)
    return buffer.getvalue()


class TestNew:
    def test_an_editor_starts_a_runbook(self, as_ben):
        service = make_service()
        data = {"title": "Desk", "service": service.pk, "kind": "service", "markdown": "# Desk\r\n\r\nHello.\r\n"}
        response = as_ben.post("/runbooks/new/", data)
        version = RunbookVersion.objects.get()
        assert (response.status_code, version.status, version.runbook.slug) == (302, "draft", "desk")

    def test_a_reader_may_not(self, as_ada):
        assert as_ada.get("/runbooks/new/").status_code == 403

    def test_a_title_too_long_comes_back_with_everything_filled_in(self, as_ben):
        service = make_service()
        data = {"title": "x" * 301, "service": service.pk, "kind": "service", "markdown": "precious words"}
        response = as_ben.post("/runbooks/new/", data)
        assert response.status_code == 422
        assert "precious words" in response.content.decode()

    def test_a_confidential_service_of_others_cannot_be_chosen(self, as_ben):
        service = make_service("Brig", classification="confidential")
        data = {"title": "Desk", "service": service.pk, "kind": "service", "markdown": "x"}
        assert as_ben.post("/runbooks/new/", data).status_code == 422


class TestEdit:
    def test_the_form_holds_the_text_and_where_it_started(self, as_ben, ben):
        version = make_draft(ben)
        form = as_ben.get(f"{PATH}edit/").context["form"]
        assert (form["markdown"].value(), form["base"].value()) == (TEXT, f"{version.pk}.1")

    def test_a_save_goes_into_the_draft(self, as_ben, ben):
        version = make_draft(ben)
        assert post_edit(as_ben, version, "# New\n").status_code == 302
        version.refresh_from_db()
        assert version.markdown == "# New\n"

    def test_a_reader_gets_403(self, as_ada, ben):
        version = make_draft(ben)
        assert as_ada.get(f"{PATH}edit/").status_code == 403
        assert post_edit(as_ada, version, "x").status_code == 403

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("a\x00b", "NUL"),
            ("x" * 1_000_001, "is the most"),
            ("bytes \ufffd lost", "not valid UTF-8"),
            ("", "required"),
        ],
    )
    def test_a_text_that_cannot_be_stored_comes_back_with_the_reason(self, as_ben, ben, text, reason):
        version = make_draft(ben)
        response = post_edit(as_ben, version, text, change_summary="my summary")
        assert response.status_code == 422
        assert reason in response.content.decode() and "my summary" in response.content.decode()
        assert response.context["form"]["markdown"].value() == text

    def test_a_form_without_its_base_comes_back_with_the_text(self, as_ben, ben):
        version = make_draft(ben)
        response = post_edit(as_ben, version, "precious words", base="garbage")
        assert response.status_code == 422
        assert "precious words" in response.content.decode()

    def test_the_second_of_two_saves_gets_both_texts_to_merge(self, as_ben, ben, as_user):
        version = make_draft(ben)
        other = as_user(make_user("cy", role=EDITOR))
        post_edit(other, version, TEXT.replace("pier", "quay"))
        response = post_edit(as_ben, version, TEXT + "\nOne more line.\n")
        html = response.content.decode()
        assert response.status_code == 409
        assert "quay" in html and "One more line." in html
        merged = response.context["form"].initial["markdown"]
        assert "quay" in merged and "One more line." in merged
        assert DraftSave.objects.filter(is_accepted=False, markdown__contains="One more line.").exists()

    def test_the_merged_text_is_saved_from_the_merge_page(self, as_ben, ben, as_user):
        version = make_draft(ben)
        post_edit(as_user(make_user("cy", role=EDITOR)), version, TEXT.replace("pier", "quay"))
        form = post_edit(as_ben, version, TEXT + "\nOne more line.\n").context["form"]
        response = as_ben.post(f"{PATH}edit/", {**form.initial, "bump": "minor"})
        version.refresh_from_db()
        assert response.status_code == 302
        assert "quay" in version.markdown and "One more line." in version.markdown

    def test_a_retired_runbook_cannot_be_edited(self, as_user, ben):
        cy = make_user("cy", role=APPROVER)
        version = make_active(ben, cy)
        as_user(cy).post(f"{PATH}retire/")
        assert post_edit(as_user(ben), version, "# x\n").status_code == 422


class TestSteps:
    def step(self, client, name, **data):
        return client.post(f"{PATH}versions/1.0/{name}/", data, follow=True)

    def test_the_whole_way_by_two_people(self, as_ben, ben, as_user):
        make_draft(ben)
        as_cy = as_user(make_user("cy", role=APPROVER))
        self.step(as_ben, "submit")
        self.step(as_cy, "approve")
        self.step(as_cy, "activate")
        assert RunbookVersion.objects.get().status == Status.ACTIVE

    def test_the_author_is_told_why_they_cannot_approve(self, as_user):
        cy = make_user("cy", role=APPROVER)
        make_draft(cy)
        self.step(as_user(cy), "submit")
        assert "somebody else has to approve it" in self.step(as_user(cy), "approve").content.decode()

    def test_the_author_is_not_offered_to_approve(self, as_user):
        cy = make_user("cy", role=APPROVER)
        make_draft(cy)
        self.step(as_user(cy), "submit")
        (row,) = as_user(cy).get(f"{PATH}versions/").context["rows"]
        assert row["actions"] == ["edit", "send_back"]

    def test_an_editor_gets_403(self, as_ben, ben):
        make_draft(ben)
        self.step(as_ben, "submit")
        assert self.step(as_ben, "approve").status_code == 403

    def test_sending_back_shows_the_note_to_the_author(self, as_ben, ben, as_user):
        make_draft(ben)
        self.step(as_ben, "submit")
        self.step(as_user(make_user("cy", role=APPROVER)), "send-back", note="Where is the rollback?")
        assert "Where is the rollback?" in as_ben.get(f"{PATH}versions/").content.decode()

    def test_a_get_changes_nothing(self, as_ben, ben):
        make_draft(ben)
        assert as_ben.get(f"{PATH}versions/1.0/submit/").status_code == 405

    def test_discarding_the_only_version_goes_back_to_the_list(self, as_ben, ben):
        make_draft(ben)
        assert as_ben.post(f"{PATH}versions/1.0/discard/")["Location"] == "/runbooks/"
        assert not Runbook.objects.exists()

    def test_retiring_asks_first(self, as_user, ben):
        cy = make_user("cy", role=APPROVER)
        make_active(ben, cy)
        assert as_user(cy).get(f"{PATH}retire/").status_code == 200
        assert Runbook.objects.get().retired_at is None


class TestHistory:
    def test_every_version_has_its_page(self, as_ada, ben):
        make_active(ben, make_user("cy", role=APPROVER))
        assert as_ada.get(f"{PATH}versions/1.0/").status_code == 200

    def test_a_version_that_never_was_is_404(self, as_ada, ben):
        make_active(ben, make_user("cy", role=APPROVER))
        assert as_ada.get(f"{PATH}versions/9.9/").status_code == 404

    def test_two_versions_are_compared_whatever_their_order(self, as_ben, ben):
        version = make_active(ben, make_user("cy", role=APPROVER))
        post_edit(as_ben, version, TEXT.replace("pier", "quay"))
        response = as_ben.get(f"{PATH}diff/?a=1.1&b=1.0")
        assert response["Location"] == f"{PATH}diff/1.0/1.1/"
        html = as_ben.get(response["Location"]).content.decode()
        assert "<del>pier" in html and "<ins>quay" in html

    @pytest.mark.parametrize("query", ["", "?a=1.0", "?a=1.0&b=1.0", "?a=x&b=y"])
    def test_a_comparison_of_nothing_goes_back_to_the_versions(self, as_ada, ben, query):
        make_active(ben, make_user("cy", role=APPROVER))
        assert as_ada.get(f"{PATH}diff/{query}")["Location"] == f"{PATH}versions/"


class TestImages:
    def upload(self, client, content, name="x.png"):
        return client.post("/runbooks/images/", {"image": SimpleUploadedFile(name, content)})

    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
    def test_an_image_is_kept_and_given_back(self, as_ben, kind):
        content = picture(kind)
        response = self.upload(as_ben, content, name="notes.txt")
        assert response.status_code == 201
        assert as_ben.get(response.json()["url"]).content == content

    @pytest.mark.parametrize(
        ("content", "name"),
        [
            (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "x.png"),
            (b"GIF89a<script>alert(1)</script>", "x.gif"),
            (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "x.png"),
            (b"", "x.png"),
            (b"MZ not an image", "x.jpg"),
        ],
    )
    def test_what_is_no_image_is_refused_by_content(self, as_ben, content, name):
        response = self.upload(as_ben, content, name)
        assert response.status_code == 422
        assert not Image.objects.exists()

    def test_too_large_a_file_is_refused(self, as_ben, settings):
        settings.MAX_IMAGE_BYTES = 50
        assert "50 bytes is the most" in self.upload(as_ben, picture()).json()["error"]

    def test_too_many_pixels_are_refused_before_they_are_decoded(self, as_ben):
        assert self.upload(as_ben, picture(size=(12_000, 12_000))).status_code == 422

    def test_the_same_image_twice_is_one(self, as_ben):
        first, second = (self.upload(as_ben, picture()).json() for _ in range(2))
        assert first == second and Image.objects.count() == 1

    def test_a_reader_may_not_upload(self, as_ada):
        assert self.upload(as_ada, picture()).status_code == 403

    def test_an_image_may_be_cached_for_ever_by_its_reader_alone(self, as_ben):
        response = as_ben.get(self.upload(as_ben, picture()).json()["url"])
        assert response["Cache-Control"] == "private, max-age=31536000, immutable"
        assert response["X-Content-Type-Options"] == "nosniff"

    def test_another_ending_is_another_address(self, as_ben):
        url = self.upload(as_ben, picture()).json()["url"]
        assert as_ben.get(url.replace(".png", ".gif")).status_code == 404
