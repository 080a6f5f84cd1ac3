"""Writing to who doesn't read."""

import os
import threading

from foretype.lsp.writer import ThreadWriter


def test_what_is_written_arrives_in_order_before_it_closes():
    reading, writing = os.pipe()
    writer = ThreadWriter(writing)
    for number in range(100):
        writer.write(b"%d\n" % number)
    writer.close()
    os.close(writing)
    with os.fdopen(reading, "rb") as lines:
        assert lines.read() == b"".join(b"%d\n" % number for number in range(100))


def test_a_reader_that_stops_is_never_waited_for():
    reading, writing = os.pipe()
    lost = []
    writer = ThreadWriter(writing, lost.append, most_waiting=1_000_000)
    for _ in range(30):
        writer.write(b"x" * 100_000)
    assert set(lost) == {"it has stopped reading"}
    writer.close(timeout=0.01)
    # It goes on where it stopped, with all that it took.
    with os.fdopen(reading, "rb") as stream:
        assert stream.read(1_000_000) == b"x" * 1_000_000
        writer.close()
    os.close(writing)


def test_a_reader_that_is_gone_is_told():
    reading, writing = os.pipe()
    os.close(reading)
    gone = threading.Event()
    writer = ThreadWriter(writing, lambda reason: gone.set())
    writer.write(b"x")
    assert gone.wait(60)
    writer.write(b"x")
    writer.close()
    os.close(writing)
