"""JSON-RPC as pygls does it, made safe at the edge: one message at a time, each answered, none that can end us."""

from __future__ import annotations

import contextvars
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from cattrs import transform_error
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.protocol import JsonRPCProtocol

from foretype.lsp.framing import Malformed
from foretype.lsp.inbox import Incoming
from foretype.lsp.messages import (
    INVALID_PARAMS,
    PARSE_ERROR,
    REQUEST_CANCELLED,
    Ignored,
    Notification,
    Phase,
    Refusal,
    Request,
    Response,
    kind,
)
from foretype.lsp.structure import readable

if TYPE_CHECKING:
    from cattrs import Converter

    from foretype.lsp.server import ForetypeServer

T = TypeVar("T")

logger = logging.getLogger(__name__)


class EdgeProtocol(JsonRPCProtocol):
    """Takes messages from the `Inbox`, sends what features answer.

    pygls' own language server protocol is not used: it keeps a second copy of each document, cut into lines at
    places where no editor cuts.
    """

    _server: ForetypeServer

    def __init__(self, server: ForetypeServer, converter: Converter) -> None:
        super().__init__(server, converter)
        self.phase = Phase.NEW

    def receive(self, incoming: Incoming | Malformed) -> None:
        """Handle one message. Whatever is wrong with it is answered or logged, never raised."""
        if isinstance(incoming, Malformed):
            logger.warning("%s", incoming.reason)
            if incoming.body:
                self._refuse(None, PARSE_ERROR, incoming.reason)
            return
        what = kind(incoming.content, self.phase)
        if isinstance(what, Refusal):
            logger.warning("%s", what.reason)
            self._refuse(what.id, what.code, what.reason)
        elif isinstance(what, Request) and incoming.cancelled:
            self._refuse(what.id, REQUEST_CANCELLED, f"{what.method} was cancelled.")
        elif not isinstance(what, Ignored):
            assert isinstance(incoming.content, Mapping)
            self._dispatch(what, incoming.content)

    def _dispatch(self, what: Request | Notification | Response, message: Mapping[str, Any]) -> None:
        try:
            content = self._structured(what, message)
        except Exception as error:
            self._not_understood(what, error)
            return
        try:
            if isinstance(what, Request):
                contextvars.copy_context().run(self._handle_request, what.id, what.method, content)
            elif isinstance(what, Notification):
                self._handle_notification(what.method, content)
            elif what.failed:
                self._handle_response(what.id, None, content)
            else:
                self._handle_response(what.id, content)
        except Exception:
            logger.exception("A message could not be handled.")

    def _structured(self, what: Request | Notification | Response, message: Mapping[str, Any]) -> Any:
        """The params or result, typed where lsprotocol knows the method, as decoded where it doesn't."""
        if isinstance(what, Response):
            type_ = self._result_types.pop(what.id, None)
            if what.failed:
                return self._converter.structure(message["error"], types.ResponseError)
            return self._converter.structure(message, type_).result if type_ else message.get("result")
        handled = what.method in self.fm.features or what.method == types.CANCEL_REQUEST
        type_ = self.get_message_type(what.method) if handled else None
        if type_ is None:
            return message.get("params")
        try:
            return self._converter.structure(message, type_).params
        except Exception:
            if what.method != types.INITIALIZE:
                raise
            rest = readable(message.get("params"), self.structure)
            return self._converter.structure({**message, "params": rest}, type_).params

    def _not_understood(self, what: Request | Notification | Response, error: Exception) -> None:
        # cattrs' own text has the message's values in it, and they may be text of the user's files.
        where = transform_error(error)[0]
        if isinstance(what, Response):
            logger.warning("An answer of the editor is not as the protocol says: %s", where)
            if future := self._request_futures.pop(what.id, None):
                future.set_exception(JsonRpcException(message=where, code=INVALID_PARAMS))
            return
        reason = f"The parameters of {what.method} are not as the protocol says: {where}"
        logger.warning("%s", reason)
        if isinstance(what, Request):
            self._refuse(what.id, INVALID_PARAMS, reason)

    def _refuse(self, id_: int | str | None, code: int, reason: str) -> None:
        # lsprotocol's type would leave out an id that is null, and JSON-RPC wants it said.
        self._send_data({"jsonrpc": "2.0", "id": id_, "error": {"code": code, "message": reason}})

    def _handle_response(self, msg_id: int | str, result: Any = None, error: types.ResponseError | None = None) -> None:
        # We may have stopped waiting for it.
        if (future := self._request_futures.get(msg_id)) and not future.done():
            super()._handle_response(msg_id, result, error)
        else:
            self._request_futures.pop(msg_id, None)

    def _handle_cancel_notification(self, msg_id: int | str) -> None:
        # One that comes after the answer is what the protocol expects to happen.
        if future := self._request_futures.pop(msg_id, None):
            future.cancel()

    def structure(self, value: Any, type_: type[T]) -> T:
        """Decoded JSON as one of lsprotocol's types; raises what cattrs raises."""
        return self._converter.structure(value, type_)

    def serialize(self, data: Any) -> Any:
        """What is sent, as `json.dumps` can take it."""
        return self._serialize_message(data)

    def cancel_requests(self, but: int | str | None = None) -> None:
        """End every request under way, the client's and ours."""
        for id_, future in list(self._request_futures.items()):
            if id_ != but and not future.done():
                future.cancel()

    def get_message_type(self, method: str) -> type[Any] | None:
        """lsprotocol's type of a method's message, if it has one."""
        return types.METHOD_TO_TYPES[method][0] if method in types.METHOD_TO_TYPES else None

    def get_result_type(self, method: str) -> type[Any] | None:
        """lsprotocol's type of a method's response, if it has one."""
        return types.METHOD_TO_TYPES[method][1] if method in types.METHOD_TO_TYPES else None
