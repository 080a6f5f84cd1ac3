"""Standard input and output, kept for the protocol alone."""

from __future__ import annotations

import os

_INPUT, _OUTPUT, _ERROR = 0, 1, 2


def claim() -> tuple[int, int]:
    """Take standard input and output away from everything else; returns their file descriptors.

    From now on what reads standard input finds its end, and what prints goes to standard error, in this process and
    those it starts: a stray ``print``, or a library's, can't damage the protocol, and no child holds the pipes open.
    """
    protocol_input, protocol_output = os.dup(_INPUT), os.dup(_OUTPUT)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, _INPUT)
    try:
        os.dup2(_ERROR, _OUTPUT)
    except OSError:
        # Started without a standard error.
        os.dup2(nothing, _OUTPUT)
    os.close(nothing)
    return protocol_input, protocol_output
