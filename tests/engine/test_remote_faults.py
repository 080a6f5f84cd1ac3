"""What can go wrong with a service: each request is answered in time, the reason is told, and the engine goes on."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from contextlib import aclosing
from typing import Any

import pytest
from endpoints.gates import make_gate
from endpoints.kinds import HTTP, KINDS, Remote, endpoint_of, running
from endpoints.script import Script

from foretype.config.endpoints import Limits
from foretype.engines.base import EndpointError, EngineState, EngineStatus, Finish, GenerateRequest
from foretype.engines.remote.engine import RemoteEngine
from foretype.engines.remote.keys import Key
from foretype.prompt.hole import Hole

HOLE = Hole("def mean(values):\n    total = sum(values)\n    ", "\n\nprint(mean([1, 2]))\n", "x = ", path="mean.py")
QUICK = {"answer_seconds": 0.6, "connect_seconds": 0.6}

FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "slow": ({}, "`fast` was silent for 0.6 s"),
    "stall": ({}, "`fast` was silent for 0.6 s"),
    "cut": ({}, "`fast` broke the connection off"),
    "fin": ({}, "`fast` broke the connection off"),
    "malformed": ({}, "does not speak KIND"),
    "shape": ({}, "does not speak KIND"),
    "huge": ({}, "does not speak KIND|broke the connection off"),
    "type": ({}, "does not speak KIND .it answers with text/html.: check url and kind"),
    "redirect": ({"location": "http://elsewhere.example/v1"}, "redirects to http://elsewhere.example/v1"),
    "status": ({"status": 500}, r"`fast` failed \(500: it broke\); see its own log"),
    "told": ({}, "`fast` gave up: it broke"),
}
OVER_SOCKETS = ["slow", "stall", "cut", "malformed", "shape", "huge", "told"]
CASES = [(name, fault) for name in HTTP for fault in FAULTS] + [
    ("responses-websocket", fault) for fault in OVER_SOCKETS
]


async def generated(remote: Remote) -> str:
    """All text of a generation."""
    text = ""
    async with aclosing(remote.engine.generate(GenerateRequest(HOLE, 64))) as parts:
        async for part in parts:
            text += "" if isinstance(part, Finish) else part.text
    return text


def script_for(name: str) -> Script:
    repeats_nothing = KINDS[name]["kind"] in ("openai-chat", "openai-responses")
    return Script(text="total / len(values)\n" if repeats_nothing else " total / len(values)\n")


@pytest.mark.parametrize(("name", "fault"), CASES)
async def test_a_fault_is_answered_in_time_with_its_reason_and_the_next_request_is_served(
    name: str, fault: str
) -> None:
    more, reason = FAULTS[fault]
    async with running(name, script_for(name), **QUICK) as remote:
        assert await generated(remote) == "total / len(values)\n"
        for _ in range(4):  # more than an attempt repeats
            remote.script.fault(fault, **more)
        pattern = reason.replace("KIND", remote.endpoint.kind)
        with pytest.raises(EndpointError, match=pattern):
            await asyncio.wait_for(generated(remote), 5)
        assert remote.reported[-1].state is EngineState.ERROR
        assert remote.reported[-1].engine == "fast"
        remote.script.faults.clear()
        assert await recovered(remote) == "total / len(values)\n"
        assert remote.reported[-1].state is EngineState.READY


@pytest.mark.parametrize("name", HTTP)
async def test_what_comes_after_the_end_is_passed_over(name: str) -> None:
    async with running(name, script_for(name)) as remote:
        remote.script.fault("garbage")
        assert await generated(remote) == "total / len(values)\n"
        assert await generated(remote) == "total / len(values)\n"


async def test_invalid_utf8_is_refused() -> None:
    async with running("completions", script_for("completions")) as remote:
        remote.script.fault("invalid", lasts=True)
        with pytest.raises(EndpointError, match="no valid UTF-8"):
            await generated(remote)


@pytest.mark.parametrize("name", KINDS)
async def test_a_passing_failure_before_the_first_text_is_not_noticed(name: str) -> None:
    async with running(name, script_for(name)) as remote:
        remote.script.fault("status", status=503)
        assert await generated(remote) == "total / len(values)\n"
        assert len(remote.script.requests) == 2


@pytest.mark.parametrize("name", ["completions", "mistral", "ollama"])
async def test_nothing_is_asked_again_once_there_is_text(name: str) -> None:
    async with running(name, script_for(name)) as remote:
        remote.script.fault("cut", after=3)
        with pytest.raises(EndpointError, match="in the middle of an answer"):
            await generated(remote)
        assert len(remote.script.requests) == 1


async def test_who_asks_for_a_pause_gets_it_and_the_status_says_until_when() -> None:
    async with running("completions", script_for("completions"), answer_seconds=0.5) as remote:
        remote.script.fault("status", status=429, headers={"retry-after": "600"})
        with pytest.raises(EndpointError, match=r"takes no requests until \d\d:\d\d \(429\)"):
            await generated(remote)
        asked = len(remote.script.requests)
        with pytest.raises(EndpointError, match=r"until \d\d:\d\d"):
            await generated(remote)
        assert len(remote.script.requests) == asked


async def test_a_short_pause_is_waited_for_within_the_request() -> None:
    async with running("completions", script_for("completions")) as remote:
        remote.script.fault("status", status=429, headers={"retry-after": "0.2"})
        assert await generated(remote) == "total / len(values)\n"
        first, second = remote.script.requests
        assert second.at - first.at >= 0.2


@pytest.mark.parametrize("name", KINDS)
async def test_a_refused_key_says_where_it_comes_from_and_is_looked_up_again_once(name: str) -> None:
    environment = {"FAST_KEY": "sk-old-1234567890"}
    script = script_for(name)
    script.key = "sk-new-1234567890"
    async with running(name, script, environment, key_env="FAST_KEY") as remote:
        with pytest.raises(EndpointError, match=r"`fast` refused the key \(401\): check FAST_KEY\."):
            await generated(remote)
        environment["FAST_KEY"] = "sk-new-1234567890"
        assert await recovered(remote) == "total / len(values)\n"


async def test_a_key_that_changed_is_taken_within_the_request() -> None:
    environment = {"FAST_KEY": "sk-old-1234567890"}
    script = script_for("completions")
    script.key = "sk-old-1234567890"
    async with running("completions", script, environment, key_env="FAST_KEY") as remote:
        assert await generated(remote)
        script.key = environment["FAST_KEY"] = "sk-new-1234567890"
        assert await generated(remote) == "total / len(values)\n"


@pytest.mark.parametrize("name", KINDS)
async def test_keys_are_in_no_log_and_no_message(name: str, caplog: pytest.LogCaptureFixture) -> None:
    secret = "sk-Zx9Qw3Er7Ty1Ui5Op"
    caplog.set_level(logging.WARNING, logger="websockets")  # the service on loopback, which logs what it gets
    caplog.set_level(logging.DEBUG)
    for each in ("httpx2", "httpcore2", "asyncio", "foretype"):
        caplog.set_level(logging.DEBUG, logger=each)
    told: list[str] = []
    for wanted in (secret, "another"):
        script = script_for(name)
        script.key = wanted
        async with running(name, script, {"FAST_KEY": secret}, key_env="FAST_KEY", **QUICK) as remote:
            try:
                await generated(remote)
                script.fault("told", lasts=True)
                await generated(remote)
            except EndpointError as error:
                told += [repr(error), str(error), repr(error.__context__), repr(error.__cause__)]
            told += [repr(remote.engine), repr(remote.reported), repr(Key("fast", remote.endpoint))]
            told.append(remote.log.read_text())
    assert caplog.records
    assert secret not in caplog.text
    assert secret not in "".join(told)


async def test_a_dead_port_costs_little_then_nothing_and_recovery_is_noticed() -> None:
    port = free_port()
    reported: list[EngineStatus] = []
    endpoint = endpoint_of("completions", f"http://127.0.0.1:{port}", **QUICK)
    with make_gate() as (gate, _):
        engine = RemoteEngine("fast", endpoint, gate, Key("fast", endpoint), reported.append)
        remote = Remote(engine, Script(), None, endpoint, gate, None, reported)  # type: ignore[arg-type]
        try:
            for _ in range(3):
                with pytest.raises(EndpointError, match=rf"can't be reached: nothing listens at 127.0.0.1:{port}"):
                    await generated(remote)
            with pytest.raises(EndpointError, match="It is asked again"):
                await generated(remote)
            from endpoints.server import serving

            async with serving(script_for("completions"), port):
                for _ in range(1000):
                    if reported[-1].state is EngineState.READY:
                        break
                    await asyncio.sleep(0.01)
                assert reported[-1].message == "`fast` can be reached again."
                assert await generated(remote) == "total / len(values)\n"
                assert reported[-1].message.startswith("`fast` answers")
        finally:
            await engine.aclose()


async def test_a_restarted_service_is_not_noticed() -> None:
    """Connections that were kept alive are dead then; they cost no request."""
    async with running("completions", script_for("completions")) as remote:
        assert await generated(remote)
        remote.service.drop()  # type: ignore[union-attr]
        assert await generated(remote) == "total / len(values)\n"


async def test_limits_are_counted_before_and_say_when_it_is_possible_again() -> None:
    limits = Limits(requests_per_minute=2)
    async with running("completions", script_for("completions"), limits=limits) as remote:
        for _ in range(2):
            await generated(remote)
        with pytest.raises(EndpointError, match=r"limit of 2 requests a minute; it is asked again at \d\d:\d\d"):
            await generated(remote)
        assert len(remote.script.requests) == 2
        assert "limit of 2 requests" in remote.reported[-1].message
        facts = dict((await remote.engine.info()).facts)
        assert facts["today"].startswith("2 requests, ")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def recovered(remote: Remote) -> str:
    """The answer once the engine asks again; it may have to see first that the service is back."""
    for _ in range(100):
        with contextlib.suppress(EndpointError):
            return await generated(remote)
        await asyncio.sleep(0.05)
    return await generated(remote)


async def test_who_may_not_list_models_is_asked_for_answers_all_the_same() -> None:
    """A probe tells whether a service is there; whether it answers, only a request does."""
    async with running("completions", script_for("completions"), **QUICK) as remote:
        remote.script.probe_status = 403
        assert await remote.engine.warm(HOLE)
        assert await generated(remote) == "total / len(values)\n"
        for _ in range(3):
            remote.script.fault("stall", after=0)
            with pytest.raises(EndpointError):
                await generated(remote)
        assert await recovered(remote) == "total / len(values)\n"
