"""Images: the shipped digits, and CIFAR-10's files, whole and damaged."""

import hashlib
import sys

import numpy as np
import pytest

from lindyn import ShapeError, images
from lindyn.images import ImageSet, cifar10, digits

RECORDS = 7


@pytest.fixture
def published(tmp_path, monkeypatch):
    """A small set of files in the published format, and what they hold."""
    rng = np.random.default_rng(3)
    folder = tmp_path / images.CIFAR10_FOLDER
    folder.mkdir()
    sums, held = {}, {}
    for name in images.CIFAR10_SHA256:
        labels = rng.integers(0, 10, RECORDS).astype(np.uint8)
        planes = rng.integers(0, 256, (RECORDS, 3, 32, 32)).astype(np.uint8)
        rows = np.concatenate([labels[:, None], planes.reshape(RECORDS, -1)], axis=1)
        (folder / name).write_bytes(rows.tobytes())
        sums[name] = hashlib.sha256(rows.tobytes()).hexdigest()
        held[name] = planes, labels
    monkeypatch.setattr(images, "CIFAR10_SHA256", sums)
    monkeypatch.setattr(images, "CIFAR10_RECORDS", RECORDS)
    return folder, held


def damage(folder, change):
    path = folder / "data_batch_2.bin"
    content = bytearray(path.read_bytes())
    change(content)
    path.write_bytes(bytes(content))
    return path, hashlib.sha256(content).hexdigest()


def test_digits_are_the_shipped_ones():
    found = digits()
    assert found.pixels.shape == (1797, 8, 8, 1)
    assert (found.pixels.min(), found.pixels.max()) == (0, 16)
    assert np.bincount(found.labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_digits_without_scikit_learn_say_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install scikit-learn"):
        digits()


def test_standardised_channels_have_mean_0_and_deviation_1():
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (20, 4, 5, 2)).astype(np.uint8)
    pixels[..., 1] = 9  # a channel without contrast
    values = ImageSet(pixels, np.zeros(20, int)).standardised()
    assert values[..., 0].mean() == pytest.approx(0, abs=1e-14)
    assert values[..., 0].std() == pytest.approx(1, abs=1e-14)
    assert np.all(values[..., 1] == 0)
    single = ImageSet(pixels, np.zeros(20, int)).standardised(np.float32)
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, values, atol=1e-5)


@pytest.mark.parametrize(
    ("pixels", "labels", "error", "words"),
    [
        (np.zeros((2, 3, 3), np.uint8), [0, 1], ShapeError, "pixels"),
        (np.zeros((0, 3, 3, 1), np.uint8), [], ShapeError, "non-empty"),
        (np.zeros((2, 3, 3, 1)), [0, 1], ValueError, "unsigned bytes; came float64"),
        (np.zeros((2, 3, 3, 1), np.uint8), [0, 1, 2], ShapeError, "2 labels"),
        (np.zeros((2, 3, 3, 1), np.uint8), [0, -1], ValueError, "class numbers"),
        (np.zeros((2, 3, 3, 1), np.uint8), [0.0, 1.0], ValueError, "class numbers"),
    ],
)
def test_bad_image_sets_are_refused(pixels, labels, error, words):
    with pytest.raises(error, match=words):
        ImageSet(pixels, labels)


def test_cifar_names_six_files_and_their_checksums():
    assert len(images.CIFAR10_SHA256) == len(set(images.CIFAR10_SHA256.values())) == 6
    assert all(len(bytes.fromhex(digest)) == 32 for digest in images.CIFAR10_SHA256.values())
    assert images.CIFAR10_RECORDS * (1 + 3 * 32 * 32) == 30_730_000


def test_cifar_reads_labels_and_planes(published):
    folder, held = published
    found = cifar10("train", folder)
    assert found.pixels.shape == (5 * RECORDS, 32, 32, 3)
    for part in range(5):
        planes, labels = held[f"data_batch_{part + 1}.bin"]
        rows = slice(part * RECORDS, (part + 1) * RECORDS)
        assert np.array_equal(found.labels[rows], labels)
        for channel in range(3):
            assert np.array_equal(found.pixels[rows, :, :, channel], planes[:, channel])
    test = cifar10("test", folder)
    assert np.array_equal(test.labels, held["test_batch.bin"][1])


def test_cifar_is_found_in_the_folder_around_and_through_the_environment(published, monkeypatch):
    folder, held = published
    assert np.array_equal(cifar10("test", folder.parent).labels, held["test_batch.bin"][1])
    monkeypatch.setenv("LINDYN_CIFAR10", str(folder))
    assert np.array_equal(cifar10("test").labels, held["test_batch.bin"][1])


def test_absent_cifar_says_what_to_download_and_where_to_put_it(tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        cifar10("train", tmp_path)
    for word in ("data_batch_1.bin", images.CIFAR10_ARCHIVE, images.CIFAR10_PAGE, "LINDYN_CIFAR10"):
        assert word in str(caught.value)


def test_unknown_part_is_refused(tmp_path):
    with pytest.raises(ValueError, match="part: must be 'train' or 'test'"):
        cifar10("valid", tmp_path)


def test_cut_file_is_refused_by_its_size(published):
    folder, _ = published
    damage(folder, lambda content: content.pop())
    with pytest.raises(
        ValueError, match=r"data_batch_2\.bin: must be of 21,511 bytes; came 21,510"
    ):
        cifar10("train", folder)


def test_changed_file_is_refused_by_its_checksum(published):
    folder, _ = published
    damage(folder, lambda content: content.__setitem__(100, content[100] ^ 1))
    with pytest.raises(ValueError, match=r"data_batch_2\.bin: must be of SHA-256"):
        cifar10("train", folder)
    assert len(cifar10("test", folder)) == RECORDS


def test_label_above_nine_is_refused(published):
    folder, _ = published
    path, found = damage(folder, lambda content: content.__setitem__(3073 * 4, 10))
    images.CIFAR10_SHA256[path.name] = found
    with pytest.raises(ValueError, match="labelled 0 to 9; came label 10 in record 4"):
        cifar10("train", folder)
