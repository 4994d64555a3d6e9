"""Names that a translation copies: whole runs of words, found by how training pairs treat each word.

A word that they nearly always copy is a name, one that they seldom copy is ordinary or is translated (Haus, München).
Frequent names stay in the text, since a network knows them well: to hide Tom costs 2.4 to 5 BLEU on Tatoeba, to hide
rare names nothing. What they never had is a name unless it is made of ordinary words, as German nouns often are.
"""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from nmt.protection.name_list import name_list
from nmt.protection.name_words import Lexicon, WordKind
from nmt.protection.spans import Span
from nmt.protection.word_statistics import WordStatistics
from nmt.protection.words import WORD, composed, word_set

_LETTERS = re.compile(r"(?<!\w)[^\W\d_]++")

Tagged = tuple[int, int, str, float]  # start, end, type, and the probability that a name of this type stands there

PERSONS = frozenset({"PER", "person"})  # types, in the corpora that taggers are trained on
LIKELY = 0.5  # probability from which on a tagger is believed
SURE = 0.9  # likewise of common words

_PARTICLES = word_set("von van de del della di da dos das du des la le bin ibn ben al el ter ten zu")
_SECOND_PARTICLES = word_set("der den dem la las los le und zu")  # van der, de la, von und zu
_LEADING_PARTICLES = word_set("von van de del della di al el")
_ORDINARY_PARTICLES = {  # words that stand between two names more often than inside one
    "de": word_set("das des du zu da"),
    "fr": word_set("de du des la le"),
    "es": word_set("de del la el"),
}
_DETERMINERS = word_set("der die das den dem des am im zum zur beim vom ins ans aufs fürs") | {
    stem + ending
    for stem in word_set(
        "ein kein mein dein sein ihr unser eur dies jed jen welch manch solch all beid viel einig mehrer"
    )
    for ending in ("", "e", "en", "em", "er", "es")
}
_ARTICLES = word_set("the a an")
_ADJECTIVE_ENDINGS = ("e", "en", "em", "er", "es")
_ELIDED = word_set("O D L M N")  # O'Neil
_ADDRESS = word_set("Mr Mrs Ms Miss Mister Dr")  # a name follows, whatever its word means
_GERMAN_ADDRESS = word_set("Herr Herrn Frau Fräulein Dr")  # likewise if "von" is between
_ABBREVIATED = word_set("Prof St Ste Mt Jr Sr") | _ADDRESS
_FAMILY = word_set("family families")
_JUNIOR = word_set("Jr Sr")

_SPACES = (" ", "\u00a0", "\u202f")
_HYPHENS = ("-", "‐", "‑")


@dataclass(kw_only=True)
class _Word:
    text: str
    start: int
    end: int
    after: str  # what stands between this word and the next
    kind: WordKind
    genitive: bool = False  # Obermüllers: its last letter is no part of the name
    believed: bool = False  # to be in a name of any type, by a tagger
    bound: bool = False  # to the word before, likewise, as parts of a person's name

    @property
    def abbreviated(self) -> bool:
        return self.after.startswith(".") and (len(self.text) == 1 or self.text in _ABBREVIATED)

    @property
    def in_name(self) -> bool:
        return self.kind in (WordKind.NAME, WordKind.FREQUENT, WordKind.PART)


def find_names(text: str, statistics: WordStatistics, language: str, tagged: Iterable[Tagged] = ()) -> list[Span]:
    """The names to hide in a text of a language, in order and disjoint.

    Tagged are names that a tagger found there: where it is sure of a person, ordinary words are names as well.
    """
    return [span for span, hidden in name_runs(text, statistics, language, tagged) if hidden]


def name_runs(
    text: str, statistics: WordStatistics, language: str, tagged: Iterable[Tagged] = ()
) -> Iterator[tuple[Span, bool]]:
    """All names of a text, as find_names has them, each with whether it is to be hidden: whether it is not frequent."""
    lexicon = Lexicon(
        language=language.split("-")[0],
        seen=statistics.of(language),
        names=name_list(),
        rich=language in statistics.rich,
    )
    words = list(_words(text, lexicon))
    if words and words[0].text.islower():
        _find_small_names(words, lexicon)
    _believe(tagged, words, lexicon)
    for place in range(len(words)):
        _doubt(words, place, lexicon)
    for place in range(1, len(words)):
        _look_back(words, place, lexicon)
    for place in range(len(words) - 1):
        _look_over_particles(words, place, lexicon)
    for place in reversed(range(len(words) - 1)):
        _look_ahead(words[place], words[place + 1], lexicon)
    end_of_text = len(text.rstrip())
    for run in _runs(words):
        kinds = {word.kind for word in run}
        if kinds & {WordKind.NAME, WordKind.FREQUENT}:
            yield Span(start=run[0].start, end=_end(run[-1], end_of_text), kind="name"), WordKind.NAME in kinds


def unknown_names(text: str, known: Collection[str]) -> list[Span]:
    """The words with a capital whose small form is not known, taken for names: for models without word statistics."""
    return [
        Span(start=match.start(), end=match.end(), kind="name")
        for match in _LETTERS.finditer(text)
        if len(match[0]) > 1 and match[0][0].isupper() and match[0].casefold() not in known
    ]


def _words(text: str, lexicon: Lexicon) -> Iterator[_Word]:
    found = list(WORD.finditer(text))
    nexts = [*(match.start() for match in found[1:]), len(text)]
    for match, next_ in zip(found, nexts, strict=False):
        word = composed(match[0])
        kind, genitive = lexicon.kind(word), False
        if lexicon.is_genitive(word):
            kind, genitive = lexicon.kind(word[:-1]), True
        after = text[match.end() : next_]
        yield _Word(text=word, start=match.start(), end=match.end(), after=after, kind=kind, genitive=genitive)


def _find_small_names(words: Sequence[_Word], lexicon: Lexicon) -> None:
    """In a text whose writer uses no capitals, take given names for names unless they are known as words."""
    for word in words:
        strange = word.kind is WordKind.OTHER and word.text not in lexicon.seen and len(word.text) > 3
        if strange and word.text.capitalize() in lexicon.names.given:
            word.kind = WordKind.NAME


def _doubt(words: Sequence[_Word], place: int, lexicon: Lexicon) -> None:
    """Take a German word that nobody knows for a noun after an article, and perhaps an adjective: der (neue) Umsatz.

    Likewise an English one in small letters right after an article.

    Of such words in GermEval's development part 516 are no names, 120 names of things and places, and 7 of persons.
    """
    word = words[place]
    if lexicon.language == "en" and place and words[place - 1].text.lower() in _ARTICLES and not word.believed:
        if lexicon.is_small_name(word.text):  # the mike
            word.kind = WordKind.OTHER
        return
    if lexicon.language != "de" or word.kind is not WordKind.NAME or word.believed or not lexicon.is_strange(word.text):
        return
    for before in reversed(words[max(0, place - 2) : place]):
        if before.after not in _SPACES:
            return
        if before.text.lower() in _DETERMINERS:
            word.kind = WordKind.ORDINARY
        if before.kind is not WordKind.OTHER or not before.text.endswith(_ADJECTIVE_ENDINGS):
            return


def _believe(tagged: Iterable[Tagged], words: Sequence[_Word], lexicon: Lexicon) -> None:
    """Take a tagger's word for what persons' names are made of, titles in front of them left out.

    For common words it must be surer. In 2,000 sentences of Tatoeba 27 had ordinary words taken for names (Toms
    Schlüssel), with this rule 14 have; of 1,433 persons in corpora of names none is lost.
    """
    starts = [word.start for word in words]
    for start, end, type_, probability in tagged:
        own = list(words[bisect_left(starts, start) : bisect_left(starts, end)])
        for word in own:
            word.believed = True
        while own and (
            own[0].kind is WordKind.TITLE or (own[0].kind is WordKind.OTHER and own[0].text in lexicon.seen)
        ):
            del own[0]
        if type_ not in PERSONS or probability < LIKELY or all(lexicon.is_translated(word.text) for word in own):
            continue
        for place, word in enumerate(own):
            ordinary = word.kind in (WordKind.ORDINARY, WordKind.TITLE)
            if ordinary and probability < SURE and lexicon.is_common(word.text):
                continue
            word.bound = place > 0
            if ordinary:
                word.kind = WordKind.NAME
            elif not word.in_name:
                word.kind = WordKind.PART if word.text in lexicon.seen else WordKind.NAME


def _look_back(words: Sequence[_Word], place: int, lexicon: Lexicon) -> None:
    """Let a word be a name, or part of one, for what stands before it."""
    before, word = words[place - 1], words[place]
    if not _joined(before, word):
        return
    if word.kind in (WordKind.ORDINARY, WordKind.TITLE):
        if _calls_for_surname(before, word, lexicon) or _follows_two_given_names(words, place, lexicon):
            word.kind = WordKind.NAME
    elif before.in_name:
        if (word.kind is WordKind.LETTER and word.abbreviated) or lexicon.are_small_names(before.text, word.text):
            word.kind = WordKind.NAME
        elif word.text in _JUNIOR or (before.after in _HYPHENS and word.text not in lexicon.seen):  # Kar-wai, Ice-T
            word.kind = WordKind.PART


def _calls_for_surname(before: _Word, word: _Word, lexicon: Lexicon) -> bool:
    """Whether an ordinary word is a surname after a title, an initial or a given name: Mr. Young, Tom Koch."""
    surname = lexicon.may_be_surname(word.text)
    match before.kind:
        case WordKind.TITLE if word.kind is WordKind.ORDINARY or before.text == "Familie":
            return surname or before.text in _ADDRESS or word.text not in lexicon.seen
        case WordKind.LETTER:
            return surname and before.abbreviated
        case WordKind.NAME | WordKind.FREQUENT:
            given = before.text in lexicon.names.given
            return (surname and before.after in _HYPHENS) or (given and (surname or word.text not in lexicon.seen))
        case WordKind.PART:
            return surname
    return False


def _follows_two_given_names(words: Sequence[_Word], place: int, lexicon: Lexicon) -> bool:
    """Whether a word is a surname because two given names stand before it: Fritz Rudolf Körper."""
    given = [word for word in words[max(0, place - 2) : place] if word.in_name and word.text in lexicon.names.given]
    return len(given) == 2 and _joined(*given)


def _look_over_particles(words: Sequence[_Word], place: int, lexicon: Lexicon) -> None:
    """Let particles be part of a name that goes on or begins with them: Ludwig van der Rohe, Herr von Wogau."""
    particle = words[place].text.lower()
    if particle not in _PARTICLES - _ORDINARY_PARTICLES.get(lexicon.language, frozenset()):
        return
    before = words[place - 1] if place and _joined(words[place - 1], words[place]) else None
    titled = before is not None and before.kind is WordKind.TITLE
    surely = titled or not (particle == "von" and lexicon.language == "de")  # else: perhaps "of", or "from"
    inside = before is not None and before.in_name
    if not inside and not (surely and particle in _LEADING_PARTICLES):
        return
    end = place + 1
    while end < min(len(words), place + 3) and words[end].text.lower() in _SECOND_PARTICLES:
        end += 1
    if end == len(words) or not all(_joined(words[at], words[at + 1]) for at in range(place, end)):
        return
    name = words[end]
    # "Ivo van der Meer": no German phrase goes on like this after a given name.
    foreign = before is not None and before.in_name and surely and before.text in lexicon.names.given
    addressed = before is not None and before.text in _GERMAN_ADDRESS  # Herr von Brücke, but König von Ungarn
    if name.kind is WordKind.ORDINARY and (
        foreign or addressed or lexicon.may_be_surname(name.text) or name.text not in lexicon.seen
    ):
        name.kind = WordKind.NAME
    if name.kind is WordKind.NAME or (name.in_name and surely):
        name.kind = WordKind.NAME
        for each in words[place:end]:
            each.kind = WordKind.PART


def _look_ahead(word: _Word, next_: _Word, lexicon: Lexicon) -> None:
    """Let a word be a name, or part of one, for what it stands before: J. Obermüller, al-Assad, the King family."""
    if not _joined(word, next_):
        return
    if next_.text in _FAMILY and word.text in lexicon.names.family and word.kind in (WordKind.ORDINARY, WordKind.TITLE):
        word.kind = WordKind.NAME
    if not next_.in_name:
        return
    if word.kind is WordKind.LETTER and (word.abbreviated or word.text in _ELIDED):
        word.kind = WordKind.NAME
    elif next_.kind in (WordKind.NAME, WordKind.PART):
        given = word.kind is WordKind.ORDINARY and word.text in lexicon.names.given
        if given or word.text in ("St", "Ste"):
            word.kind = WordKind.PART


def _joined(word: _Word, next_: _Word) -> bool:
    """Whether two words can be of one name for what stands between them."""
    if word.genitive:
        return False
    if next_.bound or word.after in _SPACES or word.after in _HYPHENS or word.after == " & ":
        return True
    if word.after in ("'", "’"):
        return word.text in _ELIDED
    if word.after == ", ":
        return next_.text in _JUNIOR
    return word.abbreviated and word.after[1:] in ("", *_SPACES, *_HYPHENS)


def _runs(words: Sequence[_Word]) -> Iterator[list[_Word]]:
    """The longest runs of words of names."""
    run: list[_Word] = []
    for word in words:
        if run and not (word.in_name and _joined(run[-1], word)):
            yield run
            run = []
        if word.in_name:
            run.append(word)
    if run:
        yield run


def _end(last: _Word, end_of_text: int) -> int:
    """Where a name ends: before the s of a genitive; after the dot of an initial that does not end the text."""
    if last.genitive:
        return last.end - 1
    return last.end + (last.abbreviated and last.end + 1 < end_of_text)
