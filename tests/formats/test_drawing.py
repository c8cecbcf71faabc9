"""`show`: every record is in the drawing, with its numbers, and no box lies over another."""

import re
import xml.etree.ElementTree as ET
from itertools import combinations

import pytest

import tinygrad_mnist as torch
from tinygrad_mnist import nn
from tinygrad_mnist.nn import functional as F

SVG = "{http://www.w3.org/2000/svg}"


def boxes(drawing):
    """(kind, texts, rectangle) of every box, from SVG that is valid XML."""
    found = []
    for group in ET.fromstring(drawing.svg).iter(f"{SVG}g"):
        texts = [text.text for text in group.iter(f"{SVG}text")]
        rect = group.find(f"{SVG}rect")
        place = tuple(float(rect.get(key)) for key in ("x", "y", "width", "height"))
        found.append((group.get("class"), texts, place))
    return found


def overlap(a, b):
    across = a[0] < b[0] + b[2] and b[0] < a[0] + a[2]
    return across and a[1] < b[1] + b[3] and b[1] < a[1] + a[3]


def network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(20, 8), nn.ReLU(), nn.Linear(8, 3))


def test_every_record_and_leaf_is_there_with_shape_and_bytes():
    model = network()
    loss = F.cross_entropy(model(torch.randn(5, 20)), torch.tensor([0, 1, 2, 0, 1]))
    found = boxes(torch.show(loss, model))
    titles = sorted(texts[0] for _, texts, _ in found)
    operations = ["cross_entropy", "linear", "linear", "relu"]
    assert titles == sorted([*operations, "0.bias", "0.weight", "2.bias", "2.weight"])
    facts = {texts[0]: texts[1] for _, texts, _ in found}
    assert facts["0.weight"] == "8×20 float32, 640 B"
    assert [kind for kind, texts, _ in found if texts[0] == "cross_entropy"] == ["result"]
    assert all("gradient" in texts for _, texts, _ in found)
    assert all(p.grad is None for p in model.parameters())  # nothing was touched
    loss.backward()


def test_values_and_gradients_are_the_right_numbers():
    w = torch.tensor(2.0, requires_grad=True)
    v = w * 3.0 + 1.0
    found = {texts[0]: texts for _, texts, _ in boxes(torch.show(v * v))}
    assert found["add"][2:] == ["7", "value", "14", "gradient"]
    assert found["leaf"][2:] == ["2", "value", "42", "gradient"]
    assert torch.show(v * v, gradients=False).svg.count(">gradient<") == 0


def test_tensors_of_the_program_are_named_and_valued():
    w, x, b = (torch.tensor(number, requires_grad=True) for number in (2.0, 3.0, 1.0))
    u = w * x
    v = u + b
    loss = v * v
    named = {"w": w, "x": x, "b": b, "u": u, "v": v, "L": loss}
    found = {texts[0]: texts[2:] for _, texts, _ in boxes(torch.show(loss, tensors=named))}
    assert found == {
        "w": ["2", "value", "42", "gradient"],
        "x": ["3", "value", "28", "gradient"],
        "b": ["1", "value", "14", "gradient"],
        "u = mul": ["6", "value", "14", "gradient"],
        "v = add": ["7", "value", "14", "gradient"],
        "L = mul": ["49", "value", "1", "gradient"],
    }
    assert "<&>" in [texts[0] for _, texts, _ in boxes(torch.show(loss, tensors={"<&>": w}))]
    q, r = torch.linalg.qr(torch.randn(3, 3, requires_grad=True))
    several = boxes(torch.show(q.sum() + r.sum(), tensors={"q": q, "r": r}))
    assert any(texts[0].startswith("q, r = ") for _, texts, _ in several)
    with pytest.raises(ValueError, match="'other' in tensors is not on the tape"):
        torch.show(loss, tensors={"other": torch.ones(2)})
    with pytest.raises(TypeError, match="got float for 'w' in tensors"):
        torch.show(loss, tensors={"w": 2.0})


def test_branches_meet_without_boxes_over_each_other():
    w = torch.ones(3, requires_grad=True)
    x = w * 2.0
    parts = [x.exp(), x.sin(), x * w, (x + w).cos()]
    drawing = torch.show(sum(parts).sum())
    found = boxes(drawing)
    assert len(found) == 12
    assert not [
        pair for pair in combinations([place for _, _, place in found], 2) if overlap(*pair)
    ]
    assert drawing.svg.count("<path") >= 14
    numbers = re.findall(r'viewBox="0 0 (\d+) (\d+)"', drawing.svg)[0]
    assert all(
        x + w <= int(numbers[0]) and y + h <= int(numbers[1]) for _, _, (x, y, w, h) in found
    )


def test_a_large_tape_is_folded_by_module():
    model = nn.Sequential(*[nn.Sequential(nn.Linear(8, 8), nn.Tanh()) for _ in range(10)])
    loss = model(torch.randn(4, 8)).square().mean()
    folded = boxes(torch.show(loss, model, most=20))
    assert [texts[0] for _, texts, _ in folded][:2] == ["0.0: 2 records", "1.0: 2 records"]
    assert len(folded) == 10 and len(boxes(torch.show(loss, model))) > 30


def test_a_chain_of_thousands_is_drawn_without_recursion():
    x = torch.ones((), requires_grad=True)
    for _ in range(3000):
        x = x * 1.0
    assert len(boxes(torch.show(x, most=5000))) == 3001


def test_results_of_one_record_and_names_that_need_escaping():
    x = torch.randn(3, 3, requires_grad=True)
    u, s, _ = torch.linalg.svd(x)
    assert "svd" in torch.show(s.sum() + u.sum()).svg.lower()
    module = nn.Module()
    module._parameters["a<b&c"] = nn.Parameter(torch.ones(2))
    drawing = torch.show((module._parameters["a<b&c"] * 2).sum(), module)
    assert "a<b&c" in [texts[0] for _, texts, _ in boxes(drawing)]


def test_it_is_shown_in_notebooks_and_saved(tmp_path):
    drawing = torch.show((torch.ones(2, requires_grad=True) * 2).sum())
    assert drawing._repr_svg_() == drawing.svg and "boxes" in repr(drawing)
    drawing.save(tmp_path / "tape.svg")
    assert (tmp_path / "tape.svg").read_text("utf-8") == drawing.svg


def test_what_cannot_be_drawn_says_why():
    with pytest.raises(ValueError, match="show: got a tensor without history"):
        torch.show(torch.ones(2))
    loss = (torch.ones(2, requires_grad=True) ** 3).sum()
    loss.backward()
    with pytest.raises(ValueError, match="backward pass has freed"):
        torch.show(loss)
