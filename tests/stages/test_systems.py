import pytest

from nmt.data import test_set
from nmt.errors import ConfigError, DataError
from nmt.stages.systems import Output, check_lengths, open_test_set


def test_an_output_of_another_length_is_refused_with_both_names():
    asked = test_set.TestSet(name="test.en", sources=None, references=[["the cat", "a dog", "two men", "a house"]])
    check_lengths(Output(system="good", lines=["the cat", "a dog", "two men", "the garden"]), asked)
    with pytest.raises(DataError, match=r"^short has 1 lines, but test\.en has 4"):
        check_lengths(Output(system="short", lines=["a"]), asked)


@pytest.mark.parametrize("text", ["Hund\tB-PER\n.\tO\n", "# text = Hund\nHund NN I-PER\n\n. $. O\n"])
def test_tagged_sentences_are_no_translations(tmp_path, text):
    (tmp_path / "names.conll").write_text(text)
    with pytest.raises(ConfigError, match=r"nmt evaluate-tagger --references .*names\.conll --model DIR"):
        open_test_set(references=[tmp_path / "names.conll"])


@pytest.mark.parametrize("text", ["", "\n", "Type O\nis a blood group\n", "O\n"])
def test_translations_may_end_like_tags(tmp_path, text):
    (tmp_path / "reference.en").write_text(text)
    assert open_test_set(references=[tmp_path / "reference.en"]).references == [text.split("\n")[:-1]]
