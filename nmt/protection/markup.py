"""Markup of a text: tags, placeholders, formatting marks and code, and symbols and emoji, which carry meaning too.

Markup is found in one pass from left to right; what opens and what closes is paired afterwards, by a stack for each
kind of pair, so that nested, crossing and unclosed marks are all kept. All of it takes linear time: a pattern that
has begun stops where the next one of its kind could begin.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from html import unescape

import regex

from nmt.protection.spans import Role, Span, disjoint


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


# HTML's elements: those whose text stands apart from what is round it, those inside a text, and those without any.
_BREAKS = _names(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure footer"
    " form h1 h2 h3 h4 h5 h6 head header hr html legend li main menu nav ol optgroup option p section select summary"
    " table tbody td template tfoot th thead title tr ul"
)
_INLINE = _names(
    "a abbr acronym b bdi bdo big button cite data del dfn em font i ins label mark q rp rt ruby s small span strike"
    " strong sub sup time u"
)
_VOID = _names("area base br col embed img input link meta param source track wbr")
_COPIED = _names("code kbd math pre samp script style svg tt var")  # elements whose content is no language

_WITHOUT_VALUE = (
    "allowfullscreen|async|autofocus|autoplay|checked|controls|defer|disabled|download|hidden|inert|ismap|itemscope"
    "|loop|multiple|muted|novalidate|open|readonly|required|reversed|selected|[a-z]+-[a-z-]+"
)
_LETTER_ENTITY = r"&(?:\w{1,2}(?:uml|acute|grave|circ|tilde|cedil|ring|slash|caron|lig)|szlig|eth|thorn|ETH|THORN|shy);"
_LATEX_LIKE_ESCAPES = (  # commands that begin as \n, \r and \t do
    "nabla|neq?|newcommand|newline|newpage|ni|noindent|normalsize|not|notin|nu|quad|rangle|rceil|rfloor|right|"
    "rightarrow|Rightarrow|rho|rm|tableofcontents|tan|tau|tfrac|thanks|theta|tilde|times|tiny|title|to|today|top|"
    "triangle|tt"
)
_EMOJI_PART = r"\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier})?"
_EMOJI = (
    rf"(?:\p{{Regional_Indicator}}{{1,2}}|[0-9#*]\uFE0F?\u20E3"
    rf"|{_EMOJI_PART}[\U000E0020-\U000E007F]*(?:\u200D{_EMOJI_PART})*)"
)
_RESERVED = r"<[^\s<>＜＞﹤﹥]{1,40}>|[<＜﹤][^\s<>＜＞﹤﹥]{1,12}[>＞﹥]"  # NFKC makes the same of the second kind

# Tried in this order at each place. What becomes of a match is said by its name, see _atom.
_KINDS = [
    ("word", rf"(?<!\w)\w*+(?:{_LETTER_ENTITY}\w*+)++"),  # f&uuml;r
    ("mark", r"<!--(?:(?!-->|<!--).)*+-->|<!\w[^<>]*+>|<\?(?:(?!\?>|<\?).)*+\?>|<%(?:(?!%>|<%).)*+%>"),
    (
        "tag",
        r"<(?P<slash>/?)(?P<name>[A-Za-z][\w:-]*+)"
        r"(?:\s++(?:[\w:@.\#*()-]+?\s*+=\s*+(?:\"[^\"<]*+\"|'[^'<]*+'|[^\s\"'<>=`]++)"
        rf"|(?:{_WITHOUT_VALUE})(?=[\s/>])))*+\s*+(?P<empty>/?)>",
    ),
    ("word", _RESERVED),
    ("entity", r"&(?:[A-Za-z]\w{1,30}|\#\d{1,7}|\#[xX][0-9A-Fa-f]{1,6});"),
    # Templates: {{ x }}, {% if %}, {# note #}, ${x}, $(x), {name}, {0:.2f}, {n, number, integer}, [[x]], [NAME]
    ("word", r"\{\{\{?[^{}]*+\}?\}\}|\{%(?:(?!%\}|\{%).)*+%\}|\{\#(?:(?!\#\}|\{\#).)*+\#\}|[$\#@%]\{[^{}]*+\}"),
    ("word", r"\$\((?=\w)[^()$]*+\)|\{\s*+[\w.-]*+\s*+\}|\{[^\s{}]{1,80}\}"),
    ("word", r"\{\s*+\w++\s*+,\s*+(?:number|date|time|duration|spellout|ordinal|list)\b[^{}]*+\}"),
    ("word", r"\[\[[^\[\]]*+\]\]|\[[A-Z][A-Z0-9_]++\]"),
    # printf: %s, %1$s, %(name)d, %.2f, %%; Qt's %1; Windows' %PATH%. After a digit, % is a percentage.
    ("word", r"%%|%\(\w++\)[-+0\#]*+\d*+(?:\.\d++)?[a-zA-Z](?!\p{L})|%[A-Z_][A-Z0-9_]++%|(?<!\d)%L?\d{1,2}(?![\w%$])"),
    (
        "word",
        r"(?<!\d)%(?:\d++\$)?[-+0\#']*+(?:\d++|\*)?(?:\.(?:\d++|\*))?(?:hh?|ll?|[Lzjtq])?"
        r"[diouxXeEfFgGaAcspn@](?:(?![^\W_])|(?=x%))",
    ),
    # Formulas and variables: $x^2$, \(x\), $name, $user->name, $list[0]
    ("word", r"\$\$[^$]++\$\$|\$(?=[^\s$])(?=\p{L}\$|[^$]*[\\^_={}])[^$]*[^\s$]\$(?!\w)|\\\((?:(?!\\[()]).)*+\\\)"),
    ("word", r"\$[A-Za-z_]\w*+(?:(?:->|::|\.(?=[a-z_]))[A-Za-z_]\w*+|\[\w++\])*+"),
    # Footnotes, BBCode, Markdown's links
    ("mark", r"\[\^?\d{1,4}\](?!\()|\[\^[\w-]{1,40}\]"),
    ("bbcode", r"\[(?P<bbslash>/?)(?P<bbname>b|i|u|s|url|img|quote|code|size|color|font|center)(?:=[^\[\]]*+)?\]"),
    ("bracket", r"!?\[|\](?:\((?:[^()\s]|\([^()\s]*+\))*+(?:\s++\"[^\"\]]*+\")?\)|\[[^\[\]]*+\])?"),
    # Escapes and LaTeX
    ("break", rf"\\(?![a-z]+\*?[{{\[]|(?:{_LATEX_LIKE_ESCAPES})(?![a-z]))[nrt](?:\\[nrt])*+"),
    (
        "word",
        r"\\(?:begin|end|[a-z]*cite[a-z]*|[a-z]*ref|label|url|input|include[a-z]*|usepackage|documentclass"
        r"|bibliography[a-z]*|[vh]space)\*?(?:\[[^\[\]]*+\])?\{[^{}]*+\}",
    ),
    ("mark", r"\{{4,}+|\}{4,}+"),
    ("brace", r"(?:\\[A-Za-z]++\*?(?:\[[^\[\]]*+\])?)?\{|\}"),
    ("mark", r"\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[A-Za-z]++\*?|[^\w\s])"),
    # Shortcuts such as :tada:, and faces
    ("mark", r"(?<![\w:]):(?:[a-z][a-z0-9_+-]{1,40}|[+-]1):(?![\w:])"),
    ("mark", r"(?<![^\s\p{P}])(?:[:;]['’]?-?[)(DPpOo/\\|*3]|[:;]-[\]\[]|<3|\^\^)(?![\w/])"),
    ("emphasis", r"\*++|_++|~~"),
    ("word", r"[&§%‰@=\p{Sc}](?![\p{S}&§%‰@\uFE0F])"),  # at the edge of a sentence these are part of it still
    (
        "mark",
        rf"(?:{_EMOJI}|(?:(?![|`´−])\p{{S}}|[&§†‡•‣◦※¶@\#%‰\\]|(?<=\S)\|(?=\S)|(?<!\w)[`´·]|[`´·](?!\w))\uFE0F?)++",
    ),
]  # fmt: skip
_ICU = [  # in a line with a plural or a choice, whose texts stand apart
    ("break", r"\{\s*+\w++\s*+,\s*+(?:plural|select|selectordinal)\s*+,(?:\s*+offset:\d++)?\s*+(?:=\d++|\w++)\s*+\{"),
    ("break", r"\}\s*+(?:=\d++|\w++)\s*+\{|\}\s*+\}"),
    ("word", r"\#"),
]


@cache  # and not when the module is loaded: each takes 20 ms to compile
def _pattern(icu: bool) -> regex.Pattern[str]:
    """One pattern for all kinds; a match's lastgroup is the name of its kind."""
    return regex.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in (_ICU if icu else []) + _KINDS))


_ICU_OPENING = regex.compile(_ICU[0][1])
_RESERVED_LOOK = regex.compile(_RESERVED)
_FENCE = regex.compile(r"\s*+(?:`{3,}|~{3,})[^`]*+")
_TICKS = regex.compile("`++")
_WORD_CHARACTER = regex.compile(r"\w")
_VISIBLE = regex.compile(r"\S")
# Most lines have none of what markup begins with, which is quick to see.
_SUSPECT = regex.compile(r"[^\w\s.,;!?'\"’‘‚“”„»«()–—…:/-]|_|[:;]['’]?-?[)(DPpOo/|3]|:\w[\w+-]*:|\u20E3")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Atom:
    """One mark, before it has its partner."""

    start: int
    end: int
    role: Role | None  # if it stays alone; None: it is no markup then, nor what it closes
    pair: str = ""  # what marks have in common that can be partners
    opens: bool = False
    closes: bool = False


def find_markup(text: str) -> list[Span]:
    """The markup, placeholders of templates, code, symbols and emoji of a text, in order, disjoint.

    HTML, XML and BBCode tags and entities; {name}, {{ x }}, ${x}, %s, %(name)s, [[x]], ICU's plurals; Markdown; LaTeX;
    escapes; :shortcuts:; and whatever else is a symbol to Unicode. Between the marks of a pair is text, except in code.
    """
    if not _SUSPECT.search(text):
        return []
    if _FENCE.fullmatch(text):
        return [Span(start=0, end=len(text), kind="markup")]
    code = list(_code(text))
    return disjoint(code, _paired(list(_atoms(text, code))))


def find_reserved(text: str) -> list[Span]:
    """What the tokenizer could take for one of its own symbols, such as <ph0>, also in full width."""
    return [Span(start=match.start(), end=match.end(), kind="markup") for match in _RESERVED_LOOK.finditer(text)]


def _code(text: str) -> Iterator[Span]:
    """`code`, from a run of backticks to the next one of its length; single ones inside words are apostrophes."""
    runs = list(_TICKS.finditer(text)) if "`" in text else []
    following: dict[int, regex.Match[str]] = {}
    closing: list[regex.Match[str] | None] = []  # of each run, from the last one on
    for run in reversed(runs):
        length = run.end() - run.start()
        closing.append(following.get(length))
        if length > 1 or not _is_word(text, run.end()):
            following[length] = run
    end = 0
    for run, close in zip(runs, reversed(closing), strict=True):
        single = run.end() - run.start() == 1
        if close and run.start() >= end and not (single and _is_word(text, run.start() - 1)):
            end = close.end()
            yield Span(start=run.start(), end=end, kind="markup")


def _atoms(text: str, code: Iterable[Span]) -> Iterator[_Atom]:
    """All marks outside of code, in order."""
    pattern = _pattern(icu=bool(_ICU_OPENING.search(text)))
    edges = [0, *(edge for span in code for edge in (span.start, span.end)), len(text)]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        for match in pattern.finditer(text, start, end):
            yield _atom(match)


def _atom(match: regex.Match[str]) -> _Atom:
    start, end = match.span()
    shown = match[0]
    match match.lastgroup:
        case "tag":
            return _tag(match)
        case "bbcode":
            closes = bool(match["bbslash"])
            role: Role = "close" if closes else "open"
            return _Atom(start=start, end=end, role=role, pair=f"[{match['bbname']}", opens=not closes, closes=closes)
        case "bracket":
            closes = shown[0] == "]"
            # Without an address, brackets are no link but text.
            alone: Role | None = "mark" if closes and len(shown) > 1 else None
            return _Atom(start=start, end=end, role=alone, pair="[", opens=not closes, closes=closes)
        case "brace":
            closes = shown == "}"
            return _Atom(start=start, end=end, role="mark", pair="{", opens=not closes, closes=closes)
        case "emphasis":
            return _emphasis(match)
        case "entity":  # one that HTML does not know may stand for words
            return _Atom(start=start, end=end, role="word" if unescape(shown) == shown else "mark")
        case "break":
            return _Atom(start=start, end=end, role="break")
        case "mark":
            return _Atom(start=start, end=end, role="mark")
        case _:
            return _Atom(start=start, end=end, role="word")


def _tag(match: regex.Match[str]) -> _Atom:
    """An HTML or XML tag. One of an unknown name that stays alone, such as <name>, may stand for a word."""
    start, end = match.span()
    name = match["name"].lower()
    if name in _VOID or (match["empty"] and name in _INLINE):
        return _Atom(start=start, end=end, role="break" if name == "hr" else "mark")
    closes = bool(match["slash"])
    role: Role = "close" if closes else "open" if name in _INLINE or name in _COPIED else "word"
    if name in _BREAKS:
        role = "break"
    opens = not closes and not match["empty"]
    return _Atom(start=start, end=end, role=role, pair=f"<{name}", opens=opens, closes=closes)


def _emphasis(match: regex.Match[str]) -> _Atom:
    """Markdown's *, ** and so on: they open before and close after what is no space; * and _ not inside words."""
    start, end = match.span()
    text, shown = match.string, match[0]
    if len(shown) > 3:
        return _Atom(start=start, end=end, role="mark")
    word_before, word_behind = _is_word(text, start - 1), _is_word(text, end)
    whole_words = shown in ("*", "_", "__", "___")
    inside = word_before and word_behind and whole_words
    return _Atom(
        start=start,
        end=end,
        role=None if inside else "mark",
        pair=shown,
        opens=bool(_VISIBLE.match(text, end)) and not (whole_words and word_before),
        closes=start > 0 and bool(_VISIBLE.match(text, start - 1)) and not (whole_words and word_behind),
    )


def _is_word(text: str, place: int) -> bool:
    return place >= 0 and bool(_WORD_CHARACTER.match(text, place))


def _paired(atoms: Sequence[_Atom]) -> Iterator[Span]:
    """The spans of marks that know their partners; an element whose content is no language is one span besides."""
    partners = _partners(atoms)
    for place, atom in enumerate(atoms):
        other = atoms[partners[place]] if place in partners else None
        role = atom.role
        if other is not None:
            closing = max(atom, other, key=lambda each: each.start)
            role = closing.role and ("break" if closing.role == "break" else "open" if closing is other else "close")
            if closing is other and atom.pair.removeprefix("<") in _COPIED:
                yield Span(start=atom.start, end=other.end, kind="markup")
        if role is not None:
            partner = None if other is None else other.start
            yield Span(start=atom.start, end=atom.end, kind="markup", role=role, partner=partner)


def _partners(atoms: Sequence[_Atom]) -> dict[int, int]:
    """Which mark each has as its partner, by their places: a closing one has the last that is open."""
    partners: dict[int, int] = {}
    open_ones: dict[str, list[int]] = defaultdict(list)
    for place, atom in enumerate(atoms):
        if atom.closes and open_ones[atom.pair]:
            other = open_ones[atom.pair].pop()
            partners[place], partners[other] = other, place
        elif atom.opens:
            open_ones[atom.pair].append(place)
    return partners
