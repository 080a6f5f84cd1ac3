"""The one schema of all settings; the user's TOML file, initializationOptions and editors share it."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Literal

from msgspec import Meta, Struct

from foretype.config.actions import Actions
from foretype.config.endpoints import Endpoint, Route


class Workspace(Enum):
    """What a workspace may do with a setting. Editors merge workspace settings into what they return on request."""

    NOTHING = "nothing"  # privileged: only the user's file, the command line and initializationOptions set it
    TURN_OFF = "turn off"  # may make it false, never true
    TURN_ON = "turn on"  # may make it true, never false
    ADD = "add"  # may add items to the list, never remove any
    SET = "set"  # harmless: may set it freely


# A setting, or a table for all in it, carries one of these as its ``Meta.extra``; unmarked means privileged.
PRIVILEGED = {"workspace": Workspace.NOTHING}
TURN_OFF = {"workspace": Workspace.TURN_OFF}
TURN_ON = {"workspace": Workspace.TURN_ON}
ADD = {"workspace": Workspace.ADD}
SET = {"workspace": Workspace.SET}
# A value that ends in ``.gguf`` is a path, taken relative to the file it is written in.
PRIVILEGED_PATH = {"workspace": Workspace.NOTHING, "relative_to_file": True}


class Completion(Struct, frozen=True, forbid_unknown_fields=True):
    """When and how suggestions are made."""

    enabled: Annotated[bool, Meta(description="Offer inline suggestions.", extra=TURN_OFF)] = True
    disabled_languages: Annotated[
        tuple[str, ...],
        Meta(
            description='Languages without suggestions, by their LSP identifiers, such as "markdown" or "plaintext".',
            extra=ADD,
        ),
    ] = ()
    max_lines: Annotated[
        int, Meta(ge=1, le=100, description="The most lines that one suggestion may have.", extra=SET)
    ] = 12
    context: Annotated[
        bool,
        Meta(
            description="Let the model see code from other files of the workspace: definitions of names used, and "
            "excerpts of files that are open or were edited.",
            extra=TURN_OFF,
        ),
    ] = True
    popup: Annotated[
        Literal["auto", "always", "never"],
        Meta(
            description="Offer suggestions as items of the completion pop-up as well; auto does so where the editor "
            "has no inline suggestions.",
            extra=SET,
        ),
    ] = "auto"


class Local(Struct, frozen=True, forbid_unknown_fields=True):
    """The llama.cpp engine. ``auto`` is decided from measurement."""

    gpu_layers: Annotated[
        Annotated[int, Meta(ge=0)] | Literal["auto"],
        Meta(description="How many of the model's layers lie on the GPU; 0 for none, auto for as many as fit."),
    ] = "auto"
    threads: Annotated[
        Annotated[int, Meta(ge=1)] | Literal["auto"],
        Meta(description="Threads that evaluate the model; auto uses all cores while the machine is otherwise idle."),
    ] = "auto"
    kv_memory_mb: Annotated[
        int, Meta(ge=16, description="Memory in megabytes for what the model has read of the open files.")
    ] = 384
    unload_after_minutes: Annotated[
        float, Meta(gt=0, le=525_600, description="The model leaves memory after so many minutes without a request.")
    ] = 30.0
    drafts: Annotated[
        bool, Meta(description="Draft tokens from the buffer and verify them in one batch, where that is faster.")
    ] = True
    speculate: Annotated[bool, Meta(description="While idle, prepare the suggestion that will be wanted next.")] = True
    speculate_on_battery: Annotated[
        bool, Meta(description="Prepare suggestions ahead also while the machine runs on battery.")
    ] = False


class Privacy(Struct, frozen=True, forbid_unknown_fields=True):
    """What may leave this machine."""

    offline: Annotated[bool, Meta(description="Ask no endpoint, whatever else is set.", extra=TURN_ON)] = False
    local_only: Annotated[
        tuple[str, ...],
        Meta(description="Files that no endpoint gets to see, by patterns as in .gitignore.", extra=ADD),
    ] = ()
    log_sent_text: Annotated[
        bool, Meta(description="Keep what was sent in the log of what left, not only its size and hash.")
    ] = False


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that can be set. ``model`` is a registered name or the path of a GGUF file."""

    model: Annotated[
        str,
        Meta(
            min_length=1,
            description="The model: a name from `foretype models list`, or the path of a .gguf file.",
            extra=PRIVILEGED_PATH,
        ),
    ] = "smollm2-135m"
    completion: Annotated[Completion, Meta(description="When and how suggestions are made.")] = Completion()
    local: Annotated[Local, Meta(description="The llama.cpp engine on this machine.", extra=PRIVILEGED)] = Local()
    endpoints: Annotated[dict[str, Endpoint], Meta(description="Services elsewhere, by name.", extra=PRIVILEGED)] = {}
    route: Annotated[Route, Meta(description="Which engine answers.", extra=PRIVILEGED)] = Route()
    actions: Annotated[Actions, Meta(description="Code actions: fixes and refactorings.", extra=PRIVILEGED)] = Actions()
    privacy: Annotated[Privacy, Meta(description="What may leave this machine.")] = Privacy()
    # Privileged because only the debug log may hold text of the buffer.
    log_level: Annotated[
        Literal["error", "warning", "info", "debug"],
        Meta(description="How much is logged; only debug may log text of the files.", extra=PRIVILEGED),
    ] = "info"
