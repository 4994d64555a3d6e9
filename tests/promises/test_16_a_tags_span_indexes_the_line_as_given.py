"""Promise 16: line[start:end] == text for every line, NFKC or not."""

import json
import re

import pytest
from tests_fuzz import STRANGE, fuzzed_lines

from nmt.io.lines import clean_output


@pytest.mark.parametrize("count", [2_000, pytest.param(10_000, marks=pytest.mark.long)])
def test_lines_of_any_characters(nmt, toy_tagger, count):
    # Names between the strange characters, so that there is something to mark.
    lines = [f"{line}Hund {line[::-1]}Katze" for line in fuzzed_lines(count, seed=1)]
    ended = nmt("tag", "--model", toy_tagger, "--json", text="".join(line + "\n" for line in lines).encode())
    assert ended.code == 0, ended.err
    *records, last = ended.out.decode().split("\n")
    assert (len(records), last) == (len(lines), "")
    names = 0
    for line, record in zip(lines, map(json.loads, records), strict=True):
        line = line.removesuffix("\r")  # with which Windows ends lines
        assert record["text"] == line
        end = 0
        for entity in record["entities"]:
            assert end <= entity["start"] < entity["end"] <= len(line)
            assert line[entity["start"] : entity["end"]] == entity["text"]
            assert 0 <= entity["score"] <= 1
            end = entity["end"]
            names += 1
    assert names > count / 2


def text_of(marked):
    """The line that was marked: marks begin and end at brackets without a backslash, which stands for what follows."""
    return re.sub(r"\\(.)|\[|\|(?:PER|LOC)\]", lambda match: match[1] or "", marked, flags=re.DOTALL)


def test_every_strange_character_on_either_side_of_a_name(nmt, toy_tagger):
    lines = [f"{left} Hund {right}" for left in STRANGE for right in STRANGE]
    ended = nmt("tag", "--model", toy_tagger, text="".join(line + "\n" for line in lines).encode())
    marked = ended.out.decode().split("\n")[:-1]
    shown = [clean_output(line.removesuffix("\r"), line) for line in lines]
    assert [text_of(line) for line in marked] == shown
    assert sum("[Hund|PER]" in line for line in marked) > len(lines) / 2
