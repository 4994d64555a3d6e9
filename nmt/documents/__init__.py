"""Documents of many formats, cut into segments to translate and put together again."""
