"""The grammar of invented answers to one assignment: starter code, steps with their variants, models, names.

`«a||b»` is a choice, `@role@` a name in the student's style, `#2:9#` a number.
"""

STARTER_HEAD = '''"""Assignment 2: classify the signals. Fill in what is missing."""
import os
import random

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
import torch.nn as nn
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

SEED = 42
DATA = "data"'''

STARTER_BODY = '''def set_seed(seed):
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def load_data(folder):
    """Read the signals and the labels."""
    frame = pd.read_csv(os.path.join(folder, "train.csv"))
    labels = frame["label"].values
    signals = frame.drop(columns=["id", "label"]).values.astype(np.float32)
    return signals, labels


def save_submission(ids, predictions, path="submission.csv"):
    frame = pd.DataFrame({"id": ids, "label": predictions})
    frame.to_csv(path, index=False)
    print("saved", len(frame), "rows to", path)


def main():
    set_seed(SEED)
    signals, labels = load_data(DATA)
'''

NAMES = {
    "x": ("X", "x", "data", "features", "signals", "samples", "inputs"),
    "y": ("y", "labels", "target", "classes", "targets"),
    "xt": ("X_train", "x_train", "train_x", "train_data", "Xtr", "train_features"),
    "yt": ("y_train", "train_y", "train_labels", "ytr", "labels_train"),
    "xv": ("X_val", "x_val", "val_x", "X_valid", "Xv", "val_data"),
    "yv": ("y_val", "val_y", "val_labels", "yv", "y_valid"),
    "xs": ("X_test", "test_x", "test_data", "Xte", "x_test"),
    "m": ("model", "clf", "classifier", "net", "estimator"),
    "p": ("pred", "preds", "predictions", "y_pred", "yhat"),
    "s": ("score", "acc", "accuracy", "result", "val_acc"),
    "i": ("i", "k", "epoch", "it", "step", "e"),
    "b": ("best", "best_score", "best_acc", "top", "highest"),
    "r": ("results", "scores", "history", "log", "accs"),
    "t": ("loader", "train_loader", "batches", "dl"),
    "l": ("loss", "train_loss", "l", "err"),
    "o": ("opt", "optimizer", "optim"),
    "c": ("criterion", "loss_fn", "crit", "cost"),
    "f": ("fig", "figure", "f"),
    "n": ("n", "size", "count", "num"),
    "q": ("xb", "batch_x", "inp", "bx"),
    "w": ("yb", "batch_y", "lab", "by"),
}

SPLIT = """
@xt@, @xv@, @yt@, @yv@ = train_test_split(@x@, @y@, test_size=0.#1:3#«||, random_state=SEED||, stratify=@y@»)
|||
order = np.random.permutation(len(@x@))
cut = int(«0.8||0.9||0.75» * len(@x@))
@xt@, @xv@ = @x@[order[:cut]], @x@[order[cut:]]
@yt@, @yv@ = @y@[order[:cut]], @y@[order[cut:]]
|||
@n@ = len(@y@) // #4:8#
@xv@, @yv@ = @x@[:@n@], @y@[:@n@]
@xt@, @yt@ = @x@[@n@:], @y@[@n@:]
|||
mask = np.random.rand(len(@x@)) < 0.8
@xt@ = @x@[mask]
@yt@ = @y@[mask]
@xv@ = @x@[~mask]
@yv@ = @y@[~mask]
|||
from sklearn.model_selection import StratifiedShuffleSplit
splitter = StratifiedShuffleSplit(n_splits=1, test_size=0.2)
for a, b in splitter.split(@x@, @y@):
    @xt@, @xv@ = @x@[a], @x@[b]
    @yt@, @yv@ = @y@[a], @y@[b]
"""

LOOK = """
print(«@x@.shape||"shape", @x@.shape||len(@x@), len(@y@)»)
«print(np.unique(@y@, return_counts=True))||print(pd.Series(@y@).value_counts())||print("classes", set(@y@))»
|||
for c in np.unique(@y@):
    «print(c, (@y@ == c).sum())||print("class", c, "has", len(@x@[@y@ == c]), "samples")»
|||
counts = {}
for v in @y@:
    «counts[v] = counts.get(v, 0) + 1||if v not in counts:
        counts[v] = 0
    counts[v] += 1»
print(«counts||sorted(counts.items())||max(counts, key=counts.get)»)
|||
@f@, ax = plt.subplots(#1:3#, #2:4#, figsize=(#6:12#, #4:8#))
for j, a in enumerate(ax.flat):
    a.plot(@x@[j])
    a.set_title(«str(@y@[j])||f"class {@y@[j]}"»)
«plt.tight_layout()||plt.show()||plt.savefig("samples.png")»
|||
plt.hist(@y@, bins=#5:20#)
«plt.title("labels")||plt.xlabel("label")||plt.grid(True)»
«plt.show()||plt.savefig("hist.png")||plt.close()»
|||
missing = np.isnan(@x@).sum(axis=#0:1#)
print(«"missing", missing.max()||"columns with gaps:", np.where(missing > 0)[0]»)
@x@ = np.nan_to_num(@x@)
|||
corr = np.corrcoef(@x@.T)
«plt.imshow(corr, cmap="coolwarm")||plt.matshow(corr)»
plt.colorbar()
«plt.savefig("corr.png")||plt.show()»
"""

SCALE = """
mean, std = @xt@.mean(«axis=0||0»), @xt@.std(«axis=0||0»)
@xt@ = (@xt@ - mean) / «std||(std + 1e-8)||np.maximum(std, 1e-6)»
@xv@ = (@xv@ - mean) / «std||(std + 1e-8)||np.maximum(std, 1e-6)»
|||
from sklearn.preprocessing import StandardScaler
scaler = StandardScaler()
@xt@ = scaler.fit_transform(@xt@)
@xv@ = scaler.transform(@xv@)
|||
from sklearn.preprocessing import MinMaxScaler
mm = MinMaxScaler(«||feature_range=(-1, 1)»)
«@xt@ = mm.fit_transform(@xt@)||mm.fit(@xt@)
@xt@ = mm.transform(@xt@)»
@xv@ = mm.transform(@xv@)
|||
@xt@ = @xt@ / np.abs(@xt@).max()
@xv@ = @xv@ / np.abs(@xt@).max()
|||
def normalize(a, kind="«l2||l1||standard»"):
    if kind == "l1":
        return a / np.sum(np.abs(a), axis=1, keepdims=True)
    «elif kind == "l2":
        return a / np.linalg.norm(a, axis=1, keepdims=True)||if kind == "l2":
        norms = np.sqrt((a ** 2).sum(axis=1))
        return a / norms[:, None]»
    return (a - a.mean(0)) / a.std(0)
|||
lo, hi = @xt@.min(), @xt@.max()
@xt@ = «(@xt@ - lo) / (hi - lo)||2 * (@xt@ - lo) / (hi - lo) - 1»
@xv@ = «(@xv@ - lo) / (hi - lo)||2 * (@xv@ - lo) / (hi - lo) - 1»
"""

FEATURES = """
from sklearn.decomposition import PCA
pca = PCA(n_components=#10:90#«||, whiten=True||, random_state=SEED»)
@xt@ = pca.fit_transform(@xt@)
@xv@ = pca.transform(@xv@)
«print(pca.explained_variance_ratio_.sum())||print(np.cumsum(pca.explained_variance_ratio_)[-1])||plt.plot(np.cumsum(pca.explained_variance_ratio_))»
|||
def extract(signal):
    feats = [signal.mean(), signal.std()«||, np.median(signal)||, signal.ptp()»]
    «feats.append(np.percentile(signal, #10:30#))||feats += [signal.min(), signal.max()]»
    «spec = np.abs(np.fft.rfft(signal))
    feats.extend(spec[:#5:20#])||diff = np.diff(signal)
    feats.append(np.abs(diff).mean())||crossings = np.sum(np.sign(signal[1:]) != np.sign(signal[:-1]))
    feats.append(crossings)»
    return np.array(feats)
|||
spectrum = np.abs(np.fft.fft(@xt@, axis=1))[:, :#20:60#]
@xt@ = np.«hstack||concatenate»(«([@xt@, spectrum])||((@xt@, np.log1p(spectrum)))»)
@xv@ = np.hstack([@xv@, np.abs(np.fft.fft(@xv@, axis=1))[:, :#20:60#]])
|||
from sklearn.feature_selection import SelectKBest, «f_classif||mutual_info_classif||chi2»
sel = SelectKBest(k=#10:80#)
@xt@ = sel.fit_transform(@xt@, @yt@)
@xv@ = sel.transform(@xv@)
«print(sel.get_support().sum())||kept = np.where(sel.get_support())[0]
print(kept[:10])»
|||
windows = []
for @i@ in range(0, @x@.shape[1] - #8:20#, #4:9#):
    part = @x@[:, @i@:@i@ + #8:20#]
    «windows.append(part.mean(axis=1))
    windows.append(part.std(axis=1))||windows.append(np.max(part, axis=1) - np.min(part, axis=1))»
@x@ = np.stack(windows, axis=1)
|||
def add_noise(a, level=0.0#1:9#):
    noise = np.random.normal(0, level, size=a.shape)
    «return a + noise||out = a + noise
    return np.clip(out, a.min(), a.max())»
|||
def augment(a, labels):
    out, lab = [], []
    for sig, c in zip(a, labels):
        out.append(sig)
        lab.append(c)
        «out.append(np.roll(sig, np.random.randint(-#3:9#, #3:9#)))||out.append(sig[::-1].copy())||out.append(sig * np.random.uniform(0.8, 1.2))»
        lab.append(c)
    return np.array(out), np.array(lab)
|||
variance = @xt@.var(axis=0)
keep = variance > «variance.mean()||1e-#2:5#||np.percentile(variance, #10:40#)»
@xt@, @xv@ = @xt@[:, keep], @xv@[:, keep]
print("kept", keep.sum())
"""

EVALUATE = """
from sklearn.metrics import confusion_matrix
cm = confusion_matrix(@yv@, @p@)
«print(cm)||plt.imshow(cm)
plt.colorbar()
plt.savefig("cm.png")||for row in cm:
    print(" ".join(str(v) for v in row))»
|||
def confusion(true, guess, k=#3:9#):
    m = np.zeros((k, k)«||, dtype=int||, int»)
    «for a, b in zip(true, guess):
        m[int(a), int(b)] += 1||for j in range(len(true)):
        m[true[j]][guess[j]] += 1||np.add.at(m, (true, guess), 1)»
    return m
|||
from sklearn.metrics import classification_report
print(classification_report(@yv@, @p@«||, digits=#3:5#»))
|||
from sklearn.metrics import f1_score, precision_score
print("f1", f1_score(@yv@, @p@, average="«macro||weighted||micro»"))
«print("precision", precision_score(@yv@, @p@, average="macro"))||»
|||
wrong = np.where(@p@ != @yv@)[0]
«print("errors:", len(wrong))||for j in wrong[:#4:12#]:
    print(j, @p@[j], @yv@[j])||plt.plot(@xv@[wrong[0]])
plt.title("a mistake")
plt.show()»
|||
def per_class(true, guess):
    out = {}
    for c in «np.unique(true)||sorted(set(true))»:
        «hit = (guess[true == c] == c).mean()
        out[c] = hit||idx = true == c
        out[c] = np.sum(guess[idx] == c) / np.sum(idx)»
    return out
|||
@s@ = «np.mean(@p@ == @yv@)||accuracy_score(@yv@, @p@)||(@p@ == @yv@).sum() / len(@yv@)»
print(«"validation", @s@||f"accuracy {@s@:.#2:4#f}"||"acc: %.3f" % @s@»)
"""

FINISH = """
test = pd.read_csv(os.path.join(DATA, "test.csv"))
@xs@ = test.drop(columns=["id"]).values«||.astype(np.float32)»
save_submission(test["id"], @m@.predict(@xs@))
|||
frame = pd.read_csv("data/test.csv")
ids = frame.pop("id")
@p@ = @m@.predict(frame.«values||to_numpy()»)
save_submission(ids, @p@)
|||
test = pd.read_csv(DATA + "/test.csv", index_col="id")
out = @m@.predict(test.values)
with open("submission.csv", "w") as file:
    file.write("id,label\\n")
    for key, value in zip(test.index, out):
        file.write(«f"{key},{value}\\n"||str(key) + "," + str(value) + "\\n"»)
|||
test = pd.read_csv(os.path.join(DATA, "test.csv"))
votes = np.stack(«[m.predict(test.values[:, 1:]) for m in models]||[@m@.predict(test.values[:, 1:]), second.predict(test.values[:, 1:])]»)
final = «np.array([np.bincount(col).argmax() for col in votes.T])||np.apply_along_axis(lambda a: np.bincount(a).argmax(), 0, votes)»
save_submission(test["id"].values, final)
"""

SEARCH = """
@r@ = []
@b@ = 0
for @i@ in «[1, 3, 5, 7, 9]||[0.01, 0.1, 1, 10]||range(1, #8:20#)||np.logspace(-3, 2, #4:8#)»:
    «from sklearn.svm import SVC
    @m@ = SVC(C=@i@)||from sklearn.neighbors import KNeighborsClassifier
    @m@ = KNeighborsClassifier(@i@)||from sklearn.tree import DecisionTreeClassifier
    @m@ = DecisionTreeClassifier(max_depth=@i@)»
    @m@.fit(@xt@, @yt@)
    @s@ = @m@.score(@xv@, @yv@)
    @r@.append(«@s@||(@i@, @s@)»)
    «if @s@ > @b@:
        @b@ = @s@
        chosen = @i@||@b@ = max(@b@, @s@)»
«print(@b@)||plt.plot(@r@)
plt.show()||print("best", @b@, "at", np.argmax(@r@))»
|||
from sklearn.model_selection import GridSearchCV
from sklearn.svm import SVC
grid = {"C": [0.1, 1, #5:20#], «"gamma": ["scale", 0.01]||"kernel": ["rbf", "linear"]||"degree": [2, 3]»}
search = GridSearchCV(SVC(), grid, cv=#3:10#«||, n_jobs=-1||, scoring="accuracy"||, verbose=2»)
search.fit(@xt@, @yt@)
print(search.best_params_«||, search.best_score_»)
@m@ = search.best_estimator_
|||
from sklearn.model_selection import KFold
folds = KFold(«#3:10#||n_splits=#3:10#, shuffle=True»)
@r@ = []
for a, b in folds.split(@x@):
    from sklearn.linear_model import LogisticRegression
    fold_model = LogisticRegression(«max_iter=#200:999#||C=0.#1:9#»)
    fold_model.fit(@x@[a], @y@[a])
    @r@.append(«fold_model.score(@x@[b], @y@[b])||accuracy_score(@y@[b], fold_model.predict(@x@[b]))»)
print(«np.mean(@r@), np.std(@r@)||"cv", sum(@r@) / len(@r@)»)
|||
from sklearn.model_selection import cross_val_score
from sklearn.ensemble import RandomForestClassifier
for trees in (#20:60#, #80:150#, #200:400#):
    cv = cross_val_score(RandomForestClassifier(trees), @x@, @y@, cv=#3:6#)
    print(trees, cv.mean()«||, cv.std()»)
|||
def try_params(rate, depth):
    from sklearn.ensemble import GradientBoostingClassifier
    gb = GradientBoostingClassifier(learning_rate=rate, max_depth=depth«||, subsample=0.#5:9#»)
    gb.fit(@xt@, @yt@)
    return gb.score(@xv@, @yv@)
"""

MODELS_TEXT = """
from sklearn.svm import SVC
@m@ = SVC(«C=#1:20#||kernel="linear"||gamma=0.0#1:9#, C=#2:9#||kernel="poly", degree=#2:4#»)
@m@.fit(@xt@, @yt@)
@p@ = @m@.predict(@xv@)
print(«accuracy_score(@yv@, @p@)||@m@.score(@xv@, @yv@)»)
|||
from sklearn.ensemble import RandomForestClassifier
@m@ = RandomForestClassifier(n_estimators=#50:400#«||, max_depth=#4:20#||, n_jobs=-1, random_state=SEED||, min_samples_leaf=#2:5#»)
@m@.fit(@xt@, @yt@)
@p@ = @m@.predict(@xv@)
«importance = @m@.feature_importances_
print(np.argsort(importance)[::-1][:#5:20#])||print("forest:", (@p@ == @yv@).mean())»
|||
class Knn:
    def __init__(self, k=#3:9#«||, metric="l2"»):
        self.k = k
        «||self.metric = "l2"»

    def fit(self, a, b):
        self.a = a
        self.b = b
        «||return self»

    def predict(self, rows):
        «out = []
        for row in rows:
            «d = np.sqrt(np.sum((self.a - row) ** 2, axis=1))||d = np.abs(self.a - row).sum(axis=1)||d = np.linalg.norm(self.a - row, axis=1)»
            near = «np.argsort(d)[:self.k]||np.argpartition(d, self.k)[:self.k]»
            «out.append(np.bincount(self.b[near]).argmax())||values, counts = np.unique(self.b[near], return_counts=True)
            out.append(values[np.argmax(counts)])»
        return np.array(out)||dist = ((rows[:, None, :] - self.a[None]) ** 2).sum(-1)
        near = dist.argsort(1)[:, :self.k]
        return np.array([np.bincount(self.b[j]).argmax() for j in near])»
|||
class Net(nn.Module):
    def __init__(self, d, k«||, hidden=#32:256#»):
        super().__init__()
        «self.a = nn.Linear(d, #64:256#)
        self.b = nn.Linear(#64:256#, k)
        «self.drop = nn.Dropout(0.#1:5#)||self.bn = nn.BatchNorm1d(#64:256#)||»||self.layers = nn.Sequential(nn.Linear(d, #64:256#), nn.«ReLU||GELU||Tanh||LeakyReLU»(), «nn.Dropout(0.#1:5#), ||»nn.Linear(#64:256#, k))||self.conv = nn.Conv1d(1, #8:32#, #3:7#)
        self.pool = nn.«MaxPool1d(2)||AdaptiveAvgPool1d(#4:16#)»
        self.head = nn.Linear(#64:512#, k)»

    def forward(self, v):
        «v = torch.relu(self.a(v))
        return self.b(v)||return self.layers(v)||v = self.pool(torch.relu(self.conv(v.unsqueeze(1))))
        return self.head(v.flatten(1))»
|||
def train(@m@, @t@, epochs=#5:40#):
    @o@ = torch.optim.«Adam||SGD||AdamW||RMSprop»(@m@.parameters(), lr=«1e-3||0.0#1:9#||3e-4»«||, weight_decay=1e-#3:5#»)
    @c@ = nn.CrossEntropyLoss(«||label_smoothing=0.#1:2#»)
    «@r@ = []||sched = torch.optim.lr_scheduler.StepLR(@o@, #3:9#)||»
    for @i@ in range(epochs):
        @m@.train()
        «total = 0||running, seen = 0.0, 0||»
        for @q@, @w@ in @t@:
            @o@.zero_grad()
            «@l@ = @c@(@m@(@q@), @w@)||out = @m@(@q@)
            @l@ = @c@(out, @w@)»
            @l@.backward()
            «torch.nn.utils.clip_grad_norm_(@m@.parameters(), #1:5#)||»
            @o@.step()
            «total += @l@.item()||»
        «sched.step()||print(@i@, @l@.item())||print(f"epoch {@i@}: {@l@.item():.4f}")»
    return @m@
|||
from torch.utils.data import DataLoader, TensorDataset
ds = TensorDataset(torch.«tensor(@xt@)||from_numpy(@xt@).float()||FloatTensor(@xt@)», torch.«tensor(@yt@)||LongTensor(@yt@)||from_numpy(@yt@).long()»)
@t@ = DataLoader(ds, batch_size=#16:128#, shuffle=True«||, drop_last=True||, num_workers=2»)
@m@ = Net(@xt@.shape[1], len(np.unique(@yt@)))
@m@ = train(@m@, @t@)
«with torch.no_grad():
    @p@ = @m@(torch.tensor(@xv@).float()).argmax(1).numpy()||@m@.eval()
logits = @m@(torch.from_numpy(@xv@).float())
@p@ = torch.max(logits, 1)[1].numpy()»
|||
def softmax_regression(a, b, k, rate=0.#1:9#, steps=#100:900#):
    W = np.«zeros((a.shape[1], k))||random.randn(a.shape[1], k) * 0.01»
    «bias = np.zeros(k)||»
    onehot = np.eye(k)[b]
    for @i@ in range(steps):
        z = a @ W
        «z -= z.max(axis=1, keepdims=True)||z = z - np.max(z, 1)[:, None]»
        e = np.exp(z)
        prob = e / e.sum(axis=1, keepdims=True)
        grad = a.T @ (prob - onehot) / len(a)
        W -= rate * «grad||(grad + 1e-#2:4# * W)»
        «if @i@ % #10:100# == 0:
            print(@i@, -np.mean(np.log(prob[np.arange(len(b)), b])))||»
    return W
|||
from sklearn.naive_bayes import «GaussianNB||MultinomialNB||BernoulliNB»
«edges = np.linspace(@xt@.min(), @xt@.max(), #5:15#)
binned = np.digitize(@xt@, edges) - 1
@m@ = MultinomialNB().fit(binned, @yt@)
@p@ = @m@.predict(np.digitize(@xv@, edges) - 1)||@m@ = GaussianNB()
@m@.fit(@xt@, @yt@)
@p@ = @m@.predict(@xv@)»
|||
class Bayes:
    def fit(self, a, b):
        self.classes = np.unique(b)
        «self.mu = np.array([a[b == c].mean(0) for c in self.classes])
        self.var = np.array([a[b == c].var(0) + 1e-#3:9# for c in self.classes])||self.stats = {}
        for c in self.classes:
            rows = a[b == c]
            self.stats[c] = (rows.mean(axis=0), rows.std(axis=0) + 1e-#3:9#, len(rows) / len(a))»

    def predict(self, a):
        «ll = -0.5 * (((a[:, None] - self.mu) ** 2) / self.var + np.log(self.var)).sum(-1)
        return self.classes[ll.argmax(1)]||out = []
        for row in a:
            best, arg = -np.inf, None
            for c, (m, s, prior) in self.stats.items():
                ll = np.log(prior) - np.sum(np.log(s)) - 0.5 * np.sum(((row - m) / s) ** 2)
                if ll > best:
                    best, arg = ll, c
            out.append(arg)
        return np.array(out)»
|||
import xgboost as xgb
@m@ = xgb.XGBClassifier(n_estimators=#100:500#, max_depth=#3:9#, learning_rate=0.#1:3#«||, subsample=0.#6:9#||, tree_method="hist"»)
@m@.fit(@xt@, @yt@«||, eval_set=[(@xv@, @yv@)], verbose=False»)
@p@ = @m@.predict(@xv@)
|||
from sklearn.neural_network import MLPClassifier
@m@ = MLPClassifier(hidden_layer_sizes=(#50:200#,«|| #20:90#»), «activation="tanh"||early_stopping=True||max_iter=#100:500#||solver="sgd", learning_rate_init=0.0#1:9#»)
@m@.fit(@xt@, @yt@)
«plt.plot(@m@.loss_curve_)
plt.savefig("loss.png")||print(@m@.n_iter_, @m@.score(@xv@, @yv@))»
@p@ = @m@.predict(@xv@)
|||
from sklearn.pipeline import «make_pipeline||Pipeline»
from sklearn.preprocessing import «PolynomialFeatures||QuantileTransformer||RobustScaler»
from sklearn.linear_model import «LogisticRegression||RidgeClassifier||SGDClassifier||Perceptron»
@m@ = «make_pipeline(RobustScaler(), RidgeClassifier(alpha=0.#1:9#))||Pipeline([("q", QuantileTransformer()), ("sgd", SGDClassifier(max_iter=#500:2000#))])||make_pipeline(PolynomialFeatures(2), LogisticRegression(C=0.#1:9#))»
@m@.fit(@xt@, @yt@)
@p@ = @m@.predict(@xv@)
|||
from sklearn.ensemble import VotingClassifier, «BaggingClassifier||AdaBoostClassifier||ExtraTreesClassifier»
from sklearn.linear_model import LogisticRegression
models = [("a", LogisticRegression()), ("b", «BaggingClassifier(n_estimators=#10:50#)||ExtraTreesClassifier(#50:200#)||AdaBoostClassifier()»)]
@m@ = VotingClassifier(models«||, voting="soft"||, weights=[1, #2:4#]»)
@m@.fit(@xt@, @yt@)
@p@ = @m@.predict(@xv@)
for name, part in @m@.named_estimators_.items():
    print(name, «part.score(@xv@, @yv@)||accuracy_score(@yv@, part.predict(@xv@))»)
"""


def _variants(text: str) -> list[str]:
    return text.split("|||")


MODELS = _variants(MODELS_TEXT)
STEPS = [
    (_variants(LOOK), 0.6),
    (_variants(LOOK), 0.5),
    (_variants(FEATURES), 0.3),
    (_variants(SPLIT), 1.0),
    (_variants(SCALE), 0.8),
    (_variants(FEATURES), 0.6),
    (_variants(FEATURES), 0.4),
    (_variants(SEARCH), 0.7),
    (_variants(SEARCH), 0.3),
    (_variants(EVALUATE), 0.9),
    (_variants(EVALUATE), 0.7),
    (_variants(FINISH), 1.0),
]
