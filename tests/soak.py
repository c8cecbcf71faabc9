"""Long runs: `python -m tests.soak training|graphs|page [SECONDS or NUMBER]`.

training: 200 epochs in one process, and the memory after each.
graphs: 1,000,000 small graphs made and dropped, with the garbage collector switched off.
page: good and bad requests to the page's server (its port behind the seconds), for half an hour.
"""

import gc
import random
import re
import socket
import sys
import time
from collections import Counter
from pathlib import Path

__all__ = ["graphs", "memory", "traffic", "training"]


def memory():
    """Resident KiB of this process."""
    return int(
        re.search(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text(encoding="utf-8"))[1]
    )


def training(epochs=200, warm=20):
    """Train, and give the memory after `warm` epochs and after each later one."""
    import dataclasses

    from tinygrad_mnist.mnist import datasets
    from tinygrad_mnist.mnist.recipe import Recipe
    from tinygrad_mnist.mnist.training import Training

    digits = datasets.embedded()
    digits = dataclasses.replace(
        digits, train_images=digits.train_images[:2000], train_labels=digits.train_labels[:2000]
    )
    recipe = Recipe(epochs=epochs, augment=True, averaging=0.9, validation=0.1)
    return [memory() for epoch in Training(recipe, digits) if epoch.number >= warm]


def graphs(count, warm=1000):
    """Make and drop graphs; the memory after `warm` of them and at the end."""
    import tinygrad_mnist as tg

    x = tg.ones(8, requires_grad=True)
    before = 0
    gc.collect()
    gc.disable()
    try:
        for i in range(count):
            if i == warm:
                before = memory()
            y = (x * 2).exp().sum()
            if i % 2:
                y.backward()
                x.grad = None
        return before, memory()
    finally:
        gc.enable()


def traffic(port, seconds, seed=0):
    """Requests of all kinds, good and bad; the status of each answer, 0 for none."""
    draw = random.Random(seed)
    until = time.monotonic() + seconds
    found = []
    while time.monotonic() < until:
        with socket.create_connection(("127.0.0.1", port), 10) as connection:
            try:
                connection.sendall(_request(draw))
                if draw.random() < 0.1:
                    continue  # gone before the answer
                connection.settimeout(0.5)  # for those that are never whole
                said = connection.recv(65536)
            except OSError:
                continue
        match = re.match(rb"HTTP/1.1 (\d{3})", said)
        found.append(int(match[1]) if match else 0)
    return found


def _request(draw):
    drawing = bytes(300) + b"\xff" * 184 + bytes(300)
    kinds = [
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /api/about HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /api/digits?wrong=1&seed=%d HTTP/1.1\r\nHost: localhost\r\n\r\n" % draw.randrange(99),
        b"GET /api/digits/%d HTTP/1.1\r\nHost: localhost\r\n\r\n" % draw.randrange(2000),
        b"GET /api/lesson?step=%d HTTP/1.1\r\nHost: localhost\r\n\r\n" % draw.randrange(5),
        b"POST /api/answer HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\n"
        b"Content-Length: 784\r\n\r\n" + drawing,
        b"POST /api/trainings HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Content-Length: 2\r\n\r\n{}",
        b"POST /api/answer HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\n"
        b"Content-Length: 784\r\n\r\n" + drawing[:100],
        b"GET /api/digits/" + b"9" * 5000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"DELETE /api/trainings/x HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"\x16\x03\x01 not http at all\r\n\r\n",
        b"GET /" + b"a" * 20000 + b" HTTP/1.1\r\n",
    ]
    content = draw.choice(kinds)
    if draw.random() < 0.2:
        place = draw.randrange(len(content))
        content = content[:place] + bytes([draw.randrange(256)]) + content[place + 1 :]
    return content


def main(arguments):
    what = arguments[0]
    began = time.time()
    if what == "training":
        seen = training(int(arguments[1]) if len(arguments) > 1 else 200)
        print(
            f"{seen[0]} KiB to {seen[-1]} KiB, at most {max(seen)}: {seen[-1] / seen[0] - 1:+.2%}"
        )
    elif what == "graphs":
        before, after = graphs(int(arguments[1]) if len(arguments) > 1 else 1_000_000)
        print(f"{before} KiB to {after} KiB: {after / before - 1:+.2%}")
    else:
        found = Counter(traffic(int(arguments[2]), float(arguments[1])))
        print(f"{sum(found.values())} answers: {dict(sorted(found.items()))}")
    print(f"{time.time() - began:.0f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
