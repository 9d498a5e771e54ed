"""What is marked in an answer, and which part of a long text is shown."""

from runbooks.search.highlight import Marker
from runbooks.search.question import parse


def mark(question, text):
    return [piece for piece, is_match in Marker.of(parse(question).terms).mark(text) if is_match]


def test_forms_of_the_word_are_marked():
    assert mark("restart pods", "Restarting the pod restarts it") == ["Restarting", "pod", "restarts"]


def test_parts_of_a_put_together_word_are_marked():
    assert mark("crash looping", "KubePodCrashLooping") == ["CrashLooping"]


def test_a_word_put_together_is_marked_whole():
    assert mark("err001", "see ERR-001.") == ["ERR-001"]


def test_words_are_marked_whatever_their_accents():
    assert mark("uberlauf", "Überlauf des Puffers") == ["Überlauf"]


def test_a_word_still_being_typed_marks_the_words_it_begins():
    marker = Marker.of(parse("kub").with_prefix().terms)
    assert marker.mark("kubectl") == (("kubectl", True),)


def test_a_fragment_is_cut_where_most_words_stand():
    text = "restart " + "filler " * 200 + "restart the broken gate " + "filler " * 200
    fragment = Marker.of(parse("restart gate").terms).fragment(text)
    whole = "".join(piece for piece, _ in fragment)
    assert "restart the broken gate" in whole
    assert whole.startswith("… ")
    assert whole.endswith(" …")
    assert len(whole) < 260


def test_a_text_without_a_match_is_shown_from_its_start():
    assert Marker.of(parse("zebra").terms).fragment("One.\nTwo.") == (("One. Two.", False),)


def test_pieces_are_plain_text():
    assert Marker.of(parse("b").terms).mark("<b>") == (("<", False), ("b", True), (">", False))
