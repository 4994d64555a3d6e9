import pytest

from nmt.text.escapes import is_escaped, unescape


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("he said &quot; yes &quot; &amp; left", 'he said " yes " & left'),
        ("the dog &apos;s &#91; tail &#93; &#124; end", "the dog 's [ tail ] | end"),
        ("well @-@ known , and @/@ or", "well-known , and/or"),
        ("2 @,@ 000 @.@ 5", "2,000.5"),
        ("@-@ at both ends @-@", "-at both ends-"),
        ('<seg id="12">Hello</seg>', "Hello"),
        ("f&uuml;r &#x201E;&#8220;", "für „“"),
        ("&amp;quot;", "&quot;"),  # once
    ],
)
def test_what_was_escaped_becomes_text(text, plain):
    assert is_escaped(text)
    assert unescape(text) == plain


@pytest.mark.parametrize("text", ["R&D; AT&T", "a@b.org @-", "a < b > c", "&unknown;", "x @-@y", "<b>bold</b>", ""])
def test_text_that_is_not_escaped_stays(text):
    assert not is_escaped(text)
    assert unescape(text) == text
