import sys

from nmt.cli.live_line import LiveLine


def test_it_shows_how_many_pairs_were_read_on_a_terminal_and_goes_away(capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    with LiveLine() as line:
        for pairs in (1000, 2000, 3000, 4000):
            now[0] += 0.5
            line.show_pairs(pairs)
    shown = capsys.readouterr().err.split("\r\x1b[K")
    assert shown == ["", *(f"{pairs},000 pairs read  2,000 a second" for pairs in (2, 3, 4)), ""]


def test_it_shows_nothing_in_a_log(capsys, monkeypatch):
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    with LiveLine() as line:
        now[0] = 10
        line.show_pairs(5)
    assert capsys.readouterr().err == ""
