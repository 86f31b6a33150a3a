"""What goes wrong on the way to an Engine, at which stage, and the one sentence that says what to do about it."""

from __future__ import annotations

from enum import StrEnum

from secdash.facts.message import Message, say


class Stage(StrEnum):
    """How far a connection came when it failed. The stages of one scheme are passed in the order of `trying.STEPS`."""

    ADDRESS = "address"  # and whatever else was entered: found wrong before anything is sent
    NAME = "name"
    ROUTE = "route"
    PORT = "port"
    TLS = "tls"
    HOST_KEY = "host_key"
    IDENTITY = "identity"
    SOCKET = "socket"
    API = "api"
    VERSION = "version"


class Unreachable(Exception):
    """The host cannot be read; the message tells what happened and what to do."""

    def __init__(self, message: Message, stage: Stage = Stage.API) -> None:
        super().__init__(str(message))
        self.message = message
        self.stage = stage


class AnswerError(Exception):
    """One question got no usable answer. `status` is the HTTP status, None where there was none."""

    def __init__(self, status: int | None, message: Message) -> None:
        super().__init__(str(message))
        self.status = status
        self.message = message


class NoAnswer(AnswerError):
    """The Engine closed the connection or kept silent: perhaps it is gone."""

    def __init__(self, message: Message) -> None:
        super().__init__(None, message)


class ReadOnly(Exception):
    """Something tried to change a host. secdash never does: this is a mistake in secdash."""


# --- what was entered ---------------------------------------------------------------------------------------------

NOT_AN_ADDRESS = say(
    "This is not the address of a Docker Engine. Write unix:///var/run/docker.sock, tls://host:2376, ssh://user@host "
    "or tcp://host:2375."
)


def no_certificates(host: str) -> Unreachable:
    told = say("secdash connects to %(host)s by TLS only with certificates. Enter them for this host.", host=host)
    return Unreachable(told, Stage.ADDRESS)


def unreadable_authority(host: str) -> Unreachable:
    told = say("The certificate of the authority for %(host)s cannot be read. Enter it again as PEM.", host=host)
    return Unreachable(told, Stage.ADDRESS)


def unreadable_pair(host: str) -> Unreachable:
    told = say(
        "The certificate and the key for %(host)s cannot be read, or do not belong together. Enter both again as PEM, "
        "the key without a passphrase.",
        host=host,
    )
    return Unreachable(told, Stage.ADDRESS)


def no_key(host: str) -> Unreachable:
    told = say("secdash signs in on %(host)s over SSH only with a key. Enter one for this host.", host=host)
    return Unreachable(told, Stage.ADDRESS)


def unreadable_key(host: str) -> Unreachable:
    told = say(
        "The private key for %(host)s cannot be read. Enter it again, and its passphrase if it has one.", host=host
    )
    return Unreachable(told, Stage.ADDRESS)


# --- the way there ------------------------------------------------------------------------------------------------


def unknown_name(host: str) -> Unreachable:
    told = say(
        "No address is known for %(host)s. Check the name, and the name server of the machine that secdash runs on.",
        host=host,
    )
    return Unreachable(told, Stage.NAME)


def slow_name(host: str) -> Unreachable:
    told = say(
        "Looking up %(host)s took too long. Check the name server of the machine that secdash runs on.", host=host
    )
    return Unreachable(told, Stage.NAME)


def forbidden_address(host: str, address: str) -> Unreachable:
    told = say(
        "%(host)s leads to %(address)s, and secdash never connects there: link-local, metadata, multicast and "
        "unspecified addresses are no Docker hosts. Check the address.",
        host=host,
        address=address,
    )
    return Unreachable(told, Stage.ROUTE)


def no_route(host: str, address: str) -> Unreachable:
    told = say(
        "There is no route to %(host)s at %(address)s. Check the network between secdash and this host.",
        host=host,
        address=address,
    )
    return Unreachable(told, Stage.ROUTE)


def silent_port(host: str, port: int) -> Unreachable:
    told = say(
        "Port %(port)s of %(host)s did not answer in time. A firewall may drop what secdash sends: check the address "
        "and the rules in between.",
        host=host,
        port=port,
    )
    return Unreachable(told, Stage.ROUTE)


def closed_port(host: str, port: int) -> Unreachable:
    told = say(
        "Nobody listens on port %(port)s of %(host)s. Check the port, and that the service runs there.",
        host=host,
        port=port,
    )
    return Unreachable(told, Stage.PORT)


# --- TLS ----------------------------------------------------------------------------------------------------------


def no_tls(host: str, port: int) -> Unreachable:
    told = say(
        "Port %(port)s of %(host)s does not speak TLS. Check the port, and that the daemon runs with --tlsverify.",
        host=host,
        port=port,
    )
    return Unreachable(told, Stage.TLS)


def slow_handshake(host: str, port: int) -> Unreachable:
    told = say(
        "Port %(port)s of %(host)s did not finish the TLS handshake in time. Check the port; perhaps "
        "the host is overloaded.",
        host=host,
        port=port,
    )
    return Unreachable(told, Stage.TLS)


def old_tls(host: str) -> Unreachable:
    told = say("%(host)s speaks no TLS 1.2 or later. Upgrade what answers there.", host=host)
    return Unreachable(told, Stage.TLS)


def wrong_authority(host: str) -> Unreachable:
    told = say(
        "The certificate of %(host)s is not signed by the authority that was entered. Enter the authority with which "
        "this Engine's certificate was made.",
        host=host,
    )
    return Unreachable(told, Stage.TLS)


def their_certificate_expired(host: str) -> Unreachable:
    told = say("The certificate of %(host)s has expired. Renew it on this host.", host=host)
    return Unreachable(told, Stage.TLS)


def their_certificate_early(host: str) -> Unreachable:
    told = say("The certificate of %(host)s is not valid yet. Check the clocks of both machines.", host=host)
    return Unreachable(told, Stage.TLS)


def wrong_host_name(host: str) -> Unreachable:
    told = say(
        "The certificate of the Engine is not for %(host)s. Connect by a name that it holds, or renew it with this "
        "name among its subject alternative names.",
        host=host,
    )
    return Unreachable(told, Stage.TLS)


def failed_handshake(host: str, reason: str) -> Unreachable:
    return Unreachable(say("No TLS connection to %(host)s: %(reason)s.", host=host, reason=reason), Stage.TLS)


def our_certificate_refused(host: str) -> Unreachable:
    told = say(
        "%(host)s refused our certificate. Enter one that is signed by the authority which its daemon trusts "
        "(--tlscacert).",
        host=host,
    )
    return Unreachable(told, Stage.IDENTITY)


def our_certificate_expired(host: str, day: str) -> Unreachable:
    told = say(
        "%(host)s refused our certificate: it expired on %(day)s. Make a new one and enter it.", host=host, day=day
    )
    return Unreachable(told, Stage.IDENTITY)


def our_certificate_missing(host: str) -> Unreachable:
    told = say("%(host)s asks for a client certificate, and none was entered. Enter one with its key.", host=host)
    return Unreachable(told, Stage.IDENTITY)


# --- SSH ----------------------------------------------------------------------------------------------------------


def no_ssh(host: str, port: int) -> Unreachable:
    told = say("Port %(port)s of %(host)s does not speak SSH. Check the port.", host=host, port=port)
    return Unreachable(told, Stage.HOST_KEY)


def slow_ssh(host: str, port: int) -> Unreachable:
    told = say(
        "Port %(port)s of %(host)s did not finish the SSH handshake in time. Check the port; perhaps "
        "the host is overloaded.",
        host=host,
        port=port,
    )
    return Unreachable(told, Stage.HOST_KEY)


def unconfirmed_host_key(host: str) -> Unreachable:
    told = say("The key of the SSH host %(host)s was not confirmed yet. Look at it and confirm it first.", host=host)
    return Unreachable(told, Stage.HOST_KEY)


def changed_host_key(host: str) -> Unreachable:
    told = say(
        "The key of the SSH host %(host)s is not the one that was confirmed: this may be another machine, or somebody "
        "in between. Confirm the new key only if whoever runs this host says that it was changed.",
        host=host,
    )
    return Unreachable(told, Stage.HOST_KEY)


def failed_ssh(host: str, reason: str) -> Unreachable:
    return Unreachable(say("No SSH connection to %(host)s: %(reason)s.", host=host, reason=reason), Stage.HOST_KEY)


def our_key_refused(host: str, user: str) -> Unreachable:
    told = say(
        "%(host)s lets no %(user)s in with this key. Add its public half to the authorized_keys of this account.",
        host=host,
        user=user,
    )
    return Unreachable(told, Stage.IDENTITY)


def no_forwarding(host: str, user: str, path: str) -> Unreachable:
    told = say(
        "The SSH server of %(host)s does not forward %(path)s to %(user)s, or nobody listens there. Allow "
        "AllowStreamLocalForwarding in sshd_config and port-forwarding in authorized_keys, and start the daemon.",
        host=host,
        user=user,
        path=path,
    )
    return Unreachable(told, Stage.SOCKET)


def no_remote_socket(host: str, path: str) -> Unreachable:
    told = say(
        "There is no %(path)s on %(host)s. Check the path, and that Docker is installed there.", host=host, path=path
    )
    return Unreachable(told, Stage.SOCKET)


def no_socket_there(host: str, path: str) -> Unreachable:
    told = say("%(path)s on %(host)s is not a socket. Give the path of the Engine's socket.", host=host, path=path)
    return Unreachable(told, Stage.SOCKET)


def remote_socket_denied(host: str, user: str, path: str) -> Unreachable:
    told = say(
        "%(user)s may not open %(path)s on %(host)s. Let this account read and write the socket.",
        host=host,
        user=user,
        path=path,
    )
    return Unreachable(told, Stage.SOCKET)


def socket_not_opened(host: str, user: str, path: str) -> Unreachable:
    told = say(
        "The SSH server of %(host)s did not open %(path)s for %(user)s: it forwards to no socket, there is none, or "
        "this account may not open it.",
        host=host,
        user=user,
        path=path,
    )
    return Unreachable(told, Stage.SOCKET)


# --- answers ------------------------------------------------------------------------------------------------------

NOT_DOCKER = say("Something answers there, but it is not a Docker Engine. Check the address.")
SPEAKS_TLS = say("This port speaks TLS. Connect to it with tls:// and certificates instead of tcp://.")
BROKE_OFF = say("The Engine broke off in the middle of its answer.")
NOT_JSON = say("The Engine's answer was not JSON.")
TOO_DEEP = say("The Engine's answer was nested too deeply to be read.")
TOO_LONG = say("The Engine's answer was longer than 16 MiB.")
TOO_MANY_VALUES = say("The Engine's answer held too many values to be read.")
COMPRESSED = say("The Engine's answer was compressed, which secdash did not ask for and does not read.")
