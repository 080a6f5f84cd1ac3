"""Keys of services: from an environment variable, a command or the keyring; in memory, and nowhere else."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Mapping

from foretype.config.endpoints import Endpoint
from foretype.engines.base import EndpointError

COMMAND_SECONDS = 20.0
"""A password manager may ask its user something."""

KEYRING_SERVICE = "foretype"


class Key:
    """A key that is looked up when it is first needed. Its text appears in no representation of this object."""

    def __init__(self, name: str, endpoint: Endpoint, environment: Mapping[str, str] | None = None) -> None:
        self._name = name
        self._endpoint = endpoint
        self._environment = os.environ if environment is None else environment
        self._value: str | None = None
        self._refused = ""
        self._looking = asyncio.Lock()

    def __repr__(self) -> str:
        return f"Key({self._name!r})"

    async def value(self) -> str:
        """The key; empty for a service without. Raises EndpointError if it isn't where it should be."""
        async with self._looking:
            if self._value is None:
                self._value = (await self._look_up()).strip()
                if not self._value.isprintable() or not self._value.isascii():
                    self._value = None
                    raise EndpointError(f"The key of `{self._name}` has characters that no key has; set it again.")
            return self._value

    def forget(self) -> bool:
        """Has the key looked up again, once, because the service refused it; false if that was done before."""
        again = self._value is not None and self._value != self._refused and self._value != ""
        self._refused, self._value = self._value or self._refused, None
        return again

    async def _look_up(self) -> str:
        endpoint = self._endpoint
        if endpoint.key_env:
            value = self._environment.get(endpoint.key_env, "")
            if not value.strip():
                raise EndpointError(f"`{self._name}` has no key: set {endpoint.key_env} in the environment.")
            return value
        if endpoint.key_command:
            return await self._from_command(endpoint.key_command)
        if endpoint.key_keyring:
            return await asyncio.to_thread(self._from_keyring, endpoint.key_keyring)
        return ""

    async def _from_command(self, command: tuple[str, ...]) -> str:
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )
        except OSError:
            raise EndpointError(
                f"`{self._name}` has no key: its key_command, {command[0]}, can't be started; check its path."
            ) from None
        try:
            output, _ = await asyncio.wait_for(process.communicate(), COMMAND_SECONDS)
        except asyncio.TimeoutError:
            raise EndpointError(
                f"`{self._name}` has no key: its key_command, {command[0]}, said nothing in {COMMAND_SECONDS:.0f} s."
            ) from None
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
        if process.returncode or not output.strip():
            how = f"ended with {process.returncode}" if process.returncode else "printed nothing"
            raise EndpointError(
                f"`{self._name}` has no key: its key_command, {command[0]}, {how}; run it in a terminal to see why."
            )
        return output.decode(errors="replace")

    def _from_keyring(self, entry: str) -> str:
        try:
            import keyring
            from keyring.errors import KeyringError
        except ImportError:
            raise EndpointError(
                f"`{self._name}` has no key: the keyring needs `pip install 'foretype[keyring]'`."
            ) from None
        service, _, user = entry.rpartition("/")
        try:
            value = keyring.get_password(service or KEYRING_SERVICE, user)
        except KeyringError as error:
            raise EndpointError(
                f"`{self._name}` has no key: the keyring can't be read ({type(error).__name__}); unlock it."
            ) from None
        if not value:
            command = f"keyring set {service or KEYRING_SERVICE} {user}"
            raise EndpointError(f"`{self._name}` has no key: the keyring has no such entry; run `{command}`.")
        return value
