"""Pages of `nmt inspect`, on the toy language."""

import re

import pytest
import torch

from nmt.engines.networks import load_network
from nmt.errors import DataError
from nmt.inspection.states import word_states
from nmt.io.lines import read_file, write_file
from nmt.model_folder.contents import open_model
from nmt.stages.inspect import inspect
from nmt.text.tokenizer import EOS_ID


def test_a_page_shows_gradients_states_and_attention(toy_tagger, toy_data, tmp_path):
    inspect(model=toy_tagger, input=toy_data / "test.de", output=tmp_path / "a.html")
    page = (tmp_path / "a.html").read_text()
    titles = re.findall(r"<h2>([^<]*)</h2>", page)
    assert titles[:3] == ["How far the gradient reaches", "Where the states of words lie", "Attention"]
    for shown in ("before training", "lstm", "last third", "by type of name", "attention of"):
        assert shown in page
    assert "nan" not in page
    inspect(model=toy_tagger, input=toy_data / "test.de", output=tmp_path / "b.html")
    assert (tmp_path / "b.html").read_text() == page


def test_languages_are_told_by_colour(toy_both, toy_data, tmp_path):
    lines = [line for language in ("de", "en") for line in list(read_file(toy_data / f"test.{language}"))[:20]]
    write_file(tmp_path / "text", lines)
    inspect(model=toy_both, input=tmp_path / "text", output=tmp_path / "a.html")
    assert "by language of the line" in (tmp_path / "a.html").read_text()


def test_a_text_that_is_too_short_is_told(toy_model, tmp_path):
    write_file(tmp_path / "text", ["", "Hund."])
    with pytest.raises(DataError, match="has 2 words; give a text of some lines"):
        inspect(model=toy_model, input=tmp_path / "text", output=tmp_path / "a.html")


def test_states_are_those_at_the_first_subwords_of_words(toy_model):
    opened = open_model(toy_model)
    network, tokenizer = load_network(opened, "cpu").eval(), opened.source_tokenizer
    found = word_states(network, tokenizer, ["Hund und Katze", "Hund"])
    assert found.words == ["Hund", "und", "Katze", "Hund"]
    assert found.lines == [0, 0, 0, 1]
    assert found.places == [0, 1 / 3, 2 / 3, 0]
    ids = [*tokenizer.encode("Hund"), EOS_ID]
    with torch.no_grad():
        memory = network.encode(torch.tensor([ids]), torch.tensor([len(ids)]))
    torch.testing.assert_close(torch.from_numpy(found.states[3]), memory.states[0, 0])
