"""Tensors as objects: making and printing them, dtypes, conversions to Python, sharing of memory, errors."""

import copy
import pickle

import numpy as np
import pytest

import tinygrad_mnist as tg
from tinygrad_mnist.core import dtypes
from tinygrad_mnist.core.tensor import Size, Tensor

F16, F32, F64, U8, I32, I64, BOOL = (
    tg.float16,
    tg.float32,
    tg.float64,
    tg.uint8,
    tg.int32,
    tg.int64,
    dtypes.bool_,
)

# construction -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "dtype"),
    [(1.5, F32), (2, I64), (True, BOOL), ([1, 2], I64), ([1, 2.5], F32), ([True, 2], I64), ([True, 2.0], F32),
         ([], F32),
     ([[]], F32), (2**40, I64), (np.float64(2), F64), (np.array([1.0]), F64), (np.array([1], np.int32), I32),
     ([np.float64(1)], F64), ([tg.tensor(1.0), tg.tensor(2)], F32), ([tg.zeros(1), tg.ones(1)], F32), ((1, 2), I64)],
)  # fmt: skip
def test_the_dtype_that_data_implies(data, dtype):
    assert tg.tensor(data).dtype is dtype
    assert tg.tensor(data, dtype=F64).dtype is F64


def test_tensor_copies_and_from_numpy_shares():
    array = np.zeros(3, np.float32)
    copied, shared, as_tensor = tg.tensor(array), tg.from_numpy(array), tg.as_tensor(array)
    array[0] = 1
    assert copied.tolist() == [0, 0, 0] and shared.tolist() == as_tensor.tolist() == [1, 0, 0]
    shared[1] = 2.0
    assert array.tolist() == [1, 2, 0]
    assert np.shares_memory(shared.numpy(), array)
    assert tg.as_tensor(array, dtype=F64).dtype is F64


@pytest.mark.parametrize(
    ("make", "error"),
    [(lambda: tg.tensor([[1, 2], [3]]), ValueError), (lambda: tg.tensor([tg.zeros(2), tg.zeros(3)]), ValueError),
     (lambda: tg.tensor("a"), TypeError), (lambda: tg.tensor(None), TypeError), (lambda: tg.tensor(1j), TypeError),
     (lambda: tg.from_numpy([1]), TypeError), (lambda: tg.from_numpy(np.array(["a"])), TypeError),
     (lambda: tg.tensor([1], requires_grad=True), RuntimeError), (lambda: tg.zeros(2, -1), RuntimeError),
     (lambda: tg.arange(3, 0), RuntimeError), (lambda: tg.zeros(2, dtype="nothing"), TypeError)],
)  # fmt: skip
def test_what_cannot_become_a_tensor(make, error):
    with pytest.raises(error):
        make()


def test_shapes_given_as_numbers_or_as_one_sequence():
    assert tg.zeros(2, 3).shape == tg.zeros((2, 3)).shape == tg.zeros([2, 3]).shape == (2, 3)
    assert tg.zeros(()).shape == () and tg.ones(tg.Size([2])).shape == (2,)
    assert Tensor(2, 3).shape == (2, 3) and Tensor([1, 2]).dtype is F32 and Tensor().shape == (0,)
    assert Tensor(Size([2, 3])).shape == (2, 3)


def test_values_of_constructors():
    assert (
        tg.ones(2).tolist() == [1, 1]
        and tg.full((2,), 3).tolist() == [3, 3]
        and tg.full((2,), 3).dtype is I64
    )
    assert tg.arange(3).tolist() == [0, 1, 2] and tg.arange(1, 2, 0.5).tolist() == [1, 1.5]
    assert (
        tg.arange(3).dtype is I64
        and tg.arange(3.0).dtype is F32
        and tg.arange(5, 0, -2).tolist() == [5, 3, 1]
    )
    assert tg.linspace(0, 1, 5).tolist() == [0, 0.25, 0.5, 0.75, 1] and tg.eye(2, 3).tolist() == [
        [1, 0, 0],
        [0, 1, 0],
    ]
    assert (
        tg.zeros_like(tg.arange(3)).dtype is I64 and tg.zeros(2, dtype=F64).new_ones(3).dtype is F64
    )
    assert tg.tril_indices(2, 2).tolist() == [[0, 1, 1], [0, 0, 1]]
    assert tg.triu_indices(2, 3, 1).tolist() == [[0, 0, 1], [1, 2, 2]]
    assert tg.broadcast_shapes((2, 1), (3,)) == (2, 3)
    with pytest.raises(RuntimeError, match="broadcast"):
        tg.broadcast_shapes((2,), (3,))


def test_the_default_dtype_can_be_changed():
    try:
        tg.set_default_dtype(F64)
        assert tg.tensor(1.5).dtype is tg.zeros(1).dtype is (tg.arange(3) / 2).dtype is F64
        assert (
            repr(tg.ones(1)) == "tensor([1.])"
            and repr(tg.ones(1, dtype=F32)) == "tensor([1.], dtype=torch.float32)"
        )
    finally:
        tg.set_default_dtype(F32)
    with pytest.raises(TypeError):
        tg.set_default_dtype(I64)


# dtypes -------------------------------------------------------------------------------------

PROMOTED = {  # of tensors with dimensions; PyTorch's table
    (F32, F64): F64, (F16, F32): F32, (F32, I64): F32, (F16, I64): F16, (I32, I64): I64, (U8, I32): I32,
    (U8, tg.int8): tg.int16, (BOOL, U8): U8, (BOOL, F16): F16, (BOOL, BOOL): BOOL, (F64, I64): F64,
}  # fmt: skip


@pytest.mark.parametrize(("pair", "wanted"), PROMOTED.items())
def test_promotion(pair, wanted):
    a, b = (tg.ones(2).to(dtype) for dtype in pair)
    for result in (
        a + b,
        b + a,
        a * b,
        tg.maximum(a, b),
        tg.where(tg.tensor([True, False]), a, b),
        tg.cat([a, b]),
    ):
        assert result.dtype is wanted
    assert tg.promote_types(*pair) is wanted
    assert (a / b).dtype is (wanted if wanted in (F16, F32, F64) else F32)


@pytest.mark.parametrize(
    ("left", "right", "wanted"),
    [(tg.ones(2), 2.5, F32), (tg.ones(2), 2, F32), (tg.ones(2).half(), 1e3, F16), (tg.arange(2), 2.5, F32),
         (tg.arange(2), 2, I64),
     (tg.arange(2, dtype=U8), 300, U8), (tg.arange(2, dtype=I32), True, I32), (tg.tensor([True]), 2, I64),
     (tg.tensor([True]), 2.0, F32),
     (tg.ones(2), tg.tensor(2.0, dtype=F64), F32), (tg.arange(2), tg.tensor(2.0, dtype=F64), F64),
     (tg.ones(2), np.float64(2), F32),
     (tg.tensor(1.0), tg.tensor(2.0, dtype=F64), F64), (tg.tensor(1.0), 2.0, F32),
     (tg.tensor(1), tg.ones(2).half(), F16)],
)  # fmt: skip
def test_scalars_and_0d_tensors_do_not_widen(left, right, wanted):
    for result in (
        left + right,
        right + left if not isinstance(right, np.generic) else left + right,
        left * right,
    ):
        assert result.dtype is wanted


def test_every_promotion_against_torch():
    torch = pytest.importorskip("torch")
    names = ["float16", "float32", "float64", "uint8", "int8", "int16", "int32", "int64", "bool"]
    rooms = [lambda lib, d: lib.ones(2).to(d), lambda lib, d: lib.tensor(1).to(d)]
    for first in names:
        for second in names:
            for one in rooms:
                for other in rooms:
                    theirs = one(torch, getattr(torch, first)) + other(
                        torch, getattr(torch, second)
                    )
                    ours = one(tg, getattr(dtypes, first, BOOL)) + other(
                        tg, getattr(dtypes, second, BOOL)
                    )
                    assert str(ours.dtype) == str(theirs.dtype), (first, second, theirs)
            assert tg.can_cast(
                getattr(dtypes, first, BOOL), getattr(dtypes, second, BOOL)
            ) == torch.can_cast(getattr(torch, first), getattr(torch, second))


def test_conversions():
    x = tg.tensor([1.7, 0.0])
    assert (
        x.int().tolist() == [1, 0] and x.long().dtype is I64 and x.bool().tolist() == [True, False]
    )
    assert (
        x.double().dtype
        is x.to(F64).dtype
        is x.type(F64).dtype
        is x.to(tg.zeros(1, dtype=F64)).dtype
        is F64
    )
    assert (
        x.float() is x and x.to(F32) is x and x.to("cpu") is x and x.type() == "torch.FloatTensor"
    )
    y = tg.ones(2, requires_grad=True)
    y.double().sum().backward()
    assert y.grad.dtype is F32


def test_limits():
    assert tg.finfo(F32).eps == 2**-23 and tg.finfo(F64).max == np.finfo(np.float64).max
    assert (
        tg.iinfo(tg.int8).max == 127
        and F32.itemsize == 4
        and F32.is_floating_point
        and not I64.is_floating_point
    )
    assert repr(F32) == "torch.float32"


# printing: what PyTorch 2.13 prints -----------------------------------------------------------

REPRS = {
    'tensor(1.5)': 'tensor(1.5000)',
    'tensor(3)': 'tensor(3)',
    'tensor(True)': 'tensor(True)',
    'tensor([1.5, -2.25, 1000.0])': 'tensor([   1.5000,   -2.2500, 1000.0000])',
    'tensor([[1, -20], [300, 4]])': 'tensor([[  1, -20],\n        [300,   4]])',
    'tensor([True, False])': 'tensor([ True, False])',
    'tensor([1.0, float("nan"), float("inf")])': 'tensor([1., nan, inf])',
    'tensor([1.5, float("-inf")])': 'tensor([1.5000,   -inf])',
    'tensor([1e-5, 1.0])': 'tensor([1.0000e-05, 1.0000e+00])',
    'tensor([0.00012, 0.5])': 'tensor([1.2000e-04, 5.0000e-01])',
    'tensor([1.0, 2.0], dtype=float64)': 'tensor([1., 2.], dtype=torch.float64)',
    'tensor([1, 2], dtype=int32)': 'tensor([1, 2], dtype=torch.int32)',
    'tensor([1.5], requires_grad=True) * 2': 'tensor([3.], grad_fn=<MulBackward0>)',
    'tensor([[1.5], [2.0]], requires_grad=True, dtype=float64).sum()':
        'tensor(3.5000, dtype=torch.float64, grad_fn=<SumBackward0>)',
    'zeros(0)': 'tensor([])',
    'zeros(0, 3)': 'tensor([], size=(0, 3))',
    'zeros(2, 0, dtype=int64)': 'tensor([], size=(2, 0), dtype=torch.int64)',
    'tensor([], dtype=int64)': 'tensor([], dtype=torch.int64)',
    'zeros(2, 2, 2)': (
        'tensor([[[0., 0.],\n'
        '         [0., 0.]],\n'
        '\n'
        '        [[0., 0.],\n'
        '         [0., 0.]]])'
    ),
    'arange(1001)': 'tensor([   0,    1,    2,  ...,  998,  999, 1000])',
    'arange(2000.0)': (
        'tensor([0.0000e+00, 1.0000e+00, 2.0000e+00,  ..., 1.9970e+03, 1.9980e+03,\n'
        '        1.9990e+03])'
    ),
    'ones(40, 40)': (
        'tensor([[1., 1., 1.,  ..., 1., 1., 1.],\n'
        '        [1., 1., 1.,  ..., 1., 1., 1.],\n'
        '        [1., 1., 1.,  ..., 1., 1., 1.],\n'
        '        ...,\n'
        '        [1., 1., 1.,  ..., 1., 1., 1.],\n'
        '        [1., 1., 1.,  ..., 1., 1., 1.],\n'
        '        [1., 1., 1.,  ..., 1., 1., 1.]])'
    ),
    'arange(30)': (
        'tensor([ 0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, 15, 16, 17,\n'
        '        18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29])'
    ),
    'tensor(1e9)': 'tensor(1.0000e+09)',
    'tensor([-0.0, 0.0])': 'tensor([-0., 0.])',
    'zeros(3, requires_grad=True, dtype=float64)': 'tensor([0., 0., 0.], dtype=torch.float64, requires_grad=True)',
    'zeros(20, requires_grad=True) * 1.5': (
        'tensor([0., 0., 0., 0., 0., 0., 0., 0., 0., 0., 0., 0., 0., 0., 0., 0., 0., 0., 0., 0.],\n'
        '       grad_fn=<MulBackward0>)'
    ),
    'tensor([100.0, 1000000.0])': 'tensor([1.0000e+02, 1.0000e+06])',
    'tensor([1.5], dtype=float16)': 'tensor([1.5000], dtype=torch.float16)',
}  # fmt: skip


def evaluated(library, expression):
    names = {name: getattr(library, name) for name in dir(library)}
    return eval(expression, names | {"float": float})


@pytest.mark.parametrize(("expression", "text"), REPRS.items())
def test_repr(expression, text):
    assert repr(evaluated(tg, expression)) == text
    torch = pytest.importorskip("torch")
    assert repr(evaluated(torch, expression)) == text


def test_print_options():
    try:
        tg.set_printoptions(precision=2, threshold=4, edgeitems=1)
        assert repr(tg.arange(6) / 7) == "tensor([0.00,  ..., 0.71])"
        tg.set_printoptions(sci_mode=True)
        assert (
            repr(tg.tensor(0.5)) == "tensor(5.00e-01)" and repr(tg.zeros(2)) == "tensor([0., 0.])"
        )
    finally:
        tg.set_printoptions(profile="default")
    assert repr(tg.tensor([0.5])) == "tensor([0.5000])"


def test_format():
    assert f"{tg.tensor(2.5):.2f}" == "2.50" and f"{tg.tensor([2.5])}" == "tensor([2.5000])"
    with pytest.raises(TypeError):
        format(tg.ones(2), ".2f")


# to Python ----------------------------------------------------------------------------------


def test_numbers():
    assert (
        tg.tensor([[2.5]]).item() == 2.5
        and isinstance(tg.tensor(2).item(), int)
        and tg.tensor(True).item() is True
    )
    assert (
        float(tg.tensor(3)) == 3.0
        and int(tg.tensor([2.7])) == 2
        and bool(tg.tensor([[0.0]])) is False
    )
    assert [10, 20][tg.tensor(1)] == 20 and range(3)[tg.tensor([2])] == 2
    assert (
        tg.tensor([[1, 2], [3, 4]]).tolist() == [[1, 2], [3, 4]] and tg.tensor(1.5).tolist() == 1.5
    )
    assert 2.5 in tg.tensor([1, 2.5]) and 3 not in tg.tensor([1, 2])
    assert tg.tensor(2.5) > 2 and (tg.tensor(2.5) != 2)


@pytest.mark.parametrize(
    ("use", "error", "words"),
    [(lambda: tg.ones(2).item(), RuntimeError, "2 elements"),
         (lambda: bool(tg.ones(2)), RuntimeError, "more than one value is ambiguous"),
     (lambda: bool(tg.ones(0)), RuntimeError, "no values"), (lambda: float(tg.ones(2)), ValueError, "one element"),
     (lambda: int(tg.ones(0)), ValueError, "one element"), (lambda: [1][tg.tensor(0.0)], TypeError, "integer"),
     (lambda: [1][tg.tensor([0, 0])], TypeError, "integer"), (lambda: len(tg.tensor(1)), TypeError, "0-d"),
     (lambda: iter(tg.tensor(1)), TypeError, "0-d"), (lambda: tg.ones(1, requires_grad=True).numpy(), RuntimeError,
     "detach"),
     (lambda: np.asarray(tg.ones(1, requires_grad=True)), RuntimeError, "detach"),
     (lambda: tg.ones(2) + "a", TypeError, "add.*str")],
)  # fmt: skip
def test_what_cannot_be_a_number(use, error, words):
    with pytest.raises(error, match=words):
        use()


def test_len_and_iteration():
    x = tg.arange(6).reshape(2, 3)
    assert len(x) == 2 and [row.tolist() for row in x] == [[0, 1, 2], [3, 4, 5]]
    first, second = tg.ones(2, requires_grad=True)
    (first * 2 + second).backward()


def test_comparison_with_what_is_no_tensor():
    x = tg.ones(2)
    assert (x == None) is False and (x != None) is True and (x == "a") is False  # noqa: E711
    assert (x == 1).tolist() == [True, True] and x in [x] and {x: 1}[x] == 1


# sharing, copying ---------------------------------------------------------------------------


def test_what_shares_memory():
    x = tg.zeros(2, 2)
    for view in (
        x.numpy(),
        x.detach().array,
        x.data.array,
        x.view(4).array,
        x.t().array,
        x[0].array,
        x.expand(3, 2, 2).array,
        np.asarray(x),
    ):
        assert np.shares_memory(view, x.array)
    for copied in (
        x.clone(),
        x.double(),
        x[[0]],
        x.t().contiguous(),
        copy.deepcopy(x),
        x.new_tensor(x),
        x.flip(0),
    ):
        assert not np.shares_memory(copied.array, x.array)
    assert x.contiguous() is x and x.t().is_contiguous() is False
    assert (
        x[1].storage_offset() == 2
        and x.t().stride() == (1, 2)
        and x[1].data_ptr() == x.data_ptr() + 8
    )


def test_data_and_detach_have_no_history():
    x = tg.ones(2, requires_grad=True)
    y = x * 2
    for bare in (y.detach(), y.data):
        assert not bare.requires_grad and bare.is_leaf and bare.tolist() == [2, 2]
    x.data.zero_()
    assert x.tolist() == [0, 0] and x.requires_grad
    x.data = tg.ones(3)
    assert x.shape == (3,) and x.requires_grad


def test_deepcopy_and_pickle():
    x = tg.tensor([1.0, 2.0], requires_grad=True)
    (x * 3).sum().backward()
    for twin in (copy.deepcopy(x), pickle.loads(pickle.dumps(x))):
        assert (
            twin.tolist() == [1, 2]
            and twin.requires_grad
            and twin.is_leaf
            and twin.grad.tolist() == [3, 3]
        )
        assert not np.shares_memory(twin.array, x.array) and not np.shares_memory(
            twin.grad.array, x.grad.array
        )
    both = copy.deepcopy([x, x])
    assert both[0] is both[1]
    with pytest.raises(RuntimeError, match="leaf"):
        copy.deepcopy(x * 2)


def test_requires_grad():
    x = tg.ones(2)
    assert x.requires_grad_() is x and x.requires_grad and x.is_leaf and x.grad_fn is None
    y = x * 2
    assert y.requires_grad and not y.is_leaf and y.grad_fn.name() == "MulBackward0"
    for refused in (lambda: y.requires_grad_(False), lambda: tg.arange(3).requires_grad_()):
        with pytest.raises(RuntimeError):
            refused()


# shape, device ------------------------------------------------------------------------------


def test_facts():
    x = tg.zeros(2, 3, dtype=F64)
    assert x.shape == x.size() == Size((2, 3)) and x.size(-1) == 3 and x.ndim == x.dim() == 2
    assert x.numel() == x.nelement() == 6 and x.itemsize == x.element_size() == 8 and x.nbytes == 48
    assert x.stride() == (3, 1) and x.stride(0) == 3 and x.T.shape == x.mT.shape == (3, 2)
    assert x.is_floating_point() and not x.is_complex() and not x.is_cuda and x.layout is not None
    with pytest.raises(IndexError):
        x.size(2)


def test_sizes():
    size = tg.zeros(2, 3, 4).shape
    assert repr(size) == "torch.Size([2, 3, 4])" and size.numel() == 24 and Size(()).numel() == 1
    assert (
        isinstance(size[1:], Size)
        and size[1:] == (3, 4)
        and size[-1] == 4
        and isinstance(size + size, Size)
    )


def test_devices():
    assert (
        str(tg.zeros(1).device) == "cpu"
        and tg.zeros(1).device == tg.device("cpu")
        and tg.zeros(1, device="cpu").cpu().tolist() == [0]
    )
    assert (
        tg.device("cuda:1").index == 1
        and repr(tg.device("cuda", 0)) == "device(type='cuda', index=0)"
    )
    assert tg.device("cuda") != tg.device("cpu") and {tg.device("cpu"): 1}[tg.device("cpu")] == 1
    for refused in (
        lambda: tg.zeros(1, device="cuda"),
        lambda: tg.zeros(1).to("cuda"),
        lambda: tg.zeros(1).cuda(),
    ):
        with pytest.raises(AssertionError, match="CPU"):
            refused()
    with pytest.raises(RuntimeError, match="nowhere"):
        tg.device("nowhere")


# indexing -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("index", "error", "words"),
    [(2, IndexError, "index 2 is out of bounds for dimension 0 with size 2"),
         ((0, 3), IndexError, "index 3 .* dimension 1 with size 3"),
     (-3, IndexError, "index -3"), ((0, 0, 0), IndexError, "too many indices"),
     (tg.tensor([2]), IndexError, "index 2 is out of bounds"),
     (tg.tensor([0.5]), IndexError, "tensors used as indices must be"),
     (slice(None, None, -1), ValueError, "step must be greater than zero"),
     (tg.tensor([True, False, True]), IndexError, "shape is"), (([0, 1], [0, 5]), IndexError, "index 5")],
)  # fmt: skip
def test_indexing_errors(index, error, words):
    x = tg.arange(6).reshape(2, 3)
    with pytest.raises(error, match=words):
        x[index]
    if error is IndexError:
        with pytest.raises(IndexError):
            x[index] = 1


def test_indexing_as_numpy():
    array = np.arange(24).reshape(2, 3, 4)
    x = tg.tensor(array)
    rows, columns, mask = np.array([0, 2, 1]), np.array([[3], [0]]), array > 10
    for index in (0, -1, slice(1, None), (..., 1), (None, 0), (slice(None), rows), (0, rows, 1),
    (slice(None), rows, columns), mask,
                  (0, mask[0]), (rows[:2] % 2, ..., 2), [1, 0], (), True,
                  (slice(None), slice(0, 3, 2), None)):  # fmt: skip
        ours = (
            tuple(tg.tensor(i) if isinstance(i, np.ndarray) else i for i in index)
            if isinstance(index, tuple)
            else index
        )
        ours = tg.tensor(index) if isinstance(index, np.ndarray) else ours
        np.testing.assert_array_equal(x[ours].array, array[index])
        mine, theirs = x.clone(), array.copy()
        mine[ours] = 7
        theirs[index] = 7
        np.testing.assert_array_equal(mine.array, theirs)


def test_dimension_errors():
    x = tg.zeros(2, 3)
    for refused in (
        lambda: x.sum(2),
        lambda: x.unsqueeze(4),
        lambda: x.softmax(-3),
        lambda: x.transpose(0, 2),
        lambda: x.cumsum(2),
    ):
        with pytest.raises(IndexError, match="Dimension out of range"):
            refused()


def test_shape_errors_name_the_operation_and_the_shapes():
    x = tg.zeros(2, 3)
    with pytest.raises(
        RuntimeError,
        match=r"add: .*\(3\) .*\(4\) at non-singleton dimension 1: got shapes \(2, 3\) and \(2, 4\)",
    ):
        x + tg.zeros(2, 4)
    with pytest.raises(
        RuntimeError, match=r"matmul: \(2, 3\) and \(2, 3\) do not match: 3 against 2"
    ):
        x @ x
    with pytest.raises(RuntimeError, match=r"invalid for input of size 6"):
        x.view(4)
    with pytest.raises(RuntimeError, match="contiguous"):
        x.t().view(6)


def test_a_number_written_into_float64_keeps_its_digits():
    x = tg.zeros(2, dtype=tg.float64)
    assert x.fill_(0.1)[0].item() == 0.1
    assert x.copy_(0.2)[0].item() == 0.2
    x[0] = 0.3
    assert x[0].item() == 0.3
