"""What the documentation shows is what happens: its Python examples are run, and their output is compared."""

import doctest
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("page", ["README.md", "docs/python.md"])
def test_python_examples_give_the_output_that_is_shown(page, monkeypatch):
    monkeypatch.chdir(ROOT)  # examples name the model that ships by its path in the repository
    blocks = re.findall(r"^```python\n(.*?)^```$", (ROOT / page).read_text(), re.DOTALL | re.MULTILINE)
    examples = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, page, page, 0)
    assert examples.examples
    output: list[str] = []
    failed, _ = doctest.DocTestRunner().run(examples, out=output.append)
    assert not failed, "".join(output)
