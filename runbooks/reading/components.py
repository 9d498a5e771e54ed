"""The pieces of a page that are more than Markdown: commands, drawings, the escalation ladder."""

from __future__ import annotations

import re
from html import escape

from markdown_it.token import Token

from runbooks.reading.document import Command, CommandLine, EscalationLevel, EscalationPath
from runbooks.reading.highlight import Piece, highlight
from runbooks.reading.placeholders import MAX_CODE, Span, find_assigned, find_in_code, find_in_prose

_BADGES = {
    "read": '<span class="badge" data-tone="quiet">Read only</span>',
    "write": '<span class="badge" data-tone="alert">Changes production</span>',
}
_PLAIN_KINDS = {"comment": "c", "output": "out"}


def draw_command(command: Command, *, is_coloured: bool = True) -> str:
    """A code block as a figure: what it does, whether it changes anything, a copy button, the code."""
    if command.is_drawing:
        return _draw_drawing(command)
    title = escape(command.title or "Command")
    effect = f' data-effect="{command.effect}"' if command.effect else ""
    badge = _BADGES.get(command.effect, "")
    head = f"<figcaption><span>{title}</span>{badge}{_copy_button('Copy command', title)}</figcaption>"
    drawn = draw_code(command, is_coloured=is_coloured)
    code = f'<pre tabindex="0" role="group" aria-label="Command: {title}"><code>{drawn}</code></pre>'
    return f'<figure class="cmd"{effect}>{head}{code}</figure>\n'


def draw_inline_command(command: Command) -> str:
    """A code span that is a command, with its own copy button."""
    effect = f' data-effect="{command.effect}"' if command.effect else ""
    line = command.lines[0]
    prompt = f'<span class="p">{escape(line.prompt)}</span>' if line.prompt else ""
    spans = find_in_code(line.text, "bash")
    code = f"<code>{prompt}{draw_text(line.text, spans)}</code>"
    label = escape(f"Copy command: {line.text}")
    button = f'<button type="button" class="icmd__copy" data-copy aria-label="{label}"></button>'
    return f'<span class="icmd"{effect}>{code}{button}</span>'


def draw_text(text: str, spans: list[Span]) -> str:
    """Text with its placeholders as variables of the page."""
    if not spans:
        return escape(text, quote=False)
    parts: list[str] = []
    start = 0
    for span in spans:
        parts.append(escape(text[start : span.start], quote=False))
        parts.append(_draw_variable(span.name, escape(text[span.start : span.end], quote=False)))
        start = span.end
    parts.append(escape(text[start:], quote=False))
    return "".join(parts)


def draw_prose(text: str) -> str:
    """Plain text of a paragraph, placeholders told."""
    return draw_text(text, find_in_prose(text))


def draw_code(command: Command, *, is_coloured: bool = True) -> str:
    """The lines of a block: prompts, comments and output marked, the rest coloured, placeholders as variables."""
    source = "\n".join(line.text if line.kind == "command" else "" for line in command.lines)
    if not command.lines:
        return ""
    coloured = highlight(source, (command.language or "bash") if is_coloured else "")
    assigned = find_assigned(command.code)
    drawn = [
        _draw_line(line, pieces, find_in_code(line.text, command.language, assigned))
        for line, pieces in zip(command.lines, coloured, strict=True)
    ]
    return "\n".join(drawn) + "\n"


def draw_ladder(path: EscalationPath) -> str:
    """An escalation path as an ordered list of rungs."""
    rungs = "".join(_draw_rung(level) for level in path.levels)
    ladder = f'<ol class="ladder" aria-label="Escalation path">{rungs}</ol>'
    return f'<div class="panel"><div class="panel__body pad">{ladder}</div></div>\n'


def _draw_drawing(command: Command) -> str:
    title = escape(command.title or "Text")
    head = f"<figcaption><span>{title}</span>{_copy_button('Copy text', title)}</figcaption>"
    spans = find_in_code(command.code, command.language or "text") if len(command.code) <= MAX_CODE else []
    text = draw_text(command.code, spans)
    code = f'<pre tabindex="0" role="group" aria-label="Text: {title}"><code>{text}</code></pre>'
    return f'<figure class="drawing">{head}{code}</figure>\n'


def _copy_button(verb: str, title: str) -> str:
    attributes = 'class="btn" data-kind="quiet" data-size="s" type="button" data-copy'
    return f'<button {attributes} aria-label="{verb}: {title}"><span>Copy</span></button>'


def _draw_variable(name: str, text: str) -> str:
    return f'<var data-var="{escape(name)}" data-empty>{text}</var>'


def _draw_line(line: CommandLine, pieces: list[Piece], spans: list[Span]) -> str:
    prompt = f'<span class="p">{escape(line.prompt)}</span>' if line.prompt else ""
    css = _PLAIN_KINDS.get(line.kind)
    if css:
        return f'{prompt}<span class="{css}">{draw_text(line.text, spans)}</span>'
    return prompt + _draw_pieces(line.text, pieces, spans)


def _draw_pieces(text: str, pieces: list[Piece], spans: list[Span]) -> str:
    """Coloured pieces, cut where a placeholder begins or ends; inside it there is no colour."""
    if not pieces or "".join(piece for _, piece in pieces) != text:
        return draw_text(text, spans)
    parts: list[str] = []
    waiting = list(reversed(spans))
    position = 0
    for css, piece in pieces:
        end = position + len(piece)
        while waiting and waiting[-1].start < end:
            span = waiting[-1]
            if span.start >= position:
                parts.append(_colour(css, text[position : span.start]))
                parts.append(_draw_variable(span.name, escape(text[span.start : span.end], quote=False)))
                position = span.end
            waiting.pop()
        if position < end:
            parts.append(_colour(css, text[position:end]))
            position = end
    return "".join(parts)


def _colour(css: str, text: str) -> str:
    if not text:
        return ""
    escaped = escape(text, quote=False)
    return f'<span class="{css}">{escaped}</span>' if css else escaped


def _draw_rung(level: EscalationLevel) -> str:
    contact = draw_prose(level.contact) if level.contact else "Nobody named"
    notes = [draw_prose(level.handles)] if level.handles else []
    if level.escalates_if:
        notes.append(f"Next level: {draw_prose(_as_condition(level.escalates_if))}")
    details = "".join(f"<p>{note}</p>" for note in notes)
    time = (
        f'<div class="ladder__time"><b>{draw_prose(level.response_time)}</b>to respond</div>'
        if level.response_time
        else ""
    )
    missing = " data-missing" if level.missing else ""
    label = f'<span class="ladder__level">{escape(level.label)}</span>'
    return f"<li{missing}>{label}<div><b>{contact}</b>{details}</div>{time}</li>"


def _as_condition(text: str) -> str:
    return text if re.match(r"(?:if|when|after)\b", text, re.IGNORECASE) else f"if {text}"


def draw_span(token: Token, *, is_plain: bool) -> str:
    command = token.meta.get("command")
    if isinstance(command, Command) and not is_plain:
        return draw_inline_command(command)
    return f"<code>{draw_text(token.content, find_in_code(token.content, 'text'))}</code>"


def draw_box(line: int, token: Token, body: str) -> str:
    """A task box with its name. A label must not hold a button, so an item with a command is named by reference."""
    box = f'<input type="checkbox" id="task:{line}" disabled{" checked" if token.meta.get("checked") else ""}'
    if "<button" in body:
        return f'{box} aria-labelledby="task-text:{line}"><span class="tasks__text" id="task-text:{line}">{body}</span>'
    return f'{box}><label class="tasks__text" for="task:{line}">{body}</label>'
