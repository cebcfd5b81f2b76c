"""Writes weights.json: trees by scikit-learn with weighted rows, weighted answers and bounds that are shares of the rows,
as far as they do not depend on its random state.

Needs python3-sklearn (a Debian package). From the root of the repository: python3 test/reference/make-weights.py [--check]
Written on one line, for the formatter to lay out: npx biome check --write test/reference
"""
import csv
import json
import sys

import numpy as np
import sklearn
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

DATA = {
    "heart-disease-complete": "datasets/heart-disease.csv",
    "synthetic": "test/reference/synthetic.csv",
    "diabetes": "datasets/diabetes.csv",
}
# Weights of the rows, as written, again and again from the first row on.
WHOLE = ["1", "2", "3"]
DECIMALS = ["0.35", "1.2", "0.8", "2.75", "1", "0.1", "3.3"]
ZEROS = ["0", "1", "2.5", "1"]
ENTROPY = {"criterion": "entropy"}
COST = {"0": 1, "1": 3.5}
CASES = [
    ("heart-disease-complete", None, {"class_weight": "balanced", "max_depth": 3}),
    ("heart-disease-complete", None, {"class_weight": "balanced", "max_depth": 3, **ENTROPY}),
    ("heart-disease-complete", None, {"class_weight": COST, "min_samples_leaf": 20}),
    ("heart-disease-complete", None, {"class_weight": {"0": 0.25}, "min_samples_leaf": 15, **ENTROPY}),
    ("heart-disease-complete", None, {"class_weight": COST, "min_samples_leaf": 10, "ccp_alpha": 0.01}),
    ("heart-disease-complete", WHOLE, {"max_depth": 3}),
    ("heart-disease-complete", WHOLE, {"min_samples_leaf": 20, **ENTROPY}),
    ("heart-disease-complete", DECIMALS, {"min_samples_leaf": 25}),
    ("heart-disease-complete", DECIMALS, {"min_samples_leaf": 15, "max_leaf_nodes": 7}),
    ("heart-disease-complete", DECIMALS, {"min_samples_leaf": 10, "ccp_alpha": 0.008, **ENTROPY}),
    ("heart-disease-complete", DECIMALS, {"class_weight": "balanced", "min_samples_leaf": 25}),
    ("heart-disease-complete", DECIMALS, {"class_weight": COST, "max_depth": 3, **ENTROPY}),
    ("heart-disease-complete", ZEROS, {"min_samples_leaf": 15}),
    ("heart-disease-complete", ZEROS, {"min_samples_leaf": 0.05, "min_samples_split": 0.1}),
    ("heart-disease-complete", None, {"min_samples_leaf": 0.05}),
    ("heart-disease-complete", None, {"min_samples_split": 0.1, "max_depth": 3}),
    ("heart-disease-complete", DECIMALS, {"min_samples_leaf": 0.07, "min_samples_split": 0.3, **ENTROPY}),
    ("synthetic", None, {"class_weight": {"a": 2.1, "c": 0.6}, "min_samples_leaf": 60}),
    ("synthetic", None, {"class_weight": "balanced", "max_depth": 6, "min_samples_leaf": 50, **ENTROPY}),
    ("synthetic", WHOLE, {"min_samples_leaf": 30}),
    ("synthetic", DECIMALS, {"max_depth": 5, "min_samples_leaf": 30}),
    ("synthetic", DECIMALS, {"min_samples_leaf": 40, **ENTROPY}),
    ("synthetic", DECIMALS, {"max_leaf_nodes": 25}),
    ("synthetic", DECIMALS, {"class_weight": {"b": 3.1}, "max_leaf_nodes": 20, "min_samples_leaf": 0.01, **ENTROPY}),
    ("synthetic", DECIMALS, {"min_impurity_decrease": 0.004}),
    ("synthetic", None, {"class_weight": {"a": 5.3}, "min_impurity_decrease": 0.006, **ENTROPY}),
    ("synthetic", DECIMALS, {"min_samples_leaf": 5, "ccp_alpha": 0.002}),
    ("synthetic", WHOLE, {"class_weight": "balanced", "min_samples_leaf": 5, "ccp_alpha": 0.005, **ENTROPY}),
    ("synthetic", DECIMALS, {"min_samples_leaf": 0.05}),
    ("synthetic", None, {"min_samples_leaf": 0.003, "min_samples_split": 0.1}),
    ("synthetic", ZEROS, {"min_samples_leaf": 50}),
    ("diabetes", WHOLE, {"min_samples_leaf": 10}),
    ("diabetes", DECIMALS, {"max_depth": 4}),
    ("diabetes", DECIMALS, {"min_samples_leaf": 0.05, "min_samples_split": 0.2}),
    ("diabetes", DECIMALS, {"max_leaf_nodes": 12}),
    ("diabetes", DECIMALS, {"min_samples_leaf": 5, "ccp_alpha": 30.0}),
    ("diabetes", DECIMALS, {"min_impurity_decrease": 60.0}),
    ("diabetes", ZEROS, {"min_samples_leaf": 20}),
]


def rows(path):
    with open(path) as file:
        table = [row for row in csv.reader(file) if "?" not in row]
    features = np.array([[float(cell) for cell in row[:-1]] for row in table[1:]])
    return table[0][:-1], features, [row[-1] for row in table[1:]]


def case(name, cycle, params):
    names, features, target = rows(DATA[name])
    weights = None if cycle is None else np.array([float(cycle[i % len(cycle)]) for i in range(len(target))])
    model = DecisionTreeRegressor if name == "diabetes" else DecisionTreeClassifier
    answers = [float(text) for text in target] if name == "diabetes" else target
    described = [
        describe(names, model(random_state=seed, **params).fit(features, answers, sample_weight=weights), 0)
        for seed in range(8)
    ]
    for other in described:
        assert_same(other, described[0], (name, cycle, params))
    return {"dataset": name, "weights": cycle, "params": params, "tree": described[0]}


def describe(names, model, i):
    tree = model.tree_
    is_leaf = tree.children_left[i] < 0
    node = {
        "n": int(tree.n_node_samples[i]),
        "weight": tree.weighted_n_node_samples[i],
        "impurity": tree.impurity[i],
        "answer": answer_of(model, tree.value[i][0]) if is_leaf else None,
    }
    if is_leaf:
        return node
    split = {"feature": names[tree.feature[i]], "threshold": tree.threshold[i]}
    sides = [describe(names, model, side[i]) for side in (tree.children_left, tree.children_right)]
    return {**node, **split, "left": sides[0], "right": sides[1]}


def answer_of(model, value):
    if not hasattr(model, "classes_"):
        return value[0]
    ascending = sorted(value)
    # A tie would be broken by rounding.
    assert ascending[-1] - ascending[-2] > 1e-9 * ascending[-1], value
    return model.classes_[int(np.argmax(value))]


def assert_same(one, other, at):
    assert one.keys() == other.keys(), at
    assert (one.get("feature"), one.get("threshold"), one["n"]) == (
        other.get("feature"), other.get("threshold"), other["n"]), at
    assert type(one["answer"]) is not str or one["answer"] == other["answer"], at
    for side in ("left", "right"):
        if side in one:
            assert_same(one[side], other[side], at)


if "--try" in sys.argv:
    for one in CASES:
        try:
            case(*one)
        except AssertionError as error:
            print(one, "depends on the random state:", error)
    sys.exit()
made = {"made_with": f"scikit-learn {sklearn.__version__}", "cases": [case(*one) for one in CASES]}
path = "test/reference/weights.json"
if "--check" in sys.argv:
    sys.exit(json.load(open(path)) != json.loads(json.dumps(made)))
open(path, "w").write(json.dumps(made) + "\n")
