"""Writes assessment.json: what figures of a model on rows of another origin are, and weighted figures of
cross-validation, by scikit-learn, by its trees, and by formulas written here from the papers. Nothing of the compiler
is used but the folds of both deals, which it dealt.

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


class Deals:
    """Rows that were held out twice: what was given again, and the folds of both deals."""

    def __init__(self, given, chance, folds):
        self.given, self.chance, self.folds = given, chance, folds

    def variance(self, moves, y, w):
        """What the choice of the model adds to the variance of a weighted mean: the deal of the rows, and the draw of
        the model. Covariances in folds are taken by pairs of rows, within each answer and between answers."""
        x = w * moves
        deal = (x**2).sum() / 2 / w.sum() ** 2
        squares, weights = 0, 0
        for fold in self.folds:
            for k in sorted(set(fold)):
                own, truth = x[fold == k], y[fold == k]
                pairs = np.outer(own, own)
                np.fill_diagonal(pairs, 0)
                for a in set(truth):
                    for b in set(truth):
                        these = pairs[np.ix_(truth == a, truth == b)]
                        n = len(these)
                        assert n > 1
                        squares += these.sum() * (n / (n - 1) if a == b else 1)
                weights += w[fold == k].sum() ** 2
        return deal + max(0, squares / weights)


def wilson(hits, n):
    p = hits / n
    centre = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    return max(0, centre - half), min(1, centre + half)


def estimate(value, interval):
    return {"value": value, "low": interval[0], "high": interval[1]}


def share(hits, w, more=0):
    """A weighted share by Wilson, on Kish's effective number of rows; fewer where more than a sample varies."""
    n = w.sum() ** 2 / (w**2).sum()
    p = (hits * w).sum() / w.sum()
    middle = (p * n + Z * Z / 2) / (n + Z * Z)
    sample = middle * (1 - middle) / n
    n = n * sample / (sample + more)
    return estimate(p, wilson(p * n, n))


def loss(values, w, more=0):
    mean = (values * w).sum() / w.sum()
    n = (w > 0).sum()
    se = math.sqrt(((w * (values - mean)) ** 2).sum() / w.sum() ** 2 * n / (n - 1) + more)
    return estimate(mean, (max(0, mean - Z * se), mean + Z * se))


def placements(y, s, w):
    """What each row adds to the area to first order: their weighted mean is the area."""
    auc, _ = delong(y, s, w)
    result = np.full(len(y), auc)
    for k in (0, 1):
        mine, others = y == k, y != k
        above = (s[mine][:, None] > s[others][None, :]) + 0.5 * (s[mine][:, None] == s[others][None, :])
        v = ((above if k == 1 else 1 - above) * w[others]).sum(1) / w[others].sum()
        result[mine] += (v - auc) * w.sum() / w[mine].sum()
    return result


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


def losses(y, chance):
    eps = np.finfo(float).eps
    clipped = np.clip(np.stack([1 - chance, chance], 1), eps, 1 - eps)
    clipped /= clipped.sum(1, keepdims=True)
    return -np.log(clipped[np.arange(len(y)), y])


def figures(y, given, chance, w, deals=None):
    def more(before, after):
        return 0 if deals is None else deals.variance(after - before, y, w)

    def right(given):
        return (given == y).astype(float)

    def recalls(given):
        return right(given) * w.sum() / 2 / np.where(y == 1, w[y == 1].sum(), w[y == 0].sum())

    again = (given, chance) if deals is None else (deals.given, deals.chance)
    auc, se = delong(y, chance, w)
    se = math.sqrt(se**2 + more(placements(y, chance, w), placements(y, again[1], w)))
    parts = [share(right(given)[y == k], w[y == k]) for k in (0, 1)]
    mean = (parts[0]["value"] + parts[1]["value"]) / 2
    low = math.sqrt(sum((one["value"] - one["low"]) ** 2 for one in parts)) / 2
    high = math.sqrt(sum((one["high"] - one["value"]) ** 2 for one in parts)) / 2
    wider = math.sqrt(1 + more(recalls(given), recalls(again[0])) / ((low + high) / 2 / Z) ** 2)
    low, high = wider * low, wider * high
    log, log_again = losses(y, chance), losses(y, again[1])
    result = {
        "accuracy": share(right(given), w, more(right(given), right(again[0]))),
        "balancedAccuracy": estimate(mean, (max(0, mean - low), min(1, mean + high))),
        "rocAuc": estimate(auc, (max(0, auc - Z * se), min(1, auc + Z * se))),
        "logLoss": loss(log, w, more(log, log_again)),
        "brier": loss((y - chance) ** 2, w, more((y - chance) ** 2, (y - again[1]) ** 2)),
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
    result = figures(y, given, chance, np.ones(len(y)))
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
        deals = json.load(file)
    folds = [np.array(deals[name]) for name in ("first", "again")]

    def held_out(fold):
        given, chance, areas = np.zeros(len(y), int), np.zeros(len(y)), []
        for k in range(10):
            out = fold == k
            tree = DecisionTreeClassifier(max_depth=2, random_state=0).fit(x[~out], y[~out], sample_weight=w[~out])
            chance[out] = tree.predict_proba(x[out])[:, 1]
            given[out] = tree.predict(x[out])
            areas.append(metrics.roc_auc_score(y[out], chance[out], sample_weight=w[out]))
        return given, chance, areas

    given, chance, areas = held_out(folds[0])
    result = figures(y, given, chance, w, Deals(*held_out(folds[1])[:2], folds))
    mean = float(np.mean(areas))
    pooled = result["rocAuc"]
    half = max(pooled["value"] - pooled["low"], pooled["high"] - pooled["value"])
    result["pooledRocAuc"] = pooled["value"]
    result["rocAuc"] = estimate(mean, (max(0, mean - half), min(1, mean + half)))
    whole = DecisionTreeClassifier(max_depth=2, random_state=0).fit(x, y, sample_weight=w)
    told = whole.predict_proba(x)[:, 1]
    training = {name: one["value"] for name, one in figures(y, whole.predict(x), told, w).items()}
    baseline = max(w[y == 0].sum(), w[y == 1].sum()) / w.sum()
    return {"figures": result, "training": training, "baseline": baseline}


if __name__ == "__main__":
    with open("test/reference/assessment.json", "w") as file:
        json.dump({"outside": outside(), "weighted": weighted()}, file)
