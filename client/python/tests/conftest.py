"""A server for the tests: the one that `BOXOFFICE_TCP` and `BOXOFFICE_HTTP` name."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

# `wire.py` belongs to no package.
sys.path.insert(0, str(Path(__file__).parents[1]))


def _named(variable: str) -> str:
    address = os.environ.get(variable)
    if not address:
        pytest.fail(f"{variable} has to be the address of a server")
    return address


@pytest.fixture
def tcp() -> tuple[str, int]:
    """Where the server speaks the binary protocol."""
    host, _, port = _named("BOXOFFICE_TCP").rpartition(":")
    return host, int(port)


@pytest.fixture
def http() -> str:
    """Where the server speaks HTTP."""
    return f"http://{_named('BOXOFFICE_HTTP')}"
