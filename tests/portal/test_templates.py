"""House rules for what is sent to browsers: strict Content-Security-Policy, fixed addresses, files that exist."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template
from django.urls import resolve

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "static").rglob("*.js"))
MAILS = (
    ROOT / "templates" / "mail"
)  # no browser applies the portal's policy to a mail, and a mail can't load a stylesheet
STYLESHEET = (ROOT / "static" / "portal.css").read_text()
# Inside a tag only: prose may well say "on call = 3".
FORBIDDEN = {
    "an inline style": re.compile(r"<[a-z][^>]*\sstyle\s*="),
    "an event handler": re.compile(r"<[a-z][^>]*\son[a-z]+\s*=(?!=)"),
    "a style element": re.compile(r"<style\b"),
    "an inline script": re.compile(r"<script\b(?![^>]*\ssrc=)"),
    "a script address": re.compile(r"javascript:", re.IGNORECASE),
    "a script from elsewhere": re.compile(r"<(script|link)\b[^>]*(src|href)=\"https?:"),
}


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_template_keeps_to_the_content_security_policy(path: Path) -> None:
    text = path.read_text()
    allowed = {"a style element"} if MAILS in path.parents else set()
    assert {what for what, pattern in FORBIDDEN.items() if pattern.search(text)} - allowed == set()


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_template_compiles(path: Path) -> None:
    assert get_template(str(path.relative_to(ROOT / "templates")))


@pytest.mark.parametrize("path", SCRIPTS, ids=_name)
def test_script_makes_no_code_from_text(path: Path) -> None:
    """`innerHTML` is set to fixed markup only."""
    text = path.read_text()
    assert not re.search(r"\beval\(|new Function|insertAdjacentHTML|document\.write", text)
    assert all(value.startswith('"') and "${" not in value for value in re.findall(r"innerHTML[:=] *([^,}\n]*)", text))


@pytest.mark.parametrize("name", ["base.html", "runbooks/page.html", "errors/plain.html", "500.html"])
def test_addresses_written_out_are_those_of_the_site_map(name: str) -> None:
    text = (ROOT / "templates" / name).read_text()
    addresses = set(re.findall(r"(?:href|action)=\"(/[a-z/]*)[#\"]", text))
    pages = {address for address in addresses if not address.startswith("/static/")}
    assert all(resolve(address) for address in pages)


def test_every_icon_used_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'id="i-([a-z]+)"', (ROOT / "static" / "icons.svg").read_text()))
    used = {icon for path in TEMPLATES for icon in re.findall(r"#i-([a-z]+)\"", path.read_text())}
    due = {"overdue", "soon", "fresh"}  # printed from a variable
    assert used | due <= sprite


def test_every_file_the_stylesheet_names_exists() -> None:
    assert all((ROOT / "static" / name).is_file() for name in re.findall(r"url\(\"([^\"]+)\"\)", STYLESHEET))


@pytest.mark.parametrize("path", sorted((ROOT / "templates/runbooks/parts").glob("*.html")), ids=_name)
def test_part_stored_with_a_version_depends_on_no_release(path: Path) -> None:
    """A hashed file name or an address that changes later would stay in stored pages."""
    assert not re.search(r"{% (static|url|csrf_token|now)\b", path.read_text())
