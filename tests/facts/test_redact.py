from __future__ import annotations

import time

import pytest

from secdash.facts.answers import Answers, ContainerAnswers, ImageAnswers
from secdash.facts.model import dump
from secdash.facts.parse import parse
from secdash.facts.redact import (
    MASK,
    env_names,
    masked_pairs,
    masked_step,
    masked_text,
    masked_words,
    secret_in_words,
    secret_names,
)
from secdash.facts.secret_signs import secret_reason
from tests.engine.recordings import container, recorded

AWS = "AKIA" + "IOSFODNN7EXAMPLE"
GITHUB = "ghp_" + "a1b2c3d4e5" * 4
SLACK = "xoxb-" + "1234567890-abcdef"
JWT = "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxIn0" + ".c2lnbmF0dXJl"
PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("DB_PASSWORD", "hunter2", "its name"),
        ("MYSQL_ROOT_PASSWORD", "1234", "its name"),
        ("PGPASSWORD", "x", "its name"),
        ("MYSQL_PWD", "x", "its name"),
        ("SMTP_PASS", "x", "its name"),
        ("DBPASS", "x", "its name"),
        ("SECRET_KEY_BASE", "x", "its name"),
        ("VAULT_SECRET_ID", "x", "its name"),
        ("AWS_SECRET_ACCESS_KEY", "abc/def", "its name"),
        ("apiKey", "x", "its name"),
        ("APP_KEY", "base64:abc", "its name"),
        ("REDISCLI_AUTH", "hunter2", "its name"),
        ("GITHUB_TOKEN", "x", "its name"),
        ("AWS_ACCESS_KEY_ID", AWS, "an AWS access key"),
        ("DEPLOY", PEM, "a private key"),
        ("CI", GITHUB, "a token"),
        ("CHAT", SLACK, "a token"),
        ("SESSION", JWT, "a token"),
        ("OPENAI", "sk-abcdefgh12345678", "an API key"),
        ("DATABASE_URL", "postgres://shop:hunter2@db/shop", "a password in a URL"),
        ("CONNECTION", "Server=db;User=sa;Password=hunter2;", "a password in a connection string"),
        ("USERS", "bob:$apr1$abcdefgh$abcdefghijklmnop", "a password hash"),
    ],
)
def test_tells_why_a_value_looks_like_a_secret(name, value, reason):
    assert secret_reason(name, value) == reason


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PATH", "/usr/bin"),
        ("PWD", "/app"),
        ("DB_PASSWORD", ""),
        ("DB_PASSWORD_FILE", "/run/secrets/db"),
        ("DB_PASSWORD", "${DB_PASSWORD}"),
        ("DB_PASSWORD", "<password>"),
        ("DB_PASSWORD", "xxxxxxxx"),
        ("TOKEN", "/run/secrets/token"),
        ("GPG_KEY", "E3FF2839C048B25C084DEBE9B26995E310250568"),
        ("GPG_KEYS", "A035C8C19219BA821ECEA86B64E628F8D684696D"),
        ("AUTHORIZED_KEYS_PATH", "/etc/ssh/keys"),
        ("SSH_AUTH_SOCK", "/run/agent"),
        ("AUTH", "basic"),
        ("SMTP_AUTH", "login"),
        ("AUTHOR", "somebody"),
        ("TOKEN_TTL", "3600"),
        ("MAX_TOKENS", "4096"),
        ("TOKENIZERS_PARALLELISM", "false"),
        ("ALLOW_EMPTY_PASSWORD", "yes"),
        ("POSTGRES_HOST_AUTH_METHOD", "md5"),
        ("PASSWORD_MIN_LENGTH", "8"),
        ("PRIVATE_IP", "10.0.0.1"),
        ("PASSENGER_APP_ENV", "production"),
        ("BYPASS_CACHE", "1"),
        ("PASS_THROUGH", "all"),
        ("KEYBOARD", "us"),
        ("GOOGLE_APPLICATION_CREDENTIALS", "/etc/google.json"),
        ("TOKEN_URL", "https://id.example.org/token"),
        ("UPSTREAM", "http://web:8080/a@b"),
        ("DESCRIPTION", "Basic authentication everywhere"),
        ("PYTHON_SHA256", "9c5ac1ba1a6d8f0b"),
    ],
)
def test_takes_no_ordinary_value_for_a_secret(name, value):
    assert secret_reason(name, value) == ""


def test_of_the_environment_only_names_remain():
    names = env_names(["B_TOKEN=hunter2", "A=1", "EMPTY=", "BARE", "A=2"])

    assert [(found.name, found.secret, found.empty) for found in names] == [
        ("A", "", False),
        ("BARE", "", True),
        ("B_TOKEN", "its name", False),
        ("EMPTY", "", True),
    ]


@pytest.mark.parametrize("engine", ["docker", "docker-28", "podman"])
def test_finds_the_secrets_in_the_recorded_environment(engine):
    secrets = {found.name: found.secret for found in container(engine, "c22_secrets_env").env if found.secret}

    assert secrets == {"DB_PASSWORD": "its name"}  # the other one is a row of x


@pytest.mark.parametrize(
    ("words", "masked"),
    [
        (["mysqld", "--password=hunter2"], ["mysqld", f"--password={MASK}"]),
        (["app", "--password", "hunter2"], ["app", "--password", MASK]),
        (["mysql", "-phunter2"], ["mysql", f"-p{MASK}"]),
        (["mysql", "-p", "hunter2"], ["mysql", "-p", MASK]),
        (["redis-server", "--requirepass", "hunter2"], ["redis-server", "--requirepass", MASK]),
        (["redis-cli", "-a", "hunter2"], ["redis-cli", "-a", MASK]),
        (["env", "TOKEN=a b c", "app"], ["env", f"TOKEN={MASK}", "app"]),
        (["app", "amqp://u:p@ss@mq/"], ["app", f"amqp://u:{MASK}@mq/"]),
        (["sh", "-c", "DB_PASSWORD='a b' app"], ["sh", "-c", f"DB_PASSWORD={MASK} app"]),
        (["sh", "-c", "redis-cli -a hunter2 ping"], ["sh", "-c", f"redis-cli -a {MASK} ping"]),
        (["curl", "-u", "bob:hunter2", "x"], ["curl", "-u", MASK, "x"]),
        (["nginx", "-g", "daemon off;"], ["nginx", "-g", "daemon off;"]),
        (["run", "-p", "80:80"], ["run", "-p", "80:80"]),
        (["su", "-u", "app:app"], ["su", "-u", "app:app"]),
        (["mkdir", "-p", "foo"], ["mkdir", "-p", "foo"]),
        (["app", "--token-file", "token.txt"], ["app", "--token-file", "token.txt"]),
        ([], []),
    ],
)
def test_masks_passwords_in_command_lines_and_nothing_else(words, masked):
    assert masked_words(words) == tuple(masked)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["serve", "--password", "hunter2"], "its name"),
        (["sh", "-c", "curl -H 'X-Api-Key: hunter2' x"], "an API key"),
        (["serve", "-p", "hunter2"], ""),  # a guess is masked, but accuses nobody
        (["serve", "--password-file", "/run/secrets/p"], ""),
        (["serve", "--password", "$PASSWORD"], ""),
        ([], ""),
    ],
)
def test_says_what_in_a_command_line_looks_like_a_secret(words, reason):
    assert secret_in_words(words) == reason


@pytest.mark.parametrize(
    ("variable", "switch"),
    [
        *((f"{name}=1", "on") for name in ("POST", "ALLOW_START", "ALLOW_STOP", "ALLOW_RESTARTS")),
        *((f"{name}=True", "on") for name in ("ALLOW_PAUSE", "ALLOW_UNPAUSE")),
        *(("POST=0", "off"), ("POST=", "off"), ("POST=False", "off"), ("POST=hunter2", ""), ("MODE=1", "")),
    ],
)
def test_keeps_of_a_switch_whether_it_is_on_and_of_nothing_else(variable, switch):
    (entry,) = env_names([variable])
    assert entry.switch == switch


@pytest.mark.parametrize(
    ("program", "words", "masked"),
    [
        (["mysql"], ["-phunter2"], [f"-p{MASK}"]),
        (["/usr/bin/mysqldump", "--user=a"], ["-phunter2", "db"], [f"-p{MASK}", "db"]),
        (["redis-cli"], ["-a", "hunter2"], ["-a", MASK]),
        (["app", "--password"], ["hunter2"], [MASK]),
        (["cp"], ["-phunter2"], ["-phunter2"]),
        (["app", "--file"], ["hunter2"], ["hunter2"]),
        ([], ["-phunter2"], ["-phunter2"]),
    ],
)
def test_what_an_entrypoint_is_handed_is_read_as_it_reads_it(program, words, masked):
    assert masked_words(words, program) == tuple(masked)


@pytest.mark.parametrize(
    ("step", "masked", "reason"),
    [
        ("|2 NPM_TOKEN=hunter2 A=b /bin/sh -c make", f"|2 NPM_TOKEN={MASK} A=b /bin/sh -c make", "its name"),
        ("RUN |1 TOKEN=a b /bin/sh -c make # buildkit", f"RUN |1 TOKEN={MASK} /bin/sh -c make # buildkit", "its name"),
        ("/bin/sh -c #(nop)  ENV PASSWORD=a b A=c", f"/bin/sh -c #(nop)  ENV PASSWORD={MASK} A=c", "its name"),
        ("/bin/sh -e -c #(nop)  LABEL token=a b A=c", f"/bin/sh -e -c #(nop)  LABEL token={MASK} A=c", "its name"),
        ("|2 TOKEN=hunter2 MODE=a b echo x", f"|2 TOKEN={MASK} MODE=a b echo x", "its name"),
        ("RUN /bin/sh -c pip install --token hunter2", f"RUN /bin/sh -c pip install --token {MASK}", "its name"),
        (
            "RUN /bin/sh -c echo 'root:hunter2' | chpasswd",
            f"RUN /bin/sh -c echo 'root:{MASK}' | chpasswd",
            "a password set with chpasswd",
        ),
        (
            "RUN /bin/sh -c git clone https://bob:hunter2@git/x",
            f"RUN /bin/sh -c git clone https://bob:{MASK}@git/x",
            "a password in a URL",
        ),
        ('CMD ["redis-server" "--requirepass" "hunter2"]', f'CMD ["redis-server" "--requirepass" {MASK}]', "its name"),
        ("ENV PATH=/usr/bin", "ENV PATH=/usr/bin", ""),
        ("RUN /bin/sh -c mkdir -p data && cp -p a b", "RUN /bin/sh -c mkdir -p data && cp -p a b", ""),
        ("RUN --mount=type=secret,id=npm make", "RUN --mount=type=secret,id=npm make", ""),
        ("ARG PASSWORD", "ARG PASSWORD", ""),
        ("RUN TOKEN=$(cat /run/secrets/token) make", "RUN TOKEN=$(cat /run/secrets/token) make", ""),
    ],
)
def test_masks_build_steps_and_says_what_was_in_them(step, masked, reason):
    assert masked_step(step) == (masked, reason)


def test_masks_options_of_volumes_and_logs_and_labels():
    pairs = (
        ("auth.basicauth.users", "bob:$2y$05$abcdefghijklmnopqrstuv"),
        ("maintainer", "a <b@example.org>"),
        ("o", "username=a,password=hunter2"),
        ("splunk-token", "hunter2"),
        ("splunk-url", "https://u:hunter2@splunk"),
        ("stack", '{"db": {"password": "hunter2"}}'),
    )

    assert "hunter2" not in str(masked_pairs(pairs))
    assert dict(masked_pairs(pairs))["maintainer"] == "a <b@example.org>"
    assert dict(masked_pairs(pairs))["o"] == f"username=a,password={MASK}"
    assert secret_names(pairs) == ("auth.basicauth.users", "o", "splunk-token", "splunk-url", "stack")


@pytest.mark.parametrize(
    "piece",
    ['"\\"', "a=", " ", "'\"", "-p ", "://:", "ENV a ", " /a -", "eyJ", "password=", "basic ", "pwd =", "x-api-key:"],
)
def test_a_text_made_to_be_slow_is_not(piece):
    began = time.process_time()
    text = piece * 40_000
    masked_text(text)
    masked_step(text)
    masked_words([text, text])
    secret_reason("a", text[:16_384])

    assert time.process_time() - began < 2


PLANTED = [f"planted-{number:02}-s3cr3t" for number in range(40)]


def test_forty_planted_secrets_leave_no_trace():
    snapshot = parse(_planted(iter(PLANTED)))
    stored = dump(snapshot).decode()

    assert [secret for secret in PLANTED if secret in stored] == []
    assert snapshot.containers[0].env
    assert snapshot.images[0].secret_labels == ("api_key", "token")


def _planted(secrets):
    inspect = recorded("docker/inspect_c10_hardened.json")
    config, host = inspect["Config"], inspect["HostConfig"]
    config["Env"] = [f"{name}={next(secrets)}" for name in ("A", "DB_PASSWORD", "API_KEY", "HOME", "X_AUTH")]
    config["Env"].append(f"URL=redis://:{next(secrets)}@cache/0")
    config["Cmd"] = ["app", f"--password={next(secrets)}", "--token", next(secrets), f"SECRET={next(secrets)}"]
    config["Cmd"] += [
        f"postgres://u:{next(secrets)}@db/x",
        "sh",
        "-c",
        f"DB_PASSWORD='{next(secrets)} {next(secrets)}' x",
    ]
    config["Entrypoint"] = ["mysql", f"-p{next(secrets)}", "-p", next(secrets)]
    config["Labels"] = {
        "token": next(secrets),
        "json": f'{{"password": "{next(secrets)}"}}',
        "run": f"a --secret {next(secrets)}",
    }
    config["Healthcheck"]["Test"] = ["CMD-SHELL", f"redis-cli -a {next(secrets)} ping"]
    host["LogConfig"] = {
        "Type": "splunk",
        "Config": {"splunk-token": next(secrets), "u": f"https://a:{next(secrets)}@b"},
    }
    image = recorded("docker/image_inspect_0.json")
    image["Config"]["Env"] = [f"B={next(secrets)}", f"NPM_TOKEN={next(secrets)}"]
    image["Config"]["Labels"] = {"api_key": next(secrets), "token": next(secrets)}
    image["Config"]["Cmd"] = ["curl", "-u", f"bob:{next(secrets)}", f"https://x/?access_token={next(secrets)}"]
    image["Config"]["OnBuild"] = [f"ENV PASSWORD={next(secrets)}"]
    steps = [
        f"|1 TOKEN={next(secrets)} {next(secrets)} /bin/sh -c make",
        f"/bin/sh -c #(nop)  ENV DB_PASSWORD={next(secrets)} {next(secrets)}",
        f"RUN /bin/sh -c echo root:{next(secrets)} | chpasswd",
        f"RUN /bin/sh -c curl -H 'Authorization: Bearer {next(secrets)}' x",
        f"RUN /bin/sh -c curl -H 'X-Api-Key: {next(secrets)}' x",
    ]
    info = recorded("docker/info.json")
    info["RegistryConfig"]["Mirrors"] = [f"https://bob:{next(secrets)}@mirror/"]
    info["HttpProxy"] = f"http://bob:{next(secrets)}@proxy:3128"
    info["Warnings"] = [f"API at https://bob:{next(secrets)}@host"]
    options = {"o": f"username=a,password={next(secrets)}", "device": f"https://a:{next(secrets)}@nas/x"}
    volume = {"Name": "v", "Driver": "local", "Mountpoint": "/v", "Options": options}
    network = recorded("docker/networks_inspect.json")[0] | {"Options": {"ipsec.secret": next(secrets)}}
    rest = list(secrets)
    inspect["ExecIDs"] = ["e"]
    execs = ({"Running": True, "ProcessConfig": {"entrypoint": "sh", "arguments": rest, "privileged": False}},)
    top = {"Titles": ["USER", "CMD"], "Processes": [["root", f"app --password {secret}"] for secret in rest]}
    return Answers(
        recorded("docker/version.json"),
        info,
        (ContainerAnswers({"Id": inspect["Id"]}, inspect, top, execs),),
        (ImageAnswers({"Id": image["Id"]}, image, [{"CreatedBy": step, "Size": 1} for step in steps]),),
        (network,),
        {"Volumes": [volume]},
    )


def test_a_label_that_proposes_to_accept_keeps_its_sentence_but_no_secret_in_it():
    name = "secdash.accept.secret-in-environment"
    pairs = ((name, "Rotated daily."), (f"{name}-x", f"PASSWORD=hunter2, {GITHUB}"))

    assert masked_pairs(pairs) == ((name, "Rotated daily."), (f"{name}-x", f"PASSWORD={MASK} {MASK}"))
    assert secret_names(pairs) == (f"{name}-x",)
    assert masked_pairs((("accept.secret", "Rotated daily."),)) == (("accept.secret", MASK),)
