"""Every model: its file, the methods it shows, the boards it stands on, and the topic that teaches it.

The one list that the benchmark runs, the documentation's table is written from, the tests walk and a gallery may show.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
START = "What learning from data is"
BAYES = "Probability, naive Bayes, measuring"
NEAR = "Nearest neighbours"
KERNEL = "Kernel methods, ridge regression, support vectors"
DESCENT = "Losses and gradient descent"
NETS = "Training neural networks"
CONV = "Convolutional networks"
TEXT = "Turning text and images into numbers"
ATTEND = "Embeddings, attention, transformers"
GENAI = "Generative models"
NOTES = "Probabilistic machine learning, notes"
# folder to heading
GROUPS = {
    ".": "The three that the course begins with",
    "classify": "Classifying",
    "kernels": "Kernels",
    "regress": "Regression",
    "networks": "Neural networks and decisions",
    "represent": "Representing",
    "unsupervised": "Unsupervised",
    "generate": "Generating and inferring",
}
# what the scores of `scores.json` count, where it isn't accuracy
METRICS = {
    "tumours": "macro_f1_score",
    "progress": "root_mean_squared_error",
    "ranking": "kendall_tau_score",
    "groups": "adjusted_rand_score",
    "shapes": "adjusted_rand_score",
    "outliers": "roc_auc_score",
    "generation": "recognised",
}


@dataclass(frozen=True)
class Model:
    """`path` is relative to this folder; `boards` are names of `boards.BOARDS` or of the demo's competitions.

    `topics` are the parts of the course that teach it, the main one first.
    """

    path: str
    methods: str
    boards: tuple[str, ...]
    topics: tuple[str, ...]

    @property
    def name(self) -> str:
        return Path(self.path).stem

    @property
    def slug(self) -> str:
        """The path as one word, for addresses and the names of pictures."""
        return self.path.removesuffix(".py").replace("/", "-").replace("_", "-")

    @property
    def group(self) -> str:
        """The heading that it stands under, of `GROUPS`."""
        return GROUPS[str(Path(self.path).parent)]

    @property
    def source(self) -> str:
        return (FOLDER / self.path).read_text(encoding="utf-8")

    @property
    def docstring(self) -> list[str]:
        """The file's docstring in paragraphs: its title, then what begins with Idea, Source and Score."""
        lines = self.source.split('"""')[1].strip().split("\n")
        return [lines[0], *re.split(r" (?=(?:Source|Score): )", " ".join(lines[1:]).strip())]

    @property
    def title(self) -> str:
        """The first sentence of the file's docstring."""
        return self.docstring[0]

    @property
    def caption(self) -> str:
        """What the picture shows, in the words of the function that draws it."""
        drawing = self.source.split("def picture(path: str) -> None:")[1]
        return " ".join(drawing.split('"""')[1].split())


MODELS: tuple[Model, ...] = (
    Model("naive_bayes.py", "naive Bayes: Gaussian, multinomial", ("digits", "tumours", "spam"), (BAYES, NOTES)),
    Model("knn.py", "k nearest neighbours, ties to the nearer", ("digits", "tumours", "dialects"), (NEAR,)),
    Model("mlp.py", "multi-layer perceptron in torch, Adam", ("digits", "dialects", "xor"), (NETS, GENAI)),
    Model(
        "classify/discrete_naive_bayes.py",
        "naive Bayes: Bernoulli, binned values",
        ("spam", "digits", "tumours"),
        (BAYES, NOTES),
    ),
    Model(
        "classify/distances.py",
        "ten distances: Euclid, Manhattan, Minkowski, Chebyshev, Hamming, cosine, Jaccard, great-circle, edit, "
        "dynamic time warping; ties broken by weight, by the nearest, at random",
        ("gestures", "digits"),
        (NEAR, GENAI, ATTEND),
    ),
    Model("classify/kd_tree.py", "k-d tree", ("digits",), (NEAR,)),
    Model("classify/locality_hashing.py", "locality-sensitive hashing", ("digits",), (NEAR,)),
    Model("classify/dimensions.py", "curse of dimensionality, Hughes effect, choosing features", ("tumours",), (NEAR,)),
    Model("classify/perceptron.py", "perceptron, averaged", ("tumours", "digits", "xor"), (KERNEL, NETS, NOTES)),
    Model("classify/adaline.py", "ADALINE", ("tumours", "digits"), (NETS,)),
    Model(
        "classify/softmax_regression.py", "softmax regression, numerical gradient check", ("digits",), (DESCENT, NETS)
    ),
    Model("classify/multiclass_hinge.py", "multi-class hinge loss", ("digits",), (DESCENT, NETS)),
    Model("classify/discriminant.py", "linear discriminant analysis", ("digits", "tumours"), (KERNEL,)),
    Model("classify/decision_tree.py", "decision tree", ("digits", "xor"), (START, GENAI)),
    Model("classify/random_forest.py", "random forest, out-of-bag score", ("digits", "tumours"), (START,)),
    Model("classify/spam_filter.py", "spam filter that counts words", ("spam",), (START,)),
    Model(
        "classify/bayes_optimal.py",
        "Bayes' rule (Monty Hall); Bayes-optimal classifier on a known distribution, Bayes error",
        ("bells",),
        (BAYES,),
    ),
    Model(
        "classify/model_selection.py",
        "cross-validation, three-way split, grid search; centring, standardising, whitening",
        ("tumours", "digits"),
        (BAYES, NETS, GENAI),
    ),
    Model(
        "kernels/kernel_ridge.py",
        "kernel ridge; linear, polynomial, RBF, intersection, Hellinger, PQ kernels and features of one's own; "
        "sums, products, weights; normalisation in primal and dual form; leave-one-out",
        ("digits", "progress", "ranking"),
        (KERNEL,),
    ),
    Model(
        "kernels/string_kernels.py",
        "string kernels: spectrum, presence bits, intersection; blended, normalised",
        ("dialects", "spam"),
        (KERNEL,),
    ),
    Model(
        "kernels/svm.py",
        "support vectors: hard margin, soft margin, one-vs-one, one-vs-all",
        ("digits", "tumours", "xor"),
        (KERNEL,),
    ),
    Model("regress/linear.py", "linear regression; ridge regression, primal and dual", ("progress",), (KERNEL,)),
    Model("regress/knn.py", "k nearest neighbours for regression", ("progress", "ranking"), (NEAR,)),
    Model("regress/tree.py", "regression tree", ("progress", "ranking"), (GENAI,)),
    Model("regress/bias_variance.py", "bias and variance; polynomial regression", ("progress", "ranking"), (BAYES,)),
    Model(
        "regress/losses.py",
        "losses: squared, absolute, squared logarithmic, cross-entropies, Kullback-Leibler, hinge",
        ("progress",),
        (DESCENT, GENAI),
    ),
    Model(
        "networks/two_layers.py",
        "two-layer network in eleven lines, backpropagation by hand; XOR",
        ("xor", "digits"),
        (DESCENT, NETS),
    ),
    Model(
        "networks/computational_graph.py",
        "computational graph: gates forwards and backwards, the chain rule, automatic differentiation",
        ("xor", "digits"),
        (DESCENT, NETS, TEXT, NOTES),
    ),
    Model(
        "networks/recipes.py",
        "activations: sigmoid, tanh, ReLU, leaky ReLU, PReLU, ELU, maxout; zero, small, Xavier and He starts; "
        "batch normalisation; dropout; rate cut where validation stalls; early stopping",
        ("digits",),
        (NETS,),
    ),
    Model(
        "networks/optimisers.py",
        "SGD, momentum, Adadelta, Adam; step, exponential and 1/t decay",
        ("digits",),
        (NETS, GENAI),
    ),
    Model("networks/random_search.py", "random search for hyperparameters, against a grid", ("digits",), (NETS,)),
    Model(
        "networks/ensembles.py",
        "ensembles of networks, snapshot averaging, Monte-Carlo dropout",
        ("digits", "tumours"),
        (NETS,),
    ),
    Model("networks/lenet.py", "LeNet-5 (60,000 parameters)", ("digits",), (CONV,)),
    Model(
        "networks/alexnet.py", "AlexNet (60,965,224 parameters), scaled down; data augmentation", ("digits",), (CONV,)
    ),
    Model("networks/vgg.py", "VGG, A to E (D: 138,357,544 parameters), scaled down", ("digits",), (CONV,)),
    Model("networks/inception.py", "GoogLeNet's inception (6,998,552 parameters), scaled down", ("digits",), (CONV,)),
    Model(
        "networks/resnet.py",
        "ResNet, 18 to 152 layers (34: 21,797,672 parameters), bottlenecks, plain against residual, scaled down",
        ("digits",),
        (CONV,),
    ),
    Model("networks/transfer.py", "transfer learning", ("transfer",), (START,)),
    Model("networks/active_learning.py", "active learning", ("few_labels",), (START, GENAI)),
    Model(
        "networks/semi_supervised.py",
        "semi-supervised learning: label spreading, self-training",
        ("few_labels",),
        (START,),
    ),
    Model(
        "networks/decision_process.py",
        "Markov decision process: value iteration, policy iteration",
        ("dungeon",),
        (START,),
    ),
    Model("networks/q_learning.py", "Q-learning agent", ("dungeon",), (START, GENAI)),
    Model("networks/recurrent.py", "recurrent network, LSTM", ("dialects", "next_letter"), (TEXT,)),
    Model("represent/tokens.py", "tokenising (byte pairs), one-hot coding", ("dialects",), (TEXT, GENAI)),
    Model(
        "represent/visual_words.py",
        "bag of visual words: features by hand, counted per quarter",
        ("digits",),
        (DESCENT, NETS),
    ),
    Model(
        "represent/cooccurrence.py",
        "co-occurrence embeddings, PCA, king - man + woman",
        ("analogies",),
        (ATTEND, TEXT),
    ),
    Model("represent/word2vec.py", "word2vec: skip-gram with negative sampling", ("analogies",), (TEXT,)),
    Model("represent/attention.py", "attention: keys, values, temperature", ("digits", "progress"), (ATTEND,)),
    Model(
        "represent/patches.py",
        "image patches, multi-head self- and cross-attention, residuals, layer normalisation",
        ("digits",),
        (ATTEND,),
    ),
    Model(
        "represent/transformer.py", "transformer classifier, RMS normalisation", ("dialects",), (ATTEND, NOTES, TEXT)
    ),
    Model("represent/language_model.py", "language model (causal transformer)", ("next_letter",), (ATTEND, GENAI)),
    Model("unsupervised/kmeans.py", "k-means", ("groups", "shapes"), (START, GENAI)),
    Model(
        "unsupervised/agglomerative.py",
        "agglomerative clustering; a phylogenetic dendrogram",
        ("shapes",),
        (START, GENAI),
    ),
    Model("unsupervised/dbscan.py", "DBSCAN", ("shapes",), (GENAI,)),
    Model("unsupervised/mixture.py", "Gaussian mixture by EM", ("groups",), (NOTES,)),
    Model("unsupervised/pca.py", "principal components", ("digits",), (START, ATTEND, GENAI)),
    Model("unsupervised/tsne.py", "t-SNE", ("groups",), (GENAI,)),
    Model(
        "unsupervised/anomalies.py",
        "anomaly detection: Mahalanobis, neighbours, reconstruction, isolation forest",
        ("outliers",),
        (START, GENAI),
    ),
    Model(
        "generate/autoencoder.py",
        "autoencoder: linear or sigmoid output, squared error or cross-entropy, Adadelta",
        ("digits",),
        (GENAI, START, NOTES),
    ),
    Model("generate/variational_autoencoder.py", "variational autoencoder", ("generation",), (GENAI, ATTEND)),
    Model("generate/gan.py", "generative adversarial network", ("generation",), (GENAI,)),
    Model("generate/flow.py", "normalising flow", ("generation",), (GENAI,)),
    Model("generate/diffusion.py", "denoising diffusion", ("generation",), (GENAI, NOTES)),
    Model(
        "generate/text_to_image.py",
        "generation conditioned on text plus noise; a walk in the latent space",
        ("generation",),
        (TEXT,),
    ),
    Model("generate/likelihood.py", "maximum likelihood, Rao-Cramér bound", ("bells", "tumours"), (NOTES, BAYES)),
    Model("generate/robbins_monro.py", "Robbins-Monro", ("progress",), (NOTES,)),
    Model(
        "generate/bayesian_regression.py",
        "Bayesian linear regression by variational inference",
        ("progress",),
        (NOTES,),
    ),
    Model(
        "generate/bayesian_network.py",
        "Bayesian neural network: variational, Laplace",
        ("tumours", "digits"),
        (NOTES,),
    ),
)


def scores() -> dict[str, dict[str, dict[str, float]]]:
    """What the benchmark measured: path, board, then mean, spread, seeds, seconds (and library, distance)."""
    return json.loads((FOLDER / "scores.json").read_text(encoding="utf-8"))
