"""`tinygrad-mnist export`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import typer
from rich.markup import escape
from rich.table import Table

import tinygrad_mnist as tg
from tinygrad_mnist import nn
from tinygrad_mnist.mnist import datasets
from tinygrad_mnist.mnist.runs import opened
from tinygrad_mnist.mnist.tensors import as_pixels
from tinygrad_mnist.mnist.terminal import RunArgument, console, errors

__all__ = ["export"]

ENDINGS = {"onnx": (".onnx",), "safetensors": (".safetensors",), "torch": (".pt", ".pth")}
READERS = {
    "onnx": "onnxruntime.InferenceSession(file)",
    "safetensors": "safetensors.numpy.load_file(file)",
    "torch": "torch.load(file, weights_only=True)",
}
TOLERANCE = 1e-5  # of a logit, or of 1 where the logit is smaller


def export(
    run: RunArgument,
    onnx: Annotated[
        Path | None,
        typer.Option(help="Write the network, for onnxruntime and others: images to logits."),
    ] = None,
    safetensors: Annotated[
        Path | None, typer.Option(help="Write the weights, in the safetensors format.")
    ] = None,
    torch: Annotated[
        Path | None,
        typer.Option(help="Write the weights, a .pt that torch.load(weights_only=True) reads."),
    ] = None,
    data: Annotated[
        str,
        typer.Option(help="The digits on which the ONNX file is compared: as --data of evaluate."),
    ] = "embedded",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print what was written as JSON.")
    ] = False,
) -> None:
    """Write a trained network for other programs: ONNX, safetensors, PyTorch.

    The ONNX file takes float32 images (n, 28, 28), 0 is paper and 1 ink, for any n, and gives
    logits (n, 10). Before this command ends, onnxruntime (or, where that is not installed, ONNX's
    reference) has run it on the test digits of --data, and its answers have been compared with this
    program's.

    tinygrad-mnist export runs/original-... --onnx digits.onnx --torch digits.pt
    """
    wanted = _wanted({"onnx": onnx, "safetensors": safetensors, "torch": torch})
    network, _ = opened(run)
    difference = None
    for kind, path in wanted.items():
        if kind == "onnx":
            difference = _write_onnx(network, path, data)
        else:
            tg.save(network.state_dict(), path)
    files = []
    for kind, path in wanted.items():
        files.append({"format": kind, "path": str(path), "bytes": path.stat().st_size})
    if as_json:
        print(json.dumps({"files": files, "largest_difference": difference}))
    else:
        _show(files, difference)
    if difference is not None and difference > TOLERANCE:
        found = f"its logits differ by {difference:.1e} of their size"
        failed = f"{onnx}: {found}, wanted {TOLERANCE:g} at most"
        errors.print(f"[bold red]error:[/] {escape(failed)}", soft_wrap=True)
        raise typer.Exit(1)


def _wanted(paths: dict[str, Path | None]) -> dict[str, Path]:
    """The files that were asked for; ValueError where one cannot be written."""
    wanted = {kind: path for kind, path in paths.items() if path is not None}
    if not wanted:
        raise ValueError("export: got no file to write, wanted --onnx, --safetensors or --torch")
    for kind, path in wanted.items():
        if path.suffix not in ENDINGS[kind]:
            endings = " or ".join(ENDINGS[kind])
            raise ValueError(f"--{kind}: got {path}, wanted a name that ends in {endings}")
        if not path.parent.is_dir():
            raise ValueError(f"--{kind}: {path.parent}: no such folder")
    return wanted


def _write_onnx(network: nn.Module, path: Path, data: str) -> float:
    """Write the file.

    Returns by how much its logits of the test digits differ, as a share of the logit or of 1.
    """
    images = as_pixels(datasets.load(data).test_images)
    try:
        tg.onnx.export(network, images[:2], path, input_names=["images"], output_names=["logits"])
    except TypeError as error:
        raise ValueError(str(error)) from None
    theirs = _run_onnx(path, images.numpy())
    with tg.no_grad():
        ours = network(images).numpy()
    return float((abs(ours - theirs) / np.maximum(1, abs(ours))).max())


def _run_onnx(path: Path, images: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """What the file's network makes of the images, in another program's hands."""
    try:
        from onnxruntime import InferenceSession
    except ImportError:
        from onnx.reference import ReferenceEvaluator as InferenceSession
    (logits,) = InferenceSession(str(path)).run(None, {"images": images})
    return np.asarray(logits)


def _show(files: list[dict[str, Any]], difference: float | None) -> None:
    table = Table(title="Written", title_justify="left")
    table.add_column("format", overflow="fold")
    table.add_column("file", overflow="fold")
    table.add_column("bytes", justify="right", overflow="fold")
    table.add_column("read it with", overflow="fold")
    for file in files:
        kind = file["format"]
        table.add_row(kind, escape(file["path"]), f"{file['bytes']:,}", READERS[kind])
    console.print(table)
    if difference is not None:
        console.print(
            "The ONNX file's logits differ from this program's"
            f" by at most {difference:.1e} of their size."
        )
