"""Labels of an alert: which placeholder they fill, and which values never get into a command."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbooks.labels import MOST, fill_inputs, fill_text, find_names, match_labels, why_not
from runbooks.reading import read


def values(query, *placeholders):
    return dict(match_labels(query.items(), placeholders).values)


@pytest.mark.parametrize(
    ("label", "placeholder"),
    [
        ("pod", "pod"),
        ("pod", "pod-name"),
        ("pod_name", "pod"),
        ("POD", "pod"),
        ("namespace", "namespace"),
        ("namespace", "your-namespace"),
        ("namespace", "ns"),
        ("kubernetes_namespace", "namespace"),
        ("service", "service-name"),
        ("persistentvolumeclaim", "pvc"),
        ("deployment", "deploy"),
        ("exported_pod", "pod-name"),
        ("job", "job"),
        ("job_name", "job-name"),
        ("error_code", "error-code"),
    ],
)
def test_a_label_fills_what_means_the_same(label, placeholder):
    assert values({label: "web-1"}, placeholder) == {placeholder: "web-1"}


@pytest.mark.parametrize(
    ("label", "placeholder"),
    [
        ("pod", "pod-id"),
        ("pod", "podcast"),
        ("job", "job-name"),
        ("job", "your-job"),
        ("instance", "instance-name"),
        ("namespace", "name"),
        ("service", "service-account"),
        ("node", "node-pool"),
    ],
)
def test_a_label_leaves_what_only_looks_similar(label, placeholder):
    assert values({label: "web-1"}, placeholder) == {}


def test_the_exact_name_goes_before_one_that_means_the_same():
    assert values({"pod": "a", "pod_name": "b"}, "pod-name", "pod") == {"pod-name": "b", "pod": "a"}


def test_a_label_of_the_thing_itself_goes_before_that_of_the_scrape():
    assert values({"namespace": "monitoring", "exported_namespace": "shop"}, "namespace") == {"namespace": "shop"}


def test_an_unsafe_label_is_not_replaced_by_a_worse_one():
    assert values({"namespace": "monitoring", "exported_namespace": "a b"}, "namespace") == {}


@pytest.mark.parametrize(
    "value",
    ["web-1", "shop", "10.0.0.1:9100", "/dev/sda1", "/", "a_b", "api@v2", "a=b,c=d", "1.5e+3", ".hidden", "x" * 253],
)
def test_a_harmless_value_is_filled_in(value):
    assert why_not(value) == ""


@pytest.mark.parametrize(
    "value",
    [
        "a b",
        "a;rm",
        "$(reboot)",
        "`reboot`",
        "a|b",
        "a&b",
        "a>b",
        "a<b",
        "a'b",
        'a"b',
        "a\\b",
        "a\nb",
        "a\tb",
        "a#b",
        "a*",
        "a?",
        "~root",
        "{a,b}",
        "[a]",
        "a!b",
        "a^b",
        "100%",
        "-rf",
        "--all",
        "@/etc/passwd",
        "=cmd",
        "+x",
        ",a",
        "..",
        "../../etc",
        "data/../../etc",
        "x" * 254,
        "ünïcode",
        "раураl",
        "a\u202eb",
        "a\x00b",
        "",
    ],
)
def test_a_value_that_could_do_something_is_not(value):
    assert why_not(value)


def test_a_label_that_is_not_filled_in_is_named_with_its_reason():
    filling = match_labels([("pod", "a;reboot"), ("namespace", "shop")], ["pod", "namespace"])
    assert [(label.name, label.reason) for label in filling.left_out] == [
        ("pod", "holds characters that a shell could act upon")
    ]
    assert filling.values == {"namespace": "shop"}


def test_a_label_given_twice_with_different_values_fills_nothing():
    filling = match_labels([("pod", "a"), ("pod", "b")], ["pod"])
    assert filling.values == {} and "more than once" in filling.left_out[0].reason


def test_a_label_given_twice_alike_is_one():
    assert match_labels([("pod", "a"), ("pod", "a")], ["pod"]).values == {"pod": "a"}


def test_labels_that_nothing_asks_for_are_kept_apart():
    filling = match_labels([("severity", "critical"), ("empty", ""), ("pod", "a")], ["pod"])
    assert [(label.name, label.value) for label in filling.spare] == [("severity", "critical")]


def test_what_is_shown_is_printable_and_short():
    filling = match_labels([("note", "a\u202e\x07b" + "x" * 500)], [])
    assert filling.spare[0].value.startswith("abx") and len(filling.spare[0].value) == 60


def test_only_so_many_labels_are_looked_at():
    filling = match_labels(((f"l{n}", "x") for n in range(500)), [])
    assert len(filling.spare) == MOST


TEXT = """\
# Pods

Look at [pod-name] "first".

```bash
kubectl -n $NAMESPACE logs <pod-name> ${POD}
kubectl -n {{ namespace }} get [what "you" like here]
```
"""


def test_every_form_of_a_placeholder_is_filled():
    html = fill_text(read(TEXT).html, {"namespace": "shop", "pod-name": "web-1", "pod": "web-1"})
    assert html.count(">shop</var>") == 2 and html.count(">web-1</var>") == 3
    assert 'data-var="namespace" data-empty' not in html


def test_what_was_written_is_kept_for_whoever_empties_the_field():
    html = fill_text(read(TEXT).html, {"pod-name": "web-1", "what-you-like-here": "x"})
    assert 'data-written="&lt;pod-name&gt;"' in html


def test_a_text_without_values_is_left_as_it_is():
    html = read(TEXT).html
    assert fill_text(html, {}) == html


def test_placeholders_of_text_and_form_are_found():
    form = '<input id="v-token" data-fills="token">'
    assert {"namespace", "pod-name", "pod", "token"} <= find_names(read(TEXT).html, form)


def test_the_form_gets_its_values_and_says_where_they_are_from():
    form = '<input id="v-pod" data-fills="pod"><input id="v-x" data-fills="x">'
    assert fill_inputs(form, {"pod": "web-1"}) == (
        '<input id="v-pod" data-fills="pod" value="web-1" data-given><input id="v-x" data-fills="x">'
    )


@given(st.lists(st.tuples(st.text(max_size=80), st.text(max_size=300)), max_size=60), st.lists(st.text(max_size=20)))
def test_any_labels_give_an_answer_and_only_harmless_values(pairs, placeholders):
    filling = match_labels(pairs, placeholders)
    assert all(why_not(value) == "" for value in filling.values.values())
    assert set(filling.values) <= set(placeholders)
