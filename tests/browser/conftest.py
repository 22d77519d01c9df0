"""A browser, and the built site on a loopback server under a sub-path."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

import chromium
import pages

# The site must not care where it stands on its host.
SUB_PATH = "/some/where/"


class _Handler(http.server.SimpleHTTPRequestHandler):
    def translate_path(self, path: str) -> str:
        inside = path.startswith(SUB_PATH)
        return super().translate_path(path.removeprefix(SUB_PATH) if inside else "/not-there")

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium."""
    executable = chromium.find()
    assert executable, chromium.MISSING
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=executable, args=list(chromium.FLAGS))
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """Address of the built site, under a sub-path; ends in a slash."""
    pages.html(pages.toc()[0])
    handler = functools.partial(_Handler, directory=str(pages.SITE))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}{SUB_PATH}"
    server.shutdown()
    server.server_close()
