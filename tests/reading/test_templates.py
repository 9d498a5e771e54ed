from __future__ import annotations

from runbooks.reading.templates import find_parts
from tests.reading.structure_of import document_of


def test_text_under_a_notification_lead_in_is_a_message_template():
    text = "# A\n\n## Communication Templates\n\n**Initial Notification**\n```\n[SYSTEM] is slow.\nNext update: [TIME]\n```\n"
    (found,) = document_of(text).templates
    assert (found.kind, found.name, found.line) == ("communication", "Initial Notification", 6)
    assert found.text == "[SYSTEM] is slow.\nNext update: [TIME]"
    assert found.placeholders == ("system", "time")


def test_a_heading_may_name_the_message():
    (found,) = document_of("# A\n\n### Resolution notification\n\n```text\nIt works again.\n```\n").templates
    assert found.name == "Resolution notification"


def test_a_review_form_tells_its_parts():
    text = (
        "# A\n\n## Post-Incident Review Template\n\n```\nTIMELINE:\nROOT CAUSE:\nWHAT WENT WELL:\nACTION ITEMS:\n```\n"
    )
    (found,) = document_of(text).templates
    assert (found.kind, found.parts) == ("post-incident", ("timeline", "root cause", "went well", "action items"))


def test_parts_may_be_markdown_headings():
    assert find_parts("# Incident\n## Timeline\ntext\n## Lessons Learned\n## Impact\n") == (
        "timeline",
        "lessons learned",
        "impact",
    )


def test_commands_under_such_headings_are_no_templates():
    assert document_of("# A\n\n## Notification templates\n\n```bash\n./notify.sh\n```\n").templates == ()


def test_text_elsewhere_is_no_template():
    assert document_of("# A\n\n## Runbook Template\n\n```markdown\n# [Name]\n```\n").templates == ()
