import pytest
import torch

from nmt.data.bio_tags import bio_tags
from nmt.data.sentence import Alphabet, Sentence
from nmt.data.word_batch import make_word_batch
from nmt.errors import ConfigError
from nmt.models.config import TaggerConfig
from nmt.models.encoder import Memory
from nmt.models.tagger import TaggingHead, read_words

ALPHABET = Alphabet("abcdef")
TAGS = bio_tags(["PER"])


def sentence(words, ids=None):
    """One subword a word."""
    places = list(range(len(words)))
    return Sentence(ids=ids or [5] * len(words), first=places, last=places, words=words)


def test_each_direction_is_read_where_it_has_seen_the_whole_word():
    # Features 0, 1 go forwards and 2, 3 backwards; position p holds 10p + feature.
    states = (10 * torch.arange(4)[:, None] + torch.arange(4)).float()[None]
    found = read_words(states, first=torch.tensor([[0, 1]]), last=torch.tensor([[0, 3]]))
    assert found.tolist() == [[[0, 1, 2, 3], [30, 31, 12, 13]]]


@pytest.mark.parametrize("cell", ["gru", "lstm", "rnn", "ssru"])
@pytest.mark.parametrize("characters", [0, 8])
@pytest.mark.parametrize("recurrent", [True, False])
def test_a_words_scores_do_not_depend_on_what_else_is_in_the_batch(cell, characters, recurrent):
    torch.manual_seed(1)
    config = TaggerConfig(hidden_size=6, characters=characters, recurrent=recurrent)
    tagger = TaggingHead(config, cell, 4, len(ALPHABET), TAGS).double().eval()
    states = torch.randn(1, 4, 4, dtype=torch.float64)
    own, other = sentence(["ab", "fed"]), sentence(["abcdef", "ab", "c", "e"])

    def memory(rows):
        return Memory(states=states.expand(rows, -1, -1), mask=torch.ones(rows, 4, dtype=torch.bool))

    alone = tagger(memory(1), make_word_batch([own], ALPHABET))
    together = tagger(memory(2), make_word_batch([other, own], ALPHABET))
    torch.testing.assert_close(alone[0, :2], together[1, :2], atol=1e-12, rtol=0)


def test_words_with_the_same_state_are_told_apart_by_their_characters():
    torch.manual_seed(1)
    tagger = TaggingHead(
        TaggerConfig(hidden_size=6, characters=8, recurrent=False), "gru", 4, len(ALPHABET), TAGS
    ).eval()
    memory = Memory(states=torch.ones(1, 3, 4), mask=torch.ones(1, 3, dtype=torch.bool))
    scores = tagger(memory, make_word_batch([sentence(["abc", "abd", "abc"])], ALPHABET))[0]
    assert torch.equal(scores[0], scores[2])
    assert not torch.allclose(scores[0], scores[1])


@pytest.mark.parametrize(
    "change", [{"hidden_size": 0}, {"hidden_size": 5}, {"characters": 3}, {"characters": -2}, {"dropout": 1.0}]
)
def test_impossible_settings_are_refused_by_name(change):
    with pytest.raises(ConfigError, match=f"tagger.{next(iter(change))}"):
        TaggerConfig(**change)
