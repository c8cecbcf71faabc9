"""The demo page: its server, its lesson, its trainings, and the page itself in a browser."""

import base64
import dataclasses
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import tinygrad_mnist as tg
from tinygrad_mnist.mnist import datasets
from tinygrad_mnist.mnist.cli import main
from tinygrad_mnist.mnist.pictures import prepare
from tinygrad_mnist.mnist.recipe import Recipe
from tinygrad_mnist.mnist.runs import Run
from tinygrad_mnist.mnist.training import Training

pytest.importorskip("starlette")
pytest.importorskip("httpx2")
from starlette.testclient import TestClient

from tinygrad_mnist.mnist.demo import trainings as trainings_module
from tinygrad_mnist.mnist.demo.answers import Answerer
from tinygrad_mnist.mnist.demo.lesson import training_step
from tinygrad_mnist.mnist.demo.server import State, application
from tinygrad_mnist.mnist.demo.trainings import Choices, Full, Trainings

OCTETS = {"Content-Type": "application/octet-stream"}


@pytest.fixture(scope="module")
def digits():
    return datasets.embedded()


@pytest.fixture(scope="module")
def training(digits):
    training = Training(Recipe(hidden=(64, 32), keep=(0.8, 0.8), epochs=6, batch_size=64), digits)
    list(training)
    return training


@pytest.fixture(scope="module")
def state(digits, training):
    return State(digits, Answerer(training.network, digits, "a test's"))


@pytest.fixture
def client(state):
    with TestClient(application(state), base_url="http://localhost") as client:
        yield client


# answers -----------------------------------------------------------------------------------


def test_answers_are_the_networks_and_the_saliency_is_its_slope(state, training, digits):
    picture = digits.test_images[5]
    told = state.answerer.answer(picture)
    pixels = picture[None] / np.float32(255)

    def logits(x):
        with tg.no_grad():
            return training.network(tg.from_numpy(x)).numpy()[0]

    expected = np.exp(logits(pixels) - logits(pixels).max())
    np.testing.assert_allclose(told.probabilities, expected / expected.sum(), rtol=1e-4, atol=1e-6)
    assert [len(units) for units in told.hidden] == [64, 32] and told.hidden[
        0
    ].min() == 0 < told.hidden[0].max()
    direction = np.random.default_rng(0).normal(size=(28, 28)).astype(np.float32) * 1e-3
    rise = logits(pixels + direction)[told.digit] - logits(pixels - direction)[told.digit]
    assert rise == pytest.approx(2 * (told.saliency * direction).sum(), rel=0.05, abs=1e-4)


def test_threads_get_what_one_alone_gets(state, digits):
    alone = [state.answerer.answer(picture) for picture in digits.test_images[:40]]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(state.answerer.answer, digits.test_images[:40]))
    assert all(np.array_equal(a.saliency, b.saliency) for a, b in zip(alone, together, strict=True))


def test_a_drawing_is_prepared_and_answered(client, state, digits):
    right = np.flatnonzero(state.answerer.answers == digits.test_labels)[:20]
    found = 0
    for i in right:
        drawing = np.pad(
            np.kron(digits.test_images[i], np.ones((3, 3), np.uint8)), ((4, 24), (24, 4))
        )
        told = client.post("/api/answer", content=drawing.tobytes(), headers=OCTETS).json()
        received = np.frombuffer(base64.b64decode(told["picture"]), np.uint8).reshape(28, 28)
        assert np.array_equal(received, prepare(drawing))
        assert sum(told["probabilities"]) == pytest.approx(1, abs=1e-3)
        found += told["answer"] == digits.test_labels[i]
    assert found >= 18


def test_test_digits_right_and_wrong(client, state, digits):
    for wrong in (0, 1):
        shown = client.get(f"/api/digits?wrong={wrong}&seed=3").json()
        assert shown["digits"] and all(
            (each["label"] != each["answer"]) == bool(wrong) for each in shown["digits"]
        )
        first = shown["digits"][0]
        told = client.get(f"/api/digits/{first['index']}").json()
        assert (told["answer"], told["label"]) == (first["answer"], first["label"])
    counts = [client.get(f"/api/digits?wrong={wrong}").json()["of"] for wrong in (0, 1)]
    assert (
        sum(counts) == 1000
        and counts[0] / 1000 == client.get("/api/about").json()["network"]["accuracy"]
    )


# who may ask, and what ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "options", "status", "says"),
    [
        ("POST", "/api/answer", {"content": b"x" * 783, "headers": OCTETS}, 422, "got 783 bytes"),
        ("POST", "/api/answer", {"content": b"", "headers": OCTETS}, 422, "got 0 bytes"),
        ("POST", "/api/answer", {"content": bytes(784), "headers": OCTETS}, 422, "empty sheet"),
        ("POST", "/api/answer", {"content": bytes(281**2), "headers": OCTETS}, 413, "more than 78400"),
        ("POST", "/api/answer", {"content": iter([bytes(50_000)] * 3), "headers": OCTETS}, 413, "more than 78400"),
        ("POST", "/api/answer", {"content": bytes(784), "headers": {"Content-Type": "text/plain"}}, 415, "text/plain"),
        ("GET", "/api/answer", {}, 405, ""),
        ("GET", "/api/digits?wrong=2", {}, 422, "wrong: got '2'"),
        ("GET", "/api/digits?seed=-1", {}, 422, "seed"),
        ("GET", "/api/digits/1000", {}, 404, "below 1000"),
        ("GET", "/api/digits/99999999999999999999999999", {}, 404, "below 1000"),
        ("GET", "/api/lesson?step=31", {}, 422, "from 0 to 30"),
        ("GET", "/api/lesson?step=²", {}, 422, "whole number"),
        ("POST", "/api/trainings", {"content": b"{", "headers": {"Content-Type": "application/json"}}, 400, "no JSON"),
        ("POST", "/api/trainings", {"content": b"[" * 900, "headers": {"Content-Type": "application/json"}}, 400, "no JSON"),
        ("POST", "/api/trainings", {"content": b"1" * 1001, "headers": {"Content-Type": "application/json"}}, 413, "1000"),
        ("POST", "/api/trainings", {"json": [1]}, 422, "got list"),
        ("POST", "/api/trainings", {"json": {"colour": 1}}, 422, "'colour'"),
        ("POST", "/api/trainings", {"json": {"hidden": 37}}, 422, "hidden: got 37"),
        ("POST", "/api/trainings", {"json": {"hidden": True}}, 422, "hidden: got True"),
        ("POST", "/api/trainings", {"json": {"rate": "fast"}}, 422, "rate: got 'fast'"),
        ("POST", "/api/trainings", {"content": b'{"rate": NaN}', "headers": {"Content-Type": "application/json"}}, 422, "rate"),
        ("POST", "/api/trainings", {"json": {"optimizer": ["adam"]}}, 422, "optimizer"),
        ("GET", "/api/trainings/other", {}, 404, "none of this name"),
        ("POST", "/api/trainings/other", {"json": {"running": 1}}, 422, "running"),
        ("DELETE", "/api/trainings/other", {}, 404, "none of this name"),
        ("GET", "/../server.py", {}, 404, ""),
        ("GET", "/%2e%2e/server.py", {}, 404, ""),
        ("GET", "/index.html", {}, 404, ""),
        ("GET", "/", {"headers": {"Host": "evil.example"}}, 421, "evil.example"),
        ("GET", "/", {"headers": {"Host": "localhost.evil.example:8000"}}, 421, "evil"),
        ("GET", "/", {"headers": {"Host": "localhost:80@evil.example"}}, 421, "evil"),
        ("GET", "/api/about", {"headers": {"Origin": "http://evil.example"}}, 403, "evil"),
        ("GET", "/api/about", {"headers": {"Origin": "http://localhost:81"}}, 403, "localhost:81"),
        ("GET", "/api/about", {"headers": {"Origin": "null"}}, 403, "null"),
    ],
)  # fmt: skip
def test_what_is_refused_says_why(client, method, path, options, status, says):
    answer = client.request(method, path, **options)
    assert answer.status_code == status, answer.text
    assert says in answer.json()["error"] and "\n" not in answer.json()["error"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:8000",
        "127.0.0.1:9",
        "[::1]:8000",
        "192.168.0.7:80",
        "Digits.Example",
    ],
)
def test_own_names_and_addresses_are_served(state, host):
    client = TestClient(application(state, ["digits.example"]), base_url="http://localhost")
    answer = client.get("/", headers={"Host": host, "Origin": f"http://{host}"})
    assert answer.status_code == 200 and answer.headers["x-content-type-options"] == "nosniff"
    policy = answer.headers["content-security-policy"]
    assert (
        "unsafe" not in policy
        and "script-src 'self'" in policy
        and "frame-ancestors 'none'" in policy
    )


def test_a_failure_of_the_server_is_json_without_its_insides(state, monkeypatch):
    monkeypatch.setattr(Answerer, "answer", lambda *_: 1 / 0)
    with TestClient(
        application(state), base_url="http://localhost", raise_server_exceptions=False
    ) as client:
        answer = client.get("/api/digits/0")
    assert (
        answer.status_code == 500 and "ZeroDivision" not in answer.text and answer.json()["error"]
    )


def test_before_the_first_epoch_the_page_is_there_and_answers_are_not_yet(digits):
    with TestClient(application(State(digits, epochs=3)), base_url="http://localhost") as client:
        assert (
            client.get("/").status_code == 200
            and client.get("/api/about").json()["network"] is None
        )
        assert client.post("/api/answer", content=bytes(784), headers=OCTETS).status_code == 503
        assert client.get("/api/lesson").status_code == 200


# the lesson --------------------------------------------------------------------------------


def unpacked(array):
    if "numbers" in array:
        return np.array(array["numbers"]).reshape(array["shape"])
    return np.frombuffer(base64.b64decode(array["data"]), np.int8).reshape(array["shape"]) * (
        array["max"] / 127
    )


def test_the_lesson_is_a_training_step_as_it_happened(digits):
    lesson = training_step(digits, 2, seed=1)
    tape = {record["name"]: record for record in lesson["tape"]}
    assert [r["operation"] for r in lesson["tape"]] == [
        "matmul",
        "add",
        "relu",
        "matmul",
        "add",
        "log_softmax",
        "gather",
        "mean",
        "neg",
    ]
    assert (
        lesson["played"] == list(tape)[::-1]
        and tape["z1"]["sources"] == ["W1"]
        and tape["z2"]["sources"] == ["h", "W2"]
    )
    value = {name: unpacked(record["value"]) for name, record in tape.items()}
    gradient = {name: unpacked(record["gradient"]) for name, record in tape.items()}
    w2 = unpacked(lesson["leaves"]["W2"])
    np.testing.assert_allclose(value["z2"], value["h"] @ w2, rtol=1e-4, atol=1e-5)
    truth = np.eye(10)[[digit["label"] for digit in lesson["digits"]]]
    softmax = np.exp(value["log_p"])
    np.testing.assert_allclose(gradient["logits"], (softmax - truth) / 4, atol=1e-5)
    np.testing.assert_allclose(
        unpacked(lesson["gradients"]["W2"]), value["h"].T @ gradient["logits"], atol=1e-5
    )
    np.testing.assert_allclose(
        gradient["a1"], (gradient["logits"] @ w2.T) * (value["a1"] > 0), atol=1e-5
    )
    np.testing.assert_allclose(
        unpacked(lesson["after"]["W2"]),
        w2 - lesson["rate"] * unpacked(lesson["gradients"]["W2"]),
        atol=1e-5,
    )
    assert value["loss"] == pytest.approx(-(truth * value["log_p"]).sum(1).mean(), abs=1e-5)
    check = lesson["check"]
    assert (check["after"] - check["before"]) / check["by"] == pytest.approx(
        check["gradient"], rel=0.05
    )


def test_lessons_follow_each_other_and_are_the_same_for_all(digits):
    first, second = training_step(digits, 0, seed=1), training_step(digits, 1, seed=1)
    for name, value in first["after"].items():
        np.testing.assert_allclose(unpacked(second["leaves"][name]), unpacked(value), atol=1e-6)
    assert second["losses"][-1] == pytest.approx(first["loss_after"], rel=1e-5)
    assert training_step(digits, 1, seed=1) == second != training_step(digits, 1, seed=2)
    few = dataclasses.replace(
        digits, train_images=digits.train_images[:1], train_labels=digits.train_labels[:1]
    )
    assert len(training_step(few, 0)["digits"]) == 4


# trainings ---------------------------------------------------------------------------------


def wait_for(condition, seconds=20.0):
    until = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.02)
    return found


def test_a_training_learns_pauses_goes_on_and_ends(client):
    name = client.post("/api/trainings", json={"hidden": 9, "rate": 0.01}).json()["name"]

    def look(after=0):
        return client.get(f"/api/trainings/{name}?after={after}").json()

    wait_for(lambda: look()["steps"] >= 100)
    assert client.post(f"/api/trainings/{name}", json={"running": False}).status_code == 204
    time.sleep(0.1)
    paused = look()
    assert (
        not paused["running"]
        and len(paused["losses"]) == paused["steps"]
        and paused["filters"]["shape"] == [9, 784]
    )
    assert (
        np.mean(paused["losses"][-10:]) < 0.7 * paused["losses"][0]
        and paused["accuracies"][-1][1] > 0.5
    )
    time.sleep(0.2)
    assert look()["steps"] == paused["steps"] and look(paused["steps"])["losses"] == []
    client.post(f"/api/trainings/{name}", json={"running": True})
    wait_for(lambda: look()["steps"] > paused["steps"])
    assert client.delete(f"/api/trainings/{name}").status_code == 204
    assert client.get(f"/api/trainings/{name}").status_code == 404


def test_visitors_trainings_do_not_touch_each_other(digits):
    """Four at once, of two kinds, are step for step what each is alone."""

    def losses(kinds):
        trainings = Trainings(digits)
        trainings.open()
        try:
            names = [trainings.start(Choices(seed=seed), "a") for seed in kinds]
            return [
                wait_for(lambda n=n: (found := trainings.look(n))["steps"] >= 20 and found)[
                    "losses"
                ][:20]
                for n in names
            ]
        finally:
            trainings.close()

    one, two, again, other = losses([1, 2, 1, 3])
    assert one == again == losses([1])[0] and one != two != other


def test_the_seed_gives_the_first_filters(digits):
    trainings = Trainings(digits)
    first = [
        trainings.look(trainings.start(Choices(seed=seed), "a"))["filters"] for seed in (1, 2, 1)
    ]
    assert first[0] == first[2] != first[1]


def test_trainings_are_limited_in_number_and_time(digits, monkeypatch):
    trainings = Trainings(digits)
    for _ in range(trainings_module.EACH):
        trainings.start(Choices(), "a")
    with pytest.raises(Full, match="from here"):
        trainings.start(Choices(), "a")
    name = ""
    for i in range(trainings_module.AT_ONCE - trainings_module.EACH):
        name = trainings.start(Choices(), f"b{i}")
    for newcomer in ("c", "d", "e"):  # the address with most of them makes room
        trainings.start(Choices(), newcomer)
    with pytest.raises(Full, match="try again"):
        trainings.start(Choices(), "f")
    assert trainings.look(name) is not None
    monkeypatch.setattr(trainings_module, "IDLE", -1.0)  # nobody has looked for long
    trainings.start(Choices(), "a")
    assert trainings.look(name) is None


def test_a_training_ends_by_itself(digits, monkeypatch):
    monkeypatch.setattr(trainings_module, "STEPS", 10)
    trainings = Trainings(digits)
    trainings.open()
    done, wild = (
        trainings.start(Choices(), "a"),
        trainings.start(Choices(optimizer="sgd", rate=10, seed=1, batch=1), "a"),
    )
    found = wait_for(lambda: (look := trainings.look(done)) and not look["running"] and look)
    assert found["steps"] == 10 and "10 steps" in found["reason"]
    assert wait_for(lambda: trainings.look(wild)["reason"])
    assert not trainings.set_running("other", True) and trainings.set_running(done, True)
    assert not trainings.look(done)["running"]
    trainings.close()


def test_a_full_house_is_429(client):
    answers = [client.post("/api/trainings", json={}) for _ in range(trainings_module.EACH + 1)]
    assert [a.status_code for a in answers] == [201] * trainings_module.EACH + [429]
    assert "close another page" in answers[-1].json()["error"]


# the command -----------------------------------------------------------------------------------


def served(*arguments):
    """The server's process, and its address."""
    command = [
        sys.executable,
        "-m",
        "tinygrad_mnist",
        "demo",
        *arguments,
        "--port",
        "0",
        "--no-browser",
    ]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    said = ""
    while not (found := re.search(r"http://127\.0\.0\.1:\d+/", said)):
        line = server.stdout.readline()
        assert line, server.stderr.read()
        said += line
    return server, found[0]


def test_without_a_run_one_is_trained_on_the_spot():
    server, address = served("--data", "embedded")
    try:
        about = {}

        def trained():
            with urllib.request.urlopen(f"{address}api/about", timeout=20) as answer:
                about.update(json.load(answer))
            return about["network"] and about["history"]

        wait_for(trained)
        assert (
            about["network"]["origin"].startswith("trained here")
            and about["network"]["accuracy"] > 0.7
        )
        server.send_signal(signal.SIGINT)
        assert "Stopped." in server.communicate(timeout=20)[0]
    finally:
        server.kill()


def test_the_command_serves_until_it_is_interrupted(digits, training, tmp_path):
    run = Run(tmp_path / "run")
    run.create(training.recipe, "embedded", digits)
    run.keep(training)
    server, address = served(str(run.folder))
    with server:
        with urllib.request.urlopen(f"{address}api/about", timeout=20) as answer:
            assert json.load(answer)["network"]["origin"] == "the run run"
        server.send_signal(signal.SIGINT)
        rest, errors = server.communicate(timeout=20)
        assert server.returncode == 0 and "Stopped." in rest and not errors


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["/no/such/run"], "/no/such/run: no such run"),
        (["--port", "70000"], "--port: got 70000, wanted 0 to 65535"),
        (["--port", "PORT"], "--port 0 takes a free one"),
        (["--host", "256.0.0.1", "--port", "0"], "--host 256.0.0.1 --port 0: cannot listen there"),
    ],
)
def test_mistakes_get_one_line_and_exit_code_2(arguments, message, monkeypatch, capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        monkeypatch.setattr(
            "sys.argv", ["tinygrad-mnist", "demo", *(a.replace("PORT", port) for a in arguments)]
        )
        with pytest.raises(SystemExit) as exit:
            main()
    error = capsys.readouterr().err
    assert exit.value.code == 2 and message in error and len(error.strip().splitlines()) == 1


# in a browser ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def address(state):
    uvicorn = pytest.importorskip("uvicorn")
    server = uvicorn.Server(
        uvicorn.Config(application(state), port=0, log_level="error", ws="none")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_for(lambda: server.started)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api")
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.skip(f"no browser: none of {', '.join(names)} is installed")
    as_root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with playwright.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=as_root)
        yield browser
        browser.close()


@pytest.fixture(params=["desktop", "phone"])
def page(request, browser, address):
    """The page; what it writes to the console or asks of another host fails the test."""
    phone = request.param == "phone"
    size = {"width": 360, "height": 740} if phone else {"width": 1200, "height": 860}
    context = browser.new_context(
        viewport=size, has_touch=phone, color_scheme="dark" if phone else "light"
    )
    context.set_default_timeout(20_000)
    page = context.new_page()
    trouble = []
    page.on("console", lambda message: trouble.append(message.text))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on(
        "request",
        lambda asked: trouble.append(asked.url) if not asked.url.startswith(address) else None,
    )
    page.goto(address)
    page.wait_for_selector(".thumbs button")
    yield page
    wide = page.evaluate("document.documentElement.scrollWidth")
    context.close()
    assert not trouble
    assert wide <= size["width"]


def strokes(picture):
    """Runs of ink, row by row, in parts of the pad: a real digit's strokes for a pen that draws lines."""
    for row, line in list(enumerate(picture > 127))[::2]:  # the pen is two rows wide
        edges = np.flatnonzero(np.diff(np.concatenate([[0], line.astype(int), [0]])))
        for start, stop in edges.reshape(-1, 2):
            yield [((column + 0.5) / 28, (row + 0.5) / 28) for column in (start + 0.4, stop - 1.4)]


def answer_of(page, told):
    wait_for(lambda: page.inner_text("#big") != told)
    return page.inner_text("#big")


def test_real_digits_drawn_with_the_mouse_are_read(page, state, digits):
    box = page.locator("#pad").bounding_box()
    for label in (0, 3, 7) if box["width"] > 330 else (2,):
        candidates = digits.test_images[digits.test_labels == label][:30]
        surest = max(
            candidates, key=lambda image: state.answerer.answer(image).probabilities[label]
        )
        for start, stop in strokes(surest):
            page.mouse.move(box["x"] + start[0] * box["width"], box["y"] + start[1] * box["height"])
            page.mouse.down()
            page.mouse.move(box["x"] + stop[0] * box["width"], box["y"] + stop[1] * box["height"])
            page.mouse.up()
        wait_for(lambda: page.inner_text("#big") == str(label))
        page.wait_for_timeout(300)
        assert page.inner_text("#big") == str(label)
        page.click("#clear")
        assert page.inner_text("#big") == "?"


def test_keys_draw_pick_and_step(page):
    page.focus("#pad")
    for key in ["Space"] + ["ArrowDown"] * 16 + ["Space"]:
        page.keyboard.press(key)
    wait_for(lambda: page.inner_text("#big") == "1")
    page.keyboard.press("Backspace")
    assert answer_of(page, "1") == "?"
    page.focus("[name=which][value='1']")
    page.keyboard.press("Space")
    wait_for(lambda: "mistakes" in page.inner_text("#picker-text"))
    page.focus(".thumbs button")
    page.keyboard.press("Enter")
    assert answer_of(page, "?") != "?" and "wrong" in page.inner_text("#verdict")
    page.focus("nav a[href='#learn']")
    page.keyboard.press("Enter")
    page.wait_for_selector(".tape-row")
    titles = []
    for _ in range(24):
        titles.append(page.inner_text("#caption h2"))
        page.keyboard.press("ArrowRight")
    assert (
        len(set(titles)) == 24
        and titles[0].startswith("Four digits")
        and titles[-1] == "Less wrong"
    )
    wait_for(lambda: "Training step 2" in page.inner_text("#phase"))
    page.keyboard.press("ArrowLeft")
    wait_for(lambda: "step 1 · After" in page.inner_text("#phase"))


def test_a_training_is_watched_paused_and_reset(page):
    page.click("nav a[href='#train']")
    page.select_option("[name=hidden]", "9")
    page.click("#start")
    wait_for(
        lambda: re.search(r"after \d{2,} steps", page.get_attribute("#loss-chart", "aria-label"))
    )
    assert page.locator("#filters canvas").count() == 9
    page.click("#pause")
    wait_for(lambda: "Paused" in page.inner_text("#training-text"))
    page.click("#start")
    wait_for(lambda: "Training" in page.inner_text("#training-text"))
    page.click("#reset")
    wait_for(lambda: page.inner_text("#training-text") == "Not started.")
    assert page.locator("#filters canvas").count() == 0


def test_every_control_has_a_name_and_a_place_in_the_order(page):
    nameless = page.evaluate(
        """() => [...document.querySelectorAll('button, select, input, canvas:not([aria-hidden]), svg')].filter(
            (e) => !(e.ariaLabel || e.labels?.length || e.textContent.trim() || e.closest('[hidden]'))).map((e) => e.outerHTML)"""
    )
    assert nameless == []
    seen = []
    for _ in range(9):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()")
        )
    assert seen[1:7] == ["Recognise", "How it learns", "Train live", "pad", "undo", "clear"]


SIZES = [(1366, 768), (1280, 900), (1920, 1080), (820, 1180), (390, 844)]

# What of the lesson is seen whole: within its pane, and within the window.
IN_VIEW = """() => {
  const seen = (element, pane) => {
    const [inner, outer] = [element.getBoundingClientRect(), pane.getBoundingClientRect()];
    return inner.top >= Math.max(0, outer.top) - 1 && inner.bottom <= Math.min(innerHeight, outer.bottom) + 1;
  };
  const [told, tape] = ["told", "tape"].map((id) => document.getElementById(id));
  const record = document.querySelector(".tape-row.now .record");
  const words = [...document.querySelectorAll("#caption h2, #caption p")];
  return words.every((each) => seen(each, told)) && (!record || seen(record, tape)) && scrollY === 0;
}"""


@pytest.fixture
def opened(browser, address):
    """A function that opens the page at a size, in a scheme of colours."""
    contexts = []

    def open_page(width, height, scheme="light"):
        small = width < 1000
        context = browser.new_context(
            viewport={"width": width, "height": height},
            has_touch=small,
            is_mobile=small,
            color_scheme=scheme,
            bypass_csp=True,  # for the checker of accessibility, which is put into the page
        )
        contexts.append(context)
        context.set_default_timeout(20_000)
        page = context.new_page()
        page.goto(address)
        page.wait_for_selector(".thumbs button")
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_the_lesson_stays_in_view_at_every_record(opened, size):
    page = opened(*size)
    page.click("nav a[href='#learn']")
    page.wait_for_selector(".tape-row")
    box = page.locator("#next").bounding_box()
    x = box["x"] + box["width"] / 2
    y = box["y"] + box["height"] / 2
    phases = []
    for _ in range(24):
        phases.append(page.inner_text("#phase"))
        wait_for(lambda: page.evaluate(IN_VIEW))
        if size[0] < 1000:
            page.touchscreen.tap(x, y)
        else:
            page.mouse.click(x, y)
    assert len(set(phases)) == 24  # every click moved on
    wait_for(lambda: "Training step 2" in page.inner_text("#phase"))


def test_on_a_phone_the_answer_is_in_view_while_one_draws(opened):
    page = opened(390, 844)
    verdict = page.locator("#verdict").bounding_box()
    pad = page.locator("#pad").bounding_box()
    assert verdict["y"] + verdict["height"] < pad["y"] and pad["y"] + pad["height"] <= 844
    assert not page.is_visible("#pad-help .with-keyboard")
    assert opened(1366, 768).is_visible("#pad-help .with-keyboard")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [SIZES[0], SIZES[-1]], ids=str)
def test_axe_finds_nothing_on_any_view(opened, size, scheme):
    checker = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = opened(*size, scheme)

    def check(view):
        found = checker.run(page).response["violations"]
        assert not found, (view, [(each["id"], each["nodes"][0]["html"]) for each in found])

    page.click(".thumbs button")
    wait_for(lambda: page.inner_text("#big") != "?")
    check("recognise")
    page.click("nav a[href='#learn']")
    page.wait_for_selector(".tape-row")
    for place in (0, 7, 15, 21, 23):
        while int(page.input_value("#place")) < place:
            page.click("#next")
        page.wait_for_timeout(300)  # colours fade in
        check(f"learn, place {place}")
    page.click("nav a[href='#train']")
    page.click("#start")
    wait_for(lambda: page.locator("#filters canvas").count())
    check("train")
    page.click("#reset")


def test_a_rate_that_is_too_fast_is_said(opened):
    page = opened(*SIZES[0])
    page.click("nav a[href='#train']")
    page.select_option("[name=rate]", "0.5")
    page.click("#start")
    wait_for(lambda: "too fast" in page.inner_text("#training-text").lower())
    page.click("#reset")


def test_words(page):
    texts = page.evaluate("import('./graphics.js').then((m) => [7, 8].map(m.withArticle))")
    assert texts == ["a 7", "an 8"]
    assert page.locator(".legend .key").count() == 4
