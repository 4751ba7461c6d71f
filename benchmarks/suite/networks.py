# SPDX-License-Identifier: Apache-2.0
"""Transformers from their shapes: BERT-base, ViT-B/16, GPT-2's decoding.

Weights are f32, as models are exported, where nothing else is said; a compile
lowers them.
"""

import math

from graphs import Graph

WIDTH, LAYERS = 768, 12
HEAD = 64


def _linear(graph, x, inputs, outputs):
    product = graph.add("MatMul", x, graph.weight(inputs, outputs))
    return graph.add("Add", product, graph.weight(outputs))


def _norm(graph, x, width=WIDTH):
    return graph.add("LayerNormalization", x, graph.weight(width),
                     graph.weight(width), axis=-1, epsilon=1e-5)


def _split(graph, x, batch, length, order, width=WIDTH):
    shape = graph.shape(batch, length, width // HEAD, HEAD)
    return graph.add("Transpose", graph.add("Reshape", x, shape), perm=order)


def _attention(graph, x, batch, length, width=WIDTH):
    heads = {}
    for name, order in (("q", [0, 2, 1, 3]), ("k", [0, 2, 3, 1]),
                        ("v", [0, 2, 1, 3])):
        heads[name] = _split(graph, _linear(graph, x, width, width), batch,
                             length, order, width)
    scores = graph.add("MatMul", heads["q"], heads["k"])
    scaled = graph.add("Mul", scores,
                       graph.number(1 / math.sqrt(HEAD)))
    weights = graph.add("Softmax", scaled, axis=-1)
    context = graph.add("Transpose", graph.add("MatMul", weights, heads["v"]),
                        perm=[0, 2, 1, 3])
    merged = graph.add("Reshape", context, graph.shape(batch, length, width))
    return _linear(graph, merged, width, width)


def _mlp(graph, x, width=WIDTH):
    wide = graph.add("Gelu", _linear(graph, x, width, 4 * width))
    return _linear(graph, wide, 4 * width, width)


def bert(batch=1, length=128, layers=LAYERS, width=WIDTH):
    """Tokens to hidden states; the norms stand behind."""
    graph = Graph("f32")
    tokens = graph.integers("tokens", batch, length)
    words = graph.add("Gather", graph.weight(30522, width), tokens)
    x = _norm(graph, graph.add("Add", words, graph.weight(length, width)),
              width)
    for _ in range(layers):
        mixed = _attention(graph, x, batch, length, width)
        x = _norm(graph, graph.add("Add", mixed, x), width)
        x = _norm(graph, graph.add("Add", _mlp(graph, x, width), x), width)
    graph.output(x, batch, length, width)
    return graph


def vit():
    """An image of 224 to 1,000 classes; the norms stand in front."""
    graph = Graph("f32")
    image = graph.input("image", 1, 3, 224, 224)
    patches = graph.add("Conv", image, graph.weight(WIDTH, 3, 16, 16),
                        graph.weight(WIDTH), strides=[16, 16])
    flat = graph.add("Reshape", patches, graph.shape(1, WIDTH, 196))
    rows = graph.add("Transpose", flat, perm=[0, 2, 1])
    x = graph.add("Concat", graph.weight(1, 1, WIDTH), rows, axis=1)
    x = graph.add("Add", x, graph.weight(1, 197, WIDTH))
    for _ in range(LAYERS):
        x = graph.add("Add", x, _attention(graph, _norm(graph, x), 1, 197))
        x = graph.add("Add", x, _mlp(graph, _norm(graph, x)))
    first = graph.add("Slice", _norm(graph, x), graph.shape(0),
                      graph.shape(1), graph.shape(1))
    scores = _linear(graph, first, WIDTH, 1000)
    graph.output(scores, 1, 1, 1000)
    return graph


def gpt2_decode(cache=1024):
    """One token on a cache of keys and values; new ones are outputs. In bf16 as
    a whole, because the cache is."""
    graph = Graph("bf16")
    heads = WIDTH // HEAD
    table = graph.weight(50257, WIDTH)
    token = graph.integers("token", 1, 1)
    x = graph.add("Add", graph.add("Gather", table, token),
                  graph.weight(1, 1, WIDTH))
    for layer in range(LAYERS):
        normal = _norm(graph, x)
        q, k, v = (_split(graph, _linear(graph, normal, WIDTH, WIDTH), 1, 1,
                          [0, 2, 1, 3]) for _ in range(3))
        for name, value in (("k", k), ("v", v)):
            graph.output(value, 1, heads, 1, HEAD)
        keys = graph.add("Concat", graph.input(f"k{layer}", 1, heads, cache,
                                               HEAD), k, axis=2)
        values = graph.add("Concat", graph.input(f"v{layer}", 1, heads, cache,
                                                 HEAD), v, axis=2)
        turned = graph.add("Transpose", keys, perm=[0, 1, 3, 2])
        scaled = graph.add("Mul", graph.add("MatMul", q, turned),
                           graph.number(1 / math.sqrt(HEAD)))
        context = graph.add("MatMul", graph.add("Softmax", scaled, axis=-1),
                            values)
        merged = graph.add("Reshape", context, graph.shape(1, 1, WIDTH))
        x = graph.add("Add", x, _linear(graph, merged, WIDTH, WIDTH))
        x = graph.add("Add", x, _mlp(graph, _norm(graph, x)))
    scores = graph.add("MatMul", _norm(graph, x),
                       graph.add("Transpose", table, perm=[1, 0]))
    graph.output(scores, 1, 1, 50257)
    return graph
