"""Decisions, few labels and sequences: what dynamic programming promises, what labels are worth, cells against torch's."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from sklearn.datasets import load_digits, make_moons

from reference_models.boards import BOARDS
from reference_models.networks.active_learning import ActiveLearner, doubt
from reference_models.networks.decision_process import DecisionProcess, read_process
from reference_models.networks.q_learning import QLearner, World
from reference_models.networks.semi_supervised import LabelSpreading, SelfTraining

torch = pytest.importorskip("torch")

from reference_models.networks.recurrent import LetterModel, Recurrent  # noqa: E402 - they need torch
from reference_models.networks.transfer import Transfer  # noqa: E402

torch.set_num_threads(1)
DIGITS, LABELS = load_digits(return_X_y=True)
DIGITS = DIGITS / 16

# a corridor of three cells; a step right from the last reaches the end (3), which brings 1; steps left cost nothing
CORRIDOR = pd.DataFrame(
    [
        (0, 0, 0, 1, 0, 0),
        (0, 1, 1, 1, 0, 0),
        (1, 0, 0, 1, 0, 0),
        (1, 1, 2, 1, 0, 0),
        (2, 0, 1, 1, 0, 0),
        (2, 1, 3, 1, 1, 1),
    ],
    columns=["state", "action", "next_state", "probability", "reward", "is_end"],
)


def test_values_fall_by_the_discount_along_a_corridor():
    process = read_process(CORRIDOR)
    values, _ = process.value_iteration()
    assert values[:3] == pytest.approx([0.95**2, 0.95, 1])


def test_both_iterations_agree_on_a_slippery_maze():
    rng = np.random.default_rng(0)
    process = DecisionProcess(rng.dirichlet(np.ones(6), (6, 3)), rng.normal(size=6), np.arange(6) == 5)
    values, n_rounds = process.value_iteration()
    others, policy, n_solved = process.policy_iteration()
    assert_allclose(values, others, atol=1e-8)
    assert (process.gains(values).argmax(axis=1) == policy).all()
    assert n_solved < 6 < n_rounds


def test_an_agent_that_only_tries_finds_the_way_out():
    model = QLearner(3000).fit(World(CORRIDOR, np.random.default_rng(0)))
    assert model.predict(np.array([0, 1, 2])).tolist() == [1, 1, 1]
    assert model.q_[2, 1] == pytest.approx(1)


def test_the_world_draws_as_its_table_says():
    table = CORRIDOR.iloc[[0, 0]].assign(next_state=[0, 1], probability=[0.3, 0.7])
    world = World(table, np.random.default_rng(0))
    assert np.mean([world.step(0, 0)[0] for _ in range(4000)]) == pytest.approx(0.7, abs=0.03)


def test_the_maze_of_the_board_is_solved_from_its_table():
    import io

    made = BOARDS["dungeon"]()
    truth = pd.read_csv(io.StringIO(made.solution))
    _, policy, _ = read_process(pd.read_csv(io.StringIO(made.public["train.csv"]))).policy_iteration()
    assert (policy[truth["id"].astype(int)] == truth["label"]).all()


def test_doubt_is_largest_where_two_classes_are_level():
    assert doubt(np.array([[0.5, 0.5, 0], [0.9, 0.05, 0.05]])).tolist() == pytest.approx([1, 0.15])


def test_asking_where_in_doubt_beats_asking_at_random():
    scores = {}
    for how in ("doubt", "random"):
        model = ActiveLearner(how, n_rounds=5).fit(
            DIGITS[:40], LABELS[:40], DIGITS[40:900], lambda places: LABELS[40:900][places]
        )
        assert len(set(model.asked_)) == 50
        scores[how] = (model.predict(DIGITS[900:]) == LABELS[900:]).mean()
    assert scores["doubt"] > scores["random"]


def test_one_label_for_each_moon_is_enough():
    X, truth = make_moons(200, noise=0.06, random_state=0)
    y = np.full(200, -1)
    for c in (0, 1):
        y[np.flatnonzero(truth == c)[0]] = c
    assert (LabelSpreading(alpha=0.99).fit(X, y).labels_ == truth).mean() > 0.97


def test_unlabelled_digits_help():
    y = np.append(LABELS[:40], np.full(700, -1))
    alone = SelfTraining(n_rounds=1).fit(DIGITS[:740], y)
    taught = LabelSpreading().fit(DIGITS[:740], y)
    right = [(m.predict(DIGITS[740:]) == LABELS[740:]).mean() for m in (alone, taught)]
    assert right[1] > right[0]


@pytest.mark.parametrize(("cell", "theirs"), [("plain", "RNN"), ("lstm", "LSTM")])
def test_a_cell_computes_what_torch_s_does(cell: str, theirs: str):
    torch.manual_seed(0)
    ours, reference = Recurrent(5, 4, cell), getattr(torch.nn, theirs)(4, 4, batch_first=True)
    with torch.no_grad():
        reference.weight_ih_l0.copy_(ours.gates.weight[:, :4])
        reference.weight_hh_l0.copy_(ours.gates.weight[:, 4:])
        reference.bias_ih_l0.copy_(ours.gates.bias)
        reference.bias_hh_l0.zero_()
        codes = torch.randint(0, 5, (3, 7))
        assert_allclose(ours(codes), reference(ours.letters(codes))[0], atol=1e-6)


@pytest.mark.parametrize("cell", ["plain", "lstm"])
def test_a_recurrent_network_remembers_the_first_letter(cell: str):
    rng = np.random.default_rng(0)
    texts = [first + "".join(rng.choice(list("xyz"), 5)) for first in "ab" * 60]
    model = LetterModel(cell, width=16, epochs=25).fit(texts, np.array([text[0] for text in texts]))
    assert model.predict(["axyzxy", "bzzzzz"]).tolist() == ["a", "b"]


def test_a_recurrent_network_foretells_a_cycle():
    model = LetterModel(width=16, epochs=60).fit(["abcabcabc", "bcabcabca", "cabcabcab"] * 10)
    assert model.predict(["abcab", "bca"]).tolist() == ["c", "b"]


def test_what_is_frozen_stays_and_what_is_tuned_moves():
    few = LABELS >= 8
    for how, moves in (("frozen", False), ("fine_tuned", True)):
        model = Transfer(how, epochs=2).pretrain(DIGITS[:100], LABELS[:100])
        before = model.body_[0].weight.clone()
        model.fit(DIGITS[few][:20], LABELS[few][:20])
        assert torch.equal(before, model.body_[0].weight) != moves
        assert set(model.predict(DIGITS[:9])) <= {8, 9}
