"""Shapes of a convolutional network: convolutions with max-pooling, then dense layers."""

from __future__ import annotations

from dataclasses import dataclass

from lindyn import _check


@dataclass(frozen=True)
class Convolution:
    """A convolution with square kernel, then max-pooling over ``pool`` × ``pool``, then ReLU."""

    channels: int
    kernel: int = 3
    stride: int = 1
    padding: int = 0
    pool: int = 1

    def __post_init__(self) -> None:
        for name in ("channels", "kernel", "stride", "pool"):
            _check.integer(name, getattr(self, name), least=1)
        _check.integer("padding", self.padding)

    def size(self, before: int) -> int:
        """Pixels along one side after the convolution, before pooling."""
        return (before + 2 * self.padding - self.kernel) // self.stride + 1


@dataclass(frozen=True)
class Architecture:
    """Images through ``convolutions``, then dense layers with ReLU between them.

    Parameters
    ----------
    image : height, width and channels.
    convolutions : in the order in which they are applied.
    widths : hidden widths of the dense layers.
    classes : number of outputs.

    Raises
    ------
    ValueError
        If a kernel is larger than its image, or pooling windows do not tile the map.

    Examples
    --------
    >>> ALEXNET.dense_shapes
    ((4096, 1024), (4096, 4096), (10, 4096))
    """

    image: tuple[int, int, int]
    convolutions: tuple[Convolution, ...]
    widths: tuple[int, ...]
    classes: int

    def __post_init__(self) -> None:
        for name, sizes in (("image", self.image), ("widths", self.widths)):
            for size in sizes:
                _check.integer(name, size, least=1)
        _check.integer("classes", self.classes, least=1)
        for number, layer in enumerate(self.convolutions):
            before = self.maps[number]
            for side in map(layer.size, before[:2]):
                if side < 1 or side % layer.pool:
                    required = "kernels that fit and pooling windows that tile the map"
                    came = f"{layer} on {before[0]} × {before[1]} pixels"
                    raise _check.fail(f"convolutions[{number}]", required, came)

    @property
    def maps(self) -> tuple[tuple[int, int, int], ...]:
        """Height, width and channels of the image and after each convolution with pooling."""
        shapes = [self.image]
        for layer in self.convolutions:
            height, width = (layer.size(side) // layer.pool for side in shapes[-1][:2])
            shapes.append((height, width, layer.channels))
        return tuple(shapes)

    @property
    def kernel_shapes(self) -> tuple[tuple[int, int], ...]:
        """Rows: channels; columns: entries of the patch that the kernel sees."""
        before = [shape[2] for shape in self.maps]
        return tuple(
            (layer.channels, channels * layer.kernel**2)
            for layer, channels in zip(self.convolutions, before, strict=False)
        )

    @property
    def dense_shapes(self) -> tuple[tuple[int, int], ...]:
        """Shapes (d_k, d_{k−1}) of the dense layers, from the first to the output."""
        height, width, channels = self.maps[-1]
        sizes = (height * width * channels, *self.widths, self.classes)
        return tuple(zip(sizes[1:], sizes[:-1], strict=True))


# The paper prints the dense shapes alone.  These convolutions are those of AlexNet (3 × 3 kernels,
# a first stride of 2) as it is usually cut down to 32 × 32 pixels; they end in 256 maps of 2 × 2.
ALEXNET = Architecture(
    image=(32, 32, 3),
    convolutions=(
        Convolution(64, stride=2, padding=1, pool=2),
        Convolution(192, padding=1, pool=2),
        Convolution(384, padding=1),
        Convolution(256, padding=1),
        Convolution(256, padding=1, pool=2),
    ),
    widths=(4096, 4096),
    classes=10,
)

# For the digits of scikit-learn: seconds, not hours.
SMALL = Architecture(
    image=(8, 8, 1), convolutions=(Convolution(16, pool=2),), widths=(128, 128), classes=10
)
