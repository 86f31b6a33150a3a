"""Transactions of the product that are held where a test wants them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.faults.house import House
from tests.faults.kept import soon


@contextmanager
def recording(copy: House) -> Iterator[int]:
    """A scan that stands in the middle of the transaction which records it."""
    with copy.locked("lock table findings_transition in exclusive mode"):
        scan = copy.ask_for_scan(copy.a_host())
        assert soon(copy.who_waits)
        yield scan


@contextmanager
def impatient(copy: House) -> Iterator[None]:
    """Within the block a transaction is ended after two silent seconds, instead of sixty."""
    alter = f"alter database {copy.database}"
    copy.sql(f"{alter} set idle_in_transaction_session_timeout = '2s'")
    _have_all_connect_again(copy)
    try:
        yield
    finally:
        copy.sql(f"{alter} reset idle_in_transaction_session_timeout")
        _have_all_connect_again(copy)


def _have_all_connect_again(copy: House) -> None:
    """A setting of the database counts for new connections, and workers keep theirs."""
    copy.sql(
        "select pg_terminate_backend(pid) from pg_stat_activity "
        "where datname = current_database() and state = 'idle' and pid <> pg_backend_pid()"
    )
