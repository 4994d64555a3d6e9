import subprocess
import sys

import pytest

from nmt.errors import ConfigError, DataError, ModelError
from nmt.text.config import TokenizerConfig
from nmt.text.tokenizer import (
    BOS_ID,
    EOS_ID,
    PAD_ID,
    PLACEHOLDERS,
    UNK_ID,
    Tokenizer,
    language_tag,
    train_subword_model,
)

ADJECTIVES = ("small", "large", "old", "new", "red", "green", "quiet", "Happy")
NOUNS = ("house", "horse", "mouse", "window", "garden", "river", "teacher", "Doctor")
SENTENCES = [f"the {a} {n} sees a {b} {m}." for a in ADJECTIVES for n in NOUNS for b in ADJECTIVES for m in NOUNS[::3]]
SYMBOLS = (language_tag("de"), *PLACEHOLDERS)


def trained(**options):
    return train_subword_model(SENTENCES, TokenizerConfig(**{"vocab_size": 60, **options}), symbols=SYMBOLS)


MODELS = {kind: trained(kind=kind) for kind in ("unigram", "bpe")}


@pytest.fixture(params=["unigram", "bpe"])
def tokenizer(request):
    return Tokenizer.from_bytes(MODELS[request.param])


# Training


def test_training_has_the_size_asked_for_and_fixed_ids(tokenizer):
    assert tokenizer.vocab_size == 60
    assert [tokenizer.id_of(piece) for piece in ("<pad>", "<unk>", "<s>", "</s>")] == [PAD_ID, UNK_ID, BOS_ID, EOS_ID]


def test_training_again_in_another_process_gives_the_same_bytes():
    program = (
        "import hashlib, runpy, sys; models = runpy.run_path(sys.argv[1])['MODELS'];"
        "print(*[hashlib.sha256(model).hexdigest() for model in models.values()])"
    )
    runs = {subprocess.run([sys.executable, "-c", program, __file__], capture_output=True).stdout for _ in range(2)}
    assert len(runs) == 1
    assert len(runs.pop()) == 2 * 65


@pytest.mark.parametrize("kind", ["unigram", "bpe"])
def test_a_vocabulary_too_large_is_refused_with_the_largest_size_that_works(kind):
    with pytest.raises(
        DataError, match=r"vocab_size 5000 is more than the text allows: set it to \d+ or less"
    ) as caught:
        trained(kind=kind, vocab_size=5000)
    largest = int(str(caught.value).split("set it to ")[1].split(" ")[0])
    assert Tokenizer.from_bytes(trained(kind=kind, vocab_size=largest)).vocab_size == largest


def test_a_vocabulary_too_small_is_refused_with_the_size_needed():
    with pytest.raises(DataError, match=r"vocab_size 10 is less than the \d+ pieces"):
        trained(vocab_size=10)


@pytest.mark.parametrize("sentences", [[], ["", " \t"], ["x" * 5000]])
def test_text_that_cannot_be_used_is_refused(sentences):
    with pytest.raises(DataError, match=r"^train\.de: no line"):
        train_subword_model(sentences, TokenizerConfig(vocab_size=50), name="train.de")


def test_an_error_of_the_reader_passes_through():
    def sentences():
        yield "a"
        raise DataError("corpus.de:2: not UTF-8")

    with pytest.raises(DataError, match=r"corpus\.de:2"):
        train_subword_model(sentences(), TokenizerConfig(vocab_size=50))


@pytest.mark.parametrize(
    "options",
    [
        {"kind": "word"},
        {"vocab_size": 7},
        {"character_coverage": 0.5},
        {"character_coverage": 1.1},
        {"max_sentences": 0},
    ],
)
def test_values_out_of_range_are_refused_by_name(options):
    with pytest.raises(ConfigError, match=f"^tokenizer.{next(iter(options))} is "):
        TokenizerConfig(**options)


@pytest.mark.parametrize("symbol", ["de", "<d e>", "<>", "<▁>", ""])
def test_symbols_that_text_could_hold_by_chance_are_refused(symbol):
    with pytest.raises(ConfigError, match="angle brackets"):
        train_subword_model(SENTENCES, TokenizerConfig(), symbols=(symbol,))


def test_of_more_sentences_than_the_cap_a_sample_from_the_whole_text_is_used():
    text = ["aaaa bbbb"] * 500 + ["cccc dddd"] * 500
    config = {"vocab_size": 32, "max_sentences": 20}
    first, again, other = (train_subword_model(text, TokenizerConfig(seed=seed, **config)) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert UNK_ID not in Tokenizer.from_bytes(first).encode("abcd")


def test_byte_fallback_leaves_nothing_unknown():
    tokenizer = Tokenizer.from_bytes(trained(byte_fallback=True, vocab_size=320))
    assert tokenizer.decode(tokenizer.encode("the 日本 house")) == "the 日本 house"
    assert UNK_ID not in tokenizer.encode("the 日本 house")
    assert not tokenizer.is_special(tokenizer.id_of("<0x41>"))


# Text to ids and back


def test_decoding_gives_the_text_back_case_kept_and_spaces_single(tokenizer):
    assert tokenizer.decode(tokenizer.encode("  the Happy   Doctor sees a mouse. ")) == "the Happy Doctor sees a mouse."


def test_text_is_normalised_by_nfkc(tokenizer):
    assert tokenizer.encode("the ﬁne house") == tokenizer.encode("the fine house")
    assert tokenizer.encode("the\u00a0house") == tokenizer.encode("the house")


def test_blank_text_has_no_pieces(tokenizer):
    assert tokenizer.encode("") == tokenizer.encode(" \t ") == []
    assert tokenizer.decode([]) == ""


def test_a_batch_is_encoded_like_its_texts_one_by_one(tokenizer):
    texts = [*SENTENCES[:20], "", "日本"]
    assert tokenizer.encode_batch(texts) == [tokenizer.encode(text) for text in texts]


def test_pieces_join_to_the_text_with_marks_for_spaces(tokenizer):
    assert "".join(tokenizer.pieces("the red house")) == "▁the▁red▁house"


def test_joining_pieces_keeps_characters_that_ids_do_not_know(tokenizer):
    assert tokenizer.join(tokenizer.pieces("the 日本 house")) == "the 日本 house"
    assert tokenizer.decode(tokenizer.encode("the 日本 house")) == "the  ⁇  house"


def test_reserved_symbols_are_single_pieces_wherever_they_stand(tokenizer):
    assert tokenizer.pieces("the <ph0>. <2de>")[-4:] == ["<ph0>", ".", "▁", "<2de>"]
    assert tokenizer.encode("a<ph3>")[-1] == tokenizer.id_of("<ph3>")


def test_special_ids_are_the_control_ids_unknown_and_the_symbols(tokenizer):
    special = [id_ for id_ in range(tokenizer.vocab_size) if tokenizer.is_special(id_)]
    assert special == list(range(4 + len(SYMBOLS)))


def test_an_unknown_symbol_is_refused_by_name(tokenizer):
    with pytest.raises(ModelError, match="<2fr>"):
        tokenizer.id_of("<2fr>")


# Sampling


def test_sampling_depends_on_the_seed_alone(tokenizer):
    texts = SENTENCES[:50]
    first = tokenizer.sample(texts, alpha=0.2, seed=5)
    tokenizer.sample(texts, alpha=0.1, seed=9)
    assert tokenizer.sample(texts, alpha=0.2, seed=5) == first
    assert Tokenizer.from_bytes(tokenizer.to_bytes()).sample(texts, alpha=0.2, seed=5) == first
    assert tokenizer.sample(texts, alpha=0.2, seed=6) != first


@pytest.mark.parametrize("kind", ["unigram", "bpe"])
def test_sampling_gives_the_same_pieces_in_another_process(kind):
    # sentencepiece's own sampling does not: its seed is salted by the process.
    program = (
        "import sys; from nmt.text.tokenizer import Tokenizer;"
        "tokenizer = Tokenizer.from_bytes(sys.stdin.buffer.read());"
        f"print(tokenizer.sample({SENTENCES[:10]!r}, alpha=0.2, seed=5))"
    )
    done = subprocess.run([sys.executable, "-c", program], input=MODELS[kind], capture_output=True, check=True)
    here = Tokenizer.from_bytes(MODELS[kind]).sample(SENTENCES[:10], alpha=0.2, seed=5)
    assert done.stdout.decode().strip() == str(here)


def test_samples_differ_from_each_other_and_decode_to_the_text(tokenizer):
    texts = [*SENTENCES[:20], "", "the <ph1> and 日 Doctor", "  large "]
    samples = [tokenizer.sample(texts, alpha=0.2, seed=seed) for seed in range(5)]
    assert len({str(sample) for sample in samples}) == 5
    for sample in samples:
        assert [tokenizer.decode(ids) for ids in sample] == [tokenizer.decode(tokenizer.encode(text)) for text in texts]


@pytest.mark.parametrize(("kind", "alpha"), [("unigram", 1e6), ("bpe", 0.0)])
def test_sampling_at_the_deterministic_end_equals_encoding(kind, alpha):
    tokenizer = Tokenizer.from_bytes(MODELS[kind])
    texts = [*SENTENCES[:200], "unseen wordings there", "the <ph1>s and 日 <2de>"]
    assert tokenizer.sample(texts, alpha=alpha, seed=1) == tokenizer.encode_batch(texts)


# Spans


def visible(tokenizer, text):
    return [text[start:end] for _, start, end in tokenizer.spans(text) if start < end]


def test_spans_hold_the_ids_of_encoding(tokenizer):
    for text in ("the red  house.", " ﬁne ½ <ph0>", "日本\u200bx", ""):
        assert [id_ for id_, _, _ in tokenizer.spans(text)] == tokenizer.encode(text)


def test_spans_cut_the_text_as_given_without_the_spaces_in_front(tokenizer):
    assert "".join(visible(tokenizer, "  the \u00a0 Happy \u200bhouse.  ")) == "theHappyhouse."
    starts = {start for _, start, end in tokenizer.spans("the  red house") if start < end}
    assert {0, 5, 9} <= starts


def test_spans_point_at_the_character_that_was_expanded(tokenizer):
    # NFKC writes U+33A1 (square metres) as "m2": two characters share one.
    text = "the \u33a1 house"
    assert "".join(visible(tokenizer, text)) == "the\u33a1house"
    assert all(0 <= start <= end <= len(text) for _, start, end in tokenizer.spans(text))


# Loading


@pytest.mark.parametrize("damage", [lambda m: b"", lambda m: b"x", lambda m: m[:-5], lambda m: m[: len(m) // 2]])
def test_a_damaged_model_is_refused(damage):
    with pytest.raises(ModelError, match="sentencepiece model"):
        Tokenizer.from_bytes(damage(MODELS["unigram"]))


def test_a_model_with_other_special_ids_is_refused():
    import io

    import sentencepiece

    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(SENTENCES), model_writer=model, vocab_size=40, minloglevel=2
    )
    with pytest.raises(ModelError, match=r"\(-1, 0, 1, 2\)"):
        Tokenizer.from_bytes(model.getvalue())


@pytest.mark.parametrize("kind", ["unigram", "bpe"])
@pytest.mark.parametrize("byte_fallback", [False, True])
def test_what_was_met_is_likelier_than_the_same_in_capitals(kind, byte_fallback):
    text = ["der Hund und die Katze gehen nach Hause", "Ich habe Hunger und der Hund hat Durst"] * 20
    size = 281 if byte_fallback else 31
    config = TokenizerConfig(kind=kind, vocab_size=size, byte_fallback=byte_fallback)
    tokenizer = Tokenizer.from_bytes(train_subword_model(text, config, symbols=()))
    for word in ("Hund", "und", "Hunger"):
        assert max((word.lower(), word.capitalize(), word.upper()), key=tokenizer.likelihood) == word
