"""Names in braces: what goes in, how it is kept from being anything but text, and how it comes out again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbooks.filling import NAMES, Known, fill, in_prose, names_in
from runbooks.reading import read
from runbooks.unfilling import unfill

DESK = {
    "service_name": Known("Ticket desk"),
    "service_slug": Known("ticket-desk"),
    "team": Known("Harbour"),
    "team_chat": Known("#harbour"),
    "owner": Known("Ada Winter"),
    "slo": Known("99.9 % a month"),
    "dashboard_url": Known("https://grafana.example.net/d/desk?from=now", is_address=True),
    "links": Known(
        "Overview, Logs", ("- **Dashboard:** https://grafana.example.net/d/desk", "- **Logs:** https://x.example")
    ),
    "today": Known("2026-11-17"),
}


class TestFill:
    def test_a_known_name_becomes_its_value(self):
        assert fill("Owned by {{ team }}, {{team}}.", DESK) == "Owned by Harbour, Harbour."

    def test_an_unknown_fact_becomes_a_placeholder_that_the_reader_sees(self):
        text = fill("**SLO:** {{ slo }}\n", {})
        assert text == "**SLO:** [SLO of the service]\n"
        assert any(finding.code == "unfilled-placeholder" for finding in read(text).findings)

    def test_a_name_that_is_none_of_ours_stays(self):
        text = "{{ namespace }} {{ $labels.pod }} {{ .Values.x }} {{ TEAM }}"
        assert fill(text, DESK) == text

    def test_a_value_is_never_filled_again(self):
        assert (
            fill("{{ service_name }}", {"service_name": Known("{{ team }}"), "team": Known("Harbour")})
            == "\\{{ team }}"
        )

    def test_lines_take_the_place_of_a_name_that_has_the_line_to_itself(self):
        assert fill("a\n- {{ links }}\nb", DESK).split("\n") == ["a", *DESK["links"].lines, "b"]

    def test_within_a_line_the_same_name_is_one_line(self):
        assert fill("See {{ links }}.", DESK) == "See Overview, Logs."

    def test_a_pipe_stays_in_its_table_cell(self):
        text = fill("| Field | Value |\n|---|---|\n| **Owner** | {{ owner }} |\n", {"owner": Known("Ada | Ben")})
        assert read(text).value("owner") == "Ada | Ben"

    @pytest.mark.parametrize("value", ["a\nb", "a\r\n\r\n# b", "a\x00b", "a\u2028b"])
    def test_a_value_never_ends_its_line(self, value):
        assert len(fill("x {{ owner }} y", {"owner": Known(value)}).splitlines()) == 1

    @pytest.mark.parametrize(
        "value",
        [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "[click](https://evil.example)",
            "![x](https://evil.example/x.png)",
            "**loud**",
            "`code`",
            "# heading",
            "> quote",
            "- item",
            "1. item",
            "~~~",
            "===",
            "a&lt;b",
            "_so_",
            "\\",
        ],
    )
    def test_a_hostile_name_is_shown_as_it_is_and_is_nothing_else(self, value):
        document = read(fill("# T\n\n{{ service_name }}\n", {"service_name": Known(value)}))
        assert document.sections[0].text.strip() == value
        assert len(document.sections) == 1
        assert "<script" not in document.html and "<img" not in document.html
        assert all(link.text == link.target for link in document.links)  # an address says itself where it leads

    @given(st.text(max_size=60))
    def test_any_value_at_all_stays_one_paragraph_of_text(self, value):
        text = fill("before\n\n{{ owner }}\n\nafter\n", {"owner": Known(value)})
        assert text.startswith("before\n\n") and text.endswith("\n\nafter\n") and text.count("\n") == 5
        assert len(read(text).sections) == 0

    def test_in_code_a_plain_value_goes_in_as_it_is(self):
        assert (
            fill("```bash\nkubectl get deploy/{{ service_slug }}\n```", DESK)
            .split("\n")[1]
            .endswith("deploy/ticket-desk")
        )

    @pytest.mark.parametrize("value", ["x; rm -rf /", "$(reboot)", "a`b`", "a | tee b", "x > /etc/passwd", "'"])
    def test_in_code_nothing_goes_in_that_a_shell_would_act_upon(self, value):
        filled = fill(
            "```bash\necho {{ service_name }}\n```\nand `echo {{ service_name }}`", {"service_name": Known(value)}
        )
        assert filled == "```bash\necho [service]\n```\nand `echo [service]`"

    def test_in_code_a_value_of_two_lines_stays_on_one(self):
        filled = fill("```bash\n# {{ owner }}\n```", {"owner": Known("Ada\nreboot")})
        assert filled == "```bash\n# Ada reboot\n```"

    def test_front_matter_stays_yaml_whatever_comes_in(self):
        text = fill(
            "---\nkind: monitoring\nalert: {{ alert }}\n---\n\n# T\n", {"alert": Known('a: "b" #c\nkind: service')}
        )
        document = read(text)
        assert document.kind == "monitoring"
        assert document.front_matter["alert"] == 'a: "b" #c kind: service'

    def test_an_address_can_stand_in_a_link(self):
        known = {"dashboard_url": Known("https://g.example/a(b)|c d", is_address=True)}
        (link,) = read(fill("[See]({{ dashboard_url }})\n", known)).links
        assert link.target == "https://g.example/a%28b%29%7Cc%20d"

    def test_plain_names_are_left_readable(self):
        assert in_prose("p95 < 600 ms, 99.95% (harbour_team@example.com, #desk)") == (
            "p95 < 600 ms, 99.95% (harbour_team@example.com, #desk)"
        )

    def test_the_names_of_a_text_are_told_once_each(self):
        assert names_in("{{ team }} {{ owner }} {{ team }} {{ pod }}") == ("team", "owner")

    def test_a_text_without_names_comes_back_byte_for_byte(self):
        text = "# A\r\n\n```\n{{ pod }}\n~~~\n\n---\n\x0b"
        assert fill(text, DESK) == text


class TestUnfill:
    def test_filling_what_was_taken_out_gives_the_text_back(self):
        text = "# Desk\n\n**Team:** Harbour\n\nAsk #harbour or Ada Winter about the Ticket desk.\n"
        template = unfill(text, DESK)
        assert "Harbour" not in template and "{{ owner }}" in template and "{{ service_name }}" in template
        assert fill(template, DESK) == text

    def test_only_whole_words_are_taken_out(self):
        text = "Ticket desks, Harbourmaster, my-Harbour-app and preHarbour stay.\n"
        assert unfill(text, DESK) == text

    def test_the_slug_is_taken_out_of_commands_only(self):
        text = "The ticket-desk.\n\n```bash\nkubectl get deploy/ticket-desk ticket-desk-api\n```\n"
        assert unfill(text, DESK) == text.replace("deploy/ticket-desk", "deploy/{{ service_slug }}")

    def test_stated_dates_become_the_day_a_runbook_begins(self):
        text = "# T\n\n**Last Updated:** 2024-01-02\n**Next Review:** 2024-04-02\n\nSince 2024-01-02.\n"
        assert unfill(text, DESK) == (
            "# T\n\n**Last Updated:** {{ today }}\n**Next Review:** {{ next_review }}\n\nSince 2024-01-02.\n"
        )

    def test_stated_facts_of_front_matter_are_taken_out_too(self):
        text = "---\ntitle: Desk\nowner: Somebody Else\nstatus: active\n---\n\n# Desk\n"
        assert unfill(text, DESK, title="Desk") == (
            "---\ntitle: {{ title }}\nowner: {{ owner }}\nstatus: active\n---\n\n# {{ title }}\n"
        )

    def test_a_name_in_braces_that_is_there_already_stays(self):
        text = "Ask {{ owner }} of {{ service_name }}.\n"
        assert unfill(text, {"service_name": Known("owner"), "owner": Known("service_name")}) == text

    def test_the_title_becomes_a_name_once(self):
        assert unfill("# Desk #\n\n# Desk\n", {}, title="Desk") == "# {{ title }} #\n\n# Desk\n"

    def test_very_short_values_are_left_alone(self):
        assert unfill("An API of IT.\n", {"service_name": Known("IT"), "team": Known("")}) == "An API of IT.\n"

    @given(st.text(max_size=200))
    def test_any_text_survives(self, text):
        unfill(text, DESK, title=text[:20])
        fill(text, DESK)


def test_every_name_says_what_it_means():
    assert all(meaning and "[" not in meaning for meaning in NAMES.values())
