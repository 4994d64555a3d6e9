import json

import pytest

FORM = {"content-type": "application/x-www-form-urlencoded"}
JSON = {"content-type": "application/json"}
GOOD = {"q": "Haus rot.", "source": "de", "target": "en"}


def said(**changes):
    """A request's body in JSON, with changes to a good one; None leaves a value out."""
    values = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    return json.dumps(values).encode()


def multipart(body, boundary="b"):
    return {"content": body, "headers": {"content-type": f"multipart/form-data; boundary={boundary}"}}


BODIES = {
    "no body": (b"", 400),
    "half a JSON object": (b'{"q": "Haus"', 400),
    "a list": (b"[1, 2]", 400),
    "null": (b"null", 400),
    "a number": (b"1", 400),
    "many digits": (b'{"q": ' + b"9" * 10_000 + b"}", 400),
    "NaN for a text": (b'{"q": NaN, "source": "de", "target": "en"}', 400),
    "two objects": (b"{}{}", 400),
    "no UTF-8": (b'{"q": "\xff\xfe"}', 400),
    "UTF-16": (json.dumps(GOOD).encode("utf-16"), 400),
    "a byte order mark": (b"\xef\xbb\xbf" + said(), 200),
    "NUL bytes": (b"\0" * 100, 400),
    "ten thousand brackets": (b"[" * 10_000 + b"]" * 10_000, 400),
    "ten thousand objects, one in another": (b'{"q":' * 10_000 + b"1" + b"}" * 10_000, 400),
    "ten megabytes": (said(q="Haus " * 2_000_000), 413),
    "ten megabytes of no JSON": (b"x" * 10_000_000, 413),
    "no text": (said(q=None), 400),
    "null for a text": (b'{"q": null, "source": "de", "target": "en"}', 400),
    "a number for a text": (said(q=1), 400),
    "an object for a text": (said(q={"a": "b"}), 400),
    "a list with a number": (said(q=["Haus", 1]), 400),
    "a list in a list": (said(q=[["Haus"]]), 400),
    "a lone surrogate": (b'{"q": "\\ud800", "source": "de", "target": "en"}', 400),
    "a lone surrogate in a list": (b'{"q": ["a", "\\udfff"], "source": "de", "target": "en"}', 400),
    "a pair of surrogates": (b'{"q": "\\ud83d\\ude00", "source": "de", "target": "en"}', 200),
    "control characters": (said(q="Haus\0\x1b[31m\x07\u202e rot."), 200),
    "line ends of all kinds": (said(q="\r\r\n\n\u2028\u2029\x85\x0b\x0c"), 200),
    "a script": (said(q="<script>alert('Haus')</script>"), 200),
    "placeholders of the model": (said(q="<ph0> <2en> <s> </s> <unk>"), 200),
    "combining marks": (said(q="a" + "\u0301" * 5000), 200),
    "one word of many letters": (said(q="x" * 5000), 200),
    "too many characters": (said(q="x" * 50_001), 413),
    "too many texts": (said(q=[""] * 1001), 413),
    "no target": (said(target=None), 400),
    "an unknown language": (said(target="tlh"), 400),
    "a list for a language": (said(target=["en"]), 400),
    "an empty language": (said(target=""), 400),
    "a long language": (said(target="e" * 10_000), 400),
    "a lone surrogate for a language": (b'{"q": "a", "source": "de", "target": "\\ud800"}', 400),
    "auto for a target": (said(target="auto"), 400),
    "an unknown format": (said(format="docx"), 400),
    "a list for a format": (said(format=[]), 400),
    "alternatives below zero": (said(alternatives=-1), 400),
    "a million alternatives": (said(alternatives=1_000_000), 400),
    "half an alternative": (said(alternatives=0.5), 400),
    "true alternatives": (said(alternatives=True), 400),
    "an infinite number of alternatives": (b'{"q": "a", "source": "de", "target": "en", "alternatives": 1e999}', 400),
    "details that are neither": (said(details="perhaps"), 400),
    "a list for a glossary": (said(glossary=[["a", "b"]]), 400),
    "a number in a glossary": (said(glossary={"Haus": 1}), 400),
    "an empty term": (said(glossary={"": "x"}), 400),
    "a glossary with an open quote": (said(glossary='"Haus,building'), 400),
    "a glossary of one column": (said(glossary="Haus\nBaum\n"), 400),
    "a glossary with a lone surrogate": (b'{"q":"a","source":"de","target":"en","glossary":{"a":"\\ud800"}}', 400),
    "a glossary of very many terms": (said(glossary={str(n): "x" for n in range(10_001)}), 400),
    "a name that comes twice": (b'{"q": 1, "q": "Haus rot.", "source": "de", "target": "en"}', 200),
    "names that nobody knows": (said(__proto__={"a": 1}, constructor="x"), 200),
}  # fmt: skip

REQUESTS = {
    "another type": ("POST", "/translate", {"content": b"<q>Haus</q>", "headers": {"content-type": "text/xml"}}, 415),
    "a type of nonsense": ("POST", "/translate", {"content": said(), "headers": {"content-type": ";;;="}}, 200),
    "a form of bytes": ("POST", "/translate", {"content": bytes(range(256)), "headers": FORM}, 400),
    "a form with bad escapes": ("POST", "/translate", {"content": b"q=%zz%&source=de&target=en", "headers": FORM}, 200),
    "a form of many fields": ("POST", "/translate", {"content": b"a=1&" * 2000, "headers": FORM}, 400),
    "parts without a boundary": (
        "POST", "/translate", {"content": b"x", "headers": {"content-type": "multipart/form-data"}}, 400
    ),
    "parts without an end": (
        "POST", "/translate", multipart(b'--b\r\nContent-Disposition: form-data; name="q"\r\n\r\nHaus'), 400
    ),
    "parts without names": ("POST", "/translate", multipart(b"--b\r\n\r\nHaus\r\n--b--\r\n"), 400),
    "a file for a text": (
        "POST", "/translate", {"files": {"q": ("q.txt", b"Haus")}, "data": {"source": "de", "target": "en"}}, 400
    ),
    "another method": ("GET", "/translate", {"params": GOOD}, 405),
    "no such address": ("POST", "/translate/../../etc/passwd", {"json": GOOD}, 404),
    "a file beside the page's": ("GET", "/static/../app.py", {}, 404),
    "a file beside the page's, escaped": ("GET", "/static/%2e%2e/app.py", {}, 404),
    "an address with a NUL": ("GET", "/static/a%00b", {}, 404),
    "a long address": ("GET", "/" + "a" * 50_000, {}, 404),
    "a form for JSON": ("POST", "/translate", {"content": b"q=Haus", "headers": JSON}, 400),
    "a number to detect": ("POST", "/detect", {"json": {"q": 1}}, 400),
    "a list to detect": ("POST", "/detect", {"json": {"q": ["Haus"]}}, 400),
    "nothing to find names in": ("POST", "/tag", {"json": {}}, 400),
    "no text for DeepL": ("POST", "/v2/translate", {"json": {"target_lang": "EN"}}, 400),
    "a formality that no model has": (
        "POST", "/v2/translate", {"json": {"text": "a", "target_lang": "EN", "formality": "less"}}, 400
    ),
    "a key that is no text": ("POST", "/translate", {"json": {**GOOD, "api_key": ["x"]}}, 200),
    "headers of nonsense": (
        "POST", "/translate", {"json": GOOD, "headers": {"authorization": "\t", "origin": "null"}}, 200
    ),
}  # fmt: skip
REQUESTS |= {
    name: ("POST", "/translate", {"content": body, "headers": JSON}, status) for name, (body, status) in BODIES.items()
}


@pytest.fixture(scope="module")
def server(toy_translators):
    from starlette.testclient import TestClient

    from nmt.serving.app import create_app
    from nmt.serving.config import ServerConfig

    with TestClient(
        create_app(toy_translators, lambda text: [], ServerConfig()), raise_server_exceptions=False
    ) as client:
        yield client


@pytest.mark.parametrize("name", REQUESTS)
def test_a_hostile_request_is_answered_by_the_right_status(server, name, caplog):
    method, path, request, status = REQUESTS[name]
    answer = server.request(method, path, **request)
    assert answer.status_code == status
    assert "Traceback" not in answer.text
    assert status == 200 or set(answer.json()) <= {"error", "message"}
    assert caplog.records == []  # no bug was met
    assert server.post("/translate", json=GOOD).json() == {"translatedText": "house red."}  # and the next one is served
