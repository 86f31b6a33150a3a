"""A container's facts as keys of a Compose service, one module a group of keys.

Each has `keys(about)`, which returns only what differs from the defaults and from the image.
"""
