"""The sentences of letters whose places and numbers come later, by what they tell of."""

from __future__ import annotations

from secdash.checks.outcome import Severity
from secdash.messaging import news as what
from secdash.messaging.letters import counted, told

SEVERITY_COUNTS = {
    Severity.INFO: counted("%(n)s info", "%(n)s info", 0),
    Severity.LOW: counted("%(n)s low", "%(n)s low", 0),
    Severity.MEDIUM: counted("%(n)s medium", "%(n)s medium", 0),
    Severity.HIGH: counted("%(n)s high", "%(n)s high", 0),
    Severity.CRITICAL: counted("%(n)s critical", "%(n)s critical", 0),
}
ON_ONE_HOST = {
    what.NEW: counted(
        "%(n)s new finding on %(host)s: %(severities)s", "%(n)s new findings on %(host)s: %(severities)s", 0
    ),
    what.REOPENED: counted(
        "%(n)s finding came back on %(host)s: %(severities)s", "%(n)s findings came back on %(host)s: %(severities)s", 0
    ),
    what.VOIDED: counted(
        "%(n)s accepted finding on %(host)s is open again, since its subject gained privilege: %(severities)s",
        "%(n)s accepted findings on %(host)s are open again, since their subjects gained privilege: %(severities)s",
        0,
    ),
    what.RESOLVED: counted(
        "%(n)s finding on %(host)s is resolved: %(severities)s",
        "%(n)s findings on %(host)s are resolved: %(severities)s",
        0,
    ),
}
ON_SEVERAL_HOSTS = {
    what.NEW: counted(
        "%(n)s new finding on %(hosts)s hosts: %(severities)s",
        "%(n)s new findings on %(hosts)s hosts: %(severities)s",
        0,
    ),
    what.REOPENED: counted(
        "%(n)s finding came back on %(hosts)s hosts: %(severities)s",
        "%(n)s findings came back on %(hosts)s hosts: %(severities)s",
        0,
    ),
    what.VOIDED: counted(
        "%(n)s accepted finding on %(hosts)s hosts is open again, since its subject gained privilege: %(severities)s",
        "%(n)s accepted findings on %(hosts)s hosts are open again, since their subjects gained privilege: "
        "%(severities)s",
        0,
    ),
    what.RESOLVED: counted(
        "%(n)s finding on %(hosts)s hosts is resolved: %(severities)s",
        "%(n)s findings on %(hosts)s hosts are resolved: %(severities)s",
        0,
    ),
}
ONE_HOST = {
    what.UNREACHABLE: told("%(host)s is unreachable"),
    what.REACHABLE: told("%(host)s is reachable again"),
    what.FAILING: told("The scans of %(host)s break off"),
    what.WORKING: told("The scans of %(host)s work again"),
}
SEVERAL_HOSTS = {
    what.UNREACHABLE: counted("%(n)s host is unreachable", "%(n)s hosts are unreachable", 0),
    what.REACHABLE: counted("%(n)s host is reachable again", "%(n)s hosts are reachable again", 0),
    what.FAILING: counted("The scans of %(n)s host break off", "The scans of %(n)s hosts break off", 0),
    what.WORKING: counted("The scans of %(n)s host work again", "The scans of %(n)s hosts work again", 0),
}
ONE_END = {
    what.EXPIRED: counted(
        "The acceptance of “%(check)s” ended: %(n)s finding is open again",
        "The acceptance of “%(check)s” ended: %(n)s findings are open again",
        0,
    ),
    what.ENDING: counted(
        "The acceptance of “%(check)s” ends after %(day)s: %(n)s finding opens again",
        "The acceptance of “%(check)s” ends after %(day)s: %(n)s findings open again",
        0,
    ),
}
SEVERAL_ENDS = {
    what.EXPIRED: counted("%(n)s acceptance ended", "%(n)s acceptances ended", 0),
    what.ENDING: counted("%(n)s acceptance ends soon", "%(n)s acceptances end soon", 0),
}
