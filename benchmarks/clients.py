"""How long visitors of the demo page wait for an answer while many draw at once.

    python -m benchmarks clients [--clients 50] [--seconds 10] [--pause 0.15]

The server is a process of its own on the embedded digits; its network is loaded, and trained,
before the clock runs. Each client holds a connection and sends one drawing after another, as the
page does: never more than one on its way, and a pause after each answer (0.15 s mean).
Exit code 1 where an answer failed, or 95% of them took longer than 50 ms.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

LIMIT = 0.050  # seconds, of 95 in 100 answers


class Connection:
    """One connection of HTTP/1.1, kept open."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.writer: asyncio.StreamWriter | None = None

    async def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection(self.host, self.port)
        head = (
            f"{method} {path} HTTP/1.1\r\n"
            f"Host: {self.host}:{self.port}\r\n"
            f"Content-Length: {len(body)}\r\n"
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        self.writer.write(head.encode() + body)
        answer = await self.reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", answer.lower())
        return int(answer.split()[1]), await self.reader.readexactly(
            int(length[1]) if length else 0
        )

    def close(self) -> None:
        if self.writer:
            self.writer.close()


async def visitor(
    connection: Connection, drawings: list[bytes], pause: float, until: float, rng: random.Random
):
    """Seconds of each answer, and what failed."""
    took, failed = [], []
    await asyncio.sleep(rng.random() * pause)
    while time.perf_counter() < until:
        began = time.perf_counter()
        try:
            status, body = await connection.ask("POST", "/api/answer", rng.choice(drawings))
        except (OSError, asyncio.IncompleteReadError) as error:
            failed.append(repr(error))
            connection.writer = None
            continue
        took.append(time.perf_counter() - began)
        if status != 200 or len(json.loads(body)["probabilities"]) != 10:
            failed.append(f"{status} {body[:80]!r}")
        await asyncio.sleep(pause * (0.5 + rng.random()))
    connection.close()
    return took, failed


def cpu_seconds(process: int) -> float | None:
    """Seconds that all threads of a process have computed so far; None where there is no /proc."""
    try:
        fields = (
            Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        )
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except OSError:
        return None


async def measure(
    host: str, port: int, server: int, clients: int, seconds: float, pause: float
) -> dict[str, object]:
    from tinygrad_mnist.mnist import datasets

    images = datasets.embedded().test_images[:50]
    drawings = [np.kron(image, np.ones((4, 4), np.uint8)).tobytes() for image in images]
    asking = Connection(host, port)
    while True:
        about = json.loads((await asking.ask("GET", "/api/about"))[1])
        if about["network"] and len(about["history"]) == about["epochs"]:
            break
        await asyncio.sleep(0.5)
    asking.close()
    before = cpu_seconds(server)
    until = time.perf_counter() + seconds
    visitors = [
        visitor(Connection(host, port), drawings, pause, until, random.Random(number))
        for number in range(clients)
    ]
    results = await asyncio.gather(*visitors)
    after = cpu_seconds(server)
    took = sorted(each for times, _ in results for each in times)
    failed = [each for _, failures in results for each in failures]
    quantiles = {
        f"p{q}_ms": round(1000 * took[min(len(took) - 1, len(took) * q // 100)], 1)
        for q in (50, 95, 99)
    }
    rate = round(len(took) / seconds)
    cpu = None if before is None or after is None else round(1000 * (after - before) / len(took), 2)
    told = {"clients": clients, "answers": len(took), "answers_per_second": rate, **quantiles}
    return told | {"server_cpu_ms_per_answer": cpu, "errors": failed}


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks clients",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--pause", type=float, default=0.15)
    arguments = parser.parse_args()
    command = [
        sys.executable,
        "-m",
        "tinygrad_mnist",
        "demo",
        "--data",
        "embedded",
        "--port",
        "0",
        "--no-browser",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            found = next(
                filter(
                    None, (re.search(r"http://([\d.]+):(\d+)/", line) for line in server.stdout)
                ),
                None,
            )
            if found is None:
                return 1
            host, port = found[1], int(found[2])
            result = asyncio.run(
                measure(
                    host, port, server.pid, arguments.clients, arguments.seconds, arguments.pause
                )
            )
        finally:
            with contextlib.suppress(ProcessLookupError):
                server.terminate()
    print(
        json.dumps(
            result | {"errors": len(result["errors"]), "first_errors": result["errors"][:3]},
            indent=2,
        )
    )
    return int(bool(result["errors"]) or result["p95_ms"] > 1000 * LIMIT)
