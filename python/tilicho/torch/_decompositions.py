# SPDX-License-Identifier: Apache-2.0
"""PyTorch's fused inference kernels in terms of operators that export."""

from __future__ import annotations

import torch
from torch.nn import functional

from tilicho.torch._reasons import Unsupported

aten = torch.ops.aten


def _additive(mask, mask_type, scores):
    """The mask as a term of the scores [batch, heads, queries, keys]."""
    if mask_type == 0:  # [queries, keys]
        mask = mask[None, None]
    elif mask_type == 1:  # [batch, keys]
        mask = mask[:, None, None]
    elif mask_type != 2:  # [batch, heads, queries, keys]
        raise Unsupported(f"an attention mask of type {mask_type}")
    if mask.dtype != torch.bool:
        return mask
    return torch.zeros_like(scores).masked_fill(mask, float("-inf"))


def _attention(x, heads, qkv, projection, mask, mask_type):
    """Self-attention of x [batch, tokens, features]."""
    batch, tokens, features = x.shape
    split = functional.linear(x, *qkv).reshape(batch, tokens, 3, heads, -1)
    query, key, value = split.permute(2, 0, 3, 1, 4)
    scores = query @ key.transpose(-1, -2) * (features // heads) ** -0.5
    if mask is not None:
        scores = scores + _additive(mask, mask_type, scores)
    mixed = torch.softmax(scores, -1) @ value
    mixed = mixed.transpose(1, 2).reshape(batch, tokens, features)
    return functional.linear(mixed, *projection)


def _encoder_layer(
    src, embed_dim, num_heads,
    qkv_weight, qkv_bias, proj_weight, proj_bias,
    use_gelu, norm_first, eps,
    norm_weight_1, norm_bias_1, norm_weight_2, norm_bias_2,
    ffn_weight_1, ffn_bias_1, ffn_weight_2, ffn_bias_2,
    mask=None, mask_type=None,
):  # fmt: skip
    """aten._transformer_encoder_layer_fwd, the fast path of
    nn.TransformerEncoderLayer."""

    def norm(x, weight, bias):
        return functional.layer_norm(x, (embed_dim,), weight, bias, eps)

    def attend(x):
        qkv, projection = (qkv_weight, qkv_bias), (proj_weight, proj_bias)
        return _attention(x, num_heads, qkv, projection, mask, mask_type)

    def feed(x):
        hidden = functional.linear(x, ffn_weight_1, ffn_bias_1)
        hidden = functional.gelu(hidden) if use_gelu else torch.relu(hidden)
        return functional.linear(hidden, ffn_weight_2, ffn_bias_2)

    first, second = (norm_weight_1, norm_bias_1), (norm_weight_2, norm_bias_2)
    if norm_first:
        src = src + attend(norm(src, *first))
        return src + feed(norm(src, *second))
    src = norm(src + attend(src), *first)
    return norm(src + feed(src), *second)


def _multi_head_attention(
    query, key, value, embed_dim, num_head,
    qkv_weight, qkv_bias, proj_weight, proj_bias,
    mask=None, need_weights=True, average_attn_weights=True, mask_type=None,
):  # fmt: skip
    """aten._native_multi_head_attention, where it is self-attention."""
    if need_weights or query is not key or key is not value:
        raise Unsupported("a fused attention with weights or other keys")
    qkv, projection = (qkv_weight, qkv_bias), (proj_weight, proj_bias)
    mixed = _attention(query, num_head, qkv, projection, mask, mask_type)
    return mixed, query.new_empty(0)


TABLE = {
    aten._transformer_encoder_layer_fwd.default: _encoder_layer,
    aten._native_multi_head_attention.default: _multi_head_attention,
}
