"""A service for tests that are no coroutines: the tests' own HTTP service, run in a thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from endpoints.script import Script
from endpoints.server import serving


@contextmanager
def service(script: Script) -> Iterator[str]:
    """Serves what the script says on loopback; gives the address."""
    loop = asyncio.new_event_loop()
    ready: threading.Event = threading.Event()
    done = asyncio.Event()
    address: list[str] = []

    async def serve() -> None:
        async with serving(script) as served:
            address.append(served.url)
            ready.set()
            await done.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    assert ready.wait(10), "the service does not start"
    try:
        yield address[0]
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join(10)
        loop.close()
