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
from tinygrad_mnist.mnist.demo import lesson
from tinygrad_mnist.mnist.demo.answers import Answer, Answerer
from tinygrad_mnist.mnist.demo.encoding import picture, signed
from tinygrad_mnist.mnist.demo.trainings import Choices, Full, Trainings
from tinygrad_mnist.mnist.pictures import SIDE, prepare
from tinygrad_mnist.mnist.training import Epoch

T = TypeVar("T")
Endpoint = Callable[[Request], Awaitable[Response]]
Application = Callable[[Any, Any, Any], Awaitable[None]]

LARGEST_SIDE = 280  # of a drawing
LARGEST_JSON = 1000  # bytes of a body of JSON
BODY_SECONDS = 10.0  # for a body to arrive
WORKERS = 1  # with two, they and the event loop fight for the interpreter: `benchmarks clients` has twice the wait
WAITING = 200  # answers asked for and not yet given, above which a visitor is asked to come back
SHOWN = 24  # test digits to pick from

TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
POLICY = {
    "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "img-src": "'self'",
    "connect-src": "'self'", "base-uri": "'none'", "form-action": "'none'", "frame-ancestors": "'none'",
}  # fmt: skip
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

    Attributes:
        answerer: None until there is a first network.
        epochs: that the training in the background takes; 0 where there is none.
        history: its epochs so far.
        trouble: why it ended early, or "".
    """

    def __init__(self, digits: Digits, answerer: Answerer | None = None, epochs: int = 0) -> None:
        self.digits, self.answerer, self.epochs = digits, answerer, epochs
        self.history: tuple[Epoch, ...] = ()
        self.trouble = ""
        self.stopped = threading.Event()


def application(state: State, names: Collection[str] = ()) -> Application:
    """The page as an ASGI application; `names` are hosts that it may be asked by, beside localhost and IP addresses."""
    pool = ThreadPoolExecutor(WORKERS, "answers")
    trainings = Trainings(state.digits)
    waiting = 0

    async def work(function: Callable[[], T]) -> T:
        """Run in the pool, unless too many wait there already."""
        nonlocal waiting
        if waiting >= WAITING:
            raise HTTPException(503, "too many visitors at once; try again in a second", {"Retry-After": "1"})
        waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(pool, function)
        finally:
            waiting -= 1

    def answerer() -> Answerer:
        if state.answerer is None:
            raise HTTPException(503, "the network is still in its first epoch; try again soon", {"Retry-After": "1"})
        return state.answerer

    async def about(request: Request) -> Response:
        network = state.answerer
        return JSONResponse(
            {
                "digits": state.digits.source,
                "training": len(state.digits.train_labels),
                "test": len(state.digits.test_labels),
                "network": network and {
                    "origin": network.origin, "hidden": network.hidden, "accuracy": network.accuracy,
                },
                "epochs": state.epochs,
                "history": [dataclasses.asdict(epoch) for epoch in state.history],
                "trouble": state.trouble,
            }
        )  # fmt: skip

    async def answer(request: Request) -> Response:
        network = answerer()
        content = await body(request, LARGEST_SIDE**2, "application/octet-stream")
        side = math.isqrt(len(content))
        if side**2 != len(content) or side < SIDE:
            raise HTTPException(
                422, f"drawing: got {len(content)} bytes, wanted n x n with n from {SIDE} to {LARGEST_SIDE}"
            )

        def work_it_out() -> dict[str, Any]:
            drawing = prepare(np.frombuffer(content, np.uint8).reshape(side, side))
            return _told(network.answer(drawing), drawing)

        try:
            return JSONResponse(await work(work_it_out))
        except ValueError as error:
            raise HTTPException(422, str(error)) from None

    async def digits(request: Request) -> Response:
        network = answerer()
        wrong, seed = number(request, "wrong", 0, 1), number(request, "seed", 0, 2**31)
        wanted = np.flatnonzero((network.answers != state.digits.test_labels) == bool(wrong))
        chosen = np.random.default_rng(seed).permutation(wanted)[:SHOWN]
        shown = [
            {
                "index": int(i), "label": int(state.digits.test_labels[i]), "answer": int(network.answers[i]),
                "picture": picture(state.digits.test_images[i]),
            }
            for i in chosen
        ]  # fmt: skip
        return JSONResponse({"digits": shown, "of": len(wanted)})

    async def digit(request: Request) -> Response:
        network, index, count = answerer(), request.path_params["index"], len(state.digits.test_labels)
        if index >= count:
            raise HTTPException(404, f"digits: got {str(index)[:20]}, wanted a number below {count}")
        image = state.digits.test_images[index]
        told = await work(lambda: _told(network.answer(image), image))
        return JSONResponse(told | {"label": int(state.digits.test_labels[index])})

    async def teach(request: Request) -> Response:
        step, seed = number(request, "step", 0, lesson.STEPS), number(request, "seed", 0, 2**31)
        return JSONResponse(await work(lambda: lesson.training_step(state.digits, step, seed)))

    async def begin(request: Request) -> Response:
        values = await json_body(request)
        try:
            choices = Choices.of(values)
            name = await work(lambda: trainings.start(choices, request.client.host if request.client else ""))
        except ValueError as error:
            raise HTTPException(422, str(error)) from None
        except Full as error:
            raise HTTPException(429, str(error), {"Retry-After": "20"}) from None
        return JSONResponse({"name": name}, 201)

    async def look(request: Request) -> Response:
        found = trainings.look(request.path_params["name"], number(request, "after", 0, 10**6))
        return JSONResponse(found) if found else gone()

    async def steer(request: Request) -> Response:
        values = await json_body(request)
        if not isinstance(values, dict) or not isinstance(values.get("running"), bool):
            raise HTTPException(422, 'training: wanted {"running": true} or {"running": false}')
        there = trainings.set_running(request.path_params["name"], values["running"])
        return Response(status_code=204) if there else gone()

    async def end(request: Request) -> Response:
        return Response(status_code=204) if trainings.drop(request.path_params["name"]) else gone()

    def gone() -> Response:
        raise HTTPException(404, "training: there is none of this name (any more)")

    @contextlib.asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[None]:
        trainings.open()
        try:
            yield
        finally:
            state.stopped.set()
            trainings.close()
            pool.shutdown(cancel_futures=True)

    routes = [
        Route("/api/answer", answer, methods=["POST"]),  # asked most often, so looked for first
        Route("/api/about", about),
        Route("/api/digits", digits),
        Route("/api/digits/{index:int}", digit),
        Route("/api/lesson", teach),
        Route("/api/trainings", begin, methods=["POST"]),
        Route("/api/trainings/{name}", look),
        Route("/api/trainings/{name}", steer, methods=["POST"]),
        Route("/api/trainings/{name}", end, methods=["DELETE"]),
        *_files(),
    ]
    handlers = {HTTPException: _refusal, Exception: _failure}
    return guard(Starlette(routes=routes, exception_handlers=handlers, lifespan=lifespan), names)


def _files() -> list[Route]:
    """A route for each file of the folder `static`, read once: no path is ever looked up."""

    def serve(content: bytes, type_: str) -> Endpoint:
        async def file(request: Request) -> Response:
            return Response(content, media_type=type_, headers={"Cache-Control": "no-cache"})

        return file

    routes = []
    for file in sorted((resources.files("tinygrad_mnist.mnist.demo") / "static").iterdir(), key=lambda f: f.name):
        path = "/" if file.name == "index.html" else f"/{file.name}"
        type_ = TYPES.get(file.name[file.name.rfind(".") :])
        if type_:
            routes.append(Route(path, serve(file.read_bytes(), type_)))
    return routes


def _told(answer: Answer, image: Any) -> dict[str, Any]:
    return {
        "answer": answer.digit,
        "probabilities": [float(f"{p:.4g}") for p in answer.probabilities],
        "picture": picture(image),
        "saliency": signed(answer.saliency),
        "hidden": [signed(units) for units in answer.hidden],
    }


# requests ------------------------------------------------------------------------------------


async def body(request: Request, limit: int, type_: str) -> bytes:
    """The body of a request, of the type and up to `limit` bytes; what is larger is not read."""
    got = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if got != type_:
        raise HTTPException(415, f"content-type: got {got[:60] or 'none'}, wanted {type_}")
    too_large = HTTPException(413, f"body: got more than {limit} bytes", {"Connection": "close"})
    if (length := request.headers.get("content-length", "0")).isdecimal() and int(length[:20]) > limit:
        raise too_large
    content = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                content += chunk
                if len(content) > limit:
                    raise too_large
    except TimeoutError:
        raise HTTPException(408, f"body: not here after {BODY_SECONDS:g} seconds", {"Connection": "close"}) from None
    except ClientDisconnect:
        raise HTTPException(400, "body: the connection was closed before its end") from None
    return bytes(content)


async def json_body(request: Request) -> Any:
    """The body of a request, of JSON."""
    content = await body(request, LARGEST_JSON, "application/json")
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise HTTPException(400, "body: got no JSON") from None


def number(request: Request, name: str, low: int, high: int) -> int:
    """A whole number of the query; `low` where it is left out."""
    text = request.query_params.get(name, str(low))
    if not (text.isascii() and text.isdecimal() and len(text) < 12) or not low <= int(text) <= high:
        raise HTTPException(422, f"{name}: got {text[:40]!r}, wanted a whole number from {low} to {high}")
    return int(text)


async def _refusal(request: Request, error: Any) -> Response:
    return JSONResponse({"error": error.detail}, error.status_code, headers=error.headers)


async def _failure(request: Request, error: Exception) -> Response:
    return JSONResponse({"error": "the server failed; its terminal says why"}, 500)


# who may ask ---------------------------------------------------------------------------------


def guard(application: Application, names: Collection[str] = ()) -> Application:
    """Refuse what comes by a strange name or from a strange page; add the headers of security to the rest.

    A page of another site that has its own name resolved to this machine (DNS rebinding) sends that
    name as Host; so only localhost, IP addresses, which cannot be rebound, and `names` are served.
    A request that names an Origin must come from the page itself.
    """
    known = {"localhost", *(name.lower().rstrip(".") for name in names)}

    async def guarded(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return

        async def send_with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                extra = HEADERS if b"cache-control" in present else HEADERS | {"Cache-Control": "no-store"}
                added = [(name.lower().encode(), value.encode()) for name, value in extra.items()]
                message = message | {"headers": [*message["headers"], *added]}
            await send(message)

        hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        origins = [value.decode("latin-1") for name, value in scope["headers"] if name == b"origin"]
        refusal = None
        if len(hosts) != 1 or not _is_known(hosts[0], known):
            refusal = JSONResponse({"error": f"host: {', '.join(hosts)[:100] or 'none'} is not served here"}, 421)
        elif any(origin.partition("://")[2] != hosts[0] for origin in origins):
            refusal = JSONResponse({"error": f"origin: {origins[0][:100]} may not ask here"}, 403)
        await (refusal or application)(scope, receive, send_with_headers)

    return guarded


def _is_known(host: str, known: Collection[str]) -> bool:
    if host.startswith("["):
        name, _, port = host[1:].partition("]")
    else:
        name, colon, port = host.partition(":")
        port = colon + port
    if port and not (port[0] == ":" and port[1:].isascii() and port[1:].isdecimal()):
        return False
    with contextlib.suppress(ValueError):
        return bool(ipaddress.ip_address(name))
    return name.lower().rstrip(".") in known
