from nmt.metrics.preservation import LiteralRecall, literal_recall


def test_literals_count_as_often_as_they_stand_in_both_lines():
    sources = ["Um 15:45 mit 7 und 7.", "Keine.", "Siehe www.example.org/x", "Zimmer 12"]
    translations = ["At 15:45 with 7.", "None: 3.", "See www.example.org/y", "Room 112"]
    assert literal_recall(sources, translations) == LiteralRecall(literals=5, kept=2)
    assert literal_recall([], []) == LiteralRecall(literals=0, kept=0)
