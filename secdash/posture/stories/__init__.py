"""Attack stories: how somebody who breaks in comes from what can be reached to the host, link by link. Pure.

Nothing is judged here a second time: a link is a failing verdict. Where a check says more than a link needs (of a mount
of the root that can only be read, say) the link looks at the same facts, with the check's own predicates. Where a fact
is unknown no story is told: it is possible, and says what is not known.
"""
