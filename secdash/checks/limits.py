"""CIS Docker Benchmark, section 5: how much of the machine a container may use."""

from __future__ import annotations

from secdash.checks.engine import check
from secdash.checks.outcome import INFO, LOW, MEDIUM, Outcome, fails_if, not_applicable
from secdash.checks.remedy import TRY, ComposeFix, Drop, Put, compose
from secdash.facts.message import say
from secdash.facts.model import Container, known

MOST_RETRIES = 5


@check(
    Container,
    severity=MEDIUM,
    cis={"1.6": "5.11"},
    risks=("denial-of-service",),
    fix=compose(
        say("Limit the memory; 512m is a place to start, measure what the application needs."),
        Put("mem_limit", "512m"),
        certainty=TRY,
        breaks=say("If it needs more, the kernel ends its processes; the number is ours and not measured."),
    ),
)
def no_memory_limit(container: Container) -> Outcome:
    """No memory limit"""
    memory = known(container.memory)
    reason = say("It may take all the memory of the host, and the kernel then ends other processes.")
    return fails_if(memory <= 0, reason, {"HostConfig.Memory": memory})


@check(
    Container,
    severity=LOW,
    cis={"1.6": "5.12"},
    risks=("denial-of-service",),
    fix=compose(
        say("Limit the processor time; one processor is a place to start, measure the need."),
        Put("cpus", 1),
        breaks=say("Under load it is slower; nothing fails by itself."),
    ),
)
def no_cpu_limit(container: Container) -> Outcome:
    """No CPU limit"""
    seen = {
        "HostConfig.NanoCpus": known(container.nano_cpus),
        "HostConfig.CpuQuota": known(container.cpu_quota),
        "HostConfig.CpuShares": known(container.cpu_shares),
        "HostConfig.CpusetCpus": known(container.cpuset_cpus),
    }
    limited = seen["HostConfig.CpusetCpus"] or any(isinstance(v, int) and v > 0 for v in seen.values())
    return fails_if(not limited, say("It may take all the processors of the host from its neighbours."), seen)


@check(
    Container,
    severity=MEDIUM,
    cis={"1.6": "5.29"},
    risks=("denial-of-service",),
    fix=compose(
        say("Limit the processes; 200 is a place to start, count those of the application under load."),
        Put("pids_limit", 200),
        breaks=say("If it needs more processes or threads at once, starting them fails."),
    ),
)
def no_pids_limit(container: Container) -> Outcome:
    """No limit on processes"""
    limit = known(container.pids_limit)
    reason = say("A fork bomb inside it takes every process slot of the host.")
    return fails_if(limit <= 0, reason, {"HostConfig.PidsLimit": limit})


@check(
    Container,
    severity=INFO,
    cis={"1.6": "5.19"},
    risks=("denial-of-service",),
    fix=compose(
        say("Set the limits that the application needs; these are a place to start."),
        Put("ulimits", {"nofile": {"soft": 1024, "hard": 4096}}),
    ),
)
def no_ulimits(container: Container) -> Outcome:
    """No ulimits of its own"""
    limits = [f"{limit.name}={limit.soft}:{limit.hard}" for limit in known(container.ulimits)]
    reason = say("It has the daemon's own limits, which are generous, for open files and the like.")
    return fails_if(not limits, reason, {"HostConfig.Ulimits": limits})


@check(
    Container,
    severity=LOW,
    cis={"1.6": "5.15"},
    risks=("denial-of-service",),
    fix=compose(
        say("Give up after five failures; it then also stays down after a restart of the daemon."),
        Put("restart", "on-failure:5"),
        breaks=say("It does not come back by itself when the daemon restarts, or after its fifth failure."),
    ),
)
def unlimited_restarts(container: Container) -> Outcome:
    """Restarts without limit"""
    policy, most = known(container.restart_policy), known(container.restart_max)
    bounded = policy in ("", "no") or (policy == "on-failure" and 1 <= most <= MOST_RETRIES)
    seen = {"HostConfig.RestartPolicy.Name": policy, "HostConfig.RestartPolicy.MaximumRetryCount": most}
    reason = say("A container that crashes, or is made to crash, starts again for ever and wears the host down.")
    return fails_if(not bounded, reason, seen)


@check(
    Container,
    severity=LOW,
    risks=("denial-of-service",),
    fix=compose(say("Leave the swap to Docker, which grants as much as the memory again."), Drop("memswap_limit")),
)
def unlimited_swap(container: Container) -> Outcome:
    """Swap without limit"""
    memory = known(container.memory)
    if memory <= 0:
        return not_applicable(
            say("Its memory has no limit, so the swap is no question; a check of its own reports it.")
        )
    swap = known(container.memory_swap)
    reason = say("Past its memory limit it goes on in the host's swap, and slows every neighbour down.")
    return fails_if(swap < 0, reason, {"HostConfig.Memory": memory, "HostConfig.MemorySwap": swap})


def _killable(container: Container) -> ComposeFix:
    drops = [Drop("oom_kill_disable")] if known(container.oom_kill_disable) else []
    if known(container.oom_score_adj) < 0:
        drops.append(Drop("oom_score_adj"))
    summary = say("Let the kernel choose it like any other; protect it by a memory limit that fits.")
    return ComposeFix(summary, tuple(drops))


@check(
    Container,
    severity=LOW,
    risks=("denial-of-service",),
    fix=_killable,
)
def oom_killer_evaded(container: Container) -> Outcome:
    """Others are killed in its place"""
    disabled, score, memory = known(container.oom_kill_disable), known(container.oom_score_adj), known(container.memory)
    reason = say("When memory runs out, the kernel spares it and ends something else, a service of the host perhaps.")
    seen = {"OomKillDisable": disabled, "OomScoreAdj": score, "Memory": memory}
    bad = score < 0 or (disabled and memory <= 0)
    return fails_if(bad, reason, {f"HostConfig.{name}": value for name, value in seen.items()})
