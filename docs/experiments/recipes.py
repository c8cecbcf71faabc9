"""Train the digit network by variations of its recipe, each with several seeds.

    python -m docs.experiments.recipes --data FOLDER [NAME ...]

Each run's result is kept in results/recipes.json as soon as it has ended; what is there is not run
again. The chapters read that file, and so do the figures.
"""

import argparse
import dataclasses
import json
from pathlib import Path

import tinygrad_mnist as tg
from tinygrad_mnist.mnist import datasets
from tinygrad_mnist.mnist.recipe import AUGMENTED, RECIPES
from tinygrad_mnist.mnist.training import Training

RESULTS = Path(__file__).parent / "results" / "recipes.json"
ORIGINAL = RECIPES["original"]

# Name: (recipe, seeds). Every one differs from another by one thing.
RUNS = {
    "original": (ORIGINAL, 10),
    "no dropout": (dataclasses.replace(ORIGINAL, keep=(1.0, 1.0)), 3),
    "beta1 = 0": (dataclasses.replace(ORIGINAL, beta1=0.0), 3),
    "beta1 = 0.9": (dataclasses.replace(ORIGINAL, beta1=0.9), 3),
    "no decay of the rate": (dataclasses.replace(ORIGINAL, decay=0.0), 3),
    "step 1: less dropout": (dataclasses.replace(ORIGINAL, keep=(0.7, 0.9), keep_input=0.9), 3),
    "step 2: one cycle of the rate": (
        dataclasses.replace(RECIPES["modern"], weight_decay=0.0, label_smoothing=0.0),
        3,
    ),
    "step 3: smoothed labels": (dataclasses.replace(RECIPES["modern"], weight_decay=0.0), 3),
    "step 4: weight decay (modern)": (RECIPES["modern"], 3),
    "step 5: images bent anew (modern --augment)": (AUGMENTED["modern"], 3),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", help="where the digits come from, as for tinygrad-mnist train")
    parser.add_argument("names", nargs="*", default=list(RUNS), metavar="NAME")
    asked = parser.parse_args()
    tg.set_num_threads(1)
    digits = datasets.load(asked.data)
    for name in asked.names:
        recipe, seeds = RUNS[name]
        for seed in range(seeds):
            run_once(name, dataclasses.replace(recipe, seed=seed), digits)


def run_once(name, recipe, digits):
    """One run, unless its result is there."""
    results = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    done = results.setdefault(name, {})
    if str(recipe.seed) in done:
        return
    training = Training(recipe, digits)
    history = [
        [round(e.loss, 5), round(e.train_accuracy, 5), round(e.test_accuracy, 5)] for e in training
    ]
    done[str(recipe.seed)] = {"digits": len(digits.train_labels), "epochs": history}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=0) + "\n", "utf-8")
    print(f"{name}, seed {recipe.seed}: {history[-1]}", flush=True)


if __name__ == "__main__":
    main()
