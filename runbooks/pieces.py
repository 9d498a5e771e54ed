"""What the editor's insert menu offers: small pieces of Markdown in the forms the portal understands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    label: str  # in the menu
    markdown: str
    first: str  # the words of it that are selected, to be typed over


PIECES = (
    Piece(
        "Checklist",
        "**Before you start:**\n\n- [ ] First thing to check\n- [ ] Second thing to check",
        "First thing to check",
    ),
    Piece(
        "Alert table",
        "| Alert | Severity | Condition | Response |\n"
        "|-------|----------|-----------|----------|\n"
        "| AlertName | SEV-2 | What is true, and for how long | What to do first |",
        "AlertName",
    ),
    Piece(
        "Contacts",
        "| Role | Name | Phone | Email | Availability |\n"
        "|------|------|-------|-------|--------------|\n"
        "| Service owner | [name] | [phone] | [email] | Office hours |",
        "Service owner",
    ),
    Piece(
        "Escalation ladder",
        "| Level | Contact | Response Time SLA |\n"
        "|-------|---------|-------------------|\n"
        "| L1 | [on-call engineer] | 15 minutes |\n"
        "| L2 | [team lead] | 30 minutes |\n"
        "| L3 | [head of operations] | 1 hour |",
        "[on-call engineer]",
    ),
    Piece(
        "Command with variables",
        "```bash effect=read\n# What this shows\nkubectl -n [namespace] get pods -l app=[service-name]\n```",
        "What this shows",
    ),
    Piece(
        "Step of a procedure",
        "### Step 1: What to do\n\n"
        "```bash\nkubectl -n [namespace] rollout status deploy/[service-name]\n```\n\n"
        "**Expected output:** What it says when it worked",
        "What to do",
    ),
    Piece(
        "Known issue",
        "### Issue: What goes wrong\n\n"
        "**Symptoms:**\n\n- What people notice\n\n"
        "**Diagnosis:**\n\n- How to tell that it is this\n\n"
        "**Resolution:**\n\n1. What puts it right\n\n"
        "**Prevention:**\n\n- What keeps it from coming back",
        "What goes wrong",
    ),
    Piece("Callout", "> [!WARNING]\n> What happens when this is forgotten.", "What happens when this is forgotten."),
)
