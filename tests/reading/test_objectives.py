from __future__ import annotations

import pytest

from tests.reading.structure_of import document_of


def objectives_of(text: str) -> list[tuple[str, str]]:
    return [(found.kind, found.value) for found in document_of(text).objectives]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("- **RTO (Recovery Time Objective):** 4 hours\n- **RPO:** 15 min\n", [("RTO", "4 hours"), ("RPO", "15 min")]),
        (
            "| Objective | Target |\n|-|-|\n| RTO | 4 h |\n| Recovery Point Objective | 1 h |\n",
            [("RTO", "4 h"), ("RPO", "1 h")],
        ),
        ("| Component | RTO | RPO |\n|-|-|-|\n| Database | 1 h | 5 min |\n", [("RTO", "1 h"), ("RPO", "5 min")]),
        ("The RTO is 4 hours, the RPO 30 minutes.\n", [("RTO", "4 hours"), ("RPO", "30 minutes")]),
        ("Recovery Time Objective (RTO): 2 hours\n", [("RTO", "2 hours")]),
        ("RTO/RPO: 4h / 15 min\n", [("RTO", "4h"), ("RPO", "15 min")]),
        ("RTO <= 4 hours\n", []),
        ("We have talked about RTO and RPO at length.\n", []),
    ],
)
def test_objectives_are_found_in_lists_tables_and_sentences(text, found):
    assert objectives_of(f"# A\n\n## Recovery\n\n{text}") == found


def test_a_bracketed_duration_keeps_its_value_and_is_missing():
    (found,) = document_of("# A\n\n1. Set the Recovery Point Objective (RPO): [1 hour]\n").objectives
    assert (found.kind, found.value, found.missing) == ("RPO", "1 hour", True)


def test_a_placeholder_is_missing():
    (found,) = document_of("# A\n\n- **RTO:** [Time]\n").objectives
    assert (found.value, found.missing, found.line) == ("", True, 3)
