"""`tinygrad-mnist demo`."""

from __future__ import annotations

import contextlib
import errno
import socket
import sys
import threading
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer

from tinygrad_mnist import extras, set_num_threads
from tinygrad_mnist.mnist.datasets import Digits
from tinygrad_mnist.mnist.recipe import Recipe
from tinygrad_mnist.mnist.runs import opened
from tinygrad_mnist.mnist.seen import checksums
from tinygrad_mnist.mnist.terminal import DataOption, console, errors, load_digits, run_digits
from tinygrad_mnist.mnist.training import Training
from tinygrad_mnist.mnist.weights import SHIPPED

if TYPE_CHECKING:
    from tinygrad_mnist.mnist.demo.server import State

__all__ = ["demo"]

PASSES = 600_000  # digits that a training on the spot sees: 10 epochs of all of MNIST
MOST_EPOCHS = 60


def demo(
    run: Annotated[
        str | None,
        typer.Argument(
            help="The folder that `train` wrote, or a shipped network: original, modern.",
            show_default=False,
        ),
    ] = None,
    data: DataOption = None,
    host: Annotated[
        str, typer.Option(help="The address to listen at; 0.0.0.0 serves the network too.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port; 0 takes a free one.")] = 8000,
    browser: Annotated[bool, typer.Option(help="Open the page in the browser.")] = True,
) -> None:
    """Serve a page to draw digits on, to see why the network answers as it does, and how it learns.

    Without RUN a network is trained on the spot, on the best digits within reach, while you watch;
    it answers from its first epoch on. Ctrl-C ends the server.
    """
    extras.require("demo", ("starlette", "uvicorn"), "demo")
    with _listening(host, port) as listener:
        state = _training_state(data) if run is None else _run_state(run, data)
        set_num_threads(1)  # the visitors are what runs in parallel
        sys.setswitchinterval(0.001)  # seconds; the event loop waits for the workers no longer
        address = _address(host, listener.getsockname()[1])
        console.print(f"The page is at [bold]{address}[/] - Ctrl-C ends it.", soft_wrap=True)
        if browser:
            threading.Timer(0.5, webbrowser.open, (address,)).start()
        _serve(state, listener, [host, socket.gethostname()])
    console.print("Stopped.")


def _serve(state: State, listener: socket.socket, names: list[str]) -> None:
    """Answer until Ctrl-C."""
    import uvicorn

    from tinygrad_mnist.mnist.demo.connections import BACKLOG, Impatient
    from tinygrad_mnist.mnist.demo.descriptors import raise_descriptors
    from tinygrad_mnist.mnist.demo.server import application

    raise_descriptors()
    config = uvicorn.Config(
        application(state, names),
        http=Impatient,
        backlog=BACKLOG,
        log_level="error",  # not a line for each request that is none
        access_log=False,
        server_header=False,
        ws="none",
        timeout_keep_alive=15,
        timeout_graceful_shutdown=2,
        h11_max_incomplete_event_size=16384,
    )
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])


def _training_state(data: str | None) -> State:
    """A network that is trained from now on, in the background."""
    from tinygrad_mnist.mnist.demo.server import State

    digits = load_digits(data)
    state = State(digits, epochs=_epochs(digits))
    threading.Thread(target=_train, args=(state,), name="training", daemon=True).start()
    console.print(f"A network is trained now, {state.epochs} epochs.")
    return state


def _run_state(run: str, data: str | None) -> State:
    """A network that is trained already."""
    from tinygrad_mnist.mnist.demo.answers import Answerer
    from tinygrad_mnist.mnist.demo.server import State

    network, about = opened(run)
    digits = run_digits(about, data)
    origin = f"the run {Path(about.name).name}"
    if about.name in SHIPPED:
        origin = f"the shipped network {about.name}"
    seen = about.seen(digits.test_images, digits)
    count = None if seen is None else int(seen.sum())
    return State(digits, Answerer(network, digits, origin, count))


def _listening(host: str, port: int) -> socket.socket:
    """A socket that takes connections; ValueError says why there is none."""
    if not 0 <= port <= 65535:
        raise ValueError(f"--port: got {port}, wanted 0 to 65535")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, place = found[0]
        return socket.create_server(place[:2], family=family, backlog=1024)
    except (OSError, UnicodeError) as error:
        reason = str(getattr(error, "strerror", None) or error).partition(" (")[0]
        message = f"--host {host} --port {port}: cannot listen there: {reason}"
        if getattr(error, "errno", None) == errno.EADDRINUSE:
            message += "; --port 0 takes a free one"
        raise ValueError(message) from None


def _address(host: str, port: int) -> str:
    """Where a browser on this machine finds the page."""
    name = host
    if host in ("0.0.0.0", "::", ""):
        name = "localhost"
    elif ":" in host:
        name = f"[{host}]"
    return f"http://{name}:{port}/"


def _epochs(digits: Digits) -> int:
    return max(1, min(MOST_EPOCHS, PASSES // len(digits.train_labels)))


def _train(state: State) -> None:
    """Train in the background; each epoch's network answers from then on."""
    from tinygrad_mnist.mnist.demo.answers import Answerer

    training = Training(Recipe(epochs=state.epochs), state.digits)
    trained_on = checksums(state.digits.train_images)
    seen = int(np.isin(checksums(state.digits.test_images), trained_on).sum())
    try:
        for epoch in training:
            origin = f"trained here, {epoch.number} of {state.epochs} epochs"
            state.answerer = Answerer(training.network, state.digits, origin, seen)
            state.history = tuple(training.history)
            if state.stopped.is_set():
                return
    except Exception as error:
        state.trouble = f"the training failed: {error}"
        errors.print(f"[yellow]{state.trouble}[/]")
