"""Addresses as they stand in texts, and which of them are left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbooks.link_addresses import LONGEST, NO_HOST, encode, find_address, find_host, find_obstacle


@pytest.mark.parametrize(
    ("target", "address"),
    [
        ("https://Wiki.Harbour.pt", "https://wiki.harbour.pt/"),
        ("HTTPS://wiki.harbour.pt:443/A?b=C#d", "https://wiki.harbour.pt/A?b=C"),
        ("http://wiki.harbour.pt:80/", "http://wiki.harbour.pt/"),
        ("http://wiki.harbour.pt:8080/", "http://wiki.harbour.pt:8080/"),
        ("//wiki.harbour.pt/x", "https://wiki.harbour.pt/x"),
        ("https://wiki.harbour.pt./x", "https://wiki.harbour.pt/x"),
        ("http://[::1]:90/", "http://[::1]:90/"),
        ("mailto:ada@harbour.pt", ""),
        ("ftp://files.harbour.pt/", ""),
        ("./other.md", ""),
        ("#part", ""),
        ("", ""),
    ],
)
def test_one_place_has_one_address(target, address):
    assert find_address(target) == address


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("https://example.com/", "examples"),
        ("https://docs.example.org/x", "examples"),
        ("https://desk.test/", "examples"),
        ("https://desk.invalid/", "examples"),
        ("https://grafana.example/", "examples"),
        ("https://<host>/x", "placeholder"),
        ("https://grafana.harbour.pt/d/%3Cid%3E", "placeholder"),
        ("https://grafana.harbour.pt/d/{{ id }}", "placeholder"),
        ("https://grafana.harbour.pt/d/%7B%7Bid%7D%7D", "placeholder"),
        ("https://grafana.harbour.pt/d/[dashboard]", "placeholder"),
        ("https://grafana.harbour.pt/?var=$NAMESPACE", "placeholder"),
        ("https://grafana.harbour.pt/?var=${pod}", "placeholder"),
        ("https://$HOST/x", "placeholder"),
        ("https://ada:secret@wiki.harbour.pt/", "password"),
        ("https://ada@wiki.harbour.pt/", "password"),
        ("http://localhost:3000/", "own machine"),
        ("http://grafana/", "private network"),
        ("http://desk.shop.svc.cluster.local/", "private network"),
        ("http://wiki.corp/", "private network"),
        ("http://[::1", "no web address"),
        ("http://", "no web address"),
        ("http://wiki.harbour.pt:0/", "no web address"),
        ("http://wiki.harbour.pt:99999/", "no web address"),
        ("http://wiki.harbour.pt/a\r\nX-Evil: 1", "no web address"),
        ("https://wiki.harbour.pt/" + "a" * 100_000, "longer than"),
    ],
)
def test_what_is_left_alone_says_why(address, why):
    assert why in find_obstacle(address, private=False)


@pytest.mark.parametrize(
    "address",
    [
        "https://wiki.harbour.pt/",
        "https://wiki.harbour.pt/odata?$filter=name",
        "https://wiki.harbour.pt/a(b)_[1",
        "https://bücher.pt/ä?ö=ü",
        "https://xn--bcher-kva.pt/",
        "http://93.184.215.14/",
        "https://wiki.harbour.pt/caf%C3%A9",
    ],
)
def test_others_are_asked(address):
    assert find_obstacle(address, private=False) == ""


@pytest.mark.parametrize("address", ["http://grafana/", "http://localhost:3000/", "http://wiki.corp/"])
def test_names_of_a_private_network_are_asked_where_that_is_allowed(address):
    assert find_obstacle(address, private=True) == ""


def test_the_host_is_named_with_an_unusual_port():
    assert find_host("https://wiki.harbour.pt/x") == find_host("http://wiki.harbour.pt/y") == "wiki.harbour.pt"
    assert find_host("https://wiki.harbour.pt:8443/") == "wiki.harbour.pt:8443"
    assert find_host("http://[::1") == NO_HOST


@given(st.text(max_size=200))
def test_any_text_is_understood_or_left_alone(text):
    for target in (text, f"https://{text}", f"http://wiki.harbour.pt/{text}"):
        address = find_address(target)
        if not address or find_obstacle(address, private=False):
            continue
        assert len(address) <= LONGEST
        assert len(find_host(address)) <= 260
        assert encode(address).partition("://")[2]
        assert find_address(address) == address
