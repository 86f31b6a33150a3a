"""What else the way to a host and to its files says, word for word in English and in French."""

from __future__ import annotations

# The sentences of the transport and of the ways to a host's files that no row above makes, as they are written.
SENTENCES: dict[str, str] = {
    "The Engine's answer was not JSON.": ("La réponse du moteur n’était pas du JSON."),
    "The Engine's answer was nested too deeply to be read.": (
        "La réponse du moteur était trop profondément imbriquée pour être lue."
    ),
    "The Engine's answer was longer than 16 MiB.": ("La réponse du moteur dépassait 16 Mio."),
    "The Engine's answer held too many values to be read.": (
        "La réponse du moteur contenait trop de valeurs pour être lue."
    ),
    "The Engine's answer was compressed, which secdash did not ask for and does not read.": (
        "La réponse du moteur était compressée, ce que secdash n’a pas demandé et ne lit pas."
    ),
    "Looking up %(host)s took too long. Check the name server of the machine that secdash runs on.": (
        "La résolution de %(host)s a pris trop de temps. Vérifiez le serveur de noms de la machine sur laquelle "
        "secdash tourne."
    ),
    "There is no route to %(host)s at %(address)s. Check the network between secdash and this host.": (
        "Il n’y a pas de route vers %(host)s à l’adresse %(address)s. Vérifiez le réseau entre secdash et cet hôte."
    ),
    (
        "Port %(port)s of %(host)s did not answer in time. A firewall may drop what secdash sends: check the "
        "address and the rules in between."
    ): (
        "Le port %(port)s de %(host)s n’a pas répondu à temps. Un pare-feu rejette peut-être ce que secdash "
        "envoie : vérifiez l’adresse et les règles intermédiaires."
    ),
    "%(host)s speaks no TLS 1.2 or later. Upgrade what answers there.": (
        "%(host)s ne parle ni TLS 1.2 ni une version plus récente. Mettez à niveau ce qui y répond."
    ),
    "The certificate of %(host)s is not valid yet. Check the clocks of both machines.": (
        "Le certificat de %(host)s n’est pas encore valable. Vérifiez les horloges des deux machines."
    ),
    "No TLS connection to %(host)s: %(reason)s.": ("Aucune connexion TLS à %(host)s : %(reason)s."),
    "No SSH connection to %(host)s: %(reason)s.": ("Pas de connexion SSH avec %(host)s : %(reason)s."),
    "%(path)s cannot be opened: %(reason)s.": ("%(path)s ne peut pas être ouvert : %(reason)s."),
    "There is no %(path)s. Check the path, and that Docker is installed there.": (
        "%(path)s n’existe pas. Vérifiez le chemin, et que Docker y est installé."
    ),
    "%(path)s is not a socket. Give the path of the Engine's socket.": (
        "%(path)s n’est pas une socket. Indiquez le chemin de la socket du moteur."
    ),
    "secdash may not open %(path)s. Let the user that secdash runs as read and write this socket.": (
        "secdash n’a pas le droit d’ouvrir %(path)s. Autorisez l’utilisateur sous lequel secdash tourne à lire "
        "et écrire cette socket."
    ),
    "Nobody listens on %(path)s. Start the Docker daemon on this host.": (
        "Personne n’écoute sur %(path)s. Démarrez le démon Docker sur cet hôte."
    ),
    "%(path)s did not accept a connection in time. The Engine may be overloaded.": (
        "%(path)s n’a pas accepté de connexion à temps. Le moteur est peut-être surchargé."
    ),
    "The Engine did not answer within %(seconds)s seconds.": ("Le moteur n’a pas répondu en %(seconds)s secondes."),
    "The Engine refused with status %(status)s: %(reason)s": (
        "Le moteur a refusé avec le statut %(status)s : %(reason)s"
    ),
    "The Engine refused with status %(status)s.": ("Le moteur a refusé avec le statut %(status)s."),
    "All that this Engine answers is more than secdash holds at once, so nothing of it was kept.": (
        "Tout ce que répond ce moteur dépasse ce que secdash peut tenir à la fois, donc rien n’en a été conservé."
    ),
    "The Engine's answer was not a list.": ("La réponse du moteur n’était pas une liste."),
    "The Engine listed something without saying what it is called.": (
        "Le moteur a listé quelque chose sans dire comment cela s’appelle."
    ),
    "Listing the processes of all containers took too long, so this one was left out.": (
        "Lister les processus de tous les conteneurs prenait trop de temps, celui-ci a donc été laissé de côté."
    ),
    "Listing what all containers wrote took too long, so this one was left out.": (
        "Lister ce que tous les conteneurs ont écrit prenait trop de temps : celui-ci a été laissé de côté."
    ),
    "The Engine stopped answering while it was read. The last that was seen of it: %(last)s": (
        "Le moteur a cessé de répondre pendant sa lecture. Le dernier signe de lui : %(last)s"
    ),
    "Reading this host took too long, so nothing of it was kept. Try again later.": (
        "La lecture de cet hôte a pris trop de temps, rien n’en a donc été conservé. Réessayez plus tard."
    ),
    "Not exactly one process called dockerd was seen on the host.": (
        "On ne voit pas exactement un processus nommé dockerd sur l’hôte."
    ),
    "Reading the files of the host took too long, so this one was left out.": (
        "La lecture des fichiers de l’hôte a pris trop de temps : celui-ci a été laissé de côté."
    ),
    "The host broke off in the middle of its answer.": ("L’hôte s’est interrompu au milieu de sa réponse."),
    "The host did not answer for this file: its account may not run the programs of a shell.": (
        "L’hôte n’a pas répondu pour ce fichier : son compte n’a peut-être pas le droit d’exécuter les "
        "programmes d’un shell."
    ),
    "This is not a path that secdash asks a shell for.": ("Ce n’est pas un chemin que secdash demande à un shell."),
    "The user who signs in over SSH may not read %(path)s. Let this user, or take another.": (
        "L’utilisateur de la connexion SSH n’a pas le droit de lire %(path)s. Donnez-lui ce droit, ou prenez-en "
        "un autre."
    ),
    (
        "The user who signs in over SSH may not read %(path)s. Let this user read it through sudo: “Commands for "
        "the other side” of this host's connection shows how."
    ): (
        "L’utilisateur de la connexion SSH n’a pas le droit de lire %(path)s. Laissez-le le lire par sudo : « "
        "Commandes pour l’autre côté » de la connexion de cet hôte montre comment."
    ),
    (
        "Root alone may read %(path)s, and sudo did not run %(program)s for the user who signs in over SSH. "
        "Check /etc/sudoers.d/secdash on this host."
    ): (
        "Seul root a le droit de lire %(path)s, et sudo n’a pas exécuté %(program)s pour l’utilisateur de la "
        "connexion SSH. Vérifiez /etc/sudoers.d/secdash sur cet hôte."
    ),
    "Through archives no process of the host is seen, only what its unit would start.": (
        "Par les archives, on ne voit aucun processus de l’hôte, seulement ce que son unité démarrerait."
    ),
    "Through archives the tables of the host's kernel are not seen.": (
        "Par les archives, on ne voit pas les tables du noyau de l’hôte."
    ),
    "Through archives the owner of a socket is not seen.": (
        "Par les archives, on ne voit pas le propriétaire d’une socket."
    ),
    "The host has no image of which a container could be created to read its files.": (
        "L’hôte n’a aucune image dont on pourrait créer un conteneur pour lire ses fichiers."
    ),
    "Through a rootless daemon the owners of the host's files are not seen as they are.": (
        "À travers un démon sans privilèges (rootless), les propriétaires des fichiers de l’hôte n’apparaissent "
        "pas tels qu’ils sont."
    ),
    "Only Linux hosts are read through archives.": ("Seuls les hôtes Linux sont lus par des archives."),
    "The Engine's archive has a form that secdash does not know.": (
        "L’archive du moteur a une forme que secdash ne connaît pas."
    ),
    "No container could be created to read the files of the host: %(reason)s": (
        "Aucun conteneur n’a pu être créé pour lire les fichiers de l’hôte : %(reason)s"
    ),
    "The Engine refused to read %(path)s: status %(status)s.": (
        "Le moteur a refusé de lire %(path)s : statut %(status)s."
    ),
    "secdash reads the files of a host only where it runs on Linux itself.": (
        "secdash ne lit les fichiers d’un hôte que s’il tourne lui-même sous Linux."
    ),
    "This Engine is not reached through a socket of the worker's machine. Choose another way to read its files.": (
        "Ce moteur n’est pas joint par une socket de la machine du worker. Choisissez une autre façon de lire "
        "ses fichiers."
    ),
    "This Engine is not reached over SSH. Choose another way to read the files of its host.": (
        "Ce moteur n’est pas joint par SSH. Choisissez une autre façon de lire les fichiers de son hôte."
    ),
    "Podman keeps its settings in other files than Docker, and secdash does not read those.": (
        "Podman garde ses réglages dans d’autres fichiers que Docker, et secdash ne les lit pas."
    ),
    "Reading the files of the host took too long, so nothing of them was kept.": (
        "La lecture des fichiers de l’hôte a pris trop de temps : rien n’en a été gardé."
    ),
    "There is no root of a host at %(prefix)s. Mount it there read-only.": (
        "Il n’y a pas de racine d’hôte sous %(prefix)s. Montez-la là en lecture seule."
    ),
    "The files at %(prefix)s name another host than the Engine does.": (
        "Les fichiers sous %(prefix)s nomment un autre hôte que le moteur."
    ),
    (
        "secdash does not see the process behind the socket, so it runs in a container or apart. Mount the root "
        "of the host read-only and set SECDASH_HOST_ROOT to that place."
    ): (
        "secdash ne voit pas le processus derrière la socket : il tourne donc dans un conteneur ou à part. "
        "Montez la racine de l’hôte en lecture seule et indiquez cet endroit dans SECDASH_HOST_ROOT."
    ),
    (
        "The daemon has another root folder than secdash: one of them runs in a container. Mount the root of the "
        "host read-only and set SECDASH_HOST_ROOT to that place."
    ): (
        "Le démon a un autre dossier racine que secdash : l’un des deux tourne dans un conteneur. Montez la "
        "racine de l’hôte en lecture seule et indiquez cet endroit dans SECDASH_HOST_ROOT."
    ),
    "The Engine runs on another machine than the worker: its kernel or its memory is another. Nothing was read.": (
        "Le moteur tourne sur une autre machine que le worker : son noyau ou sa mémoire diffère. Rien n’a été lu."
    ),
    "Several processes are called dockerd, and it cannot be told which of them answers.": (
        "Plusieurs processus se nomment dockerd, et rien ne dit lequel répond."
    ),
    "The command line of the daemon's process cannot be read.": (
        "La ligne de commande du processus du démon ne peut pas être lue."
    ),
    "The process of the rootless daemon is not seen, so it cannot be told in whose home its files are.": (
        "Le processus du démon sans privilèges (rootless) n’est pas visible : rien ne dit chez quel utilisateur "
        "se trouvent ses fichiers."
    ),
    "No process called dockerd is seen on the host.": ("Aucun processus nommé dockerd n’est visible sur l’hôte."),
    (
        "On the socket answers %(name)s, not dockerd: what is behind it may be another machine. If it is this "
        "one, mount its root read-only and set SECDASH_HOST_ROOT."
    ): (
        "Sur la socket répond %(name)s, pas dockerd : derrière se trouve peut-être une autre machine. Si c’est "
        "celle-ci, montez sa racine en lecture seule et renseignez SECDASH_HOST_ROOT."
    ),
    "The Engine did not tell the id of the container that it was asked to create.": (
        "Le moteur n’a pas donné l’identifiant du conteneur qu’il devait créer."
    ),
}
