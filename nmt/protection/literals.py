r"""Literals: what is written alike in both languages: numbers with sign and unit, dates, codes, addresses, file names.

A literal is protected as far as it is the same in every language: of "3rd", "3." and "1990er" the digits are, and of
"15:45 Uhr" the time. The same detection serves both sides of training pairs. \w is a letter with its accents here,
whether they are part of it or marks of their own, so that decomposed words are not cut.

Each pattern begins where no word precedes and takes what it takes (++), or is bounded: no line is read twice.
"""

from functools import cache

import regex

from nmt.protection.spans import Span

_SPACE = r"[ \u00a0\u2009\u202f]"
# Units and currencies that are written alike in most languages, after a space or none. Glued are such as are also
# words or initials: in "1990 A new law" there is no ampere.
_UNITS = (
    r"(?:°\s?[CFK]?|[℃℉′″]"
    r"|[kMGTP]?(?:B|Bit|bit)/s|[kMGT]?bps|[KMGTP]iB|[kKMGTP]B|[KMGT]?bit"
    r"|[kMGT]?W[hp]?(?:/(?:100\s?km|km|kg|m²|m2))?|[kmµμ]?V|k?VA|[kM]?Ω|m?Ah|mA|[kMGT]?Hz|[kM]J|k?cal|kN|Nm|N/mm²"
    r"|[hkM]?Pa|m?bar|psi|dBA?|m?mol(?:/l)?|lm|lx|cd|ppm|ppb|px|dpi|ppi|fps|rpm|mph|kn"
    r"|[kcdmµμnp]?m[²³23]?(?:/[hs]²?|/min)?|mi|yd|ft|ha"
    r"|[kmµμn]?g(?:/(?:km|kg|cm³|m³|m²|[dm]?[lL]))?|t|lbs?|oz|[mcdh]?[lL](?:/(?:100\s?km|min|h|s))?|[mµμn]?s|min|h|K)"
)
_GLUED = r"(?:[AJNBCFkMGTxX×]|[a-z])"
_CURRENCIES = (
    r"(?:(?:US|CA|AU|HK|NZ|[ACR])?\p{Sc}|(?:EUR|USD|GBP|CHF|JPY|CNY|AUD|CAD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|RUB|TRY|INR"
    r"|BRL|MXN|ZAR|KRW|SGD|HKD|ILS|RON|BGN|ISK|UAH|AED|THB|DEM))"
)

# 7; 3.499,50; 1 000 000; 15:45; 24/7; 1'000; 2024-05-17; 10–12; 3x4; 1.5e-3; 10²; 1½; .5; 20,-
_FRACTION = "[½⅓⅔¼¾⅕-⅞]"
_NUMBER = (
    r"(?:(?<!\w)(?:(?<!\.)\.)?\d++"
    rf"(?:(?:[.,:/'’·–−-]|{_SPACE}?[×xX]{_SPACE}?|{_SPACE}(?=\d{{3}}(?!\d)))\d++)*+"
    rf"(?:[eE][+-]?\d++(?!\w)|[⁰¹²³⁴-⁹]++|{_FRACTION})?(?:,[-–—](?!\w))?|{_FRACTION})"
)
_SIGN = rf"(?:(?<![\w.,:/)\]])[-−–+±]|(?<![\w<>])[≤≥≈~<>]{_SPACE}?)"
_QUANTITY = (
    rf"{_SIGN}?(?:(?<![^\W\d_]){_CURRENCIES}{_SPACE}?[-−–+]?|(?:§§?|№|\#){_SPACE}?)?"
    # Of 1990s and 80s, which are no seconds, only the digits stand in German as well.
    rf"(?:(?<!\w)(?:\d{{3}}|[1-9])0(?=s\b)"
    rf"|{_NUMBER}(?:{_SPACE}?(?:[%‰‱]|(?:{_CURRENCIES}|{_UNITS})(?!\w)(?:/(?:h|kg|km|m²|l|kWh|min)\b)?)"
    rf"|{_GLUED}(?![\w'’]))?)"
)

_FILE_TYPES = (
    "7z|aac|avi|bak|bat|bin|bmp|bz2|cfg|cmd|conf|cpp|css|csv|dat|deb|dll|docx?|dmg|eml|epub|exe|flac|gif|go|gz|hpp"
    "|html?|ico|ini|ipynb|iso|jar|java|jpe?g|jsx?|jsonl?|kt|lock|log|lua|m4a|md|mkv|mov|mp3|mp4|mpeg|msi|odp|ods|odt"
    "|ogg|onnx|otf|parquet|pdf|php|pl|png|po|pptx?|properties|ps1|psd|py|rar|rb|rs|rst|rtf|scss|sh|sqlite|sql|srt|svg"
    "|swift|tar|tex|tgz|tiff?|tmx|toml|tsx?|tsv|ttf|txt|vtt|vue|wav|web[mp]|wma|wmv|woff2?|xhtml|xlf|xliff|xlsx?|xml"
    "|xz|ya?ml|zip"
)
_DOMAINS = (
    "com|org|net|edu|gov|info|biz|io|dev|app|ai|eu|de|at|ch|uk|ca|au|nz|ie|fr|nl|lu|dk|se|fi|pl|cz|sk|hu|pt|gr|ru|ua"
    "|tr|jp|cn|kr|br|mx|za|tv|berlin|online|shop|cloud|example"
)
_ADDRESS_END = r"(?<![.,;:!?'’‘*_~…|}\]])"
_CODE_PART = r"(?:[\p{Lu}\d]++|\p{Lu}\p{Ll}++\p{Lu}\w*+)(?!\w)"
_SECRET = r"[\p{L}\d#$&*=^~|!?%+]"
_STANDARD = "(?:DIN|EN|ISO|IEC|IEEE|VDE|VDI|ANSI|ASTM|ÖNORM|RFC|ETSI)"

# Words followed by a space or the like begin no literal, except for abbreviations, as in DIN 5 and EUR 5. To see this
# first makes a search of usual text several times as fast.
_PLAIN_WORD = r"\p{L}?\p{Ll}++(?:[\s,;!?)\"“”]|\.?$|\.\s)"
_LITERAL = (
    rf"(?<!\w)(?!{_PLAIN_WORD})(?:"
    + "|".join(
        [
            # https://…, www.…, mailto:…
            r"(?:[a-zA-Z][a-zA-Z0-9+-]{1,14}+://|(?:www|WWW)\.(?=\w)|(?:mailto|tel|doi|urn):(?=[\w+]))"
            rf"(?:[^\s<>\"()“”„«»]|\([^\s<>\"()]*+\))*{_ADDRESS_END}",
            # mail addresses, @someone, @someone@there.org, #topic
            r"(?<![\w.+-])[\w.+-]++@\w[\w-]*+(?:\.\w[\w-]*+)++",
            r"(?<![\w/&])@\w++(?:@\w[\w-]*+(?:\.\w[\w-]*+)++|(?:[.-]\w++)*+)|(?<![\w/&])\#(?=\w*\p{L})\w++",
            # file names and paths: C:\x, \\server\x, ~/x, /etc/x, src/main.py
            rf"[A-Za-z]:[\\/](?!/)[^\s<>\"|?*]*{_ADDRESS_END}|(?<!\\)\\\\[\w.-]++\\[^\s<>\"|?*]*{_ADDRESS_END}",
            r"(?<![\w/.~<)])(?:(?:~|\.\.?)/|/(?=[\w.@+-]++/[\w.]|(?:bin|dev|etc|home|opt|tmp|usr|var)\b))"
            rf"(?:[\w.@+-]++/)*+[\w.@+-]*{_ADDRESS_END}",
            rf"(?<![\w./\\-])(?:[\w.-]++/)*+[\w-]++(?:\.[\w-]++)*?\.(?i:{_FILE_TYPES})(?![\w-])",
            # example.org/path without a scheme
            rf"(?<![\w./@-])(?:[\w-]++\.)+?(?:{_DOMAINS}|{_DOMAINS.upper()})(?![\w-]|\.\w)(?:[/?:](?=\w)[^\s<>\"()“”„]*{_ADDRESS_END}|/)?",
            # a server on this machine
            r"localhost(?::\d++)?(?:/[^\s<>\"()“”„]*)?+" + _ADDRESS_END,
            # passwords: letters, digits and signs in a row, xK7#pQ2
            rf"(?={_SECRET}{{0,64}}\d)(?={_SECRET}{{0,64}}\p{{L}})(?={_SECRET}{{0,64}}[#$^~|*])"
            rf"[\p{{L}}\d]++(?:[#$&*=^~|!?%+]++[\p{{L}}\d]++)++",
            # code: snake_case (but not German's Kolleg_innen), call(), --option, -o
            r"(?!\w*_in(?:nen)?\b)\w*[^\W_]_+[^\W_]\w*+(?:\(\))?|(?<![\w.])[^\W\d][\w.]*+\(\)",
            r"(?<![\w-])--[a-zA-Z][\w-]*+(?:=[^\s,;]*+)?|(?<=\s)-[a-zA-Z](?![\w-])",
            # 2024-05-17T12:00:00Z, UUID, MAC and IPv6 addresses, IBAN, ISBN with X
            r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d++)?)?(?:Z|[+-]\d\d:?\d\d)?(?!\w)",
            r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?!\w)",
            r"(?<![\w:])(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}(?![\w:])",
            r"(?<![\w:])(?:[0-9a-fA-F]{1,4}:{1,2}){3,7}[0-9a-fA-F]{1,4}(?![\w:])",
            rf"\p{{Lu}}{{2}}\d\d(?:{_SPACE}?\p{{Lu}}{{4}})?(?:{_SPACE}?\d{{4}}){{2,7}}(?:{_SPACE}?\d{{1,3}})?(?!\w)",
            r"\d++(?:-\d++){2,3}-X(?!\w)",
            # norms: DIN EN ISO 9001:2015; C++, C#, .NET; R&D
            rf"{_STANDARD}(?:[ /-]{_STANDARD})*[ -]?\d++(?:[.:/-]\d++)*+(?!\w)",
            r"(?:C\+\+|[CFJ]\#|\.NET)(?!\w)|\p{Lu}{1,3}&\p{Lu}{1,3}(?!\w)",
            # telephone numbers of seven digits or more: +49 (0)30 1234-567, 0151/234-567, (030) 123456
            r"(?<![\w+])(?:\+|00)(?=\d(?:[^\d\n]{0,2}\d){6})\d++"
            r"(?:[ \u00a0]?\(\d{1,5}\))?(?:[ \u00a0/.-]?\d++)*+(?!\w)",
            r"(?<![\w.,])(?:\(0\d{1,5}\)[ /-]?|0\d{1,5}(?:[ \u00a0]?[/–-][ \u00a0]?|[ \u00a0]))"
            r"(?=\d(?:[^\d\n]{0,2}\d){3})\d++(?:[ \u00a0-]\d++)*+(?!\w)|\(\d{3}\) ?\d{3}-\d{4}(?!\w)",
            # versions and codes: v1.2, 2.0rc1, COVID-19, SARS-CoV-2, A4, mp3, H2O, x86_64, 3D, GPT4.5, 0x1F, 3f9ac2e
            r"[vV]?\d++(?:\.\d++)++[.-]?(?:alpha|beta|rc|dev|post|pre|[ab](?=\d))\.?\d*+(?!\w)",
            r"[vV]\d++(?:\.\d++)*+(?!\w)|0[xX][0-9a-fA-F]++(?!\w)",
            rf"(?<![\w-])(?=[\w-]*\d)(?=[\w-]*\p{{Lu}}){_CODE_PART}(?:-{_CODE_PART})++(?:(?<=\d)(?:\.\d++)++)?",
            r"(?=\w*\d)\p{L}\w*+(?:(?<=\d)(?:\.\d++)++)?",
            r"(?!\d++(?:\p{Lu}\p{Ll}{2,}|ER|ERN|TE|TEN|ST|ND|RD|TH|S)(?!\w))(?=\w*\p{Lu})\d\w*+",
            r"(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,}+(?!\w)",
            _QUANTITY,
        ]
    )
    + ")"
)
# Most lines have nothing of what every literal has, which is quick to see.
_SUSPECT = regex.compile(rf"[\d@\#/\\_&]|{_FRACTION}|\w\.\w|\(\)|-[-a-zA-Z]|C\+\+|\.NET|:\w")


@cache
def _literal() -> regex.Pattern[str]:  # compiled when a line needs it, for it takes a twentieth of the start
    return regex.compile(_LITERAL)


def literal_spans(text: str) -> list[Span]:
    """The literals of a text, in order, disjoint; each is one span with its sign, unit and currency."""
    if not _SUSPECT.search(text):
        return []
    return [Span(start=match.start(), end=match.end(), kind="literal") for match in _literal().finditer(text)]


def comparable(literal: str) -> str:
    """What is the same for forms of a literal that differ in spaces and signs alone, as 5 % and 5%, −1 and -1."""
    return "".join(literal.split()).translate(_ONE_MINUS)


_ONE_MINUS = str.maketrans("−–’", "--'")
