"""Images: judged by their content, and those beside imported Markdown come with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from runbooks.errors import ImageRefused
from runbooks.models import Image, RunbookVersion, SourceImage
from runbooks.services import store_image
from tests.runbooks.trees import make_picture, runbook_at, take_in, write_tree

pytestmark = pytest.mark.django_db

TEXT = "# Gates\n\n![The pier](pictures/pier.png)\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_picture_is_kept_with_its_type_and_size(kind: str) -> None:
    image = store_image(make_picture(kind=kind), user=None)
    assert (image.media_type, image.width, image.height) == (f"image/{kind.lower()}", 6, 4)


def test_the_same_picture_twice_is_one_row() -> None:
    assert store_image(make_picture(), user=None) == store_image(make_picture(), user=None)


@pytest.mark.parametrize(
    "content",
    [SVG, b"", b"%PDF-1.7", b"<html></html>", make_picture()[:40], make_picture(kind="BMP")],
    ids=["SVG", "empty", "PDF", "HTML", "cut short", "BMP"],
)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(ImageRefused, match="no PNG, JPEG, GIF or WebP"):
        store_image(content, user=None)


def test_a_picture_that_is_too_large_is_refused_with_the_limit() -> None:
    with pytest.raises(ImageRefused, match="5,000,000 bytes is the most"):
        store_image(b"\x89PNG\r\n" + b"x" * (settings.MAX_IMAGE_BYTES - 5), user=None)


def test_an_image_beside_the_text_is_taken_in_and_shown(tmp_path: Path) -> None:
    take_in(tmp_path / "docs", {"pier/gates.md": TEXT, "pier/pictures/pier.png": make_picture()})
    image = Image.objects.get()
    assert SourceImage.objects.get().source_path == "pier/pictures/pier.png"
    assert f'src="{image.get_absolute_url()}"' in runbook_at("pier/gates.md").shown_version.html


def test_an_image_with_a_blank_in_its_name_is_found(tmp_path: Path) -> None:
    text = "# Gates\n\n![Pier](<the pier.png>) and ![again](the%20pier.png)\n"
    take_in(tmp_path / "docs", {"gates.md": text, "the pier.png": make_picture()})
    assert runbook_at("gates.md").shown_version.html.count(Image.objects.get().get_absolute_url()) == 2


def test_one_image_in_two_texts_is_stored_once(tmp_path: Path) -> None:
    files = {"a.md": TEXT, "b.md": TEXT, "pictures/pier.png": make_picture()}
    take_in(tmp_path / "docs", files)
    assert Image.objects.count() == SourceImage.objects.count() == 1


def test_an_image_nobody_shows_stays_outside(tmp_path: Path) -> None:
    take_in(tmp_path / "docs", {"a.md": "# A\n", "pier.png": make_picture()})
    assert not Image.objects.exists()


def test_a_picture_by_name_only_is_left_out_and_named(tmp_path: Path) -> None:
    outcome = take_in(tmp_path / "docs", {"a.md": TEXT, "pictures/pier.png": SVG})
    assert outcome.created == ["a.md"]
    assert "SVG is not taken" in outcome.notes["pictures/pier.png"]
    assert not Image.objects.exists()


def test_an_image_outside_the_folder_is_not_read(tmp_path: Path) -> None:
    text = "![](../pier.png) ![](/pier.png) ![](link.png)\n"
    write_tree(tmp_path, {"docs/a.md": text, "pier.png": make_picture()})
    (tmp_path / "docs/link.png").symlink_to(tmp_path / "pier.png")
    outcome = take_in(tmp_path / "docs")
    assert outcome.notes == {"link.png": "it is a link to a place outside the folder"}
    assert not Image.objects.exists()


def test_an_image_that_comes_later_is_shown_though_the_text_stayed(tmp_path: Path) -> None:
    take_in(tmp_path / "docs", {"a.md": TEXT})
    outcome = take_in(tmp_path / "docs", {"pictures/pier.png": make_picture()})
    assert outcome.updated == ["a.md"]
    assert Image.objects.get().get_absolute_url() in runbook_at("a.md").shown_version.html
    assert RunbookVersion.objects.count() == 1
    assert take_in(tmp_path / "docs").unchanged == ["a.md"]


def test_a_new_picture_under_the_same_name_takes_its_place(tmp_path: Path) -> None:
    take_in(tmp_path / "docs", {"a.md": TEXT, "pictures/pier.png": make_picture("navy")})
    take_in(tmp_path / "docs", {"pictures/pier.png": make_picture("teal")})
    assert bytes(SourceImage.objects.get().image.content) == make_picture("teal")
    assert SourceImage.objects.get().image.get_absolute_url() in runbook_at("a.md").shown_version.html
