"""Edits a target as a task says: asks, reads strictly, proves, and asks again with what failed, while there is time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from foretype.actions.answers import Unusable, code_of, reindented
from foretype.actions.asking import Asker
from foretype.actions.candidates import Candidate, Judged, candidate, replaced, text_with
from foretype.actions.needed_imports import MOST_IMPORTS, Importer, text_importing
from foretype.actions.prompts import ANSWER_GRAMMAR, Attempt, Task, conversation
from foretype.actions.prove import LEAVES_OUT, Prover
from foretype.actions.target import Target
from foretype.actions.undefined import undefined_name
from foretype.actions.verdict import Standing, Verdict
from foretype.text.documents import Snapshot

TEMPERATURES = (0.0, 0.5, 0.8, 1.0)
MOST_TOKENS = 1_500
REMEMBERED = 1
"""Failed attempts that the model is shown: more confuse small ones."""


@dataclass(frozen=True, slots=True)
class Work:
    """What is edited, and who proves it."""

    snapshot: Snapshot
    target: Target
    task: Task
    prover: Prover
    path: str
    importer: Importer


async def edit(work: Work, asker: Asker, answers: int, tell: Callable[[str], None]) -> Judged:
    """The first answer that is proved, else the best there was; FAILED if none holds. Raises EngineError."""
    best: Judged | None = None
    failed: list[Attempt] = []
    last = Verdict(Standing.FAILED, failure="the model gave no answer in time")
    seen: set[str] = set()
    for number in range(answers):
        if work.prover.programs.left <= 0:
            break
        tell("Asking the model" if not number else f"Asking the model again, answer {number + 1}")
        try:
            code = await _answer(work, asker, number, failed[-REMEMBERED:])
        except Unusable as error:
            last = Verdict(Standing.FAILED, failure=str(error))
            continue
        if code in seen and failed:
            continue
        seen.add(code)
        tell("Checking the edit")
        target = replaced(work.snapshot, work.target, code)
        given, verdict = await _verdict(work, target, candidate(work.snapshot, work.target, code, "the model", 1.0))
        if verdict.standing is Standing.FAILED:
            failed.append(Attempt(code, verdict.failure))
            last = verdict
            if verdict.failure == LEAVES_OUT and work.target.kind == "lines":
                break  # it needs more of the code than it was given
            continue
        judged = Judged(given, verdict, target)
        if verdict.standing is Standing.PROVED or not work.prover.can_convince:
            return judged
        best = best or judged
        failed.append(Attempt(code, "; ".join(verdict.lacking)))
    return best or Judged(Candidate(work.target.text, "", 0.0), last, work.target)


async def _answer(work: Work, asker: Asker, number: int, failed: list[Attempt]) -> str:
    chat = conversation(work.snapshot, work.target, work.task, work.path, failed)
    tokens = min(MOST_TOKENS, 96 + len(work.target.text) * 2 // 3)
    temperature = TEMPERATURES[min(number, len(TEMPERATURES) - 1)]
    answer = await asker.chat(chat, tokens, temperature, number, ANSWER_GRAMMAR)
    if asker.cut_off and work.prover.programs.left <= 0:
        raise Unusable("there was no time for the whole answer")
    if asker.cut_off:
        raise Unusable("the answer is longer than what it replaces allows")
    code = code_of(answer, chat.begun)
    if not code and work.target.kind != "lines":
        raise Unusable("the answer is empty")
    return reindented(code, work.target.indent, work.snapshot.lines, work.target.start.line)


async def _verdict(work: Work, target: Target, given: Candidate) -> tuple[Candidate, Verdict]:
    """The candidate with the imports that it needs, and its verdict."""
    if given.code == work.target.text:
        return given, Verdict(Standing.FAILED, failure="it changes nothing")
    verdict = await work.prover.prove(text_with(work.snapshot, target, given.code), given.code)
    while verdict.standing is Standing.FAILED and len(given.imports) < MOST_IMPORTS:
        name = undefined_name(work.snapshot.language, verdict.failure)
        found = await work.importer.edit_for(name) if name else None
        if found is None or target.start <= found.start <= target.end or found in given.imports:
            break
        given = replace(given, imports=(*given.imports, found))
        verdict = await work.prover.prove(
            text_importing(work.snapshot, target, given.code, given.imports), given.code, imports=given.imports
        )
    return given, verdict
