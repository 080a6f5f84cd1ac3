"""What can be wrong with a model.

ModelError
├── UnknownModel     neither a known name nor a file
├── ModelNotPulled   known, but not on this machine
├── NotAModel        the file is no GGUF
├── DamagedModel     its SHA-256 is not the publisher's
├── SourceError      a source file that can't be used
└── PullError        it could not be fetched
"""

from __future__ import annotations

from foretype.errors import ForetypeError


class ModelError(ForetypeError):
    """Something about a model that the user can put right."""


class UnknownModel(ModelError):
    """Neither a known name nor a file."""


class ModelNotPulled(ModelError):
    """Known, but not on this machine."""


class NotAModel(ModelError):
    """The file is no GGUF."""


class DamagedModel(ModelError):
    """Its SHA-256 is not the publisher's."""


class SourceError(ModelError):
    """A source file that can't be used."""


class PullError(ModelError):
    """It could not be fetched; nothing half-done is left under the model's name."""
