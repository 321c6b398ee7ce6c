"""Networks: hand-written slopes and steps against numerical ones and torch's, published sizes, what each is known for."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.datasets import load_digits

from reference_models.networks import two_layers
from reference_models.networks.computational_graph import Value, cross_entropy

torch = pytest.importorskip("torch")

from reference_models.networks.alexnet import AlexNet, alexnet, moved  # noqa: E402 - they need torch
from reference_models.networks.ensembles import Ensemble, cosine  # noqa: E402
from reference_models.networks.inception import GoogLeNet, Inception, googlenet  # noqa: E402
from reference_models.networks.lenet import SEEN, LeNet5, lenet  # noqa: E402
from reference_models.networks.optimisers import DECAYS, SGD, Adadelta, Adam, Momentum, OptimisedMLP  # noqa: E402
from reference_models.networks.random_search import Choice, grid, random_search  # noqa: E402
from reference_models.networks.recipes import ACTIVATIONS, STARTS, Maxout, RecipeMLP  # noqa: E402
from reference_models.networks.resnet import Block, ResNet, resnet, small_resnet  # noqa: E402
from reference_models.networks.vgg import VGG, vgg  # noqa: E402

torch.set_num_threads(1)
DIGITS, LABELS = load_digits(return_X_y=True)
DIGITS = DIGITS / 16
RNG = np.random.default_rng(0)


def size(build: object, *args: object) -> int:
    """How many parameters a network has, without the memory for them."""
    with torch.device("meta"):
        return sum(p.numel() for p in build(*args).parameters())


def test_backpropagation_gives_the_numerical_slopes():
    X, T = RNG.normal(size=(5, 3)), np.eye(2)[[0, 1, 1, 0, 1]]
    weights = [RNG.normal(size=shape) for shape in ((3, 4), (4,), (4, 2), (2,))]
    for w, slope in zip(weights, two_layers.backward(weights, X, T), strict=True):
        for place in np.ndindex(w.shape):
            kept = w[place]
            w[place] = kept + 1e-6
            above = two_layers.loss(weights, X, T)
            w[place] = kept - 1e-6
            below = two_layers.loss(weights, X, T)
            w[place] = kept
            assert slope[place] == pytest.approx((above - below) / 2e-6, abs=1e-7)


def test_eleven_lines_learn_xor():
    X, t = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]), np.array([[0], [1], [1], [0]])
    found = two_layers.eleven_lines(X, t, np.random.default_rng(1))
    assert found.round().tolist() == t.tolist()
    assert len(inspect.getsource(two_layers.eleven_lines).splitlines()) == 11


def test_two_layers_learn_xor():
    X, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]] * 8), np.array([0, 1, 1, 0] * 8)
    model = two_layers.TwoLayers(hidden=8, epochs=800).fit(X, y)
    assert (model.predict(X) == y).all()


@pytest.mark.parametrize(
    ("build", "args", "expected"),
    [
        (alexnet, (), 60_965_224),
        (vgg, ("A",), 132_863_336),
        (vgg, ("B",), 133_047_848),
        (vgg, ("C",), 133_638_952),
        (vgg, ("D",), 138_357_544),
        (vgg, ("E",), 143_667_240),
        (googlenet, (), 6_998_552),
        (resnet, ((2, 2, 2, 2),), 11_689_512),
        (resnet, (), 21_797_672),
        (resnet, ((3, 4, 6, 3), True), 25_557_032),
        (resnet, ((3, 4, 23, 3), True), 44_549_160),
        (resnet, ((3, 8, 36, 3), True), 60_192_808),
    ],
)
def test_a_published_network_has_its_published_size(build: object, args: tuple, expected: int):
    assert size(build, *args) == expected


def test_lenet_has_its_sixty_thousand_parameters_layer_by_layer():
    sizes = [sum(p.numel() for p in layer.parameters()) for layer in lenet()]
    assert [n for n in sizes if n] == [156, 12, 1516, 32, 48_120, 10_164, 850]
    assert sum(sizes[:-1]) == 60_000
    assert [len(maps) for maps in SEEN] == [3] * 6 + [4] * 9 + [6]


def test_the_paper_s_twenty_layers_for_small_images_have_a_quarter_of_a_million():
    assert round(size(lambda: small_resnet(3, 10, 16, 3)) / 1e6, 2) == 0.27


def test_full_size_networks_give_a_number_for_each_class():
    with torch.device("meta"):
        assert googlenet()(torch.zeros(2, 3, 224, 224)).shape == (2, 1000)
        assert alexnet()(torch.zeros(2, 3, 227, 227)).shape == (2, 1000)
        assert vgg()(torch.zeros(2, 3, 224, 224)).shape == (2, 1000)
        assert resnet()(torch.zeros(2, 3, 224, 224)).shape == (2, 1000)


def test_alexnet_s_volumes_and_weights_are_the_published_ones():
    with torch.device("meta"):
        x, shapes = torch.zeros(1, 3, 227, 227), []
        for layer in alexnet():
            x = layer(x)
            if isinstance(layer, (torch.nn.Conv2d, torch.nn.MaxPool2d)):
                shapes.append(tuple(x.shape[1:]))
        weights = alexnet()[0].weight.numel()
    first, second = [(96, 55, 55), (96, 27, 27)], [(256, 27, 27), (256, 13, 13)]
    assert shapes == [*first, *second, *[(384, 13, 13)] * 2, (256, 13, 13), (256, 6, 6)]
    assert weights == 11 * 11 * 3 * 96


def test_a_batch_is_moved_by_a_pixel_at_most_and_keeps_its_size():
    torch.manual_seed(0)
    image = torch.full((1, 1, 5, 5), -0.5)
    image[0, 0, 2, 2] = 0.5
    places = {tuple((moved(image)[0, 0] == 0.5).nonzero()[0].tolist()) for _ in range(200)}
    assert places == {(i, j) for i in (1, 2, 3) for j in (1, 2, 3)}


def test_an_inception_block_lays_its_paths_on_one_pile():
    assert Inception(4, 3, 2, 5, 2, 6, 7)(torch.zeros(1, 4, 8, 8)).shape == (1, 3 + 5 + 6 + 7, 8, 8)


def test_a_block_that_learnt_nothing_passes_its_input_on():
    block = Block(4, 4, 1).eval()
    torch.nn.init.zeros_(block.learnt[-1].weight)
    x = torch.rand(2, 4, 5, 5)
    assert torch.equal(block(x), x)
    block.plain = True
    assert not block(x).any()


@pytest.mark.parametrize(("kind", "epochs"), [(VGG, 6), (ResNet, 6), (GoogLeNet, 6), (AlexNet, 12)])
def test_a_small_network_reads_digits(kind: type, epochs: int):
    model = kind(epochs).fit(DIGITS[:600], LABELS[:600])
    # AlexNet, which has no batch normalisation, has learnt half by then
    assert (model.predict(DIGITS[600:1000]) == LABELS[600:1000]).mean() > (0.4 if kind is AlexNet else 0.85)


def test_lenet_learns_the_same_from_the_same_seed():
    first, second = (LeNet5(epochs=1, seed=3).fit(DIGITS[:128], LABELS[:128]) for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(first.net_.parameters(), second.net_.parameters(), strict=True))


@pytest.mark.parametrize(
    ("ours", "theirs", "options"),
    [
        (SGD, torch.optim.SGD, {"lr": 0.1}),
        (Momentum, torch.optim.SGD, {"lr": 0.1, "momentum": 0.9}),
        (Adadelta, torch.optim.Adadelta, {"lr": 1.0, "rho": 0.9, "eps": 1e-6}),
        (Adam, torch.optim.Adam, {"lr": 0.01}),
    ],
)
def test_a_step_rule_walks_as_torch_s_does(ours: type, theirs: type, options: dict):
    mine, yours = (torch.tensor([3.0, -2.0, 0.5], requires_grad=True) for _ in range(2))
    walk, reference = ours([mine], options["lr"]), theirs([yours], **options)
    for _ in range(20):
        for w in (mine, yours):
            w.grad = None
            (w**4 + w.prod()).sum().backward()
        walk.step()
        reference.step()
    assert_allclose(mine.detach(), yours.detach(), rtol=1e-5)


def test_the_rate_decays_as_named():
    assert [DECAYS[name](20) for name in ("none", "step", "inverse")] == [1, 0.25, 0.2]
    assert DECAYS["exponential"](10) == pytest.approx(0.4966, abs=1e-4)


def test_maxout_is_the_larger_of_two_lines():
    layer = Maxout(1)
    layer.load_state_dict({"maps.weight": torch.tensor([[1.0], [-1.0]]), "maps.bias": torch.zeros(2)})
    assert layer(torch.tensor([[-3.0], [2.0]])).tolist() == [[3], [2]]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_recipe_learns_with_each_activation(activation: str):
    model = RecipeMLP(activation=activation, epochs=8).fit(DIGITS[:500], LABELS[:500])
    assert (model.predict(DIGITS[500:900]) == LABELS[500:900]).mean() > 0.75


def test_xavier_keeps_the_variance_and_stopping_keeps_the_best_epoch():
    first = RecipeMLP().network(300, 10)[0]
    assert first.weight.var().item() == pytest.approx(2 / (300 + 64), rel=0.1)
    model = RecipeMLP(epochs=30, patience=2).fit(DIGITS[:150], LABELS[:150])
    assert model.best_epoch_ == int(np.argmin(model.losses_))
    assert len(model.losses_) <= model.best_epoch_ + 3


def test_from_zero_nothing_is_learnt_and_from_xavier_or_he_it_is():
    found = {start: RecipeMLP(start=start, epochs=6).fit(DIGITS[:300], LABELS[:300]).losses_[-1] for start in STARTS}
    assert found["zero"] > 2.2 > 1 > max(found["xavier"], found["he"])  # log 10 = 2.3


def test_an_untaught_network_knows_nothing_and_can_learn_twenty_examples_by_heart():
    model = OptimisedMLP(decay="none", epochs=120).fit(DIGITS[:20], LABELS[:20])
    assert model.losses_[0] == pytest.approx(np.log(10), abs=0.15)
    assert (model.predict(DIGITS[:20]) == LABELS[:20]).all()


def test_random_search_tries_more_rates_than_a_grid_and_closes_in():
    def score(choice: Choice) -> float:
        return -abs(choice.lr + 1)

    tried = random_search(score, n=8, rng=np.random.default_rng(0))
    assert len({c.lr for c in grid(4)}) == 4
    assert len({c.lr for _, c in tried}) == 16
    assert tried[0][0] == max(s for s, _ in tried) > -0.2


@pytest.mark.parametrize(("kind", "n"), [("independent", 3), ("snapshots", 3), ("dropout", 30)])
def test_an_ensemble_asks_all_its_members(kind: str, n: int):
    model = Ensemble(kind, n_members=3, epochs=5).fit(DIGITS[:400], LABELS[:400])
    shares = model.each(DIGITS[400:700])
    assert shares.shape == (n, 300, 10)
    assert (shares[0] != shares[1]).any()
    single = np.mean([(s.argmax(axis=1) == LABELS[400:700]).mean() for s in shares])
    assert (model.predict(DIGITS[400:700]) == LABELS[400:700]).mean() >= single
    assert (cosine(0), cosine(1)) == (1, 0)


def test_adam_gets_further_than_plain_steps():
    losses = {
        name: OptimisedMLP(name, epochs=3).fit(DIGITS[:400], LABELS[:400]).losses_[-1] for name in ("sgd", "adam")
    }
    assert losses["adam"] < losses["sgd"]


def test_each_gate_hands_back_the_slopes_that_torch_finds():
    a, b, w = RNG.normal(size=(4, 3)), RNG.normal(size=(1, 3)), RNG.normal(size=(3, 2))
    values, tensors = [Value(x) for x in (a, b, w)], [torch.tensor(x, requires_grad=True) for x in (a, b, w)]

    def walk(a: object, b: object, w: object, *, relu: object, **options: object) -> object:
        return (((relu((a + b) * b) @ w).exp().sum(**options) + (a * a).sum(**options)).log() * a).sum()

    walk(*values, relu=Value.relu, axis=1).backward()
    walk(*tensors, relu=torch.relu, dim=1, keepdim=True).backward()
    for value, tensor in zip(values, tensors, strict=True):
        assert_allclose(value.slope, tensor.grad.numpy(), atol=1e-9)


def test_a_value_that_is_used_twice_gets_both_slopes():
    x = Value(3.0)
    (x * x + x).backward()
    assert x.slope == 7.0


def test_a_graph_s_cross_entropy_is_torch_s():
    scores, codes = RNG.normal(size=(5, 4)) * 30, [0, 3, 1, 1, 2]
    expected = torch.nn.functional.cross_entropy(torch.tensor(scores), torch.tensor(codes))
    assert cross_entropy(Value(scores), np.eye(4)[codes]).data.item() == pytest.approx(expected.item())
