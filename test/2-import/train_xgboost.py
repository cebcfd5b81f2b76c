"""Trains XGBoost models of many kinds, saves them, and records what XGBoost itself predicts.

    python3 train_xgboost.py <folder of the data sets> <output folder>
"""
import csv
import json
import math
import os
import sys
import warnings

import numpy as np
import xgboost

data, output = sys.argv[1:]
warnings.filterwarnings("ignore")


def table(name):
    rows = list(csv.reader(open(os.path.join(data, name))))
    x = np.array([[math.nan if cell == "?" else float(cell) for cell in row[:-1]] for row in rows[1:]])
    return rows[0][:-1], x, [row[-1] for row in rows[1:]]


heart, iris, diabetes = table("heart-disease.csv"), table("iris.csv"), table("diabetes.csv")
small = {"max_depth": 4, "nthread": 1, "verbosity": 0}
kinds = {
    "logistic": (heart, {"objective": "binary:logistic"}, "json"),
    "logistic in UBJSON": (heart, {"objective": "binary:logistic"}, "ubj"),
    "hinge": (heart, {"objective": "binary:hinge"}, "json"),
    "raw": (heart, {"objective": "binary:logitraw", "base_score": 0.3}, "json"),
    "dart": (heart, {"objective": "binary:logistic", "booster": "dart", "rate_drop": 0.5}, "ubj"),
    "three classes, forests": (iris, {"objective": "multi:softprob", "num_class": 3, "num_parallel_tree": 3, "subsample": 0.5}, "json"),
    "three classes, dart": (iris, {"objective": "multi:softmax", "num_class": 3, "booster": "dart", "rate_drop": 0.5}, "json"),
    "gamma": (diabetes, {"objective": "reg:gamma"}, "json"),
    "tweedie": (diabetes, {"objective": "reg:tweedie"}, "ubj"),
    "absolute error": (diabetes, {"objective": "reg:absoluteerror"}, "json"),
    "leaf by leaf": (diabetes, {"objective": "reg:squarederror", "grow_policy": "lossguide", "tree_method": "hist", "max_leaves": 9, "max_depth": 0}, "json"),
}
cases = []
for name, (rows, parameters, suffix) in kinds.items():
    names, x, y = rows
    y = [sorted(set(y)).index(v) for v in y] if rows is not diabetes else [float(v) for v in y]
    booster = xgboost.train({**small, **parameters}, xgboost.DMatrix(x, y, feature_names=names), 8)
    booster.save_model(os.path.join(output, name + "." + suffix))
    # Rows with a value moved onto a threshold, as float32 and one ulp below, or taken away.
    edge = []
    for i, threshold in enumerate(booster.trees_to_dataframe().dropna(subset=["Split"]).itertuples()):
        column = names.index(threshold.Feature)
        for value in [np.float32(threshold.Split), np.nextafter(np.float32(threshold.Split), np.float32(-np.inf)), math.nan]:
            row = x[i % len(x)].copy()
            row[column] = value
            edge.append(row)
    everything = np.vstack([x, np.array(edge)])
    matrix = xgboost.DMatrix(everything, feature_names=names)
    cases.append(
        {
            "file": name + "." + suffix,
            "names": names,
            "rows": [[None if math.isnan(v) else v for v in row] for row in everything.tolist()],
            "margin": booster.predict(matrix, output_margin=True).astype(float).tolist(),
            "prediction": booster.predict(matrix).astype(float).tolist(),
        }
    )
json.dump({"version": xgboost.__version__, "cases": cases}, open(os.path.join(output, "cases.json"), "w"))
