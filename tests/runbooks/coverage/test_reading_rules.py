"""Files of alerting rules: what is read, and what is refused with its line."""

from pathlib import Path

import pytest

from runbooks.alerting.rules import MOST_BYTES, RulesRefused, read_rules
from tests.runbooks.coverage.rules import PIER, RESOURCE, rule

CORPUS = Path(__file__).resolve().parents[4] / "shared/corpus/prometheus-rules"


def refusal(data):
    with pytest.raises(RulesRefused) as caught:
        read_rules(data)
    return str(caught.value)


def test_an_alert_is_read_with_everything_it_says():
    slow, stuck = read_rules(PIER)
    assert (slow.name, slow.group, slow.line, slow.severity, slow.waits) == ("TicketDeskSlow", "pier", 6, "page", "10m")
    assert slow.condition == "pier_latency_seconds > 2"
    assert slow.labels == {"severity": "page", "service": "ticket-desk"}
    assert slow.runbook_url == "https://example.org/somewhere/else"
    assert (stuck.name, stuck.line, stuck.runbook_url) == ("GateStuck", 15, "")


def test_a_resource_of_the_operator_is_read():
    assert [(rule.name, rule.group) for rule in read_rules(RESOURCE)] == [("TideGaugeSilent", "tides")]


def test_several_documents_and_other_resources_beside_them_are_read():
    data = b"---\n" + PIER + b"---\nkind: ConfigMap\ndata: {groups: no}\n---\n" + RESOURCE + b"---\n"
    assert [rule.name for rule in read_rules(data)] == ["TicketDeskSlow", "GateStuck", "TideGaugeSilent"]


def test_a_list_of_resources_is_read():
    data = b"kind: List\nitems:\n" + b"".join(b"  " + line + b"\n" for line in _item(RESOURCE))
    assert [rule.name for rule in read_rules(data)] == ["TideGaugeSilent"]


def _item(data):
    first, *rest = data.splitlines()
    return [b"- " + first, *(b"  " + line for line in rest)]


def test_a_byte_order_mark_and_windows_lines_harm_nothing():
    assert len(read_rules(b"\xef\xbb\xbf" + PIER.replace(b"\n", b"\r\n"))) == 2


def test_numbers_stay_words():
    data = b"groups: [{name: 1, rules: [{alert: Yes, expr: 1, for: 5m, labels: {severity: 1, on: off}}]}]"
    (only,) = read_rules(data)
    assert (only.group, only.name, only.severity, only.labels["on"]) == ("1", "Yes", "1", "off")


def test_recording_rules_alone_are_no_alerts():
    assert read_rules(b"groups: [{name: g, rules: [{record: a, expr: b}]}]") == ()


def test_a_group_without_rules_holds_none():
    assert read_rules(b"groups: [{name: g}, {name: h, rules: null}]") == ()


def test_an_alias_is_followed_and_a_merge_gives_what_is_not_there():
    data = b"""\
common: &common {severity: page, team: pier}
groups:
  - name: g
    rules:
      - alert: One
        labels: {<<: *common, team: desk}
      - alert: Two
        labels: *common
"""
    one, two = read_rules(data)
    assert one.labels == {"severity": "page", "team": "desk"} and two.labels == {"severity": "page", "team": "pier"}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "Nothing here is a group"),
        (b"just words", "Nothing here is a group"),
        (b"- a\n- b\n", "Nothing here is a group"),
        (b"kind: Deployment\nspec: {groups: []}\n", "Nothing here is a group"),
        (b"groups: 3\n", "line 1: “groups” is expected to be a list"),
        (b"groups:\n- words\n", "line 2: A group of rules is expected"),
        (b"groups:\n- name: g\n  rules: {a: b}\n", "line 3: “rules” is expected to be a list"),
        (b"groups:\n- name: g\n  rules:\n  - words\n", "line 4: A rule is expected"),
        (b"groups:\n- name: g\n  rules:\n  - expr: 1\n", "line 4: This rule has neither “alert” nor “record”"),
        (b"groups:\n- name: g\n  rules:\n  - alert: ''\n", "line 4: The alert needs a name"),
        (b"groups:\n- name: g\n  rules:\n  - alert: [x]\n", "line 4: Words are expected as the name of an alert"),
        (b"groups:\n- name: g\n  rules:\n  - alert: A\n    labels: x\n", "line 5: “labels” is expected to be names"),
        (b"groups:\n- name: g\n  rules:\n  - alert: " + b"A" * 301, "line 4: The name of an alert has 301 characters"),
        (b"groups:\n- name: g\n rules: [\n", "line 3: This is not YAML"),
        (b"groups:\n- name: \x07\n", "line 2: This is not YAML: it holds a character"),
        (b"groups:\n- name: \xff\n", "line 2: This is not UTF-8"),
        (b"\x00", "line 1: This is not YAML"),
        (b"groups: *nobody\n", "line 1: This is not YAML: the alias “*nobody” names nothing"),
        (b"a: &a\n  - *a\n", "line 2: This is not YAML: the alias “*a” names nothing"),
    ],
)
def test_what_is_no_file_of_rules_is_refused_with_its_line(data, said):
    assert said in refusal(data)


@pytest.mark.parametrize(
    "text",
    [
        b"groups:\n- name: g\n  rules:\n  {{- if .Values.alerts }}\n  - alert: A\n",
        b"groups:\n{% for team in teams %}\n- name: g\n{% endfor %}\n",
    ],
)
def test_the_text_of_a_template_is_refused_with_the_way_out(text):
    assert "text of a template, not YAML: render it first" in refusal(text)


def test_a_name_that_is_still_to_be_filled_in_is_none():
    assert "needs a name" in refusal(rule("'{{ .Values.name }}'"))


def test_too_large_a_file_is_refused_before_it_is_read():
    assert "is the most. Split it." in refusal(b"#" * (MOST_BYTES + 1))


def test_deep_nesting_is_refused():
    assert "nested too deeply" in refusal(b"[" * 200_000)


def test_a_bomb_of_aliases_takes_no_more_room_than_its_letters():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 40)]
    data = "\n".join([*lines, "groups: *a39"]).encode()
    assert "A group of rules is expected here" in refusal(data)


def test_a_bomb_of_merges_is_refused():
    lines = ["m0: &m0 {a: b}"] + [f"m{n}: &m{n} {{<<: [*m{n - 1}, *m{n - 1}]}}" for n in range(1, 30)]
    data = "\n".join([*lines, "groups: [{name: g, rules: [{alert: A, labels: *m29}]}]"]).encode()
    assert "too much is merged" in refusal(data)


def test_groups_that_stand_there_again_and_again_have_an_end():
    rules = ", ".join(f"{{alert: A{n}}}" for n in range(100))
    data = f"g: &g {{name: g, rules: [{rules}]}}\ngroups: [{', '.join(['*g'] * 1_000)}]".encode()
    assert "More than 20,000 alerts" in refusal(data)


def test_tags_make_no_objects():
    (only,) = read_rules(b"groups: [{name: g, rules: [{alert: !!python/object/apply:os.system ls}]}]")
    assert only.name == "ls"


def test_escaped_control_characters_can_be_stored():
    (only,) = read_rules(b'groups: [{name: g, rules: [{alert: "A\\0B", expr: "a\\0"}]}]')
    assert (only.name, only.condition) == ("AB", "a")


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the published rule files are not here")
def test_published_rule_files_are_read():
    found = {path.name: len(read_rules(path.read_bytes())) for path in CORPUS.iterdir()}
    assert len(found) == 8 and found["kubernetesControlPlane-prometheusRule.yaml"] == 63 and min(found.values()) > 0
