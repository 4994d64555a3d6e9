import pytest
from tests_toy import toy_pairs

from nmt.errors import ConfigError, ModelError
from nmt.text.config import TokenizerConfig
from nmt.text.directions import choose_direction, decoder_start_ids, directions_of
from nmt.text.tokenizer import BOS_ID, Tokenizer, train_subword_model


@pytest.fixture(scope="module")
def tokenizers(toy_data):
    """One with tags for German and English, one without."""
    text, config = [side for pair in toy_pairs(50, 1) for side in pair], TokenizerConfig(vocab_size=50)
    plain = train_subword_model(text, config, symbols=[])
    return [Tokenizer.from_bytes(model) for model in ((toy_data / "tokenizer.model").read_bytes(), plain)]


def test_one_direction_begins_with_bos_and_both_with_the_tag_of_the_language_to_write(tokenizers):
    tagged, plain = tokenizers
    assert decoder_start_ids("de", "en", "one", plain) == {("de", "en"): BOS_ID}
    assert decoder_start_ids("de", "en", "both", tagged) == {
        ("de", "en"): tagged.id_of("<2en>"),
        ("en", "de"): tagged.id_of("<2de>"),
    }


def test_a_tokenizer_without_the_tag_is_refused(tokenizers):
    with pytest.raises(ModelError, match="no symbol '<2en>'"):
        decoder_start_ids("de", "en", "both", tokenizers[1])


@pytest.mark.parametrize(
    ("source", "target", "chosen"),
    [("", "", ("de", "en")), ("en", "", ("en", "de")), ("", "de", ("en", "de")), ("de", "en", ("de", "en"))],
)
def test_a_language_not_given_may_be_any(source, target, chosen):
    assert choose_direction(directions_of("de", "en", "both"), source, target) == chosen


@pytest.mark.parametrize(("source", "target"), [("fr", ""), ("", "fr"), ("de", "de"), ("en", "de")])
def test_an_unknown_direction_is_refused_with_those_that_are_known(source, target):
    with pytest.raises(ConfigError, match=r"only de to en; choose with --source and --target"):
        choose_direction(directions_of("de", "en", "one"), source, target)
