"""Blocks, sections, links and counts with their line numbers."""

from __future__ import annotations

from runbooks.reading.blocks import Block
from runbooks.reading.parse import Parsed, parse


def _kinds(parsed: Parsed) -> list[str]:
    return [block.kind for block in parsed.blocks]


def _only(parsed: Parsed, kind: str) -> Block:
    (block,) = [block for block in parsed.blocks if block.kind == kind]
    return block


def test_lines_count_from_one_with_front_matter_included() -> None:
    parsed = parse("---\ntitle: A\n---\n\n# A\n\nText\n")
    assert [(block.kind, block.line) for block in parsed.blocks] == [("heading", 5), ("paragraph", 7)]


def test_crlf_and_a_byte_order_mark_change_nothing() -> None:
    text = "# A\n\n- [ ] one\n\n```bash\nls\n```\n"
    plain, windows = parse(text), parse("\ufeff" + text.replace("\n", "\r\n"))
    assert windows.blocks == plain.blocks


def test_sections_know_number_path_anchor_and_their_own_text() -> None:
    parsed = parse("# Doc\n\n## 2. Deploy\n\nShip it.\n\n### 2.1 Steps\n\n```bash\nmake ship\n```\n")
    steps = parsed.sections[2]
    assert (steps.number, steps.title, steps.anchor, steps.path) == ("2.1", "Steps", "21-steps", ("Deploy",))
    assert steps.text == "make ship\n"
    assert parsed.sections[1].text == "Ship it."
    assert (steps.line, steps.end_line) == (7, 11)


def test_the_title_is_the_first_h1_without_its_emoji() -> None:
    assert parse("# 🔥 Fire drill\n\n# Second\n").title == "Fire drill"


def test_the_summary_is_the_first_sentence_of_prose() -> None:
    parsed = parse(
        "# A\n\n**Owner:** Ada\n\n**A bold line that is no prose**\n\n"
        "Takes the orders of all our shops and stores them. Then ships them.\n"
    )
    assert parsed.summary == "Takes the orders of all our shops and stores them."


def test_items_know_their_list_depth_number_and_box() -> None:
    parsed = parse("1. one\n2. two\n   - [x] nested\n")
    items = [(item.number, item.depth, item.task, item.checked, item.text) for item in parsed.blocks]
    assert items == [(1, 0, False, False, "one"), (2, 0, False, False, "two"), (0, 1, True, True, "nested")]


def test_code_in_an_item_knows_its_item() -> None:
    parsed = parse("1. Back up\n   ```bash\n   dump\n   ```\n2. Go\n")
    code = _only(parsed, "code")
    assert (code.in_item, code.line, code.text, code.language) == (1, 2, "dump\n", "bash")


def test_a_lead_in_is_known_to_what_follows_it() -> None:
    parsed = parse("Before any deployment:\n\n- [ ] tests pass\n- [ ] told everybody\n\n**Restart**\n```bash\nx\n```\n")
    assert [block.lead_in for block in parsed.blocks if block.kind == "item"] == ["Before any deployment"] * 2
    assert _only(parsed, "code").lead_in == "Restart"


def test_labels_are_read_in_their_three_forms() -> None:
    parsed = parse("**Owner:** Ada\n**Team**: [Core](https://e.example)\n*Last Review: 2026-01-02*\nplain\n")
    labels = [(label.label, label.value, label.line, label.url) for label in parsed.blocks[0].labels]
    assert labels == [
        ("Owner", "Ada", 1, ""),
        ("Team", "Core", 2, "https://e.example"),
        ("Last Review", "2026-01-02", 3, ""),
    ]


def test_table_cells_are_plain_text_with_lines_and_links() -> None:
    table = _only(parse("| **A** | `b` |\n|---|---|\n| [x](y.md) | |\n"), "table")
    assert [cell.text for cell in table.header] == ["A", "b"]
    assert (table.rows[0][0].text, table.rows[0][0].url, table.rows[0][0].line) == ("x", "y.md", 3)
    assert table.rows[0][1].text == ""


def test_github_alerts_are_quotes_without_their_mark() -> None:
    parsed = parse("> [!WARNING]\n> Mind the gap.\n")
    assert [(block.kind, block.text, block.line) for block in parsed.blocks] == [("quote", "Mind the gap.", 2)]


def test_admonitions_keep_line_numbers() -> None:
    parsed = parse('!!! tip "Good to know"\n    Drink water.\n\n    - often\n\nAfter.\n')
    assert [(block.kind, block.line) for block in parsed.blocks] == [("quote", 2), ("item", 4), ("paragraph", 6)]


def test_hugo_hints_are_quotes() -> None:
    parsed = parse("{{< hint danger >}}\nHot.\n{{< /hint >}}\n\nAfter.\n")
    assert [(block.kind, block.text) for block in parsed.blocks] == [("quote", "Hot."), ("paragraph", "After.")]


def test_an_admonition_in_a_code_block_stays_code() -> None:
    code = _only(parse('```text\n!!! note "x"\n    y\n```\n'), "code")
    assert code.text == '!!! note "x"\n    y\n'


def test_comments_are_no_text() -> None:
    parsed = parse("a <!-- hidden --> b\n\n<!-- all\nhidden -->\n")
    assert "hidden" not in " ".join(block.text for block in parsed.blocks)


def test_links_have_their_kind_and_broken_anchors_are_told() -> None:
    parsed = parse("# A b\n\n[x](#a-b) [y](#nope) [z](./o.md#p) <https://e.example> ![i](i.png) ada@e.example\n")
    assert [(link.kind, link.target, link.is_broken) for link in parsed.links] == [
        ("anchor", "#a-b", False),
        ("anchor", "#nope", True),
        ("relative", "./o.md#p", False),
        ("external", "https://e.example", False),
        ("image", "i.png", False),
        ("external", "mailto:ada@e.example", False),
    ]


def test_bare_addresses_end_before_the_sentence_does() -> None:
    (link,) = parse("See https://e.example/a_b_(c).\n").links
    assert link.target == "https://e.example/a_b_(c)"


def test_a_file_name_is_no_address() -> None:
    assert parse("Open README.md or deploy.sh now.\n").links == ()


def test_counts_are_those_of_gfm() -> None:
    counts = parse("# A\n\n## B\n\n- [ ] x\n- [X] y\n- z\n\n    code\n\n| a |\n|---|\n| b |\n\n```\nc\n```\n").counts
    assert (counts.headings, counts.task_items, counts.tables) == ((1, 1, 0, 0, 0, 0), 2, 1)


def test_broken_front_matter_is_reported_and_not_shown() -> None:
    parsed = parse("---\na: [\n---\n\nText.\n")
    assert _kinds(parsed) == ["paragraph"]
    assert "YAML" in parsed.not_understood[0].what


def test_nesting_beyond_reason_stays_text() -> None:
    parsed = parse("> " * 50 + "deep\n")
    assert "deep" in parsed.blocks[-1].text
    assert parsed.not_understood[0].line == 1
