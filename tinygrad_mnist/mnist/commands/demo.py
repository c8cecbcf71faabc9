"""`tinygrad-mnist demo`."""

from __future__ import annotations

import contextlib
import errno
import importlib.util
import socket
import sys
import threading
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tinygrad_mnist import set_num_threads
from tinygrad_mnist.mnist.datasets import Digits
from tinygrad_mnist.mnist.recipe import Recipe
from tinygrad_mnist.mnist.runs import opened
from tinygrad_mnist.mnist.terminal import DataOption, console, errors, load_digits, run_digits
from tinygrad_mnist.mnist.training import Training
from tinygrad_mnist.mnist.weights import SHIPPED

if TYPE_CHECKING:
    from tinygrad_mnist.mnist.demo.server import State

MNIST = 60_000  # training digits; fewer are a part of those that the shipped networks were trained on
PASSES = 600_000  # digits that a training on the spot sees: 10 epochs of all of MNIST


def demo(
    run: Annotated[
        str | None,
        typer.Argument(
            help="The folder that `train` wrote, or a shipped network: original, modern.", show_default=False
        ),
    ] = None,
    data: DataOption = None,
    host: Annotated[str, typer.Option(help="The address to listen at; 0.0.0.0 serves the network too.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port; 0 takes a free one.")] = 8000,
    browser: Annotated[bool, typer.Option(help="Open the page in the browser.")] = True,
) -> None:
    """Serve a page to draw digits on, to see why the network answers as it does, and how it learns.

    Without RUN a network is trained on the spot, on the best digits within reach, while you watch; it answers
    from its first epoch on. Ctrl-C ends the server.
    """
    for package in ("starlette", "uvicorn"):
        if importlib.util.find_spec(package) is None:
            raise ValueError(f"demo: {package} is missing; pip install 'tinygrad-mnist[demo]'")
    import uvicorn

    from tinygrad_mnist.mnist.demo.answers import Answerer
    from tinygrad_mnist.mnist.demo.server import State, application

    with _listening(host, port) as listener:
        if run is None:
            digits = load_digits(data)
            state = State(digits, epochs=_epochs(digits))
            threading.Thread(target=_train, args=(state,), name="training", daemon=True).start()
            console.print(f"A network is trained now, {state.epochs} epochs.")
        else:
            network, about = opened(run)
            digits = run_digits(about, data)
            known = about.name in SHIPPED and len(digits.train_labels) < MNIST
            seen = ", which was trained on these digits too" if known else ""
            kind = "the shipped network" if about.name in SHIPPED else "the run"
            state = State(digits, Answerer(network, digits, f"{kind} {Path(about.name).name}{seen}"))
        set_num_threads(1)  # the visitors are what runs in parallel
        sys.setswitchinterval(0.001)  # seconds; the event loop waits for the workers no longer
        address = _address(host, listener.getsockname()[1])
        console.print(f"The page is at [bold]{address}[/] - Ctrl-C ends it.", soft_wrap=True)
        config = uvicorn.Config(
            application(state, [host, socket.gethostname()]), log_level="warning", access_log=False,
            server_header=False, ws="none", limit_concurrency=1000, timeout_keep_alive=15,
            timeout_graceful_shutdown=2, h11_max_incomplete_event_size=16384,
        )  # fmt: skip
        if browser:
            threading.Timer(0.5, webbrowser.open, (address,)).start()
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])
    console.print("Stopped.")


def _listening(host: str, port: int) -> socket.socket:
    if not 0 <= port <= 65535:
        raise ValueError(f"--port: got {port}, wanted 0 to 65535")
    try:
        family, _, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(place[:2], family=family, backlog=1024)
    except (OSError, UnicodeError) as error:
        reason = str(getattr(error, "strerror", None) or error).partition(" (")[0]
        hint = "; --port 0 takes a free one" if getattr(error, "errno", None) == errno.EADDRINUSE else ""
        raise ValueError(f"--host {host} --port {port}: cannot listen there: {reason}{hint}") from None


def _address(host: str, port: int) -> str:
    name = "localhost" if host in ("0.0.0.0", "::", "") else f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}/"


def _epochs(digits: Digits) -> int:
    return max(1, min(60, PASSES // len(digits.train_labels)))


def _train(state: State) -> None:
    """Train in the background; each epoch's network answers from then on."""
    from tinygrad_mnist.mnist.demo.answers import Answerer

    training = Training(Recipe(epochs=state.epochs), state.digits)
    try:
        for epoch in training:
            origin = f"trained here, {epoch.number} of {state.epochs} epochs"
            state.answerer = Answerer(training.network, state.digits, origin)
            state.history = tuple(training.history)
            if state.stopped.is_set():
                return
    except Exception as error:
        state.trouble = f"the training failed: {error}"
        errors.print(f"[yellow]{state.trouble}[/]")
