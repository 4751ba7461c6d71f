# SPDX-License-Identifier: Apache-2.0
"""Transformers and generative networks, as export_sequences.py exports them.

Each comes small, for tests, and full, of the size that people run. Weights are
random.
"""

import dataclasses

import torch
import transformers
from torch import nn
from transformers.cache_utils import DynamicCache


@dataclasses.dataclass
class Export:
    """A module with example arguments, the names of its inputs and outputs, and
    the names of symbolic dimensions, by input and axis."""

    module: nn.Module
    inputs: dict
    outputs: list
    dims: dict = dataclasses.field(default_factory=dict)


def _ids(vocabulary, *shape):
    return torch.randint(vocabulary, shape)


def _text_dims(*names):
    return {name: {0: "batch", 1: "sequence"} for name in names}


# Encoders of text and images.


class Bert(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.model = transformers.BertModel(config)

    def forward(self, input_ids, attention_mask, token_type_ids):
        return tuple(self.model(input_ids, attention_mask,
                                token_type_ids).to_tuple()[:2])


def bert(full, **changes):
    sizes = {} if full else {
        "vocab_size": 500, "hidden_size": 64, "num_hidden_layers": 2,
        "num_attention_heads": 4, "intermediate_size": 128}
    config = transformers.BertConfig(**{**sizes, **changes})
    shape = (2, 12)
    inputs = {"input_ids": _ids(config.vocab_size, *shape),
              "attention_mask": torch.ones(shape, dtype=torch.int64),
              "token_type_ids": _ids(2, *shape)}
    return Export(Bert(config), inputs, ["states", "pooled"],
                  _text_dims(*inputs))


def bert_large(full):
    """One of the layers that a BERT-large repeats."""
    sizes = {"hidden_size": 1024, "num_attention_heads": 16,
             "intermediate_size": 4096} if full else {}
    return bert(full, num_hidden_layers=1, **sizes)


class Logits(nn.Module):
    """What the model calls its logits, for one image or spectrogram."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, image):
        return self.model(image).logits


def vit(full):
    sizes = {} if full else {
        "image_size": 64, "hidden_size": 64, "num_hidden_layers": 2,
        "num_attention_heads": 4, "intermediate_size": 128}
    config = transformers.ViTConfig(**sizes, num_labels=1000 if full else 10)
    size = config.image_size
    return Export(Logits(transformers.ViTForImageClassification(config)),
                  {"image": torch.randn(2, 3, size, size)}, ["logits"],
                  {"image": {0: "batch"}})


class Clip(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.model = transformers.CLIPModel(config)

    def forward(self, input_ids, attention_mask, image):
        out = self.model(input_ids, image, attention_mask)
        return out.logits_per_image, out.text_embeds, out.image_embeds


def clip(full):
    text, vision = ({}, {}) if full else (
        {"vocab_size": 500, "hidden_size": 32, "num_hidden_layers": 2,
         "num_attention_heads": 4, "intermediate_size": 64,
         "eos_token_id": 499, "bos_token_id": 0, "pad_token_id": 1},
        {"image_size": 64, "hidden_size": 48, "num_hidden_layers": 2,
         "num_attention_heads": 4, "intermediate_size": 96, "patch_size": 16})
    config = transformers.CLIPConfig(
        text_config=text, vision_config=vision,
        projection_dim=512 if full else 24)
    size, words = config.vision_config.image_size, config.text_config.vocab_size
    ids = _ids(words - 1, 3, 9)
    ids[:, -1] = words - 1
    return Export(Clip(config),
                  {"input_ids": ids, "attention_mask": torch.ones_like(ids),
                   "image": torch.randn(2, 3, size, size)},
                  ["logits", "text", "vision"],
                  {**_text_dims("input_ids", "attention_mask"),
                   "image": {0: "images"}})


class WhisperEncoder(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.model = transformers.models.whisper.modeling_whisper.WhisperEncoder(
            config)

    def forward(self, spectrogram):
        return self.model(spectrogram).last_hidden_state


def whisper(full):
    sizes = {} if full else {
        "num_mel_bins": 16, "d_model": 64, "encoder_layers": 2,
        "encoder_attention_heads": 4, "encoder_ffn_dim": 128,
        "max_source_positions": 50}
    config = transformers.WhisperConfig(**sizes)
    frames = 2 * config.max_source_positions
    return Export(WhisperEncoder(config),
                  {"spectrogram": torch.randn(1, config.num_mel_bins, frames)},
                  ["states"])


class T5(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.model = transformers.T5ForConditionalGeneration(config)

    def forward(self, input_ids, attention_mask, decoder_input_ids):
        return self.model(input_ids, attention_mask, decoder_input_ids,
                          use_cache=False).logits


def t5(full):
    sizes = {} if full else {
        "vocab_size": 300, "d_model": 48, "d_kv": 12, "d_ff": 96,
        "num_layers": 2, "num_heads": 4}
    config = transformers.T5Config(**sizes, decoder_start_token_id=0)
    ids = _ids(config.vocab_size, 2, 11)
    return Export(T5(config),
                  {"input_ids": ids, "attention_mask": torch.ones_like(ids),
                   "decoder_input_ids": _ids(config.vocab_size, 2, 7)},
                  ["logits"],
                  {**_text_dims("input_ids", "attention_mask"),
                   "decoder_input_ids": {0: "batch", 1: "words"}})


# Decoders of text, with their keys and values as inputs and outputs.


class Decoder(nn.Module):
    """Past keys and values of each layer in, present ones out."""

    def __init__(self, model, has_past):
        super().__init__()
        self.model, self.has_past = model, has_past

    def forward(self, input_ids, position_ids, *past):
        cache = DynamicCache(config=self.model.config)
        for layer in range(len(past) // 2):
            cache.update(past[2 * layer], past[2 * layer + 1], layer)
        out = self.model(input_ids, position_ids=position_ids,
                         past_key_values=cache, use_cache=True)
        present = []
        for layer in out.past_key_values.layers:
            present += [layer.keys, layer.values]
        return out.logits, *present


def _decoder(model, layers, heads, width, has_past):
    """Prefill takes many tokens and no past, a step one token and a past."""
    words, past = (1, 9) if has_past else (6, 0)
    names = [f"{kind}.{layer}" for layer in range(layers)
             for kind in ("key", "value")]
    inputs = {"input_ids": _ids(model.config.vocab_size, 1, words),
              "position_ids": torch.arange(past, past + words)[None]}
    dims = {} if has_past else {
        name: {1: "sequence"} for name in ("input_ids", "position_ids")}
    if has_past:
        for name in names:
            inputs[f"past_{name}"] = torch.randn(1, heads, past, width)
            dims[f"past_{name}"] = {2: "past"}
    return Export(Decoder(model, has_past), inputs,
                  ["logits", *(f"present_{name}" for name in names)], dims)


def gpt2(full, has_past=False):
    sizes = {} if full else {"vocab_size": 300, "n_positions": 64,
                             "n_embd": 48, "n_layer": 2, "n_head": 4}
    config = transformers.GPT2Config(**sizes)
    return _decoder(transformers.GPT2LMHeadModel(config), config.n_layer,
                    config.n_head, config.n_embd // config.n_head, has_past)


def llama(full, has_past=False):
    """Grouped queries, rotary positions, RMSNorm and SwiGLU."""
    sizes = {"vocab_size": 32000, "hidden_size": 2048,
             "intermediate_size": 5632, "num_attention_heads": 32,
             "num_key_value_heads": 4} if full else {
        "vocab_size": 300, "hidden_size": 64, "intermediate_size": 160,
        "num_attention_heads": 8, "num_key_value_heads": 2}
    config = transformers.LlamaConfig(
        **sizes, num_hidden_layers=4, max_position_embeddings=2048)
    return _decoder(transformers.LlamaForCausalLM(config), 4,
                    config.num_key_value_heads, config.head_dim, has_past)


# Blocks written with torch.nn.


class MixtureOfExperts(nn.Module):
    """Each token goes through its best experts; their results are added up."""

    def __init__(self, width, experts, chosen):
        super().__init__()
        self.chosen = chosen
        self.gate = nn.Linear(width, experts, bias=False)
        self.up = nn.Parameter(torch.rand(experts, width, 2 * width))
        self.down = nn.Parameter(torch.rand(experts, 2 * width, width))

    def forward(self, tokens):
        scores, experts = self.gate(tokens).softmax(-1).topk(self.chosen)
        scores = scores / scores.sum(-1, keepdim=True)
        weights = torch.zeros(tokens.shape[0], self.up.shape[0])
        weights = weights.scatter(1, experts, scores)
        # The chosen matrices are gathered for each token and place.
        hidden = nn.functional.silu(
            torch.einsum("tw,tkwh->tkh", tokens, self.up[experts]))
        outer = torch.einsum("tkh,tkhw->tkw", hidden, self.down[experts])
        mixed = (outer * scores.unsqueeze(-1)).sum(1)
        return mixed, weights


def mixture(full):
    width, experts, count = (512, 16, 32) if full else (24, 6, 10)
    return Export(MixtureOfExperts(width, experts, 2),
                  {"tokens": torch.randn(count, width)}, ["mixed", "weights"])


class GraphNetwork(nn.Module):
    """Messages along edges, added up at their ends; some nodes are replaced."""

    def __init__(self, width, steps):
        super().__init__()
        self.message = nn.ModuleList(
            nn.Linear(2 * width, width) for _ in range(steps))
        self.update = nn.ModuleList(
            nn.Linear(2 * width, width) for _ in range(steps))
        self.anchor = nn.Parameter(torch.rand(width))

    def forward(self, nodes, edges, fixed):
        source, target = edges[0], edges[1]
        for message, update in zip(self.message, self.update):
            pairs = torch.cat([nodes[source], nodes[target]], -1)
            sent = torch.relu(message(pairs))
            index = target.unsqueeze(-1).expand_as(sent)
            summed = torch.zeros_like(nodes).scatter_add(0, index, sent)
            nodes = nodes + update(torch.cat([nodes, summed], -1)).tanh()
            value = self.anchor.expand(fixed.shape[0], -1)
            nodes = nodes.index_put((fixed,), value)
        return nodes


def graph(full):
    count, edges, width = (1024, 4096, 128) if full else (20, 50, 16)
    return Export(GraphNetwork(width, 3 if full else 2),
                  {"nodes": torch.randn(count, width),
                   "edges": torch.randint(count, (2, edges)),
                   "fixed": torch.tensor([1, 5, 7])}, ["result"])


class DiffusionBlock(nn.Module):
    """Of a denoising U-Net: residual convolutions steered by the time step,
    attention over places, and a larger image."""

    def __init__(self, width, groups, heads, time_width):
        super().__init__()
        self.first = nn.Sequential(nn.GroupNorm(groups, width), nn.SiLU(),
                                   nn.Conv2d(width, width, 3, padding=1))
        self.time = nn.Sequential(nn.SiLU(), nn.Linear(time_width, width))
        self.second = nn.Sequential(nn.GroupNorm(groups, width), nn.SiLU(),
                                    nn.Conv2d(width, width, 3, padding=1))
        self.norm = nn.GroupNorm(groups, width)
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.upsample = nn.Conv2d(width, width, 3, padding=1)
        self.time_width = time_width

    def embed(self, step):
        half = self.time_width // 2
        rates = torch.exp(torch.arange(half) * (-9.21 / half))
        angles = step.unsqueeze(-1) * rates
        return torch.cat([angles.cos(), angles.sin()], -1)

    def attend(self, x):
        batch, width, rows, cols = x.shape
        tokens = self.norm(x).flatten(2).transpose(1, 2)
        parts = self.qkv(tokens).reshape(batch, rows * cols, 3, self.heads, -1)
        query, key, value = parts.permute(2, 0, 3, 1, 4).unbind(0)
        mixed = nn.functional.scaled_dot_product_attention(query, key, value)
        mixed = mixed.transpose(1, 2).reshape(batch, rows * cols, width)
        return self.out(mixed).transpose(1, 2).reshape(x.shape)

    def forward(self, image, step):
        steered = self.time(self.embed(step))[:, :, None, None]
        x = image + self.second(self.first(image) + steered)
        x = x + self.attend(x)
        x = nn.functional.interpolate(x, scale_factor=2, mode="nearest")
        return self.upsample(x)


def diffusion(full):
    width, groups, heads, size = (320, 32, 8, 32) if full else (32, 4, 4, 8)
    return Export(DiffusionBlock(width, groups, heads, width),
                  {"image": torch.randn(1, width, size, size),
                   "step": torch.tensor([37.0])}, ["image_out"])


NETWORKS = {
    "bert": bert,
    "bert-large-layer": bert_large,
    "vit": vit,
    "clip": clip,
    "whisper": whisper,
    "t5": t5,
    "gpt2-prefill": gpt2,
    "gpt2-decode": lambda full: gpt2(full, has_past=True),
    "llama-prefill": llama,
    "llama-decode": lambda full: llama(full, has_past=True),
    "mixture": mixture,
    "graph": graph,
    "diffusion": diffusion,
}
