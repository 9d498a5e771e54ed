"""Texts that are meant to make a reader slow or make it fall over, each of about the size that is asked for.

The benchmark reads a megabyte of each; the tests read shorter ones, for which the same forms must be safe.
"""

from __future__ import annotations

from collections.abc import Callable

MEGABYTE = 1_000_000  # characters: what each text is measured at


def make_hostile(name: str, size: int = MEGABYTE) -> str:
    """The text of that name, of `size` characters or fewer (a few that grow by lines are somewhat longer)."""
    return HOSTILE[name](size)


def _fill(piece: str, size: int) -> str:
    return piece * (size // len(piece))


HOSTILE: dict[str, Callable[[int], str]] = {
    "quotes in quotes": lambda size: ">" * (size // 10),
    "quotes with blanks": lambda size: "> " * (size // 10) + "a",
    "brackets": lambda size: "[" * (size // 10),
    "a megabyte of brackets": lambda size: _fill("[", size),
    "closed brackets": lambda size: "[" * (size // 20) + "]" * (size // 20),
    "emphasis": lambda size: "*a_" * (size // 10),
    "emphasis openers": lambda size: _fill("*a **b ", size),
    "emphasis closers": lambda size: _fill("a* b** ", size),
    "strikethrough": lambda size: _fill("~~a ~b ", size),
    "links without end": lambda size: "[a](" * (size // 20),
    "links": lambda size: _fill("[a](b) ", size),
    "links, unclosed angle": lambda size: _fill("[a](<b ", size),
    "images in images": lambda size: "![" * (size // 100) + "](a)" * (size // 100),
    "backtick runs": lambda size: "".join("`" * i + " " for i in range(1, int(1.4 * size**0.5))),
    "single backticks": lambda size: _fill("` a `` b ", size),
    "comment openers": lambda size: _fill("<!-- ", size),
    "comment openers in a sentence": lambda size: "a " + _fill("<!-- ", size),
    "tag openers": lambda size: _fill("a <b c='", size),
    "tag openers on lines": lambda size: _fill("<b c='\n", size),
    "processing instructions": lambda size: "a " + _fill("<? ", size),
    "cdata": lambda size: "a " + _fill("<![CDATA[ ", size),
    "declarations": lambda size: "a " + _fill("<!A ", size),
    "autolinks": lambda size: _fill("<http://a ", size),
    "bare addresses": lambda size: _fill("http://a.b/c_d ", size),
    "one address": lambda size: "http://a.b/" + _fill("c", size),
    "mail-like": lambda size: _fill("a@b.c.d.", size),
    "dots and at": lambda size: _fill("a.", size) + "@",
    "entities": lambda size: _fill("&amp;&x", size),
    "backslashes": lambda size: _fill("\\", size),
    "escaped": lambda size: _fill("\\*\\[", size),
    "an unclosed fence": lambda size: "```bash\n" + _fill("echo $X [a b]\n", size),
    "fences": lambda size: _fill("```\n", size),
    "indented code": lambda size: _fill("    kubectl delete pod\n", size),
    "a code block": lambda size: "```bash\n" + _fill("kubectl get pods -n [name] | grep $X # <pod>\n", size) + "```\n",
    "a code block on one line": lambda size: "```bash\n" + _fill("a $(b ", size) + "\n```\n",
    "a code block of quotes": lambda size: "```bash\n" + _fill("'\"", size) + "\n```\n",
    "a code block of backslashes": lambda size: "```bash\n" + _fill("\\", size) + "\n```\n",
    "many small code blocks": lambda size: _fill("```bash\nkubectl get po # x\n```\n\n", size),
    "many prompts": lambda size: "```console\n" + _fill("$ ls\na\n", size) + "```\n",
    "many heredocs": lambda size: "```bash\n" + _fill("cat <<A\n", size) + "```\n",
    "a heredoc for each line": lambda size: "```bash\n" + _fill("cat <<A\nA\n", size) + "```\n",
    "a sql block": lambda size: "```sql\n" + _fill("select 'a' from b; ", size) + "\n```\n",
    "a long line": lambda size: _fill("a", size),
    "a long line of words": lambda size: _fill("word ", size),
    "a long heading": lambda size: "# " + _fill("a b ", size),
    "one paragraph of many lines": lambda size: _fill("a\n", size),
    "empty lines": lambda size: _fill("\n", size),
    "carriage returns": lambda size: _fill("\r", size),
    "blanks": lambda size: _fill(" ", size),
    "tabs": lambda size: _fill("\t", size),
    "headings of one name": lambda size: _fill("# a\n", size),
    "second headings of one name": lambda size: _fill("## a\n\nb\n\n", size),
    "setext headings": lambda size: _fill("a\n=\n", size),
    "headings named like repeats": lambda size: _fill("# a\n# a-1\n", size),
    "a long table": lambda size: "| a | b |\n|---|---|\n" + "| c | d |\n" * (size // 100),
    "a wide table": lambda size: (
        "|" + "a|" * (size // 20) + "\n|" + "-|" * (size // 20) + "\n|" + "b|" * (size // 20) + "\n"
    ),
    "a wide and long table": lambda size: "|" + "a|" * 400 + "\n|" + "-|" * 400 + "\n" + "|b\n" * (size // 16),
    "many small tables": lambda size: _fill("| a |\n|---|\n| b |\n\n", size),
    "alert tables": lambda size: _fill("| Alert | Severity |\n|---|---|\n| Down | high |\n\n", size),
    "a contact table": lambda size: (
        "| Role | Name | Phone | Email |\n|---|---|---|---|\n"
        + "| a | b | +44 20 1234 5678 | a@b.example |\n" * (size // 66)
    ),
    "reference definitions": lambda size: "".join(f"[a{i}]: b\n" for i in range(size // 12)),
    "reference definitions, split": lambda size: "".join(f"[a{i}]:\nb\n" for i in range(size // 12)),
    "uses of a reference": lambda size: "[a]: b\n\n" + _fill("[a] ", size),
    "footnotes": lambda size: (
        "".join(f"[^{i}] " for i in range(size // 50)) + "\n\n" + "".join(f"[^{i}]: a\n\n" for i in range(size // 50))
    ),
    "footnotes in footnotes": lambda size: "[^a]: " * (size // 20),
    "footnote openers": lambda size: _fill("[^", size),
    "nested lists": lambda size: "".join("  " * i + "- a\n" for i in range(int(1.2 * size**0.5))),
    "nested lists on a line": lambda size: "- " * (size // 10) + "a",
    "nested numbers on a line": lambda size: "1. " * (size // 10) + "a",
    "lists in quotes": lambda size: "> - " * (size // 20),
    "a long list": lambda size: _fill("- a\n", size),
    "a long numbered list": lambda size: _fill("1. a\n", size),
    "a long task list": lambda size: _fill("- [ ] a\n", size),
    "a loose list": lambda size: _fill("- a\n\n", size),
    "alternating lists": lambda size: _fill("- a\n* b\n", size),
    "placeholders in prose": lambda size: _fill("[a b] ", size),
    "different placeholders": lambda size: "".join(f"[name {i}]\n\n" for i in range(size // 16)),
    "different placeholders on a line": lambda size: " ".join(f"[name {i}]" for i in range(size // 16)),
    "mustaches": lambda size: _fill("{{ a }} ", size),
    "open mustaches": lambda size: _fill("{{ a ", size),
    "labels": lambda size: _fill("**a:** b\n", size),
    "bold levels": lambda size: _fill("**Level 1: a**\n- Handles: b\n\n", size),
    "steps": lambda size: _fill("#### Step 1: a\n\n", size),
    "alert headings": lambda size: _fill("### Alert: a\n\n**Severity**: b\n\n", size),
    "issues": lambda size: _fill("### Issue: a\n\n**Symptoms:**\n- b\n\n", size),
    "ladders": lambda size: _fill("| Level | Contact | Response Time |\n|---|---|---|\n| L1 | a | 5 min |\n\n", size),
    "drawn ladders": lambda size: _fill("```\nLevel 1: a\n  |\n  v (if b)\nLevel 2: c\n```\n\n", size),
    "alerts of github": lambda size: _fill("> [!NOTE]\n> a\n\n", size),
    "admonitions": lambda size: _fill('!!! note "a"\n    b\n\n', size),
    "open hints": lambda size: _fill("{{< hint info >}}\n", size),
    "raw tags": lambda size: _fill("<div>", size),
    "raw tags on lines": lambda size: _fill("<div>\n\n", size),
    "raw end tags": lambda size: _fill("</div>\n\n", size),
    "raw spans": lambda size: _fill("a <b>c</b> ", size),
    "open spans": lambda size: _fill("a <b> ", size),
    "raw tables": lambda size: _fill("<table><tr><td>\n\n", size),
    "attributes": lambda size: "<a " + _fill("b=c ", size) + ">",
    "front matter": lambda size: "---\n" + _fill("a: b\n", min(size, 60_000)) + "---\n",
    "front matter, deep": lambda size: "---\na: " + "[" * (size // 20) + "\n---\n",
    "front matter, too long": lambda size: "---\n" + _fill("a: b\n", size) + "---\n",
    "front matter, keys": lambda size: "---\n? " * (size // 100) + "\n---\n",
    "front matter without end": lambda size: "---\n" + _fill("a: b\n", size),
    "nul": lambda size: _fill("a\0", size),
    "wide characters": lambda size: _fill("🎯 ", size),
    "combining marks": lambda size: "a" + _fill("\u0301", size),
    "right to left": lambda size: _fill("\u202e# ש\n", size),
    "inline commands": lambda size: _fill("`kubectl get po` ", size),
    "inline commands on lines": lambda size: _fill("- `kubectl delete po x`\n", size),
    "yaml": lambda size: "```yaml\n" + _fill("- a: [b]\n", size) + "```\n",
    "small yaml blocks": lambda size: _fill("```yaml\na: b\n```\n", size),
    "quoted addresses": lambda size: _fill('"a@b.cc" ', size),
    "rules": lambda size: _fill("---\n\n", size),
    "pipes": lambda size: _fill("|", size),
    "dashes": lambda size: _fill("-", size),
    "equals": lambda size: _fill("=\n", size),
}
