"""How the SDK's own verbs reach an Engine: over the same doors, and no less bound to reading, than ours."""

from __future__ import annotations

from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool

from secdash.facts.doors import Door
from secdash.facts.wire import refuse_writing


class DoorAdapter(HTTPAdapter):
    """For requests, which the SDK is made of: whatever the address says, the door is where it goes."""

    def __init__(self, door: Door) -> None:
        super().__init__(max_retries=0)
        self._pool = _DoorPool(door)

    def get_connection_with_tls_context(self, *_args: Any, **_kwargs: Any) -> Any:
        return self._pool

    def request_url(self, request: Any, _proxies: Any) -> str:
        return str(request.path_url)

    def close(self) -> None:
        self._pool.close()
        super().close()


class _DoorPool(HTTPConnectionPool):
    def __init__(self, door: Door) -> None:
        super().__init__("localhost", maxsize=1)
        self._door = door

    def _new_conn(self) -> Any:
        return _DoorConnection(self._door)


class _DoorConnection(HTTPConnection):
    def __init__(self, door: Door) -> None:
        super().__init__("localhost")
        self._door = door

    def connect(self) -> None:
        self.sock = self._door.open()

    def putrequest(self, method: str, *args: Any, **kwargs: Any) -> None:
        refuse_writing(method)
        super().putrequest(method, *args, **kwargs)
