"""What a wrong environment is answered with."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from secdash import environment
from secdash.accounts.roles import Role
from secdash.embedded import configuration


def ids(messages):
    return [message.id for message in messages]


def test_servers_without_a_key_are_refused(settings):
    settings.CONFIGURED_KEY, settings.DATABASE_URL = "", "postgres://db/secdash"

    assert ids(configuration.secret_key()) == ["secdash.E001"]


def test_a_short_key_is_refused(settings):
    settings.CONFIGURED_KEY = "short"

    assert ids(configuration.secret_key()) == ["secdash.E002"]


def test_the_embedded_default_needs_no_key_on_the_command_line(settings):
    settings.CONFIGURED_KEY = settings.DATABASE_URL = settings.REDIS_URL = ""

    assert configuration.secret_key() == []


@pytest.mark.parametrize("url", ["secdash.example.org", "https://", "https://example.org/path", "ftp://example.org"])
def test_an_address_nobody_can_open_is_refused(settings, url):
    settings.PUBLIC_URL = url

    assert ids(configuration.public_url()) == ["secdash.E003"]


@pytest.mark.parametrize("text", ["soon", "-1", "1", "99999999"])
def test_numbers_out_of_bounds_say_their_bounds(monkeypatch, text):
    monkeypatch.setenv("SECDASH_SCAN_INTERVAL", text)

    with pytest.raises(ImproperlyConfigured, match="from 5 to 10080"):
        environment.number("SECDASH_SCAN_INTERVAL", 60, least=5, most=10080)


def test_a_word_that_is_none_of_a_few_says_which_there_are(monkeypatch):
    monkeypatch.setenv("SECDASH_REQUIRE_MFA", "yes")

    with pytest.raises(ImproperlyConfigured, match="must be one of nobody, everybody, not 'yes'"):
        environment.choice("SECDASH_REQUIRE_MFA", "nobody", among=("nobody", "everybody"))


@pytest.mark.parametrize(
    ("issuer", "client", "said"),
    [
        ("http://sso.example.org", "secdash", "must begin with https"),
        ("https://sso.example.org", "", "needs SECDASH_OIDC"),
    ],
)
def test_a_provider_that_is_half_named_is_refused(monkeypatch, issuer, client, said):
    monkeypatch.setenv("SECDASH_OIDC_ISSUER", issuer)
    monkeypatch.setenv("SECDASH_OIDC_CLIENT_ID", client)
    monkeypatch.setenv("SECDASH_OIDC_CLIENT_SECRET", "not to be told")

    with pytest.raises(ImproperlyConfigured, match=said) as refused:
        environment.openid_provider()

    assert "not to be told" not in str(refused.value)


def test_groups_of_the_provider_are_read_as_pairs():
    assert environment.role_mapping("ops=operator, cn=docs=viewer,") == {"ops": "operator", "cn=docs": "viewer"}
    with pytest.raises(ImproperlyConfigured, match="must be group=role"):
        environment.role_mapping("ops=root")


def test_roles_are_the_same_in_the_environment_as_everywhere():
    assert list(environment.ROLES) == [str(role) for role in Role]


def test_a_setting_may_come_from_a_file(monkeypatch, tmp_path):
    (tmp_path / "key").write_text("from the file\n")
    monkeypatch.delenv("SECDASH_SECRET_KEY", raising=False)
    monkeypatch.setenv("SECDASH_SECRET_KEY_FILE", str(tmp_path / "key"))

    assert environment.setting("SECDASH_SECRET_KEY") == "from the file"


def test_the_queue_socket_keeps_within_what_the_kernel_takes(tmp_path):
    long = tmp_path / ("x" * 120)

    assert len(str(environment.queue_socket(long))) <= environment.LONGEST_SOCKET_PATH
    assert environment.queue_socket(tmp_path) == tmp_path / "queue" / "queue.sock"


def test_postgresql_compiles_no_query_unless_the_address_has_options_itself():
    usual = environment.database("postgres://db/secdash?sslmode=require")
    own = environment.database("postgres://db/secdash?options=-c%20jit%3Don")

    assert usual["OPTIONS"] == {**environment.POSTGRES, "sslmode": "require"}
    assert "-c jit=off" in usual["OPTIONS"]["options"]
    assert own["OPTIONS"]["options"] == "-c jit=on"
    assert "OPTIONS" not in environment.database("sqlite:///secdash.sqlite3")
