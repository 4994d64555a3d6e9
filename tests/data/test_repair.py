from collections import Counter

from nmt.data.cleaning import CleaningConfig
from nmt.data.repair import advice, repair

PAIRS = [("我 今天 在 那里", "&quot; Yes"), ("我在那里", "No"), ("猫 坐 在 垫子 上", "well @-@ known")]


def run(pairs=PAIRS, languages=("zh", "en"), **settings):
    counts: Counter[str] = Counter()
    found = list(repair(pairs, CleaningConfig(**settings), languages=languages, counts=counts))
    return found, list(advice(counts, languages))


def test_faults_are_counted_and_told_with_the_setting_that_repairs_them():
    found, told = run()
    assert found == PAIRS
    assert len(told) == 2
    assert told[0].startswith("2 of 3 pairs have escapes")
    assert told[0].endswith("--set cleaning.unescape=true")
    assert told[1].startswith("in 2 of 3 pairs spaces stand between the words of zh")
    assert told[1].endswith("--set cleaning.join_words=true")


def test_what_is_asked_for_is_repaired_and_not_told():
    found, told = run(unescape=True, join_words=True)
    assert found == [("我今天在那里", '" Yes'), ("我在那里", "No"), ("猫坐在垫子上", "well-known")]
    assert told == []


def test_words_are_joined_only_on_the_side_of_a_language_without_spaces():
    assert run([("a b", "我 今 天")], languages=("zh", "en"), join_words=True)[0] == [("a b", "我 今 天")]
    assert run([("我 今 天", "我 今 天")], languages=("ko", "ja"), join_words=True)[0] == [("我 今 天", "我今天")]


def test_a_few_lines_that_are_split_are_not_told():
    assert run([("我 今天", "a"), ("我今天", "b"), ("我在那里", "c")])[1] == []
