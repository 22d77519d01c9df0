"""Bad input: every public function refuses it, names the argument and says what is required."""

import numpy as np
import pytest

import lindyn
from lindyn import ShapeError, figures, risks
from lindyn.bounds.lsz import clock_minus, clock_plus
from lindyn.laws import StudentT
from lindyn.losses import loss_named
from lindyn.networks import balanced

NAN, INF = float("nan"), float("inf")
EYE = np.eye(2)
PAIR = (np.ones((3, 2)), np.ones((2, 3)))
BROKEN = (np.ones((3, 2)), np.ones((2, 4)))
SQUARE = lindyn.WhitenedSquare(EYE)
CIRCLE = lindyn.UniformSphere(2)
LOGISTIC = lindyn.SphericalLogistic(CIRCLE, [0.0, 1.0])
LINE = (np.array([[0.6, -0.8]]),)


def rng():
    return np.random.default_rng(0)


class WrongGradient:
    shape = (2, 2)

    def value(self, W):
        return 0.0

    def gradient(self, W):
        return np.zeros(3)


def flow(risk=SQUARE, weights=PAIR, times=(0.0, 1.0), **options):
    return lindyn.gradient_flow(risk, weights, times, **options)


def induced(risk=SQUARE, start=EYE, depth=2, times=(0.0, 1.0)):
    return lindyn.induced_flow(risk, start, depth, times)


def closed(law=CIRCLE, direction=(0.0, 1.0), start=(0.6, -0.8), depth=1):
    return lindyn.SphericalFlow(law, direction=direction, start=start, depth=depth)


def descent(risk=SQUARE, weights=PAIR, step=0.1, steps=3, **options):
    return lindyn.gradient_descent(risk, weights, step, steps, **options)


# What is called, the argument the message names, the words of the requirement or the cure.
VALUES = {
    "product of no layers": (lambda: lindyn.end_to_end(()), "weights", "non-empty tuple"),
    "product of one array": (lambda: lindyn.end_to_end(EYE), "weights", "input layer first"),
    "product with NaN": (lambda: lindyn.end_to_end((NAN * EYE,)), r"weights\[0\]", "finite"),
    "product of words": (lambda: lindyn.end_to_end(("ab",)), r"weights\[0\]", "real numbers"),
    "product that overflows": (lambda: lindyn.end_to_end((1e200 * EYE,) * 2), "weights", "Rescale"),
    "imbalance that overflows": (lambda: lindyn.imbalance((1e200 * EYE,) * 2), "weights", "double"),
    "gradients with infinity": (
        lambda: lindyn.layer_gradients(PAIR, np.full((2, 2), INF)),
        "gradient",
        "finite",
    ),
    "gradients that overflow": (
        lambda: lindyn.layer_gradients((1e200 * EYE,) * 3, EYE),
        "weights",
        "Rescale",
    ),
    "alignment of a zero layer": (
        lambda: lindyn.alignment((EYE, 0 * EYE)),
        r"weights\[1\]",
        "non-zero",
    ),
    "depth zero": (lambda: balanced(EYE, 0), "depth", "at least 1"),
    "negative depth": (lambda: balanced(EYE, -3), "depth", "at least 1"),
    "fractional depth": (lambda: balanced(EYE, 2.5), "depth", "an integer"),
    "depth that is a truth value": (lambda: balanced(EYE, True), "depth", "an integer"),
    "balanced NaN": (lambda: balanced([[NAN]], 2), "W", "finite"),
    "too few widths": (lambda: balanced(EYE, 3, [2]), "widths", "2 hidden widths for depth 3"),
    "width as a number": (lambda: balanced(EYE, 3, 2), "widths", "2 hidden widths"),
    "width below the rank": (lambda: balanced(EYE, 2, [1]), "widths", "at least the rank 2"),
    "width zero": (lambda: balanced(EYE, 2, [0]), r"widths\[0\]", "at least 1"),
    "widths for depth one": (lambda: balanced(EYE, 1, [2]), "widths", "0 hidden widths"),
    "seed for a generator": (lambda: balanced(EYE, 2, rng=3), "rng", "default_rng"),
    "label zero": (lambda: lindyn.LabelledData(EYE, [0, 1]), "y", "Map 0 to -1"),
    "data with NaN": (lambda: lindyn.LabelledData(NAN * EYE, [1, 1]), "X", "finite"),
    "clusters without gap": (lambda: lindyn.two_clusters(3, 2, rng(), gap=0), "gap", "positive"),
    "clusters of negative spread": (
        lambda: lindyn.two_clusters(3, 2, rng(), spread=-1),
        "spread",
        "non-negative",
    ),
    "no clusters": (lambda: lindyn.two_clusters(0, 2, rng()), "n", "at least 1"),
    "clusters from a seed": (lambda: lindyn.two_clusters(3, 2, 7), "rng", "default_rng"),
    "too few white inputs": (lambda: lindyn.whitened_inputs(2, 3, rng()), "n", "n ≥ dim"),
    "unknown loss": (lambda: loss_named("hinge"), "loss", "exponential"),
    "risk with an unknown loss": (lambda: risks.Separable(EYE, [1, 1], "0-1"), "loss", "logistic"),
    "direction zero": (lambda: risks.SphericalLogistic(CIRCLE, [0, 0]), "direction", "non-zero"),
    "risk at NaN": (lambda: SQUARE.value(NAN * EYE), "W", "finite"),
    "gradient at infinity": (lambda: LOGISTIC.gradient([INF, 0.0]), "W", "finite"),
    "batch of none": (lambda: LOGISTIC.minibatch_gradient([1, 0], 0, rng()), "batch", "at least 1"),
    "batch from a seed": (lambda: LOGISTIC.minibatch_gradient([1, 0], 2, 5), "rng", "default_rng"),
    "dimension zero": (lambda: lindyn.UniformSphere(0), "dim", "at least 1"),
    "fractional dimension": (lambda: lindyn.Gaussian(2.0), "dim", "an integer"),
    "negative radius": (lambda: lindyn.UniformBall(2, radius=-1), "radius", "positive"),
    "scale zero": (lambda: lindyn.Gaussian(2, scale=0.0), "scale", "positive"),
    "tail too heavy": (lambda: StudentT(2, freedom=1.0), "freedom", "infinite"),
    "negative norm": (lambda: CIRCLE.Phi(-1.0), "r", "non-negative"),
    "norm NaN": (lambda: CIRCLE.psi([1.0, NAN]), "r", "finite"),
    "negative sample": (lambda: CIRCLE.sample(-1, rng()), "n", "at least 0"),
    "sample from a seed": (lambda: CIRCLE.sample(3, 1), "rng", "default_rng"),
    "flow of no risk": (lambda: flow(risk="square"), "risk", r"\.gradient\(W\)"),
    "flow to negative times": (lambda: flow(times=[-1.0, 1.0]), "times", "non-negative"),
    "flow to unsorted times": (lambda: flow(times=[1.0, 0.5]), "times", "numpy.sort"),
    "flow to NaN": (lambda: flow(times=[0.0, NAN]), "times", "finite"),
    "flow to infinity": (lambda: flow(times=INF), "times", "finite"),
    "tolerance zero": (lambda: flow(rtol=0.0), "rtol", "positive"),
    "tolerance beyond doubles": (lambda: flow(rtol=1e-16), "rtol", "Doubles carry no more"),
    "negative tolerance": (lambda: flow(atol=-1e-9), "atol", "positive"),
    "unknown method": (lambda: flow(method="Euler"), "method", "DOP853"),
    "event that is no function": (lambda: flow(events=[3.0]), r"events\[0\]", r"\(t, weights\)"),
    "induced depth zero": (lambda: induced(depth=0), "depth", "at least 1"),
    "induced start with NaN": (lambda: induced(start=NAN * EYE), "W0", "finite"),
    "descent by zero": (lambda: descent(step=0.0), "step", "positive"),
    "descent by a negative step": (lambda: descent(step=[0.1, -0.1, 0.1]), "step", "positive"),
    "step rule that turns negative": (lambda: descent(step=lambda n: 1.0 - n), "step", "positive"),
    "step rule that gives NaN": (lambda: descent(step=lambda n: NAN), r"step\(0\)", "finite"),
    "negative number of steps": (lambda: descent(steps=-1), "steps", "at least 0"),
    "fractional number of steps": (lambda: descent(steps=10.0), "steps", "an integer"),
    "record every zeroth": (lambda: descent(record_every=0), "record_every", "at least 1"),
    "batch without generator": (lambda: descent(LOGISTIC, LINE, batch=4), "rng, batch", "both"),
    "generator without batch": (lambda: descent(LOGISTIC, LINE, rng=rng()), "rng, batch", "both"),
    "seed with batch": (lambda: descent(LOGISTIC, LINE, batch=4, rng=1), "rng", "default_rng"),
    "batch of zero": (lambda: descent(LOGISTIC, LINE, batch=0, rng=rng()), "batch", "at least 1"),
    "risk that cannot be sampled": (
        lambda: descent(batch=4, rng=rng()),
        "risk",
        "minibatch_gradient",
    ),
    "closed form of no law": (lambda: closed(law="circle"), "law", "lindyn.laws"),
    "closed form from zero": (lambda: closed(start=[0.0, 0.0]), "start", "non-zero"),
    "closed form from NaN": (lambda: closed(start=[NAN, 1.0]), "start", "finite"),
    "closed form to no direction": (lambda: closed(direction=[0, 0]), "direction", "non-zero"),
    "closed form of depth zero": (lambda: closed(depth=0), "depth", "at least 1"),
    "closed form at negative time": (lambda: closed().at(-1.0), "t", "non-negative"),
    "closed form at unsorted times": (lambda: closed().at([2.0, 1.0]), "t", "numpy.sort"),
    "closed form at NaN": (lambda: closed().at_natural_time(NAN), "tau", "finite"),
    "closed form beyond its end": (lambda: closed(start=[0.0, -1.0]).at(100.0), "t", "reaches 0"),
    "Hessian of a risk without one": (
        lambda: lindyn.hessian(WrongGradient(), PAIR),
        "risk",
        "second_derivative",
    ),
    "Hessian of no layers": (lambda: lindyn.hessian(SQUARE, ()), "weights", "non-empty tuple"),
    "Hessian that overflows": (
        lambda: lindyn.hessian_spectrum(SQUARE, (1e90 * EYE,) * 3),
        "weights",
        "Rescale",
    ),
    "direction with NaN": (
        lambda: lindyn.hessian_vector(SQUARE, PAIR, (NAN * PAIR[0], PAIR[1])),
        r"directions\[0\]",
        "finite",
    ),
    "stationarity that overflows": (
        lambda: lindyn.stationarity(SQUARE, (1e120 * EYE,) * 2),
        "weights",
        "Rescale",
    ),
    "tolerance of no size": (
        lambda: lindyn.critical_point(SQUARE, PAIR, tolerance=0.0),
        "tolerance",
        "positive",
    ),
    "unknown figure": (lambda: figures.show("lsz-fig-9"), "id", "lsz-fig-2"),
    "clock of negative steps": (lambda: clock_minus([1.0, -1.0], 1.0, 1.0), "steps", "positive"),
    "clock from norm zero": (lambda: clock_plus([1.0], 0.0, 1.0), "start_norm", "positive"),
}

SHAPES = {
    "layers that do not chain": (lambda: lindyn.end_to_end(BROKEN), "weights", "Order the layers"),
    "imbalance of a broken chain": (lambda: lindyn.imbalance(BROKEN), "weights", "3 columns"),
    "layer that is a vector": (
        lambda: lindyn.end_to_end((np.ones(3),)),
        r"weights\[0\]",
        "with 2 axes",
    ),
    "gradient of another shape": (
        lambda: lindyn.layer_gradients(PAIR, np.ones((3, 3))),
        "gradient",
        r"\(2, 2\)",
    ),
    "labels too few": (lambda: lindyn.LabelledData(EYE, [1]), "y", "2 labels"),
    "no data": (lambda: lindyn.LabelledData(np.ones((0, 2)), []), "X", "n, d ≥ 1"),
    "outputs too few": (lambda: lindyn.LeastSquares(EYE, [1.0]), "Y", "2 examples"),
    "risk at another shape": (lambda: SQUARE.value(np.ones((2, 3))), "W", r"\(2, 2\)"),
    "vector where two outputs": (lambda: SQUARE.gradient([1.0, 2.0]), "W", "with 2 axes"),
    "predictor too long": (lambda: LOGISTIC.value([1.0, 2.0, 3.0]), "W", r"\(1, 2\)"),
    "direction of another dimension": (
        lambda: risks.SphericalLogistic(CIRCLE, [1, 0, 0]),
        "direction",
        "2 entries",
    ),
    "closed form of another dimension": (
        lambda: closed(start=[1.0, 0.0, 0.0]),
        "start",
        "2 entries",
    ),
    "flow of weights that do not fit": (
        lambda: flow(weights=(np.ones((2, 3)),)),
        "product of weights",
        r"\(2, 2\)",
    ),
    "flow to a table of times": (lambda: flow(times=[[0.0, 1.0]]), "times", "vector of times"),
    "flow to no time": (lambda: flow(times=[]), "times", "at least one"),
    "flow of a wrong gradient": (lambda: flow(risk=WrongGradient()), "risk", r"shape \(2, 2\)"),
    "induced start of another shape": (lambda: induced(start=np.ones((3, 2))), "W0", r"\(2, 2\)"),
    "descent of a broken chain": (lambda: descent(weights=BROKEN), "weights", "a chain"),
    "direction of other layers": (
        lambda: lindyn.hessian_vector(SQUARE, PAIR, PAIR[::-1]),
        "directions",
        r"\(3, 2\)",
    ),
    "Hessian of weights that do not fit": (
        lambda: lindyn.hessian(SQUARE, (np.ones((2, 3)),)),
        "product of weights",
        r"\(2, 2\)",
    ),
    "second derivative along a vector": (
        lambda: SQUARE.second_derivative(EYE, np.ones(3)),
        "direction",
        "with 2 axes",
    ),
    "too few step sizes": (lambda: descent(step=[0.1, 0.1]), "step", "3 step sizes"),
    "table of step sizes": (lambda: descent(step=np.ones((3, 1))), "step", "1 axes"),
}


@pytest.mark.parametrize("name", [*VALUES, *SHAPES])
def test_bad_input_is_refused_with_the_argument_and_the_requirement(name):
    call, argument, words = (VALUES | SHAPES)[name]
    with pytest.raises(ShapeError if name in SHAPES else ValueError, match=words) as caught:
        call()
    assert not isinstance(caught.value, ShapeError) or name in SHAPES
    message = str(caught.value)
    assert message.split(":")[0].startswith(argument.replace("\\", ""))
    assert ": must be " in message
    assert "; came " in message


def test_there_are_enough_cases():
    assert len(VALUES) + len(SHAPES) >= 80
