"""Writes metrics.json: what scikit-learn measures on random predictions with ties and certainties, right and wrong ones.

Needs python3-sklearn (a Debian package). From the root of the repository: python3 test/reference/make-metrics.py [--check]
Written on one line, for the formatter to lay out: npx biome check --write test/reference
"""
import json
import sys

import numpy as np
import sklearn
from sklearn import metrics

CLASSIFICATIONS = [
    # name, rows, classes, classes that occur, weights
    ("binary", 60, 2, 2, False),
    ("binary, few rows", 7, 2, 2, False),
    ("binary, weighted", 50, 2, 2, True),
    ("binary, one class absent", 20, 2, 1, False),
    ("three classes", 60, 3, 3, False),
    ("three classes, weighted", 50, 3, 3, True),
    ("three classes, one absent", 30, 3, 2, False),
    ("five classes", 60, 5, 5, False),
]
REGRESSIONS = [("random", 40, False), ("weighted", 40, True), ("two rows", 2, False)]


def weights_of(random, rows):
    return random.choice([0, 0.5, 1, 2.25], rows, p=[0.1, 0.3, 0.3, 0.3])


def classification(random, name, rows, classes, occurring, is_weighted):
    # Few different counts, as from the leaves of a tree: many ties, many zeros.
    counts = random.choice([0, 0, 1, 2, 6], (rows, classes)) + np.eye(classes)[random.randint(classes, size=rows)]
    chances = counts / counts.sum(axis=1, keepdims=True)
    truth = np.where(random.rand(rows) < 0.5, chances.argmax(axis=1), random.randint(occurring, size=rows)) % occurring
    given = np.where(random.rand(rows) < 0.8, chances.argmax(axis=1), random.randint(classes, size=rows))
    weights = weights_of(random, rows) if is_weighted else None
    weighted, labels = {"sample_weight": weights}, list(range(classes))
    assert (chances == 1).any() and (chances[np.arange(rows), truth] == 0).any(), name
    assert len(set(truth)) == occurring, name
    onehot = np.eye(classes)[truth]
    curve = None
    if classes == 2 and occurring == 2:
        fpr, tpr, thresholds = metrics.roc_curve(truth, chances[:, 1], drop_intermediate=False, **weighted)
        curve = [list(point) for point in zip(fpr[1:], tpr[1:], thresholds[1:])]
        auc = metrics.roc_auc_score(truth, chances[:, 1], **weighted)
        brier = metrics.brier_score_loss(truth, chances[:, 1], pos_label=1, **weighted)
    elif classes == 2:
        auc, brier = None, metrics.brier_score_loss(truth, chances[:, 1], pos_label=1, **weighted)
    else:
        complete = occurring == classes
        auc = metrics.roc_auc_score(truth, chances, multi_class="ovr", **weighted) if complete else None
        brier = np.average(((onehot - chances) ** 2).sum(axis=1), weights=weights)
    # Of the classes that are given only, scikit-learn warns and leaves them out.
    want = {
        "rows": rows,
        "accuracy": metrics.accuracy_score(truth, given, **weighted),
        "balancedAccuracy": metrics.balanced_accuracy_score(truth, given, **weighted),
        "rocAuc": auc,
        "logLoss": metrics.log_loss(truth, chances, labels=labels, **weighted),
        "brier": brier,
        "confusion": metrics.confusion_matrix(truth, given, labels=labels, **weighted).tolist(),
    }
    data = {"truth": truth.tolist(), "probabilities": chances.tolist(), "given": given.tolist(), "classes": classes}
    return {"name": name, **data, "weights": None if weights is None else weights.tolist(), "want": want, "curve": curve}


def regression(random, name, rows, is_weighted):
    truth = random.normal(50, 20, rows).round(1)
    given = (truth + random.normal(3, 9, rows)).round(2)
    weights = weights_of(random, rows) if is_weighted else None
    weighted = {"sample_weight": weights}
    want = {
        "rows": rows,
        "rmse": metrics.mean_squared_error(truth, given, squared=False, **weighted),
        "mae": metrics.mean_absolute_error(truth, given, **weighted),
        "r2": metrics.r2_score(truth, given, **weighted),
    }
    data = {"truth": truth.tolist(), "given": given.tolist()}
    return {"name": name, **data, "weights": None if weights is None else weights.tolist(), "want": want}


made = {
    "made_with": f"scikit-learn {sklearn.__version__}",
    "classifications": [classification(np.random.RandomState(i), *case) for i, case in enumerate(CLASSIFICATIONS)],
    "regressions": [regression(np.random.RandomState(i), *case) for i, case in enumerate(REGRESSIONS)],
}
text = json.dumps(made) + "\n"
target = "test/reference/metrics.json"
if "--check" in sys.argv:
    sys.exit(json.load(open(target)) != json.loads(text))
open(target, "w").write(text)
