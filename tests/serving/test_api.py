from types import SimpleNamespace

import pytest

from nmt.errors import ConfigError
from nmt.serving.config import ServerConfig
from nmt.serving.translation import Asked, language_of

HAUS = {"q": "Haus rot.", "source": "de", "target": "en"}
DE_EN = {"source": "de", "target": "en"}


def test_a_text_is_translated_whatever_form_the_request_has(client):
    expected = {"translatedText": "house red."}
    assert client.post("/translate", json=HAUS).json() == expected
    assert client.post("/translate", data=HAUS).json() == expected
    assert client.post("/translate", files={name: (None, value) for name, value in HAUS.items()}).json() == expected
    assert client.post("/translate", params=HAUS).json() == expected  # as deep-translator asks


def test_a_list_gives_a_list_and_lines_keep_their_ends(client):
    q = ["Haus.\r\nBaum.\n", "", "\n\nHund."]
    answer = client.post("/translate", json={**HAUS, "q": q}).json()
    assert answer == {"translatedText": ["house.\r\ntree.\n", "", "\n\ndog."]}
    assert client.post("/translate", json={**HAUS, "q": []}).json() == {"translatedText": []}


def test_languages_are_chosen_by_their_codes_and_a_text_in_the_wanted_one_stays(client):
    assert client.post("/translate", json={"q": "red house.", "source": "EN-gb", "target": "de"}).json() == {
        "translatedText": "rot Haus."
    }
    assert client.post("/translate", json={**HAUS, "target": "de"}).json() == {"translatedText": "Haus rot."}


def test_auto_finds_the_language_of_each_text(client):
    answer = client.post("/translate", json={"q": ["Haus.", "house.", "Hund."], "source": "auto", "target": "en"})
    assert answer.json() == {
        "translatedText": ["house.", "house.", "dog."],
        "detectedLanguage": [
            {"language": "de", "confidence": 90},
            {"language": "en", "confidence": 75},
            {"language": "de", "confidence": 0},
        ],
    }
    assert client.post("/detect", json={"q": "house"}).json() == [
        {"language": "en", "confidence": 75.0},
        {"language": "de", "confidence": 25.0},
    ]


def test_alternatives_are_others_and_as_many_as_asked_for_at_most(client):
    answer = client.post("/translate", json={**HAUS, "alternatives": 3}).json()
    assert 1 <= len(answer["alternatives"]) <= 3
    assert answer["translatedText"] == "house red."
    assert len({answer["translatedText"], *answer["alternatives"]}) == len(answer["alternatives"]) + 1


def test_details_tell_of_each_line_what_became_of_it(client):
    [first, second] = client.post("/translate", json={**HAUS, "q": "Haus rot.\nBaum.", "details": True}).json()[
        "details"
    ]
    assert (first["source"], first["text"], first["end"]) == ("Haus rot.", "house red.", "\n")
    assert first["flags"] == first["items"] == []
    assert 0 < first["confidence"] <= 1
    assert first["alignment"] == [[0, 0], [1, 1]]
    assert (second["text"], second["end"]) == ("tree.", "")


@pytest.mark.parametrize("glossary", [{"Haus": "building"}, "source,target\nHaus,building\n", "Haus;building"])
def test_a_request_may_bring_its_own_glossary(client, glossary):
    answer = client.post("/translate", json={**HAUS, "q": "Haus", "glossary": glossary, "details": True}).json()
    [item] = answer["details"][0]["items"]
    assert (item["kind"], item["text"]) == ("glossary", "Haus")


def test_deepl_clients_are_answered_as_they_expect(client):
    answer = client.post(
        "/v2/translate",
        data={"text": ["Haus.", "Hund."], "target_lang": "EN-US", "source_lang": "DE"},
        headers={"Authorization": "DeepL-Auth-Key any"},
    )
    assert answer.json() == {
        "translations": [
            {"detected_source_language": "DE", "text": "house.", "billed_characters": 5},
            {"detected_source_language": "DE", "text": "dog.", "billed_characters": 5},
        ]
    }
    refused = client.post("/v2/translate", json={"text": ["a"], "target_lang": "EN", "glossary_id": "x"})
    assert refused.status_code == 400
    assert "glossary" in refused.json()["message"]


def test_deepl_clients_are_told_the_languages(client):
    for side in ("source", "target"):
        found = client.get("/v2/languages", params={"type": side}).json()
        assert {one["language"] for one in found} == {"DE", "EN"}
        assert all(one["name"] and one["supports_formality"] is False for one in found)
    assert client.get("/v2/languages", params={"type": "other"}).status_code == 400


def test_a_page_says_its_language_and_counts(client):
    before = client.get("/v2/usage").json()["character_count"]
    answer = client.post("/translate", json={"q": "<p>Haus.</p>", "source": "Auto", "target": "en", "format": "html"})
    assert answer.json()["detectedLanguage"] == {"language": "de", "confidence": 90}
    assert client.get("/v2/usage").json()["character_count"] == before + 5
    for more in ({"prefix": "ho"}, {"alternatives": 1}, {"details": True}):
        refused = client.post("/translate", json={**HAUS, "format": "html"} | more)
        assert refused.status_code == 400
        assert f"{next(iter(more))}: is for text" in refused.json()["error"]


def test_a_text_that_may_be_in_the_wanted_language_stays():
    one_way = SimpleNamespace(sources=["de"], pairs={("de", "en"): None})
    asked = Asked(source="auto", target="de")
    assert language_of("?", asked, one_way, lambda text: []) == ("de", 0.0)


def test_queries_are_described_as_such(client):
    described = client.get("/openapi.json").json()["paths"]["/v2/languages"]["get"]
    assert [each["name"] for each in described["parameters"]] == ["type"]
    assert "requestBody" not in described


def test_deepl_clients_are_told_what_was_translated(client):
    before = client.get("/v2/usage").json()
    client.post("/v2/translate", json={"text": ["Haus.", "Hund."], "target_lang": "EN", "source_lang": "DE"})
    after = client.get("/v2/usage").json()
    assert after["character_count"] - before["character_count"] == 10
    assert after["character_limit"] > 10**9


def test_names_are_found_by_their_place_in_the_text(client):
    from tests_tagged import tagged_sentences

    text = "\n".join([" ".join(words) for words, _ in tagged_sentences(9, 3)] * 2)
    entities = client.post("/tag", json={"q": text}).json()["entities"]
    assert entities
    assert all(text[one["start"] : one["end"]] == one["text"] for one in entities)
    half = len(entities) // 2  # the second half of the lines says the same
    assert [one["text"] for one in entities[:half]] == [one["text"] for one in entities[half:]]
    assert client.post("/tag", json={"q": "x", "source": "en"}).status_code == 400


def test_what_a_server_has_is_told(client):
    assert client.get("/languages").json() == [
        {"code": "de", "name": "German", "targets": ["de", "en"]},
        {"code": "en", "name": "English", "targets": ["de", "en"]},
    ]
    settings = client.get("/frontend/settings").json()
    assert settings["charLimit"] == 50_000
    assert settings["language"]["source"] == {"code": "de", "name": "German"}
    assert client.get("/health").json() == {"status": "ok"}


def test_metrics_count_requests_and_have_no_text(client):
    client.post("/translate", params={"q": "Haus.", "source": "de", "target": "en"})
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert 'nmt_requests_total{route="/translate",status="200"} 1.0' in answer.text
    assert 'nmt_characters_total{source="de",target="en"} 5.0' in answer.text
    assert "Haus" not in answer.text


def test_the_interface_is_described_to_programs_and_people(client):
    document = client.get("/openapi.json").json()
    body = document["paths"]["/translate"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body["required"] == ["q", "source", "target"]
    page = client.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    assert all(path in page.text for path in document["paths"])
    assert "<script" not in page.text


def test_a_key_is_asked_for_where_there_are_keys(client_of):
    client = client_of(api_keys=("secret", "other"))
    assert client.post("/translate", json=HAUS).status_code == 403
    assert client.post("/translate", json={**HAUS, "api_key": "wrong"}).status_code == 403
    assert client.post("/translate", json={**HAUS, "api_key": "other"}).status_code == 200
    assert client.post("/translate", json=HAUS, headers={"Authorization": "Bearer secret"}).status_code == 200
    assert client.get("/metrics").status_code == 403
    assert client.get("/languages").status_code == 200
    assert client.get("/frontend/settings").json()["keyRequired"] is True


def test_other_sites_may_use_it_only_if_they_are_named(client_of):
    asking = {"Origin": "https://example.org"}
    assert "access-control-allow-origin" not in client_of().get("/languages", headers=asking).headers
    allowed = client_of(origins=("https://example.org",)).get("/languages", headers=asking)
    assert allowed.headers["access-control-allow-origin"] == "https://example.org"


@pytest.mark.parametrize("origin", ["example.org", "https://example.org/", "https://example.org/page", ""])
def test_what_no_browser_sends_is_no_site(origin):
    with pytest.raises(ConfigError, match=r"it must be \* or sites as https://example.org, without a path"):
        ServerConfig(origins=(origin,))


def test_too_many_requests_in_a_minute_are_told_when_to_come_back(client_of):
    client = client_of(per_minute=2)
    assert [client.post("/detect", json={"q": "Haus"}).status_code for _ in range(3)] == [200, 200, 429]
    assert int(client.post("/detect", json={"q": "Haus"}).headers["retry-after"]) >= 1


def test_limits_on_size_and_time_are_kept(client_of):
    small = client_of(max_characters=10, max_texts=2)
    assert small.post("/translate", json={**HAUS, "q": "Haus" * 3}).status_code == 413
    assert small.post("/translate", json={**HAUS, "q": ["a"] * 3}).status_code == 413
    late = client_of(max_seconds=0.1).post("/translate", json={**HAUS, "q": "Haus. Baum. " * 3000})
    assert late.status_code == 503
    assert int(late.headers["retry-after"]) > 0


def test_every_answer_has_the_headers_that_browsers_obey(client):
    for answer in (
        client.get("/"),
        client.get("/nothing"),
        client.post("/translate", content=b"{"),
        client.get("/docs"),
    ):
        assert answer.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self';")
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_markup_of_html_stays_in_place(client):
    answer = client.post("/translate", json={"q": "<p>Hund.</p><script>x</script>", **DE_EN, "format": "html"})
    assert answer.json() == {"translatedText": "<p>dog.</p><script>x</script>"}


def test_a_document_is_translated_and_fetched_by_an_address_of_its_own(client):
    def send(name, data, **values):
        return client.post("/translate_file", files={"file": (name, data)}, data={**DE_EN, **values})

    answer = send("../brief ä.md", b"# Hund.\n\n`Hund.`\n")
    address = answer.json()["translatedFileUrl"]
    assert address.startswith("http://testserver/download_file/")
    fetched = client.get(address)
    assert fetched.content == b"# dog.\n\n`Hund.`\n"
    assert fetched.headers["content-disposition"] == "attachment; filename*=UTF-8''brief%20%C3%A4.md"
    assert client.get(address.replace("download_file/", "download_file/x")).status_code == 404
    assert client.get(send("a.txt", b"Hund.\n\nHund.\n", source="auto").json()["translatedFileUrl"]).text in (
        "dog.\n\ndog.\n",
        "Hund.\n\nHund.\n",
    )
    for name, data, status in (("a.exe", b"", 415), ("a.docx", b"no zip", 400), ("a.txt", b"\xff", 400)):
        assert send(name, data).status_code == status, name
    assert send("a.txt", b"Hund. " * 10_000).status_code == 413
    assert client.post("/translate_file", json={"file": "x", **DE_EN}).status_code == 400


def test_a_document_that_says_its_language_is_taken_at_its_word(client):
    def becomes(language):
        data = (
            '<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">'
            f'<file original="a" datatype="plaintext" source-language="{language}"><body>'
            '<trans-unit id="1"><source>house.</source></trans-unit></body></file></xliff>'
        )
        sent = {"files": {"file": ("a.xlf", data.encode())}, "data": {"source": "auto", "target": "en"}}
        return client.get(client.post("/translate_file", **sent).json()["translatedFileUrl"]).text

    assert "<target>" in becomes("de-AT")
    for language in ("en-GB", "fr", ""):  # it is found to be English
        assert "<target>" not in becomes(language)


def test_the_page_is_there_and_may_load_nothing_from_elsewhere(client):
    page = client.get("/")
    assert "/static/app.js" in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"]
    for name, kind in (("app.js", "javascript"), ("style.css", "css")):
        found = client.get(f"/static/{name}")
        assert found.status_code == 200
        assert kind in found.headers["content-type"]
        assert "http" not in found.text
    for markup in ("innerHTML", "insertAdjacentHTML", "document.write", "outerHTML"):
        assert markup not in client.get("/static/app.js").text


def test_a_translation_can_be_told_how_to_begin(client):
    answer = client.post("/translate", json={**HAUS, "prefix": "tree", "alternatives": 2}).json()
    assert all(text.startswith("tree") for text in [answer["translatedText"], *answer["alternatives"]])
    for q, prefix in (("Haus.\nBaum.", "tree"), (["Haus."], "tree"), ("Haus.", "語")):
        assert client.post("/translate", json={**HAUS, "q": q, "prefix": prefix}).status_code == 400
