"""Whatever two engines say, in whatever order and pieces: what is shown is only ever extended."""

from __future__ import annotations

import asyncio
import itertools

from hypothesis import given, settings
from hypothesis import strategies as st
from scripted.engine import END, Event, bench, routed

from foretype.config.endpoints import Policy
from foretype.engines.base import EndpointError

WORDS = ("urn", " a", " + b", " - c", "(", ")", "[0]", '"', " # sum", "\n", "    return b", "\u202e", "<|fim_pad|>")
ENDS = st.sampled_from([END, EndpointError("gone"), None])


@st.composite
def answers(draw: st.DrawFn) -> list[tuple[str, Event]]:
    """What two engines say, piece by piece: often the same at first."""
    shared = draw(st.lists(st.sampled_from(WORDS), max_size=3))
    said = {}
    for name in ("fast", "local"):
        words = [*shared, *draw(st.lists(st.sampled_from(WORDS), max_size=5))]
        logprob = draw(st.sampled_from([-0.1, -3.0]))
        events: list[Event] = [(word, logprob) for word in words]
        end = draw(ENDS)
        said[name] = events if end is None else [*events, end]
    order = draw(st.permutations(["fast"] * len(said["fast"]) + ["local"] * len(said["local"])))
    return [(name, said[name].pop(0)) for name in order]


async def shown_of(policy: Policy, said: list[tuple[str, Event]]) -> list[str]:
    """Every text told, the final one last; none if the answer is empty."""
    async with bench(routed(policy, "fast", "local")) as b:
        shown: list[str] = []
        task = b.ask("def f(a, b):\n    ret$0\n", stream=shown)
        await b.generation(0, "local" if policy == "local-first" else "fast")
        for name, event in said:
            for generation in b.engines[name].generations[:1]:
                generation.say(event)
            for _ in range(12):
                await asyncio.sleep(0)
        for engine in b.engines.values():
            for generation in engine.generations:
                generation.say(END)
        done, _ = await asyncio.wait((task,), timeout=0.05)
        while not done:
            # Engines that were asked only after others had ended.
            for engine in b.engines.values():
                for generation in engine.generations:
                    generation.say(END)
            done, _ = await asyncio.wait((task,), timeout=0.05)
        final = task.result()
        assert final.done
        return [*shown, final.suggestions[0].text] if final.suggestions else shown and [*shown, ""]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["first", "race", "local-first"]), answers())
def test_what_is_shown_is_only_extended(policy: Policy, said: list[tuple[str, Event]]) -> None:
    shown = asyncio.run(shown_of(policy, said))
    assert all(later.startswith(earlier) for earlier, later in itertools.pairwise(shown)), shown
