"""Numbers for the standard library's tests, from PyTorch in float64 (and plain Python for schedules).

    python3 tests/unit/3-lower/stdlib/reference.py     writes expected.json beside itself; needs torch >= 1.13
"""

import json
import math
from pathlib import Path

import torch
import torch.nn.functional as F

torch.manual_seed(7)
torch.set_default_dtype(torch.float64)


def tensor(t):
    t = t.detach()
    kind = "bool" if t.dtype == torch.bool else "f32" if t.is_floating_point() else "i32"
    # Rounded to what float32 holds, so that inputs mean the same everywhere.
    data = [float(x) if kind == "f32" else int(x) for x in t.flatten()]
    return {"dtype": kind, "shape": list(t.shape), "data": data}


def randn(*shape):
    return torch.randn(*shape).float().double()


cases = []


def case(name, expression, inputs, parameters, result, tolerance=1e-6):
    cases.append(
        {
            "name": name,
            "expression": expression,
            "inputs": {k: tensor(v) for k, v in inputs.items()},
            "parameters": {k: tensor(v) for k, v in parameters.items()},
            "result": tensor(result),
            "tolerance": tolerance,
        }
    )


# Activations and prelude.
x = randn(3, 5) * 3
case("gelu", "gelu(x)", {"x": x}, {}, 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))))
case("gelu_erf", "gelu_erf(x)", {"x": x}, {}, F.gelu(x))
case("relu", "relu(x)", {"x": x}, {}, F.relu(x))
case("silu", "silu(x)", {"x": x}, {}, F.silu(x))
case("sigmoid", "sigmoid(x)", {"x": x * 100}, {}, torch.sigmoid(x * 100))
case("softmax", "softmax(x)", {"x": x}, {}, F.softmax(x, -1))
case("softmax of the first axis", "softmax(x, axis = 0)", {"x": x}, {}, F.softmax(x, 0))
case("softmax of large numbers", "softmax(x)", {"x": x * 1000}, {}, F.softmax(x * 1000, -1))
case("log_softmax", "log_softmax(x, axis = -1)", {"x": x}, {}, F.log_softmax(x, -1))
case("logsumexp", "logsumexp(x)", {"x": x * 300}, {}, torch.logsumexp(x * 300, -1))
target = torch.tensor([1, 0, 4])
weight = torch.tensor([True, False, True])
case("cross_entropy", "cross_entropy(x, target)", {"x": x, "target": target}, {}, F.cross_entropy(x, target))
case(
    "cross_entropy of some",
    "cross_entropy(x, target, weight = w)",
    {"x": x, "target": target, "w": weight},
    {},
    F.cross_entropy(x[weight], target[weight]),
)
mask = torch.full((4, 4), -1e9).triu(1)
case("causal_mask", "causal_mask(4)", {}, {}, mask)

# Layers.
x = randn(2, 3, 4)
w, b = randn(5, 4), randn(5)
case("Linear", "Linear(4, 5)(x)", {"x": x}, {"weight": w, "bias": b}, F.linear(x, w, b))
case("Linear without bias", "Linear(4, 5, use_bias = false)(x)", {"x": x}, {"weight": w}, F.linear(x, w))
ids = torch.tensor([[0, 6], [3, 3]])
w = randn(7, 3)
case("Embedding", "Embedding(7, 3)(ids)", {"ids": ids}, {"weight": w}, F.embedding(ids, w))
w, b = randn(4), randn(4)
case("LayerNorm", "LayerNorm(4)(x)", {"x": x}, {"weight": w, "bias": b}, F.layer_norm(x, (4,), w, b, 1e-5))
case("RMSNorm", "RMSNorm(4)(x)", {"x": x}, {"weight": w}, x / torch.sqrt((x * x).mean(-1, keepdim=True) + 1e-6) * w)
case("Dropout outside training", "Dropout(0.5)(x)", {"x": x}, {}, x)


def attention(x, parameters, prefix, heads, size, causal):
    batch, time, _ = x.shape
    get = lambda name: parameters.get(prefix + name)
    qkv = F.linear(x, get("qkv.weight"), get("qkv.bias"))
    q, k, v = [part.reshape(batch, time, heads, size).transpose(1, 2) for part in qkv.chunk(3, -1)]
    scores = q @ k.transpose(-1, -2) / math.sqrt(size)
    if causal:
        scores = scores.masked_fill(torch.ones(time, time).triu(1).bool(), -math.inf)
    mixed = (F.softmax(scores, -1) @ v).transpose(1, 2).reshape(batch, time, heads * size)
    return F.linear(mixed, get("out.weight"), get("out.bias"))


def attention_parameters(prefix, width, heads, size):
    return {
        prefix + "qkv.weight": randn(3 * heads * size, width),
        prefix + "qkv.bias": randn(3 * heads * size),
        prefix + "out.weight": randn(width, heads * size),
        prefix + "out.bias": randn(width),
    }


x = randn(2, 5, 6)
p = attention_parameters("", 6, 2, 3)
case("Attention", "Attention(6, 2)(x)", {"x": x}, p, attention(x, p, "", 2, 3, True))
case("Attention to both sides", "Attention(6, 2, causal = false)(x)", {"x": x}, p, attention(x, p, "", 2, 3, False))
p = attention_parameters("", 6, 2, 4)
case("Attention with its own head size", "Attention(6, 2, K = 4)(x)", {"x": x}, p, attention(x, p, "", 2, 4, True))


def block(x, p, first, act):
    norm = lambda x, name: F.layer_norm(x, (6,), p[name + ".weight"], p[name + ".bias"], 1e-5)
    attend = lambda x: attention(x, p, "attn.", 2, 3, True)
    mlp = lambda x: F.linear(act(F.linear(x, p["up.weight"], p["up.bias"])), p["down.weight"], p["down.bias"])
    if first:
        x = x + attend(norm(x, "ln1"))
        return x + mlp(norm(x, "ln2"))
    x = norm(x + attend(x), "ln1")
    return norm(x + mlp(x), "ln2")


tanh_gelu = lambda x: 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
p = attention_parameters("attn.", 6, 2, 3)
for name in ("ln1", "ln2"):
    p |= {name + ".weight": randn(6), name + ".bias": randn(6)}
p |= {"up.weight": randn(24, 6), "up.bias": randn(24), "down.weight": randn(6, 24), "down.bias": randn(6)}
case("Block, normalised first", "Block(6, 2)(x)", {"x": x}, p, block(x, p, True, tanh_gelu))
case("Block, normalised last", "Block(6, 2, norm_first = false)(x)", {"x": x}, p, block(x, p, False, tanh_gelu))
case("Block with relu", "Block(6, 2, activation = relu)(x)", {"x": x}, p, block(x, p, True, F.relu))

# Optimizers: three steps of two parameters, gradients clipped to a global norm.
optimizers = []


def optimizer(name, expression, make):
    start = {"a": randn(2, 3), "b": randn(3)}
    parameters = [torch.nn.Parameter(t.clone()) for t in start.values()]
    steps, algorithm = [], make(parameters)
    for _ in range(3):
        gradients = [randn(2, 3) * 2, randn(3) * 2]
        for parameter, gradient in zip(parameters, gradients):
            parameter.grad = gradient.clone()
        norm = torch.nn.utils.clip_grad_norm_(parameters, 2.5)
        algorithm.step()
        after = {k: tensor(parameter)["data"] for k, parameter in zip(start, parameters)}
        steps.append(
            {
                "gradients": {k: tensor(g)["data"] for k, g in zip(start, gradients)},
                "norm": float(norm),
                "after": after,
            }
        )
    optimizers.append(
        {"name": name, "expression": expression, "start": {k: tensor(t)["data"] for k, t in start.items()}, "steps": steps}
    )


optimizer(
    "adamw",
    "adamw(lr = 0.01, betas = (0.8, 0.95), eps = 1e-6, decay = 0.1)",
    lambda p: torch.optim.AdamW(p, lr=0.01, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1),
)
optimizer("adamw by default", "adamw(lr = 0.01)", lambda p: torch.optim.AdamW(p, lr=0.01))
optimizer("adam", "adam(lr = 0.01, decay = 0.2)", lambda p: torch.optim.Adam(p, lr=0.01, weight_decay=0.2))
optimizer(
    "sgd",
    "sgd(lr = 0.1, momentum = 0.9, decay = 0.05)",
    lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.05),
)
optimizer(
    "sgd, nesterov",
    "sgd(lr = 0.1, momentum = 0.7, nesterov = true)",
    lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.7, nesterov=True),
)
optimizer("sgd without momentum", "sgd(lr = 0.1, momentum = 0.0)", lambda p: torch.optim.SGD(p, lr=0.1))

# Schedules.
schedules = []


def schedule(name, expression, total, at):
    schedules.append({"name": name, "expression": expression, "total": total, "values": [at(t) for t in range(1, total + 1)]})


def warmed(t, total, peak, warmup, floor, shape):
    if t < warmup:
        return peak * t / warmup
    u = min(max((t - warmup) / max(total - warmup, 1), 0), 1)
    return peak * (floor + (1 - floor) * shape(u))


cosine = lambda u: 0.5 * (1 + math.cos(math.pi * u))
linear = lambda u: 1 - u
schedule("constant", "constant(0.25)", 4, lambda t: 0.25)
schedule("warmup_cosine", "warmup_cosine(3e-3, warmup = 10 steps)", 25, lambda t: warmed(t, 25, 3e-3, 10, 0.1, cosine))
schedule("warmup_cosine, a share", "warmup_cosine(1.0, warmup = 20%, floor = 0%)", 20, lambda t: warmed(t, 20, 1.0, 4, 0.0, cosine))
schedule("warmup_cosine, no warm-up", "warmup_cosine(1.0, warmup = 0 steps)", 6, lambda t: warmed(t, 6, 1.0, 0, 0.1, cosine))
schedule("warmup_linear", "warmup_linear(2.0, warmup = 3 steps)", 10, lambda t: warmed(t, 10, 2.0, 3, 0.0, linear))
schedule("warmup_linear, with a floor", "warmup_linear(2.0, warmup = 50%, floor = 25%)", 10, lambda t: warmed(t, 10, 2.0, 5, 0.25, linear))

out = Path(__file__).with_name("expected.json")
out.write_text(json.dumps({"cases": cases, "optimizers": optimizers, "schedules": schedules}) + "\n")
