"""Our own command line in a process of its own: what it printed, and how it ended."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from dataclasses import dataclass

# The current folder is the editor's; nothing of it may be imported.
_SCRIPT = (
    "import sys; sys.path[:] = filter(None, sys.path); sys.argv[0] = 'foretype'; "
    "from foretype.cli.main import main; sys.exit(main())"
)


@dataclass(frozen=True, slots=True)
class Printed:
    """What a program wrote to its standard output and error, and its exit code."""

    output: str
    errors: str
    code: int


async def run_command(*arguments: str) -> Printed:
    """Run ``foretype`` with these arguments to its end; cancelling ends the process."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _SCRIPT, *arguments, stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe
    )
    try:
        output, errors = await process.communicate()
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    return Printed(output.decode(errors="replace"), errors.decode(errors="replace"), process.returncode or 0)
