"""How much the container may use, and where its logs go."""

from __future__ import annotations

from secdash.checks.service import ulimit_value
from secdash.facts.model import Container
from secdash.fixes.quantities import cpus, size
from secdash.fixes.rebuilt.about import About, Keys, filled, seen

USUAL_LOG_DRIVER = "json-file"
PODMANS_PIDS = 2048


def keys(about: About) -> Keys:
    container, pids = about.container, seen(about.container.pids_limit, 0)
    return _processors(container) | filled(
        mem_limit=_size(seen(container.memory, 0)),
        memswap_limit=_swap(container),
        mem_reservation=_size(seen(container.memory_reservation, 0)),
        cpu_shares=seen(container.cpu_shares, 0),
        cpuset=seen(container.cpuset_cpus, ""),
        pids_limit=0 if about.on_podman and pids == PODMANS_PIDS else pids,
        ulimits={ulimit.name: ulimit_value(ulimit) for ulimit in seen(container.ulimits, ())},
        oom_kill_disable=seen(container.oom_kill_disable, False),
        oom_score_adj=seen(container.oom_score_adj, 0),
        logging=_logging(about),
    )


def _processors(container: Container) -> Keys:
    """The Engine takes one or the other; Podman tells the second as well where the first was asked for."""
    if share := cpus(seen(container.nano_cpus, 0)):
        return {"cpus": share}
    return filled(cpu_quota=seen(container.cpu_quota, 0), cpu_period=seen(container.cpu_period, 0))


def _size(count: int) -> str | int:
    return size(count) if count else 0


def _swap(container: Container) -> str | int:
    """The Engine itself sets it to twice the memory."""
    memory, swap = seen(container.memory, 0), seen(container.memory_swap, 0)
    return 0 if swap == 2 * memory else _size(swap)


def _logging(about: About) -> Keys:
    driver, options = seen(about.container.log_driver, ""), dict(seen(about.container.log_options, ()))
    usual = about.of_engine("logging_driver") or USUAL_LOG_DRIVER
    if driver in ("", usual) and not options:
        return {}
    return filled(driver=driver, options=options)
