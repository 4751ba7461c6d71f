# SPDX-License-Identifier: Apache-2.0
"""The digits that the CNN is trained on, and those that are held out."""
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


def load():
    """Returns ((images, labels), (held-out images, labels)).

    Images are float32 of shape [n, 1, 8, 8] from 0 to 1; 360 are held out.
    """
    digits = load_digits()
    images = (digits.images / 16).astype(np.float32)[:, None]
    train, test, labels, expected = train_test_split(
        images, digits.target, test_size=360, random_state=0,
        stratify=digits.target)
    return (train, labels), (test, expected)
