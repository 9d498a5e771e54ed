"""Code blocks and code spans as commands."""

from __future__ import annotations

import pytest

from runbooks.reading import read
from runbooks.reading.commands import is_inline_command, split_lines
from runbooks.reading.document import Command


def _command(text: str) -> Command:
    (command,) = read(text).commands
    return command


def test_comments_and_commands_are_told_apart() -> None:
    lines = split_lines("# Look\nkubectl get po\n\nls # here\n", "bash")
    assert [line.kind for line in lines] == ["comment", "command", "blank", "command"]


def test_with_prompts_the_rest_is_output() -> None:
    lines = split_lines("$ kubectl get po\nNAME  READY\napi   1/1\n$ ls \\\n  -l\nfile\n", "console")
    assert [(line.kind, line.prompt, line.text) for line in lines] == [
        ("command", "$ ", "kubectl get po"),
        ("output", "", "NAME  READY"),
        ("output", "", "api   1/1"),
        ("command", "$ ", "ls \\"),
        ("command", "", "  -l"),
        ("output", "", "file"),
    ]


def test_a_continuation_prompt_is_not_copied() -> None:
    lines = split_lines("$ ls \\\n> -l\nfile\n", "console")
    assert [(line.kind, line.prompt, line.text) for line in lines][1] == ("command", "> ", "-l")


def test_the_body_of_a_heredoc_belongs_to_its_command() -> None:
    lines = split_lines("$ cat <<EOF\n# not a comment\nEOF\nout\n", "console")
    assert [line.kind for line in lines] == ["command", "command", "command", "output"]


def test_a_heredoc_in_a_script_keeps_its_hashes() -> None:
    lines = split_lines("cat <<EOF\n# kept\nEOF\n# comment\n", "bash")
    assert [line.kind for line in lines] == ["command", "command", "command", "comment"]


def test_a_hash_is_a_prompt_only_in_a_console() -> None:
    assert split_lines("# systemctl status x\n", "bash")[0].kind == "comment"
    assert split_lines("# systemctl status x\n", "console")[0].prompt == "# "


def test_a_host_prompt_is_a_prompt() -> None:
    (line, output) = split_lines("[root@web1 ~]# uptime\n up 3 days\n", "console")
    assert (line.text, output.kind) == ("uptime", "output")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ('```bash title="Look around"\n# other\nls\n```\n', "Look around"),
        ("```bash\n# List pods\nkubectl get po\n```\n", "List pods"),
        ("**Manual restart:**\n```bash\nkubectl get po\n```\n", "Manual restart"),
        ("1. Back up first\n   ```bash\n   ls\n   ```\n", "Back up first"),
        ("## Restart\n\n```bash\nkubectl get po\n```\n", "Restart"),
    ],
)
def test_a_block_has_a_title(text: str, title: str) -> None:
    assert _command(text).title == title


def test_the_authors_word_on_the_effect_wins() -> None:
    assert _command("```bash effect=read\nrm -rf /tmp/x\n```\n").effect == "read"


@pytest.mark.parametrize("language", ["yaml", "json", "promql", "python", "text"])
def test_other_languages_have_no_effect(language: str) -> None:
    assert _command(f"```{language}\nkubectl delete pod x\n```\n").effect == ""


def test_sql_has_an_effect() -> None:
    assert _command("```sql\nSELECT 1;\n```\n").effect == "read"


@pytest.mark.parametrize(
    "code",
    [
        "docs/\n├── a.md\n└── b.md",
        "+---+   +---+\n| a |-->| b |\n+---+   +---+",
        "Level 1: Ann\n   |\n   v\nLevel 2: Bob",
        "Impact: [what]\nStatus: Investigating",
    ],
)
def test_drawings_and_templates_are_no_commands(code: str) -> None:
    command = _command(f"```\n{code}\n```\n")
    assert command.is_drawing
    assert command.effect == ""


def test_a_block_without_a_language_can_be_a_command() -> None:
    command = _command("```\nkubectl delete pod x\n```\n")
    assert (command.is_drawing, command.effect) == (False, "write")


@pytest.mark.parametrize("text", ["kubectl get po", "sudo systemctl restart x", "./deploy.sh staging", "$ git log -1"])
def test_code_spans_that_are_commands(text: str) -> None:
    assert is_inline_command(text)


@pytest.mark.parametrize(
    "text", ["kubectl", "GET /health", "status = ok", "/docs/a.md", "test this", "service down", "my_function(x)"]
)
def test_code_spans_that_are_not(text: str) -> None:
    assert not is_inline_command(text)


def test_an_inline_command_knows_its_line_and_effect() -> None:
    command = _command("First\nrun `kubectl delete pod <pod-name>` now.\n")
    assert (command.inline, command.line, command.effect, command.placeholders) == (True, 2, "write", ("pod-name",))


def test_commands_stand_in_their_section() -> None:
    assert _command("# A\n\n## Do it\n\n```bash\nls\n```\n").section == "do-it"


@pytest.mark.parametrize(
    "code",
    [
        "kill -HUP $(pgrep pricer)",
        "top",
        "date -u",
        "tail -f /var/log/gate.log",
        "python manage.py migrate",
        "make -C deploy all",
        "cat gate.log | grep lost",
        "$ gatectl status\nok",
        "REGION=north\nkubectl get pods",
    ],
)
def test_a_block_without_a_language_that_starts_with_a_command_is_one(code: str) -> None:
    document = read(f"```\n{code}\n```\n")
    assert not document.commands[0].is_drawing
    assert [finding.code for finding in document.findings if finding.code == "command-without-language"]


@pytest.mark.parametrize(
    "code",
    [
        "make sure that the gate is closed",
        "kill the lights\nlock the door",
        "ping the harbour master.",
        "docs/\n├── README.md\n└── gates.md",
        "NAME    READY   STATUS\ngate-0  1/1     Running",
        "Dear passengers,\nwe are sorry.",
        "time goes by",
    ],
)
def test_a_block_without_a_language_that_reads_like_a_text_is_one(code: str) -> None:
    assert read(f"```\n{code}\n```\n").commands[0].is_drawing
