"""Documents that fail: the recipes of docs/money.md run, and print what is stored there.

To store new output after changing a recipe: WRITE_DOCS=1 ./test tests/test_docs.py
"""

import contextlib
import io
import os
import re
from pathlib import Path

from app.ledger.service import Account

MONEY = Path(__file__).resolve().parent.parent / "docs" / "money.md"
BLOCK = re.compile(r"```python\n(?P<code>.*?)```\n(?:\n```text\n(?P<output>.*?)```\n)?", re.DOTALL)


def test_recipes_print_what_is_stored(context):
    text, names = MONEY.read_text(), {}
    pieces, position, printed, stored = [], 0, [], []
    for block in BLOCK.finditer(text):
        output = run(block["code"], names, text.count("\n", 0, block.start()) + 2)
        printed.append(output)
        stored.append(block["output"] or "")
        start, end = block.span("output") if block["output"] else (block.end(), block.end())
        pieces += [text[position:start], output if block["output"] else ""]
        position = end
    if os.environ.get("WRITE_DOCS"):
        MONEY.write_text("".join([*pieces, text[position:]]))
    assert len(printed) > 10
    assert printed == stored


def run(code, names, line):
    """What a block prints; its errors name their line in the document."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile("\n" * (line - 1) + code, str(MONEY), "exec"), names)
    return output.getvalue()


def test_every_account_is_described_with_its_code_and_floor():
    rows = dict(re.findall(r"^\| (\d+) \| `(\w+)`", MONEY.read_text(), re.MULTILINE))
    assert rows == {str(account.value): account.label for account in Account}
