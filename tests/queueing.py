"""The tests' queue: Celery's own in-memory broker, so that what is sent can be read again without a server."""

from __future__ import annotations

from contextlib import contextmanager
from queue import Empty

from kombu.transport import memory

from secdash.celery import app

IN_MEMORY = "memory://"
MESSAGES = "secdash-messages"
NOWHERE = "redis+socket:///nonexistent/queue.sock"


@contextmanager
def broker(url):
    """Everything this process sends goes there, within the block."""
    before = app.conf.broker_write_url
    use(url)
    try:
        yield
    finally:
        use(before)


def use(url):
    app.conf.broker_write_url = url
    app.amqp._producer_pool = None  # the pool keeps the address that it was made with


def sent(queue=None):
    """The ids of what was sent to the queue since the last call, in order; scans, unless another queue is named."""
    found = []
    with (
        app.connection_for_write() as connection,
        connection.SimpleQueue(queue or app.conf.task_default_queue) as waiting,
    ):
        while True:
            try:
                message = waiting.get_nowait()
            except Empty:
                return found
            message.ack()
            found.append(message.payload[0][0])


def forget():
    """Drop what nobody read: by itself, since a connection for each of thousands of tests takes a quarter of them."""
    for waiting in memory.Channel.queues.values():
        waiting.queue.clear()
