"""The demo page's server: static files, answers, a lesson and trainings as JSON.

    GET    /api/about                 the network that answers, and how its training stands
    POST   /api/answer                a drawing as n x n bytes (28 to 280 a side), 0 paper, 255 ink
    GET    /api/digits?wrong=1&seed=  test digits to pick from
    GET    /api/digits/7              the answer to one of them
    GET    /api/lesson?step=0&seed=0  one training step with its tape
    POST   /api/trainings             begin a training of one's own: JSON of `trainings.Choices`
    GET    /api/trainings/NAME?after= how it stands
    POST   /api/trainings/NAME        {"running": false}: pause it; true: let it go on
    DELETE /api/trainings/NAME        end it

What cannot be answered is refused with a status from 400 on and {"error": "one line"}.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import ipaddress
import json
import logging
import math
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from typing import Any, TypeVar

import numpy as np
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tinygrad_mnist.mnist.datasets import Digits
from tinygrad_mnist.mnist.demo.answers import Answer, Answerer
from tinygrad_mnist.mnist.demo.descriptors import quiet_about_descriptors
from tinygrad_mnist.mnist.demo.encoding import picture, signed
from tinygrad_mnist.mnist.demo.lesson import STEPS, training_step
from tinygrad_mnist.mnist.demo.trainings import Choices, Full, Trainings
from tinygrad_mnist.mnist.pictures import SIDE, prepare
from tinygrad_mnist.mnist.training import Epoch

__all__ = ["State", "application", "body", "guard", "json_body", "number"]

T = TypeVar("T")
Endpoint = Callable[[Request], Awaitable[Response]]
Application = Callable[[Any, Any, Any], Awaitable[None]]

LOG = logging.getLogger(__name__)
LARGEST_SIDE = 280  # of a drawing
LARGEST_JSON = 1000  # bytes of a body of JSON
BODY_SECONDS = 10.0  # for a body to arrive
# With two, they and the event loop fight for the interpreter: `benchmarks clients` has twice the
# wait.
WORKERS = 1
WAITING = 200  # answers asked for and not yet given, above which a visitor is asked to come back
SHOWN = 24  # test digits to pick from

TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
HEADERS = {
    "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in POLICY.items()),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class State:
    """What all visitors read: the digits, the network that answers, and how far its training is.

    A training in the background replaces the network and the history as a whole, after each epoch.

    Args:
        digits: the test digits are shown, the training digits are for the visitors' trainings.
        answerer: None until there is a first network.
        epochs: that the training in the background takes; 0 where there is none.

    Attributes:
        history: its epochs so far.
        trouble: why it ended early, or "".
        stopped: set when the server ends.
    """

    def __init__(self, digits: Digits, answerer: Answerer | None = None, epochs: int = 0) -> None:
        self.digits = digits
        self.answerer = answerer
        self.epochs = epochs
        self.history: tuple[Epoch, ...] = ()
        self.trouble = ""
        self.stopped = threading.Event()


def application(state: State, names: Collection[str] = ()) -> Application:
    """The page as an ASGI application.

    Args:
        state: what the visitors read.
        names: hosts that it may be asked by, beside localhost and IP addresses.

    Returns:
        The application, for a server such as uvicorn.
    """
    api = _Api(state)
    starlette = Starlette(
        routes=[*api.routes(), *_files()],
        exception_handlers={HTTPException: _refusal, Exception: _failure},
        lifespan=api.lifespan,
    )
    return guard(starlette, names)


class _Api:
    """What is answered under /api: a method for each line of this module's docstring."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.trainings = Trainings(state.digits)
        self.pool = ThreadPoolExecutor(WORKERS, "answers")
        self.waiting = 0

    def routes(self) -> list[Route]:
        return [
            Route(
                "/api/answer", self.answer, methods=["POST"]
            ),  # asked most often: looked for first
            Route("/api/about", self.about),
            Route("/api/digits", self.digits),
            Route("/api/digits/{index}", self.digit),
            Route("/api/lesson", self.lesson),
            Route("/api/trainings", self.begin_training, methods=["POST"]),
            Route("/api/trainings/{name}", self.look_at_training),
            Route("/api/trainings/{name}", self.steer_training, methods=["POST"]),
            Route("/api/trainings/{name}", self.end_training, methods=["DELETE"]),
        ]

    @contextlib.asynccontextmanager
    async def lifespan(self, _: Any) -> AsyncIterator[None]:
        quiet_about_descriptors(LOG.warning)
        self.trainings.open()
        try:
            yield
        finally:
            self.state.stopped.set()
            self.trainings.close()
            self.pool.shutdown(cancel_futures=True)

    async def work(self, function: Callable[[], T]) -> T:
        """Run in the pool, unless too many wait there already."""
        if self.waiting >= WAITING:
            message = "too many visitors at once; try again in a second"
            raise HTTPException(503, message, {"Retry-After": "1"})
        self.waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self.pool, function)
        finally:
            self.waiting -= 1

    def answerer(self) -> Answerer:
        if self.state.answerer is None:
            message = "the network is still in its first epoch; try again soon"
            raise HTTPException(503, message, {"Retry-After": "1"})
        return self.state.answerer

    async def about(self, request: Request) -> Response:
        state = self.state
        answerer = state.answerer
        network = None
        if answerer is not None:
            network = {
                "origin": answerer.origin,
                "hidden": answerer.hidden,
                "accuracy": answerer.accuracy,
                "trained_on": answerer.seen,
            }
        about = {
            "digits": state.digits.source,
            "training": len(state.digits.train_labels),
            "test": len(state.digits.test_labels),
            "network": network,
            "epochs": state.epochs,
            "history": [dataclasses.asdict(epoch) for epoch in state.history],
            "trouble": state.trouble,
        }
        return JSONResponse(about)

    async def answer(self, request: Request) -> Response:
        answerer = self.answerer()
        content = await body(request, LARGEST_SIDE**2, "application/octet-stream")
        side = math.isqrt(len(content))
        if side**2 != len(content) or side < SIDE:
            wanted = f"n x n with n from {SIDE} to {LARGEST_SIDE}"
            raise HTTPException(422, f"drawing: got {len(content)} bytes, wanted {wanted}")
        pixels = np.frombuffer(content, np.uint8).reshape(side, side)

        def answered() -> dict[str, Any]:
            drawing = prepare(pixels)
            return _as_json(answerer.answer(drawing), drawing)

        try:
            return JSONResponse(await self.work(answered))
        except ValueError as error:
            raise HTTPException(422, str(error)) from None

    async def digits(self, request: Request) -> Response:
        answerer = self.answerer()
        wrong = number(request, "wrong", 0, 1)
        seed = number(request, "seed", 0, 2**31)
        digits = self.state.digits
        is_wrong = answerer.answers != digits.test_labels
        wanted = np.flatnonzero(is_wrong == bool(wrong))
        chosen = np.random.default_rng(seed).permutation(wanted)[:SHOWN]
        shown = []
        for index in chosen:
            digit = {
                "index": int(index),
                "label": int(digits.test_labels[index]),
                "answer": int(answerer.answers[index]),
                "picture": picture(digits.test_images[index]),
            }
            shown.append(digit)
        return JSONResponse({"digits": shown, "of": len(wanted)})

    async def digit(self, request: Request) -> Response:
        answerer = self.answerer()
        digits = self.state.digits
        text = request.path_params["index"]
        count = len(digits.test_labels)
        is_number = text.isascii() and text.isdecimal() and len(text) < 12
        if not is_number or int(text) >= count:
            message = f"digits: got {text[:20]}, wanted a number below {count}"
            raise HTTPException(404, message)
        index = int(text)
        image = digits.test_images[index]
        answer = await self.work(lambda: _as_json(answerer.answer(image), image))
        return JSONResponse(answer | {"label": int(digits.test_labels[index])})

    async def lesson(self, request: Request) -> Response:
        step = number(request, "step", 0, STEPS)
        seed = number(request, "seed", 0, 2**31)
        found = await self.work(lambda: training_step(self.state.digits, step, seed))
        return JSONResponse(found)

    async def begin_training(self, request: Request) -> Response:
        values = await json_body(request)
        address = request.client.host if request.client else ""
        try:
            choices = Choices.of(values)
            name = await self.work(lambda: self.trainings.start(choices, address))
        except ValueError as error:
            raise HTTPException(422, str(error)) from None
        except Full as error:
            raise HTTPException(429, str(error), {"Retry-After": "20"}) from None
        return JSONResponse({"name": name}, 201)

    async def look_at_training(self, request: Request) -> Response:
        after = number(request, "after", 0, 10**6)
        found = self.trainings.look(request.path_params["name"], after)
        if not found:
            raise _no_training()
        return JSONResponse(found)

    async def steer_training(self, request: Request) -> Response:
        values = await json_body(request)
        if not isinstance(values, dict) or not isinstance(values.get("running"), bool):
            raise HTTPException(422, 'training: wanted {"running": true} or {"running": false}')
        if not self.trainings.set_running(request.path_params["name"], values["running"]):
            raise _no_training()
        return Response(status_code=204)

    async def end_training(self, request: Request) -> Response:
        if not self.trainings.drop(request.path_params["name"]):
            raise _no_training()
        return Response(status_code=204)


def _no_training() -> HTTPException:
    return HTTPException(404, "training: there is none of this name (any more)")


def _files() -> list[Route]:
    """A route for each file of the folder `static`, read once: no path is ever looked up."""
    folder = resources.files("tinygrad_mnist.mnist.demo") / "static"
    routes = []
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        path = "/" if file.name == "index.html" else f"/{file.name}"
        media_type = TYPES.get(file.name[file.name.rfind(".") :])
        if media_type:
            routes.append(Route(path, _serve(file.read_bytes(), media_type)))
    return routes


def _serve(content: bytes, media_type: str) -> Endpoint:
    async def file(request: Request) -> Response:
        return Response(content, media_type=media_type, headers={"Cache-Control": "no-cache"})

    return file


def _as_json(answer: Answer, image: Any) -> dict[str, Any]:
    if not (np.isfinite(answer.probabilities).all() and np.isfinite(answer.saliency).all()):
        message = "the network's numbers overflow: its training went wrong"
        raise HTTPException(503, message)
    return {
        "answer": answer.digit,
        "probabilities": [float(f"{p:.4g}") for p in answer.probabilities],
        "picture": picture(image),
        "saliency": signed(answer.saliency),
        "hidden": [signed(units) for units in answer.hidden],
    }


# requests ------------------------------------------------------------------------------------


async def body(request: Request, limit: int, media_type: str) -> bytes:
    """The body of a request; what is larger than the limit is not read.

    Args:
        request: that carries it.
        limit: in bytes.
        media_type: that it must have.

    Returns:
        The body.

    Raises:
        HTTPException: for another type, too many bytes, or a body that does not arrive.
    """
    got = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if got != media_type:
        raise HTTPException(415, f"content-type: got {got[:60] or 'none'}, wanted {media_type}")
    close = {"Connection": "close"}
    too_large = HTTPException(413, f"body: got more than {limit} bytes", close)
    length = request.headers.get("content-length", "0")
    if length.isdecimal() and int(length[:20]) > limit:
        raise too_large
    content = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                content += chunk
                if len(content) > limit:
                    raise too_large
    except TimeoutError:
        message = f"body: not here after {BODY_SECONDS:g} seconds"
        raise HTTPException(408, message, close) from None
    except ClientDisconnect:
        raise HTTPException(400, "body: the connection was closed before its end") from None
    return bytes(content)


async def json_body(request: Request) -> Any:
    """The body of a request, of JSON.

    Args:
        request: that carries it.

    Returns:
        The value.

    Raises:
        HTTPException: as `body` does, and for what is no JSON.
    """
    content = await body(request, LARGEST_JSON, "application/json")
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise HTTPException(400, "body: got no JSON") from None


def number(request: Request, name: str, low: int, high: int) -> int:
    """A whole number of the query.

    Args:
        request: with the query.
        name: of the number.
        low: the least that it may be, and what it is where it is left out.
        high: the largest that it may be.

    Returns:
        The number.

    Raises:
        HTTPException: for anything else.
    """
    text = request.query_params.get(name, str(low))
    is_number = text.isascii() and text.isdecimal() and len(text) < 12
    if not is_number or not low <= int(text) <= high:
        wanted = f"a whole number from {low} to {high}"
        raise HTTPException(422, f"{name}: got {text[:40]!r}, wanted {wanted}")
    return int(text)


async def _refusal(request: Request, error: Any) -> Response:
    return JSONResponse({"error": error.detail}, error.status_code, headers=error.headers)


async def _failure(request: Request, error: Exception) -> Response:
    return JSONResponse({"error": "the server failed; its terminal says why"}, 500)


# who may ask ---------------------------------------------------------------------------------


def guard(application: Application, names: Collection[str] = ()) -> Application:
    """Refuse what comes by a strange name or from a strange page; add the headers of security.

    A page of another site that has its own name resolved to this machine (DNS rebinding) sends that
    name as Host; so only localhost, IP addresses, which cannot be rebound, and `names` are served.
    A request that names an Origin must come from the page itself.

    Args:
        application: what is guarded.
        names: of hosts that are served too.

    Returns:
        An application in the same form.
    """
    known = {"localhost", *(name.lower().rstrip(".") for name in names)}

    async def guarded(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return

        async def send_with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = message | {"headers": _with_security(message["headers"])}
            await send(message)

        refused = _refused(scope["headers"], known)
        if not scope.get("query_string", b"").isascii():
            refused = JSONResponse({"error": "query: got bytes that no address has"}, 400)
        asked = refused or application
        await asked(scope, receive, send_with_headers)

    return guarded


def _with_security(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """A response's headers with those of `HEADERS`; nothing is kept unless it says so itself."""
    added = dict(HEADERS)
    if b"cache-control" not in {name.lower() for name, _ in headers}:
        added["Cache-Control"] = "no-store"
    encoded = [(name.lower().encode(), value.encode()) for name, value in added.items()]
    return [*headers, *encoded]


def _refused(headers: list[tuple[bytes, bytes]], known: Collection[str]) -> Response | None:
    """The answer to a request that may not ask here; None for one that may."""
    hosts = [value.decode("latin-1") for name, value in headers if name == b"host"]
    origins = [value.decode("latin-1") for name, value in headers if name == b"origin"]
    if len(hosts) != 1 or not _is_known(hosts[0], known):
        shown = ", ".join(hosts)[:100] or "none"
        return JSONResponse({"error": f"host: {shown} is not served here"}, 421)
    if any(origin.partition("://")[2] != hosts[0] for origin in origins):
        return JSONResponse({"error": f"origin: {origins[0][:100]} may not ask here"}, 403)
    return None


def _is_known(host: str, known: Collection[str]) -> bool:
    """Whether a Host header, with or without a port, is a known name or an IP address."""
    if host.startswith("["):
        name, _, port = host[1:].partition("]")
    else:
        name, colon, digits = host.partition(":")
        port = colon + digits
    if port and not (port[0] == ":" and port[1:].isascii() and port[1:].isdecimal()):
        return False
    with contextlib.suppress(ValueError):
        return bool(ipaddress.ip_address(name))
    return name.lower().rstrip(".") in known
