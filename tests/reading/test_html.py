"""The drawn page: markup, components, names for assistive technology."""

from __future__ import annotations

import re

import pytest

from runbooks.reading import read
from runbooks.reading.links import MEDIA


def _html(text: str, **options: object) -> str:
    return read(text, **options).html  # type: ignore[arg-type]


def test_each_second_heading_opens_a_named_section() -> None:
    html = _html("# Doc\n\nIntro.\n\n## A\n\nx\n\n## B\n\ny\n")
    assert html.count("<section ") == html.count("</section>") == 2
    assert '<section aria-labelledby="a">' in html
    assert '<h2 id="a">A<a class="anchor" href="#a" aria-hidden="true" tabindex="-1">#</a></h2>' in html


def test_the_title_and_the_front_matter_are_not_in_it() -> None:
    html = _html("---\nsecretary: Ada\n---\n# Doc title\n\nText\n")
    assert "Doc title" not in html
    assert "Ada" not in html


@pytest.mark.parametrize(
    ("heading", "number", "title"),
    [
        ("4.1 Deploy", "4.1", "Deploy"),
        ("Section 4: Deploy", "4", "Deploy"),
        ("1. Deploy **now**", "1", "Deploy <strong>now</strong>"),
    ],
)
def test_a_heading_shows_its_number_apart(heading: str, number: str, title: str) -> None:
    assert f'<span class="num">{number}</span>{title}<a class="anchor"' in _html(f"## {heading}\n")


def test_a_table_scrolls_and_has_a_name() -> None:
    html = _html("## Ports\n\n| Port | Use |\n|---:|:---:|\n| 80 | web |\n")
    assert '<div class="scroll" tabindex="0" role="region" aria-label="Ports table"><table class="table">' in html
    assert '<th scope="col" data-align="right">Port</th>' in html
    assert '<td data-align="center">web</td>' in html
    assert "style" not in html


def test_a_task_has_a_box_with_a_name() -> None:
    html = _html("- [x] done\n- [ ] open\n  - [ ] nested\n")
    assert '<ul class="tasks">' in html
    assert re.search(
        r'<input type="checkbox" id="task:1" disabled="" checked=""><label class="tasks__text" for="task:1">done</label>',
        html,
    )
    assert html.count("<input") == html.count("</label>") == 3


def test_a_task_with_a_command_is_named_by_reference() -> None:
    html = _html("- [ ] run `kubectl get po`\n")
    assert 'aria-labelledby="task-text:1"' in html
    assert "<label" not in html


def test_a_command_says_what_it_does_before_the_copy_button() -> None:
    html = _html("```bash\n# Remove it\nkubectl delete pod x\n```\n")
    assert '<figure class="cmd" data-effect="write">' in html
    assert html.index("Changes production") < html.index("data-copy")
    assert 'aria-label="Copy command: Remove it"' in html
    assert '<span class="c"># Remove it</span>' in html


def test_a_reading_command_says_so() -> None:
    html = _html("```bash\nkubectl get po\n```\n")
    assert 'data-effect="read"' in html
    assert "Read only" in html


def test_an_unknown_command_says_nothing() -> None:
    html = _html("```bash\n./deploy.sh\n```\n")
    assert '<figure class="cmd">' in html
    assert "badge" not in html


def test_prompts_and_output_are_marked() -> None:
    html = _html("```console\n$ ls\nfile\n```\n")
    assert '<span class="p">$ </span>' in html
    assert '<span class="out">file</span>' in html


def test_code_is_coloured_without_styles() -> None:
    html = _html('```yaml\nname: "x"\n```\n')
    assert 'class="hl-' in html
    assert "style=" not in html


def test_placeholders_are_variables_inside_coloured_code() -> None:
    html = _html('```bash\necho "to [service-name] now" $DB_HOST\n```\n')
    assert '<var data-var="service-name" data-empty="">[service-name]</var>' in html
    assert '<var data-var="db-host" data-empty="">$DB_HOST</var>' in html


def test_code_text_survives_colouring_and_placeholders() -> None:
    code = (
        "for x in a b; do echo \"$x [name] <pod-name>\" 'q' `id` > /tmp/$x; done # [end of it]\n\tif [ -f x ]; then\n"
    )
    html = _html(f"```bash\n{code}```\n")
    inner = html.split("<code>", 1)[1].split("</code>", 1)[0]
    text = (
        re.sub(r"<[^>]+>", "", inner)
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
        .replace("&quot;", '"')
    )
    assert text == code


def test_placeholders_in_prose_are_variables() -> None:
    assert '<var data-var="team-name" data-empty="">[Team Name]</var>' in _html("Owned by [Team Name].\n")


def test_an_empty_block_is_drawn() -> None:
    assert "<code></code>" in _html("```bash\n```\n")


def test_a_drawing_is_no_command() -> None:
    html = _html("## Tree\n\n```\na/\n├── b\n```\n")
    assert '<figure class="drawing">' in html
    assert 'aria-label="Copy text: Tree"' in html


def test_an_inline_command_has_its_own_button() -> None:
    html = _html("Run `kubectl get po` first.\n")
    assert (
        '<span class="icmd" data-effect="read"><code>kubectl get po</code><button type="button" class="icmd__copy" data-copy=""'
        in html
    )


@pytest.mark.parametrize(
    ("text", "tone", "label"),
    [
        ("> [!WARNING]\n> Hot.\n", "warn", "Warning"),
        ("> [!CAUTION]\n> Hot.\n", "danger", "Caution"),
        ('!!! tip "Do this"\n    Hot.\n', "good", "Do this"),
        ("{{< hint info >}}\nHot.\n{{< /hint >}}\n", "info", "Info"),
    ],
)
def test_callouts_have_a_tone_and_a_word(text: str, tone: str, label: str) -> None:
    html = _html(text)
    assert f'<div class="callout" data-tone="{tone}" role="note"><p class="callout__label"><b>{label}</b></p>' in html
    assert "<p>Hot.</p>" in html


def test_a_ladder_table_is_drawn_as_a_ladder() -> None:
    html = _html(
        "## Escalation Path\n\n| Level | Contact | Response Time |\n|---|---|---|\n| L1 | Ann | 5 min |\n| L2 | Bob | 15 min |\n"
    )
    assert html.count('class="ladder__level"') == 2
    assert "<table" not in html


def test_a_drawn_ladder_is_drawn_as_a_ladder() -> None:
    html = _html("## Escalation Path\n\n```\nLevel 1: Ann\n  |\n  v (if not solved in 20 min)\nLevel 2: Bob\n```\n")
    assert '<ol class="ladder"' in html
    assert "if not solved in 20 min" in html
    assert "<pre" not in html


def test_a_ladder_that_would_lose_a_column_keeps_its_table() -> None:
    html = _html(
        "## Escalation Path\n\n| Level | Contact | Response Time | Pager |\n|---|---|---|---|\n"
        "| L1 | Ann | 5 min | 555-0199 |\n| L2 | Bob | 9 min | 555-0198 |\n"
    )
    assert '<ol class="ladder"' in html
    assert "555-0199" in html


def test_contacts_can_be_called() -> None:
    html = _html(
        "## Contacts\n\n| Role | Name | Phone | Email |\n|---|---|---|---|\n| Owner | Ann | +44 20 7946 0112 | ann@x.example |\n"
    )
    assert '<a href="tel:+442079460112">+44 20 7946 0112</a>' in html
    assert 'href="mailto:ann@x.example"' in html


def test_the_facts_under_the_title_are_marked_and_keep_their_lines() -> None:
    html = _html("# Shop\n\n**Owner:** Ann\n**Version:** 1.0\n\n## A\n")
    assert re.search(r'<div class="docfacts"><p><strong>Owner:</strong> Ann<br>\s*<strong>Version', html)


def test_external_links_keep_their_secrets() -> None:
    assert '<a href="https://e.example/a" rel="noopener noreferrer">x</a>' in _html("[x](https://e.example/a)\n")


def test_anchor_links_lead_to_their_heading() -> None:
    html = _html("[x](#️-Section-1-A)\n\n## ⚙️ Section 1 A\n")
    assert '<a href="#-section-1-a">x</a>' in html


def test_relative_links_are_resolved() -> None:
    pages = {"./b.md#c": "/runbooks/shop/b/#c", "p.png": f"{MEDIA}p.png"}
    html = _html("[x](./b.md#c) [y](gone.md) ![z](p.png) ![w](gone.png)\n", resolve=pages.get)
    assert '<a href="/runbooks/shop/b/#c">x</a>' in html
    assert '<span class="deadlink" title="This link leads nowhere: gone.md">y</span>' in html
    assert f'<img src="{MEDIA}p.png" alt="z">' in html
    assert '<span class="noimage">w</span>' in html


def test_a_relative_link_that_leads_nowhere_is_reported() -> None:
    links = read("[x](gone.md)\n", resolve=lambda target: None).links
    assert links[0].is_broken


def test_footnotes_stand_at_the_end_with_a_way_back() -> None:
    html = _html("Text[^a].\n\n[^a]: Note.\n\n## Next\n")
    assert '<a href="#fn:1" id="fnref:1"' in html
    assert html.index('<li id="fn:1">') > html.index("Next")


def test_details_keep_working() -> None:
    html = _html("<details>\n<summary>More</summary>\n\n- a\n\n</details>\n\nAfter\n")
    assert "<summary>More</summary>" in html
    assert html.index("</details>") < html.index("After")


def test_an_unknown_tag_in_prose_is_text() -> None:
    assert "&lt;pod-name&gt;" in _html("Take <pod-name> down.\n")


def test_what_the_author_left_open_ends_with_its_section() -> None:
    html = _html("## A\n\n<details>\n\nx\n\n## B\n\ny\n")
    assert html.index("</details>") < html.index('id="b"')


def test_a_document_without_a_title_takes_its_files_name() -> None:
    assert read("Text\n", path="guides/disk_full.md").title == "Disk full"
    assert read("Text\n", path="guides/index.md").title == "Guides"


def test_a_template_line_that_looks_like_a_link_definition_is_shown() -> None:
    html = _html("- [Component 1]: [Description]\n- [Component 2]: [Description]\n")
    assert html.count("Description") == 2 and "Component 1" in html


def test_a_link_definition_still_defines() -> None:
    assert 'href="https://a.example/"' in _html("See [it][a].\n\n[a]: https://a.example/\n")


def test_tables_of_one_section_have_names_of_their_own() -> None:
    html = _html("## A\n\n| b |\n|---|\n| c |\n\nd\n\n| e |\n|---|\n| f |\n")
    assert 'aria-label="A table"' in html and 'aria-label="A, table 2"' in html


def test_no_further_title_is_a_first_level_heading_of_the_page() -> None:
    document = read("# A\n\n# B\n\nc\n\n> # D\n\n<h1>E</h1>\n")
    assert "<h1" not in document.html and '<h2 id="b">' in document.html
    assert [section.level for section in document.sections] == [1, 1, 1]
