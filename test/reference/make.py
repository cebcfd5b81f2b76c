"""Writes pruning-paths.json: cost-complexity paths by scikit-learn, for trees that do not depend on its random state.

Needs python3-sklearn (a Debian package). From the root of the repository: python3 test/reference/make.py [--check]
"""
import csv
import json
import sys

import sklearn
from sklearn.tree import DecisionTreeClassifier

HEART, SYNTHETIC = "datasets/heart-disease.csv", "test/reference/synthetic.csv"
CASES = [
    ("heart-disease-complete", HEART, {"max_depth": 3}),
    ("heart-disease-complete", HEART, {"max_depth": 3, "criterion": "entropy"}),
    ("heart-disease-complete", HEART, {"max_depth": 9, "min_samples_leaf": 20}),
    ("synthetic", SYNTHETIC, {"min_samples_leaf": 20}),
    ("synthetic", SYNTHETIC, {"min_samples_leaf": 20, "max_depth": 6, "criterion": "entropy"}),
]


def rows(path):
    with open(path) as file:
        table = [row for row in csv.reader(file) if "?" not in row][1:]
    return [[float(cell) for cell in row[:-1]] for row in table], [row[-1] for row in table]


def path(name, data, params):
    features, target = rows(data)
    paths = [
        DecisionTreeClassifier(random_state=seed, **params).cost_complexity_pruning_path(features, target)
        for seed in range(5)
    ]
    first = paths[0]
    for other in paths[1:]:
        assert abs(other.ccp_alphas - first.ccp_alphas).max() < 1e-12, (name, params)
    return {"dataset": name, "params": params, "alphas": list(first.ccp_alphas), "impurities": list(first.impurities)}


made = {"made_with": f"scikit-learn {sklearn.__version__}", "cases": [path(*case) for case in CASES]}
target = "test/reference/pruning-paths.json"
if "--check" in sys.argv:
    sys.exit(json.load(open(target)) != made)
open(target, "w").write(json.dumps(made, indent=1) + "\n")
