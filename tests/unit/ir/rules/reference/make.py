"""Expected results of ops whose meaning is easy to get wrong, by NumPy and PyTorch in float64.

    python3 make.py > expected.json
"""
import json
import math

import numpy as np
import torch

rng = np.random.default_rng(20240607)


def floats(*shape):
    return np.round(rng.uniform(-2, 2, shape), 6)


def listed(array):
    array = np.asarray(array)
    return {"shape": list(array.shape), "data": [float(x) for x in array.reshape(-1)]}


x, y = floats(2, 3, 4), floats(3, 5, 2)
table, indices = floats(4, 3, 2), np.array([[2, 0, 2], [1, 1, 0]])
updates = floats(4, 2, 3, 2)
added = torch.tensor(table).index_add(
    1, torch.tensor(indices.reshape(-1)), torch.tensor(updates.reshape(4, 6, 2))
)
row = np.array([[3.0, 1.0, 3.0, -2.0, 0.5], [0.0, -1.0, -1.0, 4.0, 4.0]])
grid = np.linspace(-3.7, 3.7, 23)
positive = np.linspace(0.05, 9, 19)
halves = np.array([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 2.4999, -3.2])
ints = np.array([-7, -6, -1, 0, 1, 6, 7])

cases = {
    "contract": {
        "left": listed(x),
        "right": listed(y),
        "expected": listed(np.einsum("bik,ijb->jk", x, y)),
    },
    "gather": {"of": listed(table), "indices": listed(indices), "expected": listed(table[:, indices, :])},
    "scatterAdd": {
        "into": listed(table),
        "indices": listed(indices),
        "updates": listed(updates),
        "expected": listed(added.numpy()),
    },
    "cumulativeSum": {"of": listed(x), "expected": listed(np.cumsum(x, axis=1))},
    "cumulativeMax": {"of": listed(x), "expected": listed(np.maximum.accumulate(x, axis=2))},
    "topValues": {"of": listed(row), "expected": listed(np.array([[3.0, 3.0, 1.0], [4.0, 4.0, 0.0]]))},
    "topIndices": {"of": listed(row), "expected": listed(np.argsort(-row, axis=1, kind="stable")[:, :3])},
    "argMax": {"of": listed(row), "expected": listed(np.argmax(row, axis=1))},
    "argMin": {"of": listed(row), "expected": listed(np.argmin(row, axis=1))},
    "slice": {"of": listed(x), "expected": listed(x[1:2, 0:3:2, 1:4:2])},
    "pad": {"of": listed(x), "expected": listed(np.pad(x, [(0, 1), (2, 0), (1, 1)], constant_values=0.5))},
    "transpose": {"of": listed(x), "expected": listed(np.transpose(x, [2, 0, 1]))},
    "maximum": {"of": listed(x), "expected": listed(x.max(axis=(0, 2)))},
}

scalars = {
    "erf": {"x": grid.tolist(), "expected": [math.erf(v) for v in grid]},
    "tanh": {"x": grid.tolist(), "expected": np.tanh(grid).tolist()},
    "exp": {"x": grid.tolist(), "expected": np.exp(grid).tolist()},
    "sin": {"x": grid.tolist(), "expected": np.sin(grid).tolist()},
    "cos": {"x": grid.tolist(), "expected": np.cos(grid).tolist()},
    "log": {"x": positive.tolist(), "expected": np.log(positive).tolist()},
    "rsqrt": {"x": positive.tolist(), "expected": (1 / np.sqrt(positive)).tolist()},
    "round": {"x": halves.tolist(), "expected": torch.round(torch.tensor(halves)).tolist()},
    "floor": {"x": halves.tolist(), "expected": np.floor(halves).tolist()},
    "sign": {"x": halves.tolist(), "expected": np.sign(halves).tolist()},
}

pairs = {
    "floorDiv": {"x": ints.tolist(), "y": 3, "expected": (ints // 3).tolist()},
    "mod": {"x": ints.tolist(), "y": 3, "expected": (ints % 3).tolist()},
    "floorDivNegative": {"x": ints.tolist(), "y": -4, "expected": (ints // -4).tolist()},
    "modNegative": {"x": ints.tolist(), "y": -4, "expected": (ints % -4).tolist()},
}

halves16 = np.array([0.1, 1 / 3, 2049, 2051, 65519, 65520, 6e-8, 2.9e-8, -1e-5, 1e-7])
rounding = {"x": halves16.tolist(), "f16": [str(v) for v in halves16.astype(np.float16).astype(np.float64)]}

print(json.dumps({"ops": cases, "scalars": scalars, "integers": pairs, "rounding": rounding}))
