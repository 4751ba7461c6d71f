# SPDX-License-Identifier: Apache-2.0
"""The networks that export.py exports, written with torch.nn."""

import torch
from torch import nn


def conv_norm(inner, outer, size, stride=1, groups=1, activation=nn.ReLU):
    layers = [nn.Conv2d(inner, outer, size, stride, size // 2, groups=groups,
                        bias=False), nn.BatchNorm2d(outer)]
    return nn.Sequential(*layers, *([activation()] if activation else []))


class InvertedResidual(nn.Module):
    """Widen, filter by channel, narrow; a shortcut where shapes allow one."""

    def __init__(self, inner, outer, stride, expansion):
        super().__init__()
        wide = inner * expansion
        layers = [conv_norm(inner, wide, 1, activation=nn.ReLU6)]
        self.body = nn.Sequential(
            *(layers if expansion > 1 else []),
            conv_norm(wide, wide, 3, stride, wide, nn.ReLU6),
            conv_norm(wide, outer, 1, activation=None))
        self.has_shortcut = stride == 1 and inner == outer

    def forward(self, x):
        return x + self.body(x) if self.has_shortcut else self.body(x)


class MobileNetV2(nn.Module):
    def __init__(self):
        super().__init__()
        layers, inner = [conv_norm(3, 32, 3, 2, activation=nn.ReLU6)], 32
        for expansion, outer, count, stride in (
                (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2),
                (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)):
            for index in range(count):
                layers.append(InvertedResidual(
                    inner, outer, stride if index == 0 else 1, expansion))
                inner = outer
        layers.append(conv_norm(inner, 1280, 1, activation=nn.ReLU6))
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Linear(1280, 1000)

    def forward(self, x):
        return self.classifier(self.features(x).mean((2, 3)))


class Bottleneck(nn.Module):
    """Of v1.5: the stride is in the 3 x 3 convolution."""

    def __init__(self, inner, middle, stride):
        super().__init__()
        outer = 4 * middle
        self.body = nn.Sequential(
            conv_norm(inner, middle, 1), conv_norm(middle, middle, 3, stride),
            conv_norm(middle, outer, 1, activation=None))
        self.shortcut = nn.Identity()
        if stride > 1 or inner != outer:
            self.shortcut = conv_norm(inner, outer, 1, stride, activation=None)

    def forward(self, x):
        return torch.relu(self.body(x) + self.shortcut(x))


class ResNet50(nn.Module):
    def __init__(self):
        super().__init__()
        layers, inner = [conv_norm(3, 64, 7, 2), nn.MaxPool2d(3, 2, 1)], 64
        for stage, count in enumerate((3, 4, 6, 3)):
            for index in range(count):
                stride = 2 if stage and index == 0 else 1
                layers.append(Bottleneck(inner, 64 << stage, stride))
                inner = 256 << stage
        self.features = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1),
                                      nn.Flatten(), nn.Linear(inner, 1000))

    def forward(self, x):
        return self.features(x)


class UNet(nn.Module):
    """Three levels down and up again by transposed convolutions."""

    def __init__(self, width=32, classes=2):
        super().__init__()
        widths = [width << level for level in range(4)]
        self.down = nn.ModuleList(
            self.pair(inner, outer)
            for inner, outer in zip([3, *widths], widths))
        self.up = nn.ModuleList(
            nn.ConvTranspose2d(2 * outer, outer, 2, 2) for outer in widths[:3])
        self.merge = nn.ModuleList(
            self.pair(2 * outer, outer) for outer in widths[:3])
        self.head = nn.Conv2d(width, classes, 1)

    @staticmethod
    def pair(inner, outer):
        return nn.Sequential(conv_norm(inner, outer, 3),
                             conv_norm(outer, outer, 3))

    def forward(self, x):
        skipped = []
        for level, down in enumerate(self.down):
            x = down(x if level == 0 else nn.functional.max_pool2d(x, 2))
            skipped.append(x)
        for level in reversed(range(3)):
            x = torch.cat([skipped[level], self.up[level](x)], 1)
            x = self.merge[level](x)
        return self.head(x)


class Fire(nn.Module):
    def __init__(self, inner, squeezed, outer):
        super().__init__()
        self.squeeze = nn.Conv2d(inner, squeezed, 1)
        self.one = nn.Conv2d(squeezed, outer, 1)
        self.three = nn.Conv2d(squeezed, outer, 3, padding=1)

    def forward(self, x):
        x = torch.relu(self.squeeze(x))
        return torch.relu(torch.cat([self.one(x), self.three(x)], 1))


class SqueezeNet(nn.Module):
    """SqueezeNet 1.1."""

    def __init__(self):
        super().__init__()
        pool = lambda: nn.MaxPool2d(3, 2, ceil_mode=True)
        self.layers = nn.Sequential(
            nn.Conv2d(3, 64, 3, 2), nn.ReLU(), pool(),
            Fire(64, 16, 64), Fire(128, 16, 64), pool(),
            Fire(128, 32, 128), Fire(256, 32, 128), pool(),
            Fire(256, 48, 192), Fire(384, 48, 192), Fire(384, 64, 256),
            Fire(512, 64, 256), nn.Conv2d(512, 1000, 1), nn.ReLU(),
            nn.AdaptiveAvgPool2d(1), nn.Flatten())

    def forward(self, x):
        return self.layers(x)
