from nmt.data.bio_tags import FORBIDDEN, bio_scores, bio_tags

TAGS = bio_tags(["LOC", "PER"])


def test_only_a_tag_of_the_same_type_goes_before_an_inside_tag():
    scores = bio_scores(TAGS)
    places = [(before, tag) for before in range(len(TAGS) + 1) for tag in range(len(TAGS))]
    names = [*TAGS, "start"]
    allowed = {(names[before], TAGS[tag]) for before, tag in places if scores[before][tag] == 0}
    assert {before for before, tag in allowed if tag == "I-PER"} == {"B-PER", "I-PER"}
    assert {before for before, tag in allowed if tag == "B-PER"} == {*TAGS, "start"}
    assert scores[len(TAGS)][TAGS.index("I-LOC")] == FORBIDDEN
