"""The schema of code actions: what may be run to prove an edit, for how long, and actions of the user's own."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

Command = Annotated[tuple[str, ...], Meta(min_length=1)]


class Custom(Struct, frozen=True, forbid_unknown_fields=True):
    """An action of the user's own; ``prompt`` says what to do with the code that it is called on."""

    title: Annotated[str, Meta(min_length=1)]
    prompt: Annotated[str, Meta(min_length=1)]
    kind: Annotated[str, Meta(pattern=r"^(refactor|quickfix|source)(\.[a-zA-Z.]+)?$")] = "refactor.rewrite"
    languages: tuple[str, ...] = ()


class Actions(Struct, frozen=True, forbid_unknown_fields=True):
    """Code actions."""

    enabled: Annotated[bool, Meta(description="Offer code actions.")] = True
    allow_executing: Annotated[
        bool,
        Meta(
            description="In a trusted workspace, also run checkers and tests that execute the workspace's code or what "
            "a model wrote: mypy, eslint, tsc, go vet, cargo check, clang, and the test command."
        ),
    ] = False
    checkers: Annotated[
        dict[str, Command],
        Meta(description="Commands in place of the known ones, by checker; {file} is the file that was edited."),
    ] = {}
    test_command: Annotated[
        tuple[str, ...],
        Meta(
            description="Run in a copy of the workspace to prove an edit; {file} is the edited file, {function} the "
            "function's name. Exit code 0 is success."
        ),
    ] = ()
    probe_command: Annotated[
        tuple[str, ...],
        Meta(
            description="Run like the tests where several edits pass them: edits for which it prints different things "
            "can't all be right, and then none counts as proved."
        ),
    ] = ()
    budget_seconds: Annotated[
        float, Meta(gt=0, le=3600, description="The longest that one action may take, proof included.")
    ] = 60.0
    candidates: Annotated[
        int, Meta(ge=1, le=20, description="How many answers the model may give to one action at most.")
    ] = 4
    small_edits: Annotated[
        Literal["auto", "never"],
        Meta(description="Where a test fails, try small edits without the model; auto does so with a test command."),
    ] = "auto"
    custom: Annotated[
        tuple[Custom, ...], Meta(description="Further actions: a title, a prompt, a kind and languages each.")
    ] = ()
