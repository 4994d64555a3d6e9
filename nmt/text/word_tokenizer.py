"""Words: their offsets in raw text, split as in corpora of names, and the subwords that cover them."""

from collections.abc import Sequence

import regex

from nmt.text.tokenizer import Tokenizer

# Letters, digits and marks of scripts with white space between words, or (Thai) that need a lexicon to be split.
_LETTER = r"[[\p{L}\p{N}\p{M}_]--[\p{Han}\p{Hiragana}]]"
_ABBREVIATIONS = (
    "Mr Mrs Ms Dr Prof St Mt Jr Sr Hr Fr Gen Col Lt Sgt Capt Gov Sen Rep Rev Hon Inc Corp Co Ltd Bros No Nr Vol vs etc"
    " bzw usw ca Str Jan Feb Aug Sept Oct Okt Nov Dec Dez"
)
_APOSTROPHE = "['’]"
_CLITIC = rf"{_APOSTROPHE}(?i:s|re|ve|ll|d|m)(?!{_LETTER})"

# Alternatives are tried in this order at the end of the last word. None may scan ahead without a limit and then fail:
# the time for a line of a million characters has to stay linear.
_WORD = regex.compile(
    rf"""
    (?:(?:https?|ftp)://|www\.) [!#-;=?-~]* [\w/=&\#-]
  | [A-Za-z0-9] [A-Za-z0-9._%+-]{{0,63}}+ @ (?:[A-Za-z0-9-]{{1,63}}+\.){{1,8}} [A-Za-z]{{2,63}}
  | [@\#] {_LETTER}+                                            # @handle, #topic
  | {_CLITIC}                                                   # Germany|'s
  | (?i:n{_APOSTROPHE}t) (?!{_LETTER})
  | (?:[cdjlmnst]|qu) {_APOSTROPHE} (?=\p{{L}})                 # l'|Allemagne, but O'Neil
  | (?:{"|".join(_ABBREVIATIONS.split())}) \. (?=\s)
  | (?:\d{{1,2}}|[IVX]{{1,5}}) \. (?=\s\p{{L}})                 # 3. Mai, Otto II. von
  | (?:\p{{L}}\.){{2,}}+ (?!{_LETTER}) (?:-{_LETTER}+)*         # U.S., z.B., U.S.-based
  | \p{{Lu}} \p{{M}}* \. (?!\S)                                 # J. Smith
  | {_LETTER}+ (?:(?:
          [-‐‑.&·]                                              # mid-term, 3.5, AT&T
        | (?!{_CLITIC}) {_APOSTROPHE}                           # O'Neil
        | (?<=\d) [,:/] (?=\d)                                  # 1,000, 10:30, 1/2
        | [\p{{Cf}}--[\u200b\ufeff]]+                           # joiners, soft hyphens, direction marks
      ) {_LETTER}+)* (?:-(?=\s))?                               # Land- und Forstwirtschaft
  | [\p{{Han}}\p{{Hiragana}}] \p{{M}}*
  | ([-.!?*=~…]) \1+                                            # ..., --, !!!
  | (?![\s\p{{Cc}}\p{{Cf}}]) \X                                 # any other character, with its combining marks
    """,
    regex.VERBOSE | regex.VERSION1,
)


def split_words(line: str) -> list[tuple[int, int]]:
    """Return (start, end) of each word of raw text, in order; they index the characters of the line as given.

    Words are the tokens of corpora of names (CoNLL-2003, GermEval): punctuation marks are words of their own, but U.S.,
    3.5, mid-term, addresses and abbreviations are whole, and 's is split off. Each Han or Hiragana character is a word.
    White space, control characters and invisible marks outside words belong to no word.
    """
    return [match.span() for match in _WORD.finditer(line)]


def word_pieces(
    tokenizer: Tokenizer, line: str, words: Sequence[tuple[int, int]]
) -> tuple[list[int], list[tuple[int, int] | None]]:
    """Return the piece ids of a line, and for each word the first and the last (inclusive) piece that cover it.

    Words are (start, end) in order and disjoint. A word without pieces has None; a piece may cover several words, for
    instance one unknown piece for a run of foreign letters. If NFKC turns a character into several pieces, the last one
    stands for it.
    """
    pieces = tokenizer.spans(line)
    found: list[tuple[int, int] | None] = []
    next_ = 0
    for start, end in words:
        while next_ < len(pieces) and pieces[next_][2] <= start:
            next_ += 1
        first = last = None
        at = next_
        while at < len(pieces) and pieces[at][1] < end:
            if pieces[at][1] < pieces[at][2]:  # an empty span is a space, or part of what the next piece covers
                first, last = at if first is None else first, at
            at += 1
        found.append(None if first is None or last is None else (first, last))
        next_ = max(next_, at - 1)  # the last piece may extend into the next word
    return [id_ for id_, _, _ in pieces], found
