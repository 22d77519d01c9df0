"""Beyond linear networks: a convolutional network whose dense layers are watched."""

from lindyn.nonlinear.architecture import ALEXNET, SMALL, Architecture, Convolution
from lindyn.nonlinear.convnet import ConvNet, initial
from lindyn.nonlinear.ratios import leading_values, random_ratio, rank_bound, shuffled_ratio
from lindyn.nonlinear.training import SETTINGS, Setting, Training, train

__all__ = [
    "ALEXNET",
    "SETTINGS",
    "SMALL",
    "Architecture",
    "ConvNet",
    "Convolution",
    "Setting",
    "Training",
    "initial",
    "leading_values",
    "random_ratio",
    "rank_bound",
    "shuffled_ratio",
    "train",
]
