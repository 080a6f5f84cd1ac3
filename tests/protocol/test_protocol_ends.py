"""How a session ends, and that nothing else ends or freezes it."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

URI = "file:///work/a.py"
COMPLETE = "textDocument/inlineCompletion"
SCRIPTED_SERVER = Path(__file__).parent / "scripted_server.py"


async def until(true):
    while not true():  # noqa: ASYNC110  (nothing tells of a file or of a process's end)
        await asyncio.sleep(0.01)


async def test_shutdown_answers_what_is_pending_and_exit_is_clean(client):
    client.open(URI, "abc")
    message, answer = client.new_request(COMPLETE, client.at(URI, 0, 3))
    client.send(message)
    await client.request("test/asked", {"atLeast": 1})
    assert await client.request("shutdown") is None
    with pytest.raises(Exception, match="-32800"):
        await answer
    with pytest.raises(Exception, match="-32600"):
        await client.request(COMPLETE, client.at(URI, 0, 3))
    client.notify("exit")
    assert await client.exit_code() == 0


async def test_exit_without_shutdown_is_an_error(client):
    client.notify("exit")
    assert await client.exit_code() == 1


async def test_exit_right_behind_shutdown(client):
    client.send({"id": 1000, "method": "shutdown"}, {"method": "exit"})
    assert await client.exit_code() == 0


async def test_an_engine_that_does_not_end_holds_up_nothing(connect):
    client = await connect(closing_takes=1000.0, times={"closing": 0.05})
    assert await client.request("shutdown") is None
    client.notify("exit")
    assert await client.exit_code() == 0


async def test_the_end_of_standard_input_ends_it(client):
    client.open(URI, "abc")
    message, _ = client.new_request(COMPLETE, client.at(URI, 0, 3))
    client.send(message)
    await client.request("test/asked", {"atLeast": 1})
    client._writer.write_eof()
    assert await client.exit_code() == 1


async def test_a_client_that_closes_both_pipes_in_the_middle_of_a_message(client):
    client.send_bytes(b"Content-Length: 100\r\n\r\n{")
    client._writer.close()
    assert await client.exit_code() == 1


async def test_the_death_of_the_client_ends_it_though_the_pipe_stays_open(connect):
    client = await connect(initialize=False)
    editor = await asyncio.create_subprocess_exec(sys.executable, "-c", "import time; time.sleep(1000)")
    await client.initialize(processId=editor.pid)
    assert (await client.request("test/state"))["encoding"] == "utf-16"
    editor.kill()
    await editor.wait()
    assert await client.exit_code() == 1


async def test_a_client_that_is_not_on_this_machine_is_not_watched(connect):
    client = await connect(initialize=False)
    unused = max(psutil.pids()) + 100_000
    await client.initialize(processId=unused)
    assert await client.logged("not watched")
    assert await client.request("shutdown") is None


async def test_a_client_that_stops_reading_freezes_nothing(connect, tmp_path):
    client = await connect()
    client.open(URI, "abc")
    client.reading.clear()
    answers = []
    for _ in range(5000):
        message, answer = client.new_request("workspace/executeCommand", {"command": "foretype.explainLast"})
        message["id"] = f"{message['id']}"
        answers.append(answer)
        client.send(message)
    big = [client.new_request("test/text", {"uri": URI}) for _ in range(3)]
    client.send(client.change(URI, 2, {"text": "x" * 1_000_000}), *(message for message, _ in big))
    client.notify("test/touch", {"path": str(tmp_path / "alive")})
    await until((tmp_path / "alive").exists)
    client.reading.set()
    for _, answer in big:
        assert len(await asyncio.wait_for(answer, 60)) == 1_000_000
    assert len([each for each in client.received if each.get("result") == "explained the last"]) == 5000


async def test_nobody_reads_the_log_either(connect, tmp_path):
    client = await connect()
    client.tasks[1].cancel()
    for number in range(5000):
        client.send(client.change(f"file:///never-opened-{number}-{'x' * 100}.py", 1, {"text": ""}))
    client.notify("test/touch", {"path": str(tmp_path / "alive")})
    await until((tmp_path / "alive").exists)
    assert await client.request("shutdown") is None
    client.notify("exit")
    await until(lambda: not psutil.pid_exists(client.process.pid))


@pytest.mark.skipif(os.name == "nt", reason="there are no signals to stop a process with")
async def test_a_stopped_process_catches_up(client):
    client.open(URI, "abc")
    client.process.send_signal(signal.SIGSTOP)
    requests = [client.new_request(COMPLETE, client.at(URI, 0, 3)) for _ in range(3)]
    client.send(*(message for message, _ in requests))
    client.send(*({"method": "$/cancelRequest", "params": {"id": message["id"]}} for message, _ in requests[:2]))
    client.process.send_signal(signal.SIGCONT)
    for _, answer in requests[:2]:
        with pytest.raises(Exception, match="-32800"):
            await answer


async def served_over_tcp():
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(SCRIPTED_SERVER), json.dumps({"tcp_port": 0}), stderr=asyncio.subprocess.PIPE
    )
    line = (await process.stderr.readline()).decode()
    assert "Listening on 127.0.0.1:" in line
    return process, int(line.rstrip(".\n").rpartition(":")[2])


async def test_over_tcp(client_over):
    process, port = await served_over_tcp()
    client = client_over(*await asyncio.open_connection("127.0.0.1", port))
    client.process = process
    await client.initialize()
    client.open(URI, "abc")
    assert await client.request("test/text", {"uri": URI}) == "abc"
    assert await client.request("shutdown") is None
    client.notify("exit")
    assert await client.exit_code() == 0


async def test_over_tcp_the_end_of_the_connection_ends_it(client_over):
    process, port = await served_over_tcp()
    client = client_over(*await asyncio.open_connection("127.0.0.1", port))
    client.process = process
    await client.initialize()
    client._writer.close()
    assert await client.exit_code() == 1


async def test_a_web_page_that_posts_to_the_port_is_not_heard(client_over):
    process, port = await served_over_tcp()
    client = client_over(*await asyncio.open_connection("127.0.0.1", port))
    client.process = process
    body = b'{"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}, "processId": null}}'
    client.send_bytes(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
    assert await client.exit_code() == 1
    assert client.received == []


def test_help_loads_nothing_of_the_protocol():
    code = "import sys, foretype.cli.main; print([name for name in sys.modules if 'lsp' in name or 'pygls' in name])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
