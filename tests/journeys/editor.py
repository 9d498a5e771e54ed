"""The parts of the editor by their names, and files given to it as a browser gives them."""

from __future__ import annotations

import base64
import io
import re

from PIL import Image as Picture
from playwright.sync_api import Page

PATH = "/runbooks/ticket-desk/ticket-desk/"
EDIT = f"{PATH}edit/"
PHONE = {"width": 390, "height": 844}
IMAGE = re.compile(r"!\[Describe the image\]\(/runbooks/images/[0-9a-f]{64}\.png\)")


def text_of(page: Page):
    return page.get_by_label("Text", exact=True)


def preview_of(page: Page):
    return page.get_by_role("region", name="Preview")


def state_of(page: Page):
    return page.locator("[data-keep-state]")


def png(colour: str = "navy") -> str:
    buffer = io.BytesIO()
    Picture.new("RGB", (40, 30), colour).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


GIVE = """(field, [kind, files, text]) => {
  const data = new DataTransfer();
  for (const [name, type, body] of files)
    data.items.add(new File([Uint8Array.from(atob(body), (c) => c.charCodeAt(0))], name, { type }));
  if (text) data.setData("text/plain", text);
  const Kind = kind === "paste" ? ClipboardEvent : DragEvent;
  const options = { bubbles: true, cancelable: true, [kind === "paste" ? "clipboardData" : "dataTransfer"]: data };
  return field.dispatchEvent(new Kind(kind, options));
}"""


def give(page: Page, kind: str, *files: list[str], text: str = "") -> bool:
    """Paste or drop these files on the text; whether the browser would go on to do what it does by itself."""
    return bool(text_of(page).evaluate(GIVE, [kind, list(files), text]))
