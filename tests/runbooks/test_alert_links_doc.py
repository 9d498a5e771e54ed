"""The examples in docs/alert-links.md can be taken as they are."""

import re
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.urls import resolve

DOCS = Path(settings.BASE_DIR) / "docs"
TEXT = (DOCS / "alert-links.md").read_text()
TEMPLATE = (DOCS / "prometheus" / "runbook-links.tmpl").read_text()
EXAMPLES = [yaml.safe_load(block) for block in re.findall(r"^```yaml\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)]
ACTION = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}")


def annotations_of(example):
    return [rule["annotations"] for group in example.get("groups", ()) for rule in group["rules"]]


LINKS = [found["runbook_url"] for example in EXAMPLES for found in annotations_of(example)]


def test_there_is_an_example_for_each_sender():
    assert len(EXAMPLES) == 4 and len(LINKS) == 3


@pytest.mark.parametrize("link", LINKS)
def test_each_link_goes_to_the_portals_own_address(link):
    address, _, labels = link.partition("?")
    assert resolve(address.removeprefix("https://runbooks.example.com")).view_name == "alert"
    assert labels and "{{" not in address


@pytest.mark.parametrize("link", LINKS)
def test_each_value_in_a_link_is_escaped(link):
    values = [action for action in ACTION.findall(link) if not action.startswith(("range", "end", "$name"))]
    assert values and all(action.endswith("| urlquery") for action in values)


def test_each_rule_is_a_rule():
    for example in EXAMPLES:
        for group in example.get("groups", ()):
            assert group["name"] and all(rule.get("alert") or rule.get("title") for rule in group["rules"])


def test_the_receiver_of_the_route_is_there():
    config = next(example for example in EXAMPLES if "route" in example)
    assert config["route"]["receiver"] in [receiver["name"] for receiver in config["receivers"]]


def test_every_template_that_the_examples_use_is_in_the_file():
    used = set(re.findall(r'template "([\w.]+)"', TEXT + TEMPLATE))
    assert used <= set(re.findall(r'define "([\w.]+)"', TEMPLATE)) and "portal.link" in used


def test_every_block_of_the_template_is_closed():
    words = [action.split()[0] for action in ACTION.findall(re.sub(r"\{\{/\*.*?\*/\}\}", "", TEMPLATE))]
    assert words.count("end") == sum(words.count(word) for word in ("define", "if", "range"))
