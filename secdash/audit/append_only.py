"""The database itself refuses to change or remove rows of the audit log, whoever asks.

Whoever owns the database can take these triggers away; `verify_audit` says where they are missing.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "audit_auditentry"
WORDS = "the audit log is only added to"

SQLITE = {
    f"audit_no_{verb}": (
        f"CREATE TRIGGER audit_no_{verb} BEFORE {verb.upper()} ON {TABLE} BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
    )
    for verb in ("update", "delete")
}
FUNCTION = f"""
CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{WORDS}'; END $$
"""
POSTGRESQL = {
    "audit_no_change": (
        f"CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON {TABLE} "
        "FOR EACH ROW EXECUTE FUNCTION audit_refuse()"
    ),
    "audit_no_truncate": (
        f"CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON {TABLE} "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
    ),
}


def guard(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers up. A migration that alters the table on SQLite builds it anew, and must call this again."""
    missing = _wanted(connection).keys() - _present(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(FUNCTION)
        for name in sorted(missing):
            cursor.execute(_wanted(connection)[name])


def unguard(connection: BaseDatabaseWrapper) -> None:
    """Take them down: for tests, which empty tables between them."""
    on_table = f" ON {TABLE}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for name in sorted(_present(connection) & _wanted(connection).keys()):
            cursor.execute(f"DROP TRIGGER {name}{on_table}")


def is_guarded(connection: BaseDatabaseWrapper) -> bool:
    return _wanted(connection).keys() <= _present(connection)


def _wanted(connection: BaseDatabaseWrapper) -> dict[str, str]:
    return {"postgresql": POSTGRESQL, "sqlite": SQLITE}[connection.vendor]


def _present(connection: BaseDatabaseWrapper) -> set[str]:
    """Names of the triggers that are switched on."""
    asked = {
        "postgresql": (
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal AND tgenabled <> 'D'"
        ),
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s",
    }
    with connection.cursor() as cursor:
        cursor.execute(asked[connection.vendor], [TABLE])
        return {name for (name,) in cursor.fetchall()}
