"""Generators: exact inverses and divergences, bounds that hold, and posteriors against scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.datasets import load_diabetes, load_digits, load_iris
from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis
from sklearn.linear_model import BayesianRidge, LinearRegression

from reference_models.generate.bayesian_regression import VariationalRegression, gamma_divergence
from reference_models.generate.likelihood import LikeliestNormals, efficiency
from reference_models.generate.robbins_monro import StochasticLeastSquares, find_root

torch = pytest.importorskip("torch")

from reference_models.generate.autoencoder import PAIRS, Autoencoder  # noqa: E402 - they need torch
from reference_models.generate.bayesian_network import BayesianNetwork, DoubtfulLinear  # noqa: E402
from reference_models.generate.diffusion import Diffusion  # noqa: E402
from reference_models.generate.flow import Coupling, Flow  # noqa: E402
from reference_models.generate.gan import GAN  # noqa: E402
from reference_models.generate.text_to_image import TextToImage  # noqa: E402
from reference_models.generate.variational_autoencoder import VAE, kl  # noqa: E402

torch.set_num_threads(1)
DIGITS, LABELS = load_digits(return_X_y=True)
DIGITS = (DIGITS / 16).astype(np.float32)
X, Y = load_iris(return_X_y=True)
DIABETES = load_diabetes(return_X_y=True)


@pytest.mark.parametrize("pair", PAIRS)
def test_an_autoencoder_redraws_better_than_the_mean(pair: str):
    model = Autoencoder(pair, epochs=25).fit(DIGITS[:400])
    assert model.encode(DIGITS[:3]).shape == (3, 16)
    assert model.errors_[-1] < ((DIGITS[:400] - DIGITS[:400].mean(axis=0)) ** 2).mean()


def test_a_sigmoid_stays_among_the_grey_levels_and_a_line_does_not():
    low = {pair: Autoencoder(pair, epochs=4).fit(DIGITS[:300]).redraw(DIGITS[:300]).min() for pair in PAIRS}
    assert low["linear_squared"] < 0 <= min(low["sigmoid_squared"], low["sigmoid_cross_entropy"])


def test_the_divergence_from_the_prior_is_torch_s():
    m, log_s2 = torch.randn(4, 3), torch.randn(4, 3)
    theirs = torch.distributions.kl_divergence(
        torch.distributions.Normal(m, (log_s2 / 2).exp()), torch.distributions.Normal(0.0, 1.0)
    )
    assert_allclose(kl(m, log_s2), theirs.sum(dim=1), rtol=1e-5)


@pytest.mark.parametrize("kind", [VAE, GAN, Flow, Diffusion, TextToImage])
def test_a_generator_draws_in_range_and_the_same_from_the_same_seed(kind: type):
    first, second = (kind(epochs=2, seed=5).fit(DIGITS[:150], LABELS[:150]).sample(np.arange(10)) for _ in range(2))
    assert first.shape == (10, 64)
    assert 0 <= first.min() <= first.max() <= 1
    assert_allclose(first, second)


def test_a_trained_generator_draws_zeros_that_look_like_zeros_more_than_like_ones():
    drawn = VAE(epochs=15).fit(DIGITS[:600], LABELS[:600]).sample(np.repeat([0, 1], 40))
    means = [DIGITS[c == LABELS].mean(axis=0) for c in (0, 1)]
    nearer = np.argmin([((drawn - m) ** 2).sum(axis=1) for m in means], axis=0)
    assert (nearer == np.repeat([0, 1], 40)).mean() > 0.9


def test_a_coupling_is_undone_exactly_and_knows_its_determinant():
    torch.manual_seed(0)
    layer = Coupling(torch.arange(64) < 32, 16).double()
    for p in layer.parameters():
        torch.nn.init.normal_(p, 0, 0.1)
    x, c = torch.randn(1, 64).double(), torch.eye(10)[:1].double()
    y, log_det = layer(x, c)
    assert_allclose(layer.undo(y, c).detach(), x, atol=1e-12)
    jacobian = torch.autograd.functional.jacobian(lambda v: layer(v[None], c)[0][0], x[0])
    assert log_det.item() == pytest.approx(torch.linalg.slogdet(jacobian).logabsdet.item())


def test_noise_added_step_by_step_or_at_once_is_as_much():
    model = Diffusion()
    share, noise = 1.0, 0.0
    for t in range(model.n_steps):
        share, noise = share * (1 - model.b[t]).sqrt(), noise * (1 - model.b[t]) + model.b[t]
    assert share.item() == pytest.approx(model.a[-1].sqrt().item(), rel=1e-4)
    assert noise.item() == pytest.approx(1 - model.a[-1].item(), rel=1e-4)
    assert model.a[-1] < 0.01  # hardly anything of the image is left


def test_a_little_further_in_the_latent_space_is_a_slightly_changed_image():
    model = TextToImage(epochs=3).fit(DIGITS[:150], LABELS[:150])
    start, end = torch.randn(2, model.n_noise)
    order = ["draw a two"] * 3
    here, near, far = model.draw(order, torch.stack([start, torch.lerp(start, end, 0.05), end]))
    assert 0 < np.abs(here - near).max() < np.abs(here - far).max()
    assert_allclose(model.draw(order, torch.stack([start] * 3))[0], here, rtol=1e-5)


def test_the_order_s_words_decide_and_unknown_ones_are_passed_over():
    model = TextToImage(epochs=1).fit(DIGITS[:100], LABELS[:100])
    z = torch.zeros(2, model.n_noise)
    same = model._pixels(["draw a three", "kindly draw a Three"], z)
    assert torch.equal(same[0], same[1])
    other = model._pixels(["draw a three", "draw a nine"], z)
    assert not torch.equal(other[0], other[1])


@pytest.mark.parametrize(
    ("name", "parameter", "n", "expected"),
    # the mean reaches the bound at any n; 1 / mean does so only in the limit, with variance r^2 n^2 / ((n-1)^2 (n-2))
    [
        ("normal mean", 1.0, 5, 1),
        ("coin", 0.3, 20, 1),
        ("poisson rate", 4.0, 5, 1),
        ("exponential rate", 2.0, 10, 0.648),
    ],
)
def test_the_likeliest_estimate_against_the_bound(name: str, parameter: float, n: int, expected: float):
    assert efficiency(name, parameter, n, n_draws=40_000, rng=np.random.default_rng(0)) == pytest.approx(
        expected, abs=0.04
    )


def test_the_likeliest_normals_classify_as_scikit_learn_s():
    theirs = QuadraticDiscriminantAnalysis().fit(X, Y)
    assert (LikeliestNormals(floor=0).fit(X, Y).predict(X) == theirs.predict(X)).mean() > 0.99


def test_robbins_and_monro_find_a_quantile():
    rng = np.random.default_rng(0)
    way = find_root(lambda t: (rng.normal() < t) - 0.9, 0.0, n_steps=40_000, a=6)
    assert way[-1] == pytest.approx(1.2816, abs=0.1)
    assert len(way) == 40_001


def test_one_example_at_a_time_comes_to_the_least_squares():
    ours, theirs = StochasticLeastSquares(epochs=200).fit(*DIABETES), LinearRegression().fit(*DIABETES)
    assert np.sqrt(((ours.predict(DIABETES[0]) - theirs.predict(DIABETES[0])) ** 2).mean()) < 5


def test_the_evidence_bound_never_falls_and_the_weights_are_scikit_learn_s():
    ours, theirs = VariationalRegression().fit(*DIABETES), BayesianRidge(tol=1e-9, max_iter=1000).fit(*DIABETES)
    assert (np.diff(ours.bounds_) > -1e-6).all()
    assert_allclose(ours.coef_, theirs.coef_, rtol=0.02, atol=2)
    assert ours.beta_ == pytest.approx(theirs.alpha_, rel=0.05)
    _, spread = ours.predict(DIABETES[0][:2], return_std=True)
    assert (spread > ours.beta_**-0.5).all()


def test_the_divergence_of_gammas_is_torch_s():
    ours = torch.distributions.Gamma(torch.tensor(3.0), torch.tensor(2.0))
    prior = torch.distributions.Gamma(torch.tensor(0.5), torch.tensor(0.5))
    assert gamma_divergence(3, 2, 0.5) == pytest.approx(torch.distributions.kl_divergence(ours, prior).item(), rel=1e-5)


def test_a_doubtful_layer_knows_its_divergence():
    layer = DoubtfulLinear(3, 2, 0.5)
    q = torch.distributions.Normal(layer.mean, layer.log_spread.exp())
    theirs = torch.distributions.kl_divergence(q, torch.distributions.Normal(0.0, 0.5)).sum()
    assert layer.kl().item() == pytest.approx(theirs.item(), rel=1e-5)
    assert not torch.equal(layer(torch.ones(1, 3)), layer(torch.ones(1, 3)))


@pytest.mark.parametrize("how", ["variational", "laplace"])
def test_doubt_grows_away_from_what_was_seen(how: str):
    seen = X[:, :2] - X[:, :2].mean(axis=0)
    model = BayesianNetwork(how, width=16, epochs=60).fit(seen, Y)
    assert (model.predict(seen) == Y).mean() > 0.75
    shares = model.predict_proba(np.array([[-1.0, 0.5], [0, -12]]))
    assert_allclose(shares.sum(axis=1), 1, rtol=1e-5)
    near, far = -(shares * np.log(np.maximum(shares, 1e-12))).sum(axis=1)
    assert near < 0.35 < far


def test_laplace_s_covariance_is_the_inverse_of_the_measured_curvature():
    model = BayesianNetwork("laplace", width=3, epochs=5).fit(X[:30, :2], Y[:30] + (np.arange(30) % 2))
    f = (
        torch.cat([model.body_(torch.tensor(X[:30, :2], dtype=torch.float32)), torch.ones(30, 1)], dim=1)
        .detach()
        .double()
    )
    targets = torch.tensor(np.arange(30) % 2)
    likeliest = torch.cat([model.head_.weight, model.head_.bias[:, None]], dim=1).detach().double()

    def loss(w: object) -> object:
        error = torch.nn.functional.cross_entropy(f @ w.reshape(likeliest.shape).T, targets, reduction="sum")
        return error + (w**2).sum() / (2 * model.prior**2)

    H = torch.autograd.functional.hessian(loss, likeliest.flatten())
    assert_allclose((model.root_ @ model.root_.T).double() @ H, np.eye(len(H)), atol=1e-3)
