"""``foretype doctor --endpoint NAME``: whether an endpoint can be reached, takes the key, fills gaps, and how fast."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from statistics import median

import click

from foretype.config.endpoints import Endpoint
from foretype.config.schema import Settings
from foretype.engines.base import Engine, EngineStatus, Finish, GenerateRequest, Usage
from foretype.errors import ForetypeError
from foretype.prompt.hole import Hole

GAP = Hole(
    prefix='"""Areas of plane figures."""\n\n\ndef ',
    suffix="(width, height):\n    return width * height\n\n\nprint(area_of_rectangle(2, 3))\n",
    middle="",
    path="areas.py",
    language="python",
)
"""What is missing stands after the cursor alone."""

MISSING = "area_of_rectangle"
LISTING = Hole("# The numbers from one to a hundred\nnumbers = [1, 2, 3, 4, 5, ", "]\n", "", path="numbers.py")
REPEATS = 4
SLOW_MS = 250.0
"""First text that takes longer comes after the next key of most typists."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What an endpoint did; ``problem`` is why it did no more. Times in milliseconds."""

    problem: str = ""
    connected: float = 0.0
    answer: str = ""
    first_texts: tuple[float, ...] = ()
    usage: Usage = field(default_factory=Usage)
    read_again: Usage = field(default_factory=Usage)
    facts: tuple[tuple[str, str], ...] = ()
    family: str = ""

    @property
    def fills(self) -> bool:
        """Whether the answer shows that what comes after the cursor was read."""
        return MISSING in self.answer

    @property
    def tokens_per_second(self) -> float:
        """After the first text."""
        return self.usage.decode_tokens / self.usage.decode_ms * 1000 if self.usage.decode_ms else 0.0


def report(settings: Settings, name: str, as_json: bool) -> None:
    """Tries the endpoint and prints what came of it; ends with 2 if it can't be used."""
    import asyncio

    if name not in settings.endpoints:
        known = ", ".join(sorted(settings.endpoints)) or "none"
        raise ForetypeError(f"There is no endpoint `{name}` in your settings; there is: {known}.")
    endpoint = settings.endpoints[name]
    trial = asyncio.run(_tried(settings, name))
    facts, advice = facts_of(endpoint, trial), advice_on(name, endpoint, trial)
    if as_json:
        click.echo(json.dumps({"facts": facts, "advice": advice}, indent=2))
    else:
        width = max(map(len, facts))
        for fact, value in facts.items():
            click.echo(f"{click.style(fact.ljust(width), dim=True)}  {value}")
        click.echo()
        click.echo(click.style("What to change" if advice else "Nothing to change.", bold=True))
        for sentence in advice:
            click.echo(f"- {sentence}")
    if trial.problem:
        sys.exit(2)


def facts_of(endpoint: Endpoint, trial: Trial) -> dict[str, str]:
    """What there is to say of an endpoint, by what it is called."""
    facts = {"url": endpoint.url, "kind": endpoint.kind, "model": endpoint.model or "the one it serves"}
    if trial.problem:
        return {**facts, "answers": "no"}
    cached = trial.read_again.reused_tokens
    return {
        **facts,
        "reached": f"in {trial.connected:,.0f} ms",
        "key": "accepted" if endpoint.key_env or endpoint.key_command or endpoint.key_keyring else "none needed",
        "fills gaps": f"yes ({trial.family})" if trial.fills else "no: what comes after the cursor made no difference",
        "first text": f"{trial.first_texts[0]:,.0f} ms, then {median(trial.first_texts[1:]):,.0f} ms",
        "speed": f"{trial.tokens_per_second:,.0f} tokens/s",
        "prompt cache": f"yes: {cached:,} tokens were not read again" if cached else "none that it tells of",
        "today": dict(trial.facts).get("today", ""),
    }


def advice_on(name: str, endpoint: Endpoint, trial: Trial) -> list[str]:
    """What to change, in plain words."""
    if trial.problem:
        return [trial.problem]
    advice = []
    if not trial.fills:
        advice.append(
            f"`{name}` does not fill gaps: choose a model that was trained to, and set `family` to its family, or to "
            '"none" where the service lays the gap out itself.'
        )
    first = median(trial.first_texts[1:])
    if first > SLOW_MS:
        advice.append(
            f"The first text takes {first:,.0f} ms, longer than most pauses between keys: choose a smaller model or a "
            'nearer server, or the policy "race" or "local-first", so that this machine answers meanwhile.'
        )
    if endpoint.kind == "openai-completions" and trial.read_again.prefill_tokens and not trial.read_again.reused_tokens:
        advice.append(
            f"`{name}` reads each prompt anew, or does not say otherwise: turn its prefix cache on (vLLM: "
            "--enable-prefix-caching --enable-prompt-tokens-details)."
        )
    return advice


async def _tried(settings: Settings, name: str) -> Trial:
    try:
        async with _running(settings, name) as engine:
            return await tried(engine, name)
    except ForetypeError as error:
        return Trial(str(error))


async def tried(engine: Engine, name: str) -> Trial:
    """Asks for what is known, and a few times for an answer. Raises ForetypeError."""
    begun = time.perf_counter()
    await engine.warm(GAP)
    connected = (time.perf_counter() - begun) * 1000
    answer, usage = await _answered(engine, GenerateRequest(GAP, 16))
    firsts = [usage.prefill_ms]
    for _ in range(REPEATS):
        _, usage = await _answered(engine, GenerateRequest(GAP, 8))
        firsts.append(usage.prefill_ms)
    _, listed = await _answered(engine, GenerateRequest(LISTING, 96))
    info = await engine.info()
    return Trial("", connected, answer, tuple(firsts), listed, usage, info.facts, info.family)


async def _answered(engine: Engine, request: GenerateRequest) -> tuple[str, Usage]:
    text, usage = "", Usage()
    async with aclosing(engine.generate(request)) as parts:
        async for part in parts:
            usage = part.usage
            text += "" if isinstance(part, Finish) else part.text
    return text, replace(usage)


@asynccontextmanager
async def _running(settings: Settings, name: str) -> AsyncGenerator[Engine, None]:
    from foretype.app import create_endpoint, create_gate

    engine = create_endpoint(name, settings, create_gate(settings), _ignore)
    try:
        yield engine
    finally:
        await engine.aclose()


def _ignore(status: EngineStatus) -> None:
    """Nobody watches while the doctor works."""
