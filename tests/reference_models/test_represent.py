"""Representations: tokens that give the text back, analogies, attention and normalisation against torch's own."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.datasets import load_digits
from threadpoolctl import threadpool_limits

from reference_models.represent import visual_words
from reference_models.represent.attention import AttentionMemory, attention
from reference_models.represent.cooccurrence import CooccurrenceEmbedding, cooccurrence, mutual_information, principal
from reference_models.represent.tokens import BytePairTokenizer, joined
from reference_models.represent.word2vec import SkipGram, loss_and_slopes

torch = pytest.importorskip("torch")

from reference_models.represent import language_model, patches, transformer  # noqa: E402 - they need torch

torch.set_num_threads(1)
RNG = np.random.default_rng(0)
TEXTS = ["low lower lowest", "new newer newest", "low new wide wider"]


def test_a_pair_is_joined_from_the_left():
    assert joined(("a", "a", "a", "b"), ("a", "a")) == ("aa", "a", "b")


def test_the_most_frequent_pair_is_joined_first_and_tokens_give_the_text_back():
    model = BytePairTokenizer(6).fit(TEXTS)
    assert model.merges_[0] in {("l", "o"), ("o", "w"), ("n", "e"), ("e", "w"), ("w", "e")}
    for text in TEXTS:
        assert "".join(model.tokenize(text)).replace("_", " ").strip() == text


def test_a_one_hot_code_has_a_single_one():
    model = BytePairTokenizer(3).fit(TEXTS)
    codes = model.one_hot("lowest new")
    assert codes.shape == (len(model.tokenize("lowest new")), len(model.vocabulary_))
    assert (codes.sum(axis=1) == 1).all()
    assert model.one_hot("q").sum() == 1  # the word's end alone is known


def test_co_occurrences_are_counted_within_the_window():
    words, counts = cooccurrence(["a b c", "a b"], window=1)
    assert words == ["a", "b", "c"]
    assert counts.tolist() == [[0, 2, 0], [2, 0, 1], [0, 1, 0]]


def test_mutual_information_is_never_negative_and_zero_for_strangers():
    found = mutual_information(np.array([[0.0, 4, 0], [4, 0, 1], [0, 1, 0]]))
    assert found.min() == 0
    assert found[0, 1] == pytest.approx(np.log(4 / (4 * 5 / 10)))


def test_principal_directions_keep_the_distances_between_the_material_s_four_words():
    table = np.array([[1, 0.5, 0.5, 0], [0.5, 1, 0, 0.5], [0.5, 0, 1, 0.5], [0, 0.5, 0.5, 1]])
    flat = principal(table, 2)
    king, queen, man, woman = flat
    assert_allclose(king - man + woman, queen, atol=1e-12)
    assert_allclose(np.linalg.norm(flat, axis=1), 0.5**0.5)


def sentences() -> list[str]:
    rng = np.random.default_rng(0)
    names = {("king", "crown", "he"), ("queen", "crown", "she"), ("man", "street", "he"), ("woman", "street", "she")}
    return [" ".join(rng.permutation(list(words))) for words in sorted(names) for _ in range(60)]


@pytest.mark.parametrize("model", [CooccurrenceEmbedding(2, 3), SkipGram(4, 3, epochs=15)], ids=["counted", "learnt"])
def test_king_less_man_and_woman_is_queen(model: object):
    assert model.fit(sentences()).analogy("man", "king", "woman") == "queen"


def test_the_skip_gram_s_slopes_are_the_numerical_ones():
    u, v, is_true = RNG.normal(size=(2, 3)), RNG.normal(size=(2, 4, 3)), np.arange(4) == np.zeros((2, 1))
    _, slope_u, slope_v = loss_and_slopes(u, v, is_true)
    for values, slope in ((u, slope_u), (v, slope_v)):
        for place in np.ndindex(values.shape):
            values[place] += 1e-6
            above = loss_and_slopes(u, v, is_true)[0]
            values[place] -= 2e-6
            below = loss_and_slopes(u, v, is_true)[0]
            values[place] += 1e-6
            assert slope[place] == pytest.approx((above - below) / 2e-6, abs=1e-7)


def test_attention_is_torch_s():
    q, k, v = (RNG.normal(size=shape) for shape in ((3, 4), (5, 4), (5, 2)))
    theirs = torch.nn.functional.scaled_dot_product_attention(*(torch.tensor(x) for x in (q, k, v)))
    assert_allclose(attention(q, k, v), theirs)


def test_attention_ignores_what_the_keys_do_not_span():
    K, V, q = RNG.normal(size=(2, 4)), RNG.normal(size=(2, 3)), RNG.normal(size=(1, 4))
    onto = q @ np.linalg.pinv(K) @ K
    assert_allclose(attention(q, K, V), attention(onto, K, V))


def test_a_cold_memory_is_nearest_neighbour_and_a_hot_one_the_mean():
    K, V = np.eye(3), np.array([[1.0], [2], [6]])
    assert attention(np.array([[0.2, 0.9, 0.1]]), K, V, temperature=0.001).item() == pytest.approx(2)
    assert attention(np.array([[0.2, 0.9, 0.1]]), K, V, temperature=1e6).item() == pytest.approx(3)


def test_a_memory_answers_with_labels_or_numbers():
    X = RNG.normal(size=(60, 3))
    named = AttentionMemory().fit(X, np.where(X[:, 0] > 0, "right", "left"))
    assert named.predict(np.array([[3.0, 0, 0], [-3, 0, 0]])).tolist() == ["right", "left"]
    assert AttentionMemory().fit(X, X[:, 0]).predict(np.array([[3.0, 0, 0]])).item() > 0.5


def test_layer_and_rms_normalisation_are_torch_s():
    x = torch.randn(3, 5)
    assert_allclose(patches.LayerNorm(5)(x).detach(), torch.nn.LayerNorm(5)(x).detach(), atol=1e-5)
    assert_allclose(transformer.RMSNorm(5)(x).detach(), torch.nn.RMSNorm(5, eps=1e-6)(x).detach(), atol=1e-5)
    sizes = [sum(p.numel() for p in kind(7).parameters()) for kind in (patches.LayerNorm, transformer.RMSNorm)]
    assert sizes == [14, 7]


def test_multi_head_attention_is_torch_s_on_itself_and_across():
    ours, theirs = patches.Attention(8, 2), torch.nn.MultiheadAttention(8, 2, batch_first=True)
    with torch.no_grad():
        theirs.in_proj_weight.copy_(torch.cat([layer.weight for layer in (ours.query, ours.key, ours.value)]))
        theirs.in_proj_bias.copy_(torch.cat([layer.bias for layer in (ours.query, ours.key, ours.value)]))
        theirs.out_proj.load_state_dict(ours.out.state_dict())
        x, y = torch.randn(2, 3, 8), torch.randn(2, 5, 8)
        for other in (x, y):
            assert_allclose(ours(x, other), theirs(x, other, other)[0], atol=1e-6)
    assert_allclose(ours.weights.sum(dim=-1).detach(), torch.ones(2, 2, 3), atol=1e-6)


def test_patches_are_the_image_s_squares():
    net = patches.VisionTransformer(4, 2, patch=2, d=8, n_heads=2, depth=1)
    assert net.patches(torch.arange(16.0)[None])[0].tolist() == [
        [0, 1, 4, 5],
        [2, 3, 6, 7],
        [8, 9, 12, 13],
        [10, 11, 14, 15],
    ]


def test_the_last_question_keeps_a_residual():
    net = patches.VisionTransformer(4, 2, patch=2, d=8, n_heads=2, depth=1)
    torch.nn.init.zeros_(net.ask.out.weight)
    torch.nn.init.zeros_(net.ask.out.bias)
    assert torch.equal(net(torch.rand(1, 16)), net.out(net.question[0]))


def test_padding_changes_no_answer():
    net = transformer.TextTransformer(5, 8, 3).eval()
    short, padded = torch.tensor([[1, 2, 3, 4, 0]]), torch.tensor([[1, 2, 3, 4, 0, 0, 0, 0]])
    block = net.blocks[0]
    x = torch.randn(1, 8, 48)
    hidden = padded == 0
    assert_allclose(block(x, hidden)[:, :4].detach(), block(x[:, :5], hidden[:, :5])[:, :4].detach(), atol=1e-6)
    assert net(short).shape == (1, 3)


def test_a_transformer_tells_two_invented_languages_apart():
    rng = np.random.default_rng(0)
    texts = ["".join(rng.choice(list(letters), 12)) for letters in ("aabc", "abcc") * 60]
    model = transformer.TransformerClassifier(epochs=8).fit(texts, np.array(["x", "y"] * 60))
    assert model.predict(["aaabaaabcaaa", "cccbcacccbcc"]).tolist() == ["x", "y"]


def test_no_letter_sees_what_comes_after_it():
    model = language_model.LanguageModel(epochs=1).fit(["abcabcab", "bcabcabc"] * 4)
    first, second = (model.scores(model._codes([text])).detach() for text in ("abcabc", "abcaaa"))
    assert_allclose(first[:, :4], second[:, :4], atol=1e-6)
    assert not np.allclose(first[:, 4], second[:, 4])


def test_a_language_model_writes_the_cycle_that_it_read():
    model = language_model.LanguageModel(epochs=25).fit(["abcabcabcab", "bcabcabcabc", "cabcabcabca"] * 12)
    assert model.predict(["abcab", "abca"]).tolist() == ["c", "b"]
    assert model.write("ab", 7, temperature=0.2, rng=torch.Generator().manual_seed(0)) == "abcabcabc"


def test_a_patch_is_cut_for_each_place_and_has_length_one_or_zero():
    image = np.zeros((1, 9))
    image[0, 8] = 5
    cut = visual_words.patches(image, 2)
    assert cut.shape == (1, 2, 2, 4)
    assert cut[0, 1, 1].tolist() == [0, 0, 0, 1]
    assert cut[0, 0, 0].tolist() == [0, 0, 0, 0]


def test_words_are_counted_over_the_whole_image_and_in_each_quarter():
    words = np.array([[[0, 0], [1, 2]]])
    expected = [2, 1, 1, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1]
    assert visual_words.histograms(words, 3).tolist() == [[count / 8 for count in expected]]


def test_two_histograms_are_as_alike_as_what_they_share():
    assert visual_words.intersection(np.array([[0.5, 0.5]]), np.array([[0.5, 0.5], [0.25, 0.75]])).tolist() == [
        [1.0, 0.75]
    ]


def test_visual_words_tell_digits_apart_alike_under_one_seed():
    X, y = load_digits(return_X_y=True)
    with threadpool_limits(1):  # two threads wait for each other wherever the processor is shared
        found = [visual_words.VisualWords(n_words=40).fit(X[::6], y[::6]).predict(X[1::6]) for _ in range(2)]
    assert (found[0] == y[1::6]).mean() > 0.9
    assert (found[0] == found[1]).all()
