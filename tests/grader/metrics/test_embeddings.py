import numpy as np

from grader.metrics.embeddings import analogy_accuracy_score, analogy_hits

WORDS = {"man": 0, "woman": 1, "king": 2, "queen": 3, "apple": 4}
VECTORS = np.array([[1.0, 0, 0], [0, 1.0, 0], [1, 0, 1], [0, 1, 1], [-1, -1, 0]])


def test_queen_is_to_woman_as_king_is_to_man():
    assert analogy_accuracy_score([("man", "woman", "king", "queen")], WORDS, VECTORS) == 1.0


def test_wrong_unknown_and_asked_words_are_misses():
    questions = [
        ("man", "woman", "king", "apple"),
        ("man", "woman", "king", "prince"),
        ("man", "woman", "king", "king"),
        ("woman", "man", "queen", "king"),
    ]
    assert analogy_hits(questions, WORDS, VECTORS).tolist() == [False, False, False, True]
    assert analogy_accuracy_score(questions, WORDS, VECTORS) == 0.25


def test_vectors_that_are_all_alike_answer_nothing():
    assert analogy_accuracy_score([("man", "woman", "king", "queen")], WORDS, np.ones((5, 3))) == 0.0
