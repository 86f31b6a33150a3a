"""The index of the guide's sections, and what each database keeps beside it: all words of a row, to be searched."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

# The index table holds the words; FTS5 only points at them (external content) and is told of each change.
# An alteration of the table by Django makes it anew and loses the triggers: make them anew in the same migration.
SQLITE = (
    """CREATE VIRTUAL TABLE knowledge_indexedsection_fts USING fts5(
        above, heading, claims, body, content='knowledge_indexedsection', content_rowid='id',
        tokenize="ascii tokenchars './=:@+-_'")""",
    """CREATE TRIGGER knowledge_indexedsection_added AFTER INSERT ON knowledge_indexedsection BEGIN
        INSERT INTO knowledge_indexedsection_fts(rowid, above, heading, claims, body)
        VALUES (new.id, new.above, new.heading, new.claims, new.body); END""",
    """CREATE TRIGGER knowledge_indexedsection_removed AFTER DELETE ON knowledge_indexedsection BEGIN
        INSERT INTO knowledge_indexedsection_fts(knowledge_indexedsection_fts, rowid, above, heading, claims, body)
        VALUES ('delete', old.id, old.above, old.heading, old.claims, old.body); END""",
    """CREATE TRIGGER knowledge_indexedsection_changed AFTER UPDATE ON knowledge_indexedsection BEGIN
        INSERT INTO knowledge_indexedsection_fts(knowledge_indexedsection_fts, rowid, above, heading, claims, body)
        VALUES ('delete', old.id, old.above, old.heading, old.claims, old.body);
        INSERT INTO knowledge_indexedsection_fts(rowid, above, heading, claims, body)
        VALUES (new.id, new.above, new.heading, new.claims, new.body); END""",
)
SQLITE_BACK = ("DROP TABLE knowledge_indexedsection_fts",)  # the triggers go with their table

# The words are lexemes as they are: no parser of PostgreSQL may take a path or a version apart.
LEXEMES = "array_to_tsvector(array_remove(string_to_array(translate({}, '~|', '  '), ' '), ''))"
POSTGRESQL = (
    f"""ALTER TABLE knowledge_indexedsection
        ADD COLUMN lexemes tsvector GENERATED ALWAYS AS ({LEXEMES.format("above || heading || claims || body")}) STORED,
        ADD COLUMN title_lexemes tsvector GENERATED ALWAYS AS ({LEXEMES.format("above || heading || claims")}) STORED""",
    "CREATE INDEX indexed_by_lexeme ON knowledge_indexedsection USING gin (lexemes)",
)


def beside(apps: Any, schema_editor: Any) -> None:
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement, params=None)


def away(apps: Any, schema_editor: Any) -> None:
    """On PostgreSQL it goes with the table."""
    for statement in SQLITE_BACK if schema_editor.connection.vendor == "sqlite" else ():
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0003_article_events")]

    operations = [
        migrations.CreateModel(
            name="IndexedSection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", models.CharField(max_length=2, verbose_name="language")),
                ("above", models.TextField(blank=True)),
                ("heading", models.TextField(blank=True)),
                ("claims", models.TextField(blank=True)),
                ("body", models.TextField(blank=True)),
                ("trail", models.JSONField(default=list)),
                ("text", models.TextField(blank=True)),
                (
                    "section",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="indexed", to="knowledge.section"
                    ),
                ),
            ],
        ),
        migrations.RunPython(beside, away),
    ]
