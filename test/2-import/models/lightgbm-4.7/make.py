"""Trains small LightGBM models on datasets/ and records what LightGBM itself predicts: python make.py (lightgbm 4.7.0)."""
import csv
import json
import math
import os

import lightgbm
import numpy as np
import pandas as pd

here = os.path.dirname(os.path.abspath(__file__))
root = os.path.join(here, "..", "..", "..", "..")


def table(name):
    rows = list(csv.reader(open(os.path.join(root, "datasets", name))))
    return rows[0], rows[1:]


def heart():
    names, rows = table("heart-disease.csv")
    x = np.array([[math.nan if cell == "?" else float(cell) for cell in row[:-1]] for row in rows])
    return names[:-1], x, np.array([int(row[-1]) for row in rows])


def iris():
    names, rows = table("iris.csv")
    kinds = sorted({row[-1] for row in rows})
    return names[:-1], np.array([[float(c) for c in row[:-1]] for row in rows]), np.array([kinds.index(row[-1]) for row in rows])


def edges(booster, x):
    """Rows with one feature set to a threshold, to the doubles beside it, to 0, to nearly 0, or missing."""
    rows = []
    for i, node in booster.trees_to_dataframe().dropna(subset=["split_feature"]).iloc[:60].iterrows():
        column = booster.feature_name().index(node.split_feature)
        if node.decision_type != "<=":
            continue
        t = float(node.threshold)
        for value in [t, np.nextafter(t, -np.inf), np.nextafter(t, np.inf), 0.0, 1e-36, math.nan]:
            row = x[i % len(x)].copy()
            row[column] = value
            rows.append(row)
    return np.array(rows)


def clean(numbers):
    return [[None if math.isnan(v) else v for v in row] for row in np.asarray(numbers).tolist()]


def save(name, parameters, data, rounds=12, categorical="auto"):
    names, x, y = data
    frame = pd.DataFrame(x, columns=[n.replace(" ", "_") for n in names])
    base = {"verbose": -1, "num_leaves": 7, "min_data_in_leaf": 10, "deterministic": True, "num_threads": 1, "seed": 1}
    booster = lightgbm.train({**base, **parameters}, lightgbm.Dataset(frame, y, categorical_feature=categorical), rounds)
    booster.save_model(os.path.join(here, name + ".txt"))
    booster = lightgbm.Booster(model_file=os.path.join(here, name + ".txt"))
    edge = edges(booster, x)
    out = {"made_with": "lightgbm " + lightgbm.__version__, "edgeRows": clean(edge)}
    for key, rows in (("expected", x), ("edgeExpected", edge)):
        out[key] = {"raw": booster.predict(rows, raw_score=True).tolist(), "prediction": booster.predict(rows).tolist()}
    json.dump(out, open(os.path.join(here, name + ".expected.json"), "w"), separators=(",", ":"))


save("zero-as-missing", {"objective": "binary", "zero_as_missing": True}, heart())
save("no-missing", {"objective": "binary", "use_missing": False}, heart())
save("sigmoid", {"objective": "binary", "sigmoid": 0.5}, heart())
save("forest", {"objective": "binary", "boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.6, "feature_fraction": 0.6}, heart())
save("categories", {"objective": "binary", "max_cat_to_onehot": 1, "min_data_per_group": 5, "cat_smooth": 1}, heart(), categorical=["cp", "thal", "slope"])
save("one-against-all", {"objective": "multiclassova", "num_class": 3}, iris(), 6)
save("dart-multiclass", {"objective": "multiclass", "num_class": 3, "boosting": "dart", "drop_rate": 0.5}, iris(), 6)
save("poisson", {"objective": "poisson"}, heart())
save("square-root", {"objective": "regression", "reg_sqrt": True}, heart())
