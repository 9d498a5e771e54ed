"""How texts become words."""

import pytest

from runbooks.search.words import indexed, indexed_name, is_same_word, key_of, runs_of, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("KubePodCrashLooping", "kube pod crash looping"),
        ("CrashLoopBackOff", "crash loop back off"),
        ("ERR001", "err 001"),
        ("err-001 err_001", "err 001 err 001"),
        ("settings.json", "settings json"),
        ("k8s IPs p95", "k8s ips p95"),
        ("don't stop the service's pods", "don stop the service pods"),
        ("Überlauf in Łódź", "uberlauf in lodz"),
        ("Größe", "grosse"),
        ("привет мир", "привет мир"),
        ("数据库", "数据 据库"),
        ("🔥 !? --", ""),
    ],
)
def test_parts_stand_in_their_order(text, words):
    assert " ".join(words_of(text)) == words


def test_an_accent_beside_its_letter_is_the_same_letter():
    assert words_of("re\u0301sume\u0301") == words_of("résumé") == ["resume"]


@pytest.mark.parametrize(("one", "other"), [("err-001", "ERR001"), ("KubePodCrashLooping", "kube-pod-crash-looping")])
def test_forms_of_one_name_share_their_joined_word(one, other):
    assert set(indexed(one).split()) == set(indexed(other).split())


def test_neighbours_in_a_put_together_word_are_joined_too():
    assert {"crashloop", "backoff", "crashloopbackoff"} <= set(indexed("CrashLoopBackOff").split())


def test_neighbours_in_a_name_are_joined():
    assert "crashloop" in indexed_name("Crash loop of a pod").split()
    assert "crashloop" not in indexed("Crash loop of a pod").split()


def test_figures_side_by_side_make_no_word():
    assert "1020" not in indexed_name("10 20")


@pytest.mark.parametrize("name", ["ERR-001", "err_001", "Err 001", "érr.001"])
def test_the_key_holds_letters_and_digits_alone(name):
    assert key_of(name) == "err001"


def test_keys_and_words_have_a_longest_length():
    assert len(key_of("x" * 9_999)) == 300
    assert len(words_of("x" * 9_999)[0]) == 40


def test_places_of_the_parts_are_those_in_the_text():
    text = "see KubePodCrashLooping now"
    assert [text[p.start : p.end] for run in runs_of(text) for p in run.parts] == [
        "see",
        "Kube",
        "Pod",
        "Crash",
        "Looping",
        "now",
    ]


@pytest.mark.parametrize(
    ("one", "other"), [("restart", "restarting"), ("copy", "copies"), ("stop", "stopped"), ("alert", "alerts")]
)
def test_forms_of_a_word_are_the_same_word(one, other):
    assert is_same_word(one, other)
    assert is_same_word(other, one)


@pytest.mark.parametrize(("one", "other"), [("pod", "port"), ("node", "nothing"), ("disk", "disconnect")])
def test_other_words_are_not(one, other):
    assert not is_same_word(one, other)
