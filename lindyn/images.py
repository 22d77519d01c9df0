"""Labelled images: the digits that scikit-learn ships, and CIFAR-10 in its binary version."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lindyn import _check

CIFAR10_PAGE = "https://www.cs.toronto.edu/~kriz/cifar.html"
CIFAR10_ARCHIVE = "cifar-10-binary.tar.gz"
CIFAR10_ARCHIVE_MD5 = "c32a1d4ab5d03f1284b67883e8d87530"  # as that page prints it
CIFAR10_FOLDER = "cifar-10-batches-bin"
CIFAR10_SHA256 = {
    "data_batch_1.bin": "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5",
    "data_batch_2.bin": "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed",
    "data_batch_3.bin": "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67",
    "data_batch_4.bin": "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48",
    "data_batch_5.bin": "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add",
    "test_batch.bin": "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b",
}
CIFAR10_RECORDS = 10_000  # in each file
CIFAR10_IMAGE = (3, 32, 32)  # a record is one byte of label, then these, row by row
CIFAR10_CLASSES = 10


@dataclass(frozen=True)
class ImageSet:
    """Images of shape (n, height, width, channels), in whole grey levels, with class numbers.

    Parameters
    ----------
    pixels : array of unsigned bytes, shape (n, height, width, channels).
    labels : integers from 0, shape (n,).

    Raises
    ------
    ValueError
        If there is no image, the pixels are not bytes or a label is not an integer from 0.
    ShapeError
        If the pixels have not four axes, or the numbers of images and labels differ.

    Examples
    --------
    >>> images = ImageSet(np.array([0, 8, 8, 16], np.uint8).reshape(2, 1, 2, 1), [0, 1])
    >>> images.standardised()[:, 0, :, 0].round(2)
    array([[-1.41,  0.  ],
           [ 0.  ,  1.41]])
    """

    pixels: NDArray[np.uint8]
    labels: NDArray[np.intp]

    def __init__(self, pixels: Any, labels: Any) -> None:
        pixels, labels = np.asarray(pixels), np.asarray(labels)
        if pixels.ndim != 4 or pixels.size == 0:
            required = "a non-empty array (n, height, width, channels)"
            raise _check.fail_shape("pixels", required, f"shape {pixels.shape}")
        if pixels.dtype != np.uint8:
            raise _check.fail("pixels", "unsigned bytes", str(pixels.dtype))
        if labels.shape != pixels.shape[:1]:
            raise _check.fail_shape("labels", f"{len(pixels)} labels", f"shape {labels.shape}")
        if not np.issubdtype(labels.dtype, np.integer) or labels.min() < 0:
            raise _check.fail("labels", "class numbers 0, 1, …", np.unique(labels)[:4])
        object.__setattr__(self, "pixels", pixels)
        object.__setattr__(self, "labels", labels.astype(np.intp))

    def __len__(self) -> int:
        return len(self.labels)

    def standardised(self, dtype: Any = np.float64) -> NDArray[np.floating]:
        """The pixels with mean 0 and standard deviation 1 in each channel, over all images."""
        values = self.pixels.astype(dtype)
        values -= self.pixels.mean(axis=(0, 1, 2))
        spread = self.pixels.std(axis=(0, 1, 2))
        values /= np.where(spread > 0, spread, 1)
        return values


def digits() -> ImageSet:
    """The 1,797 handwritten digits of 8 × 8 pixels, 17 grey levels, that scikit-learn ships.

    Returns
    -------
    ImageSet
        One channel, ten classes.

    Raises
    ------
    ModuleNotFoundError
        If scikit-learn is not installed.

    Examples
    --------
    >>> digits().pixels.shape
    (1797, 8, 8, 1)
    """
    try:
        from sklearn.datasets import load_digits  # slow to import
    except ModuleNotFoundError as error:
        message = "the digits come with scikit-learn: pip install scikit-learn, or lindyn[book]"
        raise ModuleNotFoundError(message, name=error.name) from error
    shipped = load_digits()
    return ImageSet(shipped.images[..., None].astype(np.uint8), shipped.target)


def cifar10(part: str = "train", folder: str | os.PathLike[str] | None = None) -> ImageSet:
    """CIFAR-10 from the files of its binary version; nothing is downloaded.

    Parameters
    ----------
    part : ``"train"`` (50,000 images) or ``"test"`` (10,000).
    folder : where the ``.bin`` files lie, or the folder around ``cifar-10-batches-bin``;
        by default ``$LINDYN_CIFAR10``, else the working folder.

    Returns
    -------
    ImageSet
        32 × 32 pixels, three channels (red, green, blue), ten classes.

    Raises
    ------
    FileNotFoundError
        If a file is not there; the message says what to download and where to put it.
    ValueError
        If a file has another size or checksum than the published one, or a label above 9.

    References
    ----------
    Krizhevsky and Hinton (2009), Learning multiple layers of features from tiny images.
    """
    if part not in ("train", "test"):
        raise _check.fail("part", "'train' or 'test'", repr(part))
    place = Path(folder if folder is not None else os.environ.get("LINDYN_CIFAR10", "."))
    if (place / CIFAR10_FOLDER).is_dir():
        place = place / CIFAR10_FOLDER
    wanted = [name for name in CIFAR10_SHA256 if name.startswith("test") == (part == "test")]
    parts = [_cifar10_file(place / name) for name in wanted]
    return ImageSet(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


def _cifar10_file(path: Path) -> tuple[NDArray[np.uint8], NDArray[np.intp]]:
    """Pixels and labels of one file, whose size, checksum and labels are looked at first."""
    if not path.is_file():
        raise FileNotFoundError(
            f"{path} is not there. CIFAR-10 does not come with lindyn: download {CIFAR10_ARCHIVE} "
            f"(162 MB, MD5 {CIFAR10_ARCHIVE_MD5}) from {CIFAR10_PAGE}, unpack it, and name the "
            f"folder {CIFAR10_FOLDER} as `folder` or in the environment variable LINDYN_CIFAR10."
        )
    content, again = path.read_bytes(), f"Unpack {CIFAR10_ARCHIVE} of {CIFAR10_PAGE} again."
    record = 1 + int(np.prod(CIFAR10_IMAGE))
    if len(content) != CIFAR10_RECORDS * record:
        required = f"of {CIFAR10_RECORDS * record:,} bytes"
        raise _check.fail(str(path), required, f"{len(content):,} bytes", again)
    found = hashlib.sha256(content).hexdigest()
    if found != CIFAR10_SHA256[path.name]:
        raise _check.fail(str(path), f"of SHA-256 {CIFAR10_SHA256[path.name]}", found, again)
    table = np.frombuffer(content, np.uint8).reshape(CIFAR10_RECORDS, record)
    labels = table[:, 0].astype(np.intp)
    if labels.max() >= CIFAR10_CLASSES:
        row = int(np.argmax(labels))
        required = f"labelled 0 to {CIFAR10_CLASSES - 1}"
        raise _check.fail(str(path), required, f"label {labels[row]} in record {row}")
    planes = table[:, 1:].reshape(-1, *CIFAR10_IMAGE)
    return np.ascontiguousarray(planes.transpose(0, 2, 3, 1)), labels
