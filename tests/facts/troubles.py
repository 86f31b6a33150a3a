"""What is said of each way in which a connection fails, word for word in English and in French.

{host}, {port}, {path} and {day} are those of the test.
"""

from __future__ import annotations

TROUBLES: dict[str, tuple[str, str]] = {
    "not-an-address": (
        "This is not the address of a Docker Engine. Write unix:///var/run/docker.sock, tls://host:2376, "
        "ssh://user@host or tcp://host:2375.",
        "Ce n’est pas l’adresse d’un moteur Docker. Écrivez unix:///var/run/docker.sock, tls://hôte:2376, "
        "ssh://utilisateur@hôte ou tcp://hôte:2375.",
    ),
    "no-such-name": (
        "No address is known for {host}. Check the name, and the name server of the machine that secdash runs on.",
        "Aucune adresse n’est connue pour {host}. Vérifiez le nom, et le serveur de noms de la machine sur laquelle "
        "secdash tourne.",
    ),
    "forbidden-address": (
        "{host} leads to {host}, and secdash never connects there: link-local, metadata, multicast and unspecified "
        "addresses are no Docker hosts. Check the address.",
        "{host} mène à {host}, et secdash ne s’y connecte jamais : les adresses de lien local, de métadonnées, de "
        "multidiffusion et non spécifiées ne sont pas des hôtes Docker. Vérifiez l’adresse.",
    ),
    "closed-port": (
        "Nobody listens on port {port} of {host}. Check the port, and that the service runs there.",
        "Personne n’écoute sur le port {port} de {host}. Vérifiez le port, et que le service y tourne.",
    ),
    "silent-handshake": (
        "Port {port} of {host} did not finish the TLS handshake in time. Check the port; perhaps the host is "
        "overloaded.",
        "Le port {port} de {host} n’a pas achevé la négociation TLS à temps. Vérifiez le port ; l’hôte est peut-être "
        "surchargé.",
    ),
    "tls-to-plain-port": (
        "Port {port} of {host} does not speak TLS. Check the port, and that the daemon runs with --tlsverify.",
        "Le port {port} de {host} ne parle pas TLS. Vérifiez le port, et que le démon tourne avec --tlsverify.",
    ),
    "wrong-authority": (
        "The certificate of {host} is not signed by the authority that was entered. Enter the authority with which "
        "this Engine's certificate was made.",
        "Le certificat de {host} n’est pas signé par l’autorité saisie. Saisissez l’autorité avec laquelle le "
        "certificat de ce moteur a été créé.",
    ),
    "their-certificate-expired": (
        "The certificate of {host} has expired. Renew it on this host.",
        "Le certificat de {host} a expiré. Renouvelez-le sur cet hôte.",
    ),
    "wrong-host-name": (
        "The certificate of the Engine is not for {host}. Connect by a name that it holds, or renew it with this name "
        "among its subject alternative names.",
        "Le certificat du moteur n’est pas établi pour {host}. Connectez-vous par un nom qu’il contient, ou "
        "renouvelez-le avec ce nom parmi ses autres noms de l’objet (SAN).",
    ),
    "our-certificate-refused": (
        "{host} refused our certificate. Enter one that is signed by the authority which its daemon trusts "
        "(--tlscacert).",
        "{host} a refusé notre certificat. Saisissez-en un que signe l’autorité à laquelle son démon fait confiance "
        "(--tlscacert).",
    ),
    "our-certificate-expired": (
        "{host} refused our certificate: it expired on {day}. Make a new one and enter it.",
        "{host} a refusé notre certificat : il a expiré le {day}. Créez-en un nouveau et saisissez-le.",
    ),
    "our-certificate-missing": (
        "{host} asks for a client certificate, and none was entered. Enter one with its key.",
        "{host} demande un certificat de client, et aucun n’a été saisi. Saisissez-en un avec sa clé.",
    ),
    "no-certificates": (
        "secdash connects to {host} by TLS only with certificates. Enter them for this host.",
        "secdash ne se connecte à {host} par TLS qu’avec des certificats. Saisissez-les pour cet hôte.",
    ),
    "unreadable-authority": (
        "The certificate of the authority for {host} cannot be read. Enter it again as PEM.",
        "Le certificat de l’autorité pour {host} est illisible. Saisissez-le à nouveau au format PEM.",
    ),
    "unreadable-pair": (
        "The certificate and the key for {host} cannot be read, or do not belong together. Enter both again as PEM, "
        "the key without a passphrase.",
        "Le certificat et la clé pour {host} sont illisibles, ou ne vont pas ensemble. Saisissez-les à nouveau au "
        "format PEM, la clé sans phrase secrète.",
    ),
    "plain-to-tls-port": (
        "This port speaks TLS. Connect to it with tls:// and certificates instead of tcp://.",
        "Ce port parle TLS. Connectez-vous-y avec tls:// et des certificats au lieu de tcp://.",
    ),
    "silent-ssh": (
        "Port {port} of {host} did not finish the SSH handshake in time. Check the port; perhaps the host is "
        "overloaded.",
        "Le port {port} de {host} n’a pas achevé la négociation SSH à temps. Vérifiez le port ; l’hôte est peut-être "
        "surchargé.",
    ),
    "no-ssh": (
        "Port {port} of {host} does not speak SSH. Check the port.",
        "Le port {port} de {host} ne parle pas SSH. Vérifiez le port.",
    ),
    "no-key": (
        "secdash signs in on {host} over SSH only with a key. Enter one for this host.",
        "secdash n’ouvre de session sur {host} par SSH qu’avec une clé. Saisissez-en une pour cet hôte.",
    ),
    "unreadable-key": (
        "The private key for {host} cannot be read. Enter it again, and its passphrase if it has one.",
        "La clé privée pour {host} est illisible. Saisissez-la à nouveau, et sa phrase secrète si elle en a une.",
    ),
    "unconfirmed-host-key": (
        "The key of the SSH host {host} was not confirmed yet. Look at it and confirm it first.",
        "La clé de l’hôte SSH {host} n’a pas encore été confirmée. Regardez-la et confirmez-la d’abord.",
    ),
    "changed-host-key": (
        "The key of the SSH host {host} is not the one that was confirmed: this may be another machine, or somebody "
        "in between. Confirm the new key only if whoever runs this host says that it was changed.",
        "La clé de l’hôte SSH {host} n’est pas celle qui a été confirmée : il peut s’agir d’une autre machine, ou de "
        "quelqu’un qui s’interpose. Ne confirmez la nouvelle clé que si la personne qui administre cet hôte dit "
        "qu’elle a été changée.",
    ),
    "our-key-refused": (
        "{host} lets no {user} in with this key. Add its public half to the authorized_keys of this account.",
        "{host} ne laisse entrer aucun {user} avec cette clé. Ajoutez sa moitié publique au fichier authorized_keys "
        "de ce compte.",
    ),
    "no-forwarding": (
        "The SSH server of {host} does not forward {path} to {user}, or nobody listens there. Allow "
        "AllowStreamLocalForwarding in sshd_config and port-forwarding in authorized_keys, and start the daemon.",
        "Le serveur SSH de {host} ne redirige pas {path} vers {user}, ou personne n’y écoute. Autorisez "
        "AllowStreamLocalForwarding dans sshd_config et port-forwarding dans authorized_keys, et démarrez le démon.",
    ),
    "no-remote-socket": (
        "There is no {path} on {host}. Check the path, and that Docker is installed there.",
        "Il n’y a pas de {path} sur {host}. Vérifiez le chemin, et que Docker y est installé.",
    ),
    "no-socket-there": (
        "{path} on {host} is not a socket. Give the path of the Engine's socket.",
        "{path} sur {host} n’est pas une socket. Indiquez le chemin de la socket du moteur.",
    ),
    "remote-socket-denied": (
        "{user} may not open {path} on {host}. Let this account read and write the socket.",
        "{user} n’a pas le droit d’ouvrir {path} sur {host}. Donnez à ce compte la lecture et l’écriture de la socket.",
    ),
    "socket-not-opened": (
        "The SSH server of {host} did not open {path} for {user}: it forwards to no socket, there is none, or this "
        "account may not open it.",
        "Le serveur SSH de {host} n’a pas ouvert {path} pour {user} : il ne redirige vers aucune socket, il n’y en a "
        "pas, ou ce compte n’a pas le droit de l’ouvrir.",
    ),
    "not-docker": (
        "Something answers there, but it is not a Docker Engine. Check the address.",
        "Quelque chose répond à cette adresse, mais ce n’est pas un moteur Docker. Vérifiez l’adresse.",
    ),
    "too-old": (
        "This Engine speaks API 1.12; secdash needs 1.24 or later. Upgrade the Engine.",
        "Ce moteur parle l’API 1.12 ; secdash a besoin de la version 1.24 ou d’une plus récente. "
        "Mettez le moteur à niveau.",
    ),
    "broke-off": (
        "The Engine broke off in the middle of its answer.",
        "Le moteur s’est interrompu au milieu de sa réponse.",
    ),
}
