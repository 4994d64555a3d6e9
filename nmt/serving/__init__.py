"""Translation over HTTP: LibreTranslate's interface, and a page to translate on."""
