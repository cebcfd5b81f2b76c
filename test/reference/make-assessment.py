"""Writes assessment.json: what figures of a model on rows of another origin are, and weighted figures of
cross-validation, by scikit-learn, by its trees, and by formulas written here from the papers. Nothing of the compiler
is used but the folds, which it dealt.

Needs scikit-learn. From the root of the repository: python3 test/reference/make-assessment.py
Written on one line, for the formatter to lay out: npx biome check --write test/reference
"""
import csv
import json
import math

import numpy as np
from sklearn import metrics
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

Z = 1.959963984540054
# Intervals of cross-validation are so many times as wide as those of independent rows.
WIDER = 1.3


def wilson(hits, n):
    p = hits / n
    centre = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    return max(0, centre - half), min(1, centre + half)


def estimate(value, interval):
    return {"value": value, "low": interval[0], "high": interval[1]}


def share(hits, w, f):
    """A weighted share by Wilson, on Kish's effective number of rows."""
    n = w.sum() ** 2 / (w**2).sum() / f**2
    p = (hits * w).sum() / w.sum()
    return estimate(p, wilson(p * n, n))


def loss(values, w, f):
    mean = (values * w).sum() / w.sum()
    n = (w > 0).sum()
    se = math.sqrt(((w * (values - mean)) ** 2).sum() / w.sum() ** 2 * n / (n - 1))
    return estimate(mean, (max(0, mean - f * Z * se), mean + f * Z * se))


def delong(y, s, w):
    """By all pairs, of weighted rows."""
    p, q = s[y == 1], s[y == 0]
    wp, wq = w[y == 1], w[y == 0]
    order = (p[:, None] > q[None, :]) + 0.5 * (p[:, None] == q[None, :])
    v10 = (order * wq).sum(1) / wq.sum()
    v01 = (order * wp[:, None]).sum(0) / wp.sum()
    auc = (v10 * wp).sum() / wp.sum()

    def part(v, u):
        return ((u * (v - auc)) ** 2).sum() / u.sum() ** 2 * len(u) / (len(u) - 1)

    return auc, math.sqrt(part(v10, wp) + part(v01, wq))


def newton(y, x, offset):
    """Logistic regression by Newton's method: x has a row for each coefficient."""
    b = np.zeros(len(x))
    for _ in range(60):
        p = 1 / (1 + np.exp(-(offset + b @ x)))
        b = b + np.linalg.solve((x * (p * (1 - p))) @ x.T, x @ (y - p))
    return b


def figures(y, given, chance, w, f):
    auc, se = delong(y, chance, w)
    parts = [share((given == y)[y == k].astype(float), w[y == k], f) for k in (0, 1)]
    mean = (parts[0]["value"] + parts[1]["value"]) / 2
    low = math.sqrt(sum((one["value"] - one["low"]) ** 2 for one in parts)) / 2
    high = math.sqrt(sum((one["high"] - one["value"]) ** 2 for one in parts)) / 2
    eps = np.finfo(float).eps
    clipped = np.clip(np.stack([1 - chance, chance], 1), eps, 1 - eps)
    clipped /= clipped.sum(1, keepdims=True)
    log = -np.log(clipped[np.arange(len(y)), y])
    result = {
        "accuracy": share((given == y).astype(float), w, f),
        "balancedAccuracy": estimate(mean, (max(0, mean - low), min(1, mean + high))),
        "rocAuc": estimate(auc, (max(0, auc - f * Z * se), min(1, auc + f * Z * se))),
        "logLoss": loss(log, w, f),
        "brier": loss((y - chance) ** 2, w, f),
    }
    # The values are scikit-learn's own.
    same = {
        "accuracy": metrics.accuracy_score(y, given, sample_weight=w),
        "balancedAccuracy": metrics.balanced_accuracy_score(y, given, sample_weight=w),
        "rocAuc": metrics.roc_auc_score(y, chance, sample_weight=w),
        "logLoss": metrics.log_loss(y, np.stack([1 - chance, chance], 1), sample_weight=w),
        "brier": metrics.brier_score_loss(y, chance, sample_weight=w),
    }
    for name, value in same.items():
        assert abs(result[name]["value"] - value) < 1e-13, (name, result[name]["value"], value)
        result[name]["value"] = value
    return result


def table(path):
    with open(path) as file:
        return list(csv.DictReader(file))


def outside():
    """The model of heart disease, read from its model.json, on the patients of another hospital."""
    with open("generated/heart-disease/report/model.json") as file:
        model = json.load(file)
    with open("datasets/heart-disease.schema.json") as file:
        fields = {field["name"]: field for field in json.load(file)["fields"]}
    gaps = {column["name"]: column["missing"] for column in model["columns"]}
    used = set()

    def walk(node):
        if "feature" in node:
            used.add(node["feature"])
            walk(node["left"])
            walk(node["right"])

    walk(model["tree"])
    y, given, chance, refused = [], [], [], []
    for i, row in enumerate(table("test/cases/assess/heart-va.csv")):
        fits = True
        for name in used:
            limits = fields[name].get("constraints", {})
            if row[name] == "":
                fits = fits and gaps[name] != "never"
            elif "enum" in limits:
                fits = fits and float(row[name]) in [float(one) for one in limits["enum"]]
            else:
                fits = fits and limits["minimum"] <= float(row[name]) <= limits["maximum"]
        if not fits:
            refused.append(i + 2)
            continue
        node = model["tree"]
        while "feature" in node:
            text = row[node["feature"]]
            number = float(text) if text != "" else (-math.inf if gaps[node["feature"]] == "below" else math.inf)
            node = node["left"] if number <= node["threshold"] else node["right"]
        value = node.get("shares", node["value"])
        y.append(int(row["disease"]))
        given.append(int(np.argmax(value)))
        chance.append(value[1] / sum(value))
    y, given, chance = np.array(y), np.array(given), np.array(chance)
    result = figures(y, given, chance, np.ones(len(y)), 1)
    logit = np.log(chance / (1 - chance))
    ones = np.ones(len(y))
    slope = newton(y, np.stack([ones, logit]), np.zeros(len(y)))[1]
    result["calibration"] = {"slope": slope, "intercept": newton(y, ones[None, :], logit)[0]}
    free = LogisticRegression(C=1e12, tol=1e-10, max_iter=1000).fit(logit[:, None], y)
    assert abs(free.coef_[0, 0] - slope) < 1e-5
    return {"rows": len(y), "refused": refused, "figures": result}


def weighted():
    """Trees of depth 2 on weighted rows, in the folds that the compiler dealt with seed 0."""
    rows = table("test/cases/assess/weighted.csv")
    x = np.array([[float(row["age"]), float(row["marker"])] for row in rows])
    # The answers in the order of the alphabet: case, control. The second one is positive to all figures here.
    y = np.array([int(row["outcome"] == "control") for row in rows])
    w = np.array([float(row["w"]) for row in rows])
    with open("test/reference/assessment-folds.json") as file:
        fold = np.array(json.load(file))
    chance, areas = np.zeros(len(y)), []
    given = np.zeros(len(y), int)
    for k in range(10):
        out = fold == k
        tree = DecisionTreeClassifier(max_depth=2, random_state=0).fit(x[~out], y[~out], sample_weight=w[~out])
        chance[out] = tree.predict_proba(x[out])[:, 1]
        given[out] = tree.predict(x[out])
        areas.append(metrics.roc_auc_score(y[out], chance[out], sample_weight=w[out]))
    result = figures(y, given, chance, w, WIDER)
    auc, se = delong(y, chance, w)
    mean = float(np.mean(areas))
    result["pooledRocAuc"] = result["rocAuc"]["value"]
    result["rocAuc"] = estimate(mean, (max(0, mean - WIDER * Z * se), min(1, mean + WIDER * Z * se)))
    whole = DecisionTreeClassifier(max_depth=2, random_state=0).fit(x, y, sample_weight=w)
    told = whole.predict_proba(x)[:, 1]
    training = {name: one["value"] for name, one in figures(y, whole.predict(x), told, w, 1).items()}
    baseline = max(w[y == 0].sum(), w[y == 1].sum()) / w.sum()
    return {"figures": result, "training": training, "baseline": baseline}


if __name__ == "__main__":
    with open("test/reference/assessment.json", "w") as file:
        json.dump({"outside": outside(), "weighted": weighted()}, file)
