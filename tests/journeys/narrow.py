"""What reaches out of a page sideways."""

from __future__ import annotations

from playwright.sync_api import Page

# What is wider than the screen: the page itself, or an element that reaches out of it and is not inside a part that scrolls
# or clips by itself (what is hidden for all but screen readers does not count).
FIND_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  const isKept = (el) => {
    for (let up = el.parentElement; up && up !== document.body; up = up.parentElement)
      if (getComputedStyle(up).overflowX !== "visible") return true;
    return false;
  };
  const wide = [...document.querySelectorAll("body *")].filter((el) => {
    const box = el.getBoundingClientRect();
    return box.width > 1 && (box.right > width + 1 || box.left < -1) && !isKept(el);
  });
  const found = wide.map((el) => `${el.tagName}.${el.className?.baseVal ?? el.className} ${el.textContent.trim().slice(0, 40)}`);
  const scrolls = document.documentElement.scrollWidth > width;
  return scrolls && !found.length ? ["the page itself"] : found;
}"""


def find_wide(page: Page) -> list[str]:
    """One line per element that is wider than the screen; empty when the page does not scroll sideways."""
    return [f"{page.url}: {found}" for found in page.evaluate(FIND_WIDE)]
