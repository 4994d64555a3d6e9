import random
import resource

import pytest

from nmt.data.on_disk import KeySet, StoredPairs


def test_a_set_of_keys_says_what_a_set_says(tmp_path):
    generator = random.Random(1)
    keys = KeySet(tmp_path)
    known: set[int] = set()
    for _ in range(300_000):  # the table grows twice
        key = generator.randrange(200_000) * 0x9E3779B97F4A7C15 % (1 << 64)
        assert keys.add(key) is (key not in known)
        known.add(key)
    assert len(keys) == len(known)


def test_keys_that_fall_on_one_slot_are_told_apart(tmp_path):
    keys = KeySet(tmp_path)
    alike = [number << 40 for number in range(1, 200)]
    assert all(keys.add(key) for key in alike)
    assert not any(keys.add(key) for key in alike)


def test_a_negative_key_is_itself_again_and_zero_is_a_key(tmp_path):
    keys = KeySet(tmp_path)
    assert [keys.add(key) for key in (-5, 0, -5, 0)] == [True, True, False, False]


PAIRS = [("Grüße, \u2028 Welt", "x"), ("", "a\tb"), ("\r", "\x00"), ("日本", "🙂")]


def test_stored_pairs_are_those_that_came(tmp_path):
    stored = StoredPairs(iter(PAIRS), tmp_path)
    assert len(stored) == len(PAIRS)
    assert list(stored) == PAIRS
    assert stored[2] == PAIRS[2]
    with pytest.raises(IndexError):
        stored[4]
    assert list(StoredPairs([], tmp_path)) == []


def test_nothing_is_left_in_the_folder(tmp_path):
    stored, keys = StoredPairs(PAIRS, tmp_path), KeySet(tmp_path)
    keys.add(1)
    assert list(stored)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_said_before_a_page_of_it_is_missing(tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(OSError):  # noqa: PT011 - the system's own words
            KeySet(tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
