"""A step that was put into a text is a step of it when the text is read again, where it was put in."""

import pytest

from incidents.deviations import Added, apply
from incidents.steps import find_source, find_sources, freeze_steps
from runbooks.reading import read

LISTS = (
    "# A\n\n## Do\n\n1. One\n2. Two\n   ```bash\n   run\n   ```\n3. Three\n\n"
    "**Then:**\n\n- [ ] Look\n  - [ ] Closer\n- [ ] Tell\n"
)
CODE_BETWEEN = "# A\n\n## Do\n\n1. One\n\n```bash\nrun\n```\n\n2. Two\n\n```bash\nrun\n```\n\n3. Three\n"
HEADINGS = (
    "# A\n\n## Do\n\n### Step 1: One\n\nx\n\n### Step 2: Two\n\n- [ ] a\n- [ ] b\n\n"
    "### Step 3: Three\n\ny\n\n## After\n\nz\n"
)


def freeze(text, key):
    document = read(text).to_dict()
    source = find_source(document, key)
    assert source is not None
    return freeze_steps(document, text, source, page="/x/", resolve=None)


@pytest.mark.parametrize("text", [LISTS, CODE_BETWEEN, HEADINGS], ids=["lists", "code between", "headings"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_after_each_step_in_turn(text, ending):
    text = text.replace("\n", ending)
    key = find_sources(read(text).to_dict())[0].key
    steps = freeze(text, key)
    assert len(steps) > 2
    for index, step in enumerate(steps):
        following = steps[index + 1].line if index + 1 < len(steps) else None
        result = apply(text, [], [Added("Quite another step", step.line, following)])
        titles = [one.title for one in freeze(result.text, key)]
        assert titles.index("Quite another step") == index + 1, step.title
        assert len(titles) == len(steps) + 1
