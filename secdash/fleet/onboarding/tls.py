"""Mutual TLS: an authority of its own, the Engine's certificate, secdash's, and the unit that asks for them."""

from __future__ import annotations

import ipaddress
import posixpath
import shlex

FOLDER = "/etc/docker/tls"
UNITS = "/etc/systemd/system/docker.service.d"
YEARS_OF_AUTHORITY, DAYS_OF_CERTIFICATES = 5, 397
NEW_KEY = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
SIGN = f"-CA ca.pem -CAkey ca-key.pem -CAcreateserial -days {DAYS_OF_CERTIFICATES} -sha256"


def certificates(server: str, *, folder: str = FOLDER) -> str:
    """An authority and what it signs for this name or address, in a folder that only root opens.

    In a subshell: the shell into which this is pasted stays as it was, and open where one of these fails.
    """
    place, name = shlex.quote(folder), shlex.quote(f"/CN={server}")
    return f"""\
(set -eu; mkdir -p {shlex.quote(posixpath.dirname(folder))}; umask 077; mkdir -p {place}; cd {place}
openssl req -x509 {NEW_KEY} -days {365 * YEARS_OF_AUTHORITY} -subj '/CN=Docker authority' \\
  -addext keyUsage=critical,keyCertSign,cRLSign -keyout ca-key.pem -out ca.pem
openssl req {NEW_KEY} -subj {name} -keyout server-key.pem -out server.csr
printf '%s\\n' {shlex.quote("subjectAltName=" + _alternative(server))} extendedKeyUsage=serverAuth >server.ext
openssl x509 -req -in server.csr {SIGN} -extfile server.ext -out server-cert.pem
openssl req {NEW_KEY} -subj /CN=secdash -keyout key.pem -out client.csr
printf '%s\\n' extendedKeyUsage=clientAuth >client.ext
openssl x509 -req -in client.csr {SIGN} -extfile client.ext -out cert.pem
rm server.csr server.ext client.csr client.ext)
"""


def _alternative(server: str) -> str:
    try:
        return f"IP:{ipaddress.ip_address(server)}"
    except ValueError:
        return f"DNS:{server}"


def drop_in(port: int, *, folder: str = FOLDER, units: str = UNITS) -> str:
    """The unit with one more listener; the socket of the machine itself stays, and so do the options of Debian's unit.

    Docker's own unit knows no such variable, and systemd then puts nothing in its place. Everybody may read a unit.
    """
    place = shlex.quote(units)
    return f"""\
install -d -m 755 {place}
install -m 644 /dev/stdin {place}/secdash.conf <<END
[Service]
ExecStart=
ExecStart=$(PATH=$PATH:/usr/sbin:/usr/bin; command -v dockerd) -H fd:// \\
  --containerd=/run/containerd/containerd.sock \\$DOCKER_OPTS \\
  -H tcp://0.0.0.0:{port} --tlsverify --tlscacert={folder}/ca.pem \\
  --tlscert={folder}/server-cert.pem --tlskey={folder}/server-key.pem
END
"""


RESTART = "systemctl daemon-reload && systemctl restart docker\n"


def hand_over(*, folder: str = FOLDER) -> str:
    """What the form asks for; then the client's key leaves the host, and so should the authority's."""
    place = shlex.quote(folder)
    return f"cat {place}/ca.pem {place}/cert.pem {place}/key.pem\nrm {place}/key.pem\n"
