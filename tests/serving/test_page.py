"""The page in a real browser, where Debian's chromium and playwright (`pip install playwright`) are installed."""

import shutil
import threading
import time

import pytest
import uvicorn

from nmt.serving.app import create_app
from nmt.serving.config import ServerConfig

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")
CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium: apt install chromium")


@pytest.fixture(scope="module")
def address(toy_translators):
    app = create_app(toy_translators, lambda text: [], ServerConfig())
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}/"
    server.should_exit = True
    thread.join()


@pytest.fixture
def page(address):
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        opened = browser.new_page()
        wrong = []
        opened.on("pageerror", lambda error: wrong.append(str(error)))
        opened.goto(address)
        opened.wait_for_selector("#target option", state="attached")
        yield opened
        browser.close()
        assert wrong == []


@pytest.fixture
def translated(page):
    def wait(text):
        sync_api.expect(page.locator("#translation")).to_have_text(text)

    return wait


def test_what_is_typed_is_translated_and_swapped(page, translated):
    page.fill("#text", "Hund rot.")
    translated("dog red.")
    page.click("#swap")
    assert page.input_value("#text") == "dog red."
    translated("Hund rot.")


def test_markup_is_shown_as_text(page, translated):
    page.fill("#text", "<img src=x onerror=alert(1)> Hund.")
    sync_api.expect(page.locator("#translation")).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.locator("#translation img").count() == 0


def test_a_word_offers_other_ways_to_go_on(page, translated):
    page.fill("#text", "Hund rot.")
    translated("dog red.")
    page.click(".word >> nth=1")
    sync_api.expect(page.locator("#other")).to_have_text("Instead of “red.”")
    choices = page.locator("#alternatives button")
    sync_api.expect(choices.first).to_be_visible()
    assert all(text.startswith("dog") for text in choices.all_inner_texts())
    chosen = choices.first.inner_text()
    choices.first.click()
    translated(chosen)


def test_everything_is_reached_by_the_keyboard(page):
    reached = []
    for _ in range(9):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("() => document.activeElement.id"))
    for name in ("swap", "target", "translation", "copy", "glossary", "document"):
        assert name in reached, reached
