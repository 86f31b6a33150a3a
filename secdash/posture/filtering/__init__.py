"""What the list of findings can be asked, and how an address says it.

    group=prod&group=lab     one of these groups (several values of one filter: any of them)
    group!=lab               none of these groups; what a form sends, group=lab&not=group, means the same
    group=prod&check=…       both (several filters: all of them)
    severity=critical,high   severities may stand in one parameter
    image=postgres:*         a star at the end: everything that begins so (images and projects)
    within=7&older=30        opened within these days, longer ago than those
    state, q, sort, by       the tab, words to look for, the order, what the list is grouped by

What an address says and this version does not know is dropped.
"""
