"""Trains every estimator that export_sklearn.py writes, exports it, and records what scikit-learn itself predicts.

    python3 train_sklearn.py <folder of export_sklearn.py> <folder of the data sets> <output folder>
"""
import csv
import json
import math
import os
import sys
import warnings

import numpy as np
import sklearn
from sklearn import compose, ensemble, feature_selection, impute, linear_model, neural_network, pipeline, preprocessing, tree

exporter, data, output = sys.argv[1:]
sys.path.insert(0, exporter)
sys.dont_write_bytecode = True
import export_sklearn  # noqa: E402

warnings.filterwarnings("ignore")
VERSION = tuple(int(part) for part in sklearn.__version__.split(".")[:2])


def table(name):
    rows = list(csv.reader(open(os.path.join(data, name))))
    x = np.array([[math.nan if cell == "?" else float(cell) for cell in row[:-1]] for row in rows[1:]])
    return rows[0][:-1], x, np.array([row[-1] for row in rows[1:]])


names, heart303, sick303 = table("heart-disease.csv")
whole = ~np.isnan(heart303).any(axis=1)
heart = (names, heart303[whole], sick303[whole])
with_missing = (names, heart303, sick303)
iris = table("iris.csv")
diabetes = (lambda n, x, y: (n, x, y.astype(float)))(*table("diabetes.csv"))
texts = (names, heart303.astype(object), sick303)
for column in (2, 12):
    texts[1][:, column] = ["level %g" % v if v == v else None for v in heart303[:, column]]
texts_with_nan = (names, texts[1].copy(), sick303)
texts_with_nan[1][[r is None for r in texts[1][:, 12]], 12] = np.nan

small = dict(random_state=0)
models = {
    "DecisionTreeClassifier": (tree.DecisionTreeClassifier(max_depth=5, **small), heart),
    "DecisionTreeClassifier weighted": (tree.DecisionTreeClassifier(max_depth=5, class_weight="balanced", **small), iris),
    "DecisionTreeRegressor": (tree.DecisionTreeRegressor(max_depth=5, **small), diabetes),
    "ExtraTreeClassifier": (tree.ExtraTreeClassifier(max_depth=5, **small), iris),
    "RandomForestClassifier": (ensemble.RandomForestClassifier(20, max_depth=5, **small), heart),
    "RandomForestClassifier balanced": (ensemble.RandomForestClassifier(20, class_weight="balanced_subsample", **small), iris),
    "RandomForestRegressor": (ensemble.RandomForestRegressor(20, max_depth=5, **small), diabetes),
    "ExtraTreesClassifier": (ensemble.ExtraTreesClassifier(20, max_depth=6, **small), iris),
    "ExtraTreesRegressor": (ensemble.ExtraTreesRegressor(20, max_depth=6, **small), diabetes),
    "GradientBoostingClassifier": (ensemble.GradientBoostingClassifier(n_estimators=20, **small), heart),
    "GradientBoostingClassifier exponential": (ensemble.GradientBoostingClassifier(loss="exponential", n_estimators=20, **small), heart),
    "GradientBoostingClassifier zero": (ensemble.GradientBoostingClassifier(init="zero", n_estimators=20, **small), heart),
    "GradientBoostingClassifier of three": (ensemble.GradientBoostingClassifier(n_estimators=10, **small), iris),
    "GradientBoostingRegressor": (ensemble.GradientBoostingRegressor(n_estimators=20, **small), diabetes),
    "GradientBoostingRegressor median": (ensemble.GradientBoostingRegressor(loss="absolute_error", n_estimators=20, **small), diabetes),
    "HistGradientBoostingClassifier": (ensemble.HistGradientBoostingClassifier(max_iter=20, **small), with_missing),
    "HistGradientBoostingClassifier categories": (ensemble.HistGradientBoostingClassifier(max_iter=20, categorical_features=[2, 12], **small), with_missing),
    "HistGradientBoostingClassifier of three": (ensemble.HistGradientBoostingClassifier(max_iter=10, **small), iris),
    "HistGradientBoostingRegressor": (ensemble.HistGradientBoostingRegressor(max_iter=20, **small), diabetes),
    "HistGradientBoostingRegressor poisson": (ensemble.HistGradientBoostingRegressor(loss="poisson", max_iter=20, **small), diabetes),
    "LogisticRegression": (linear_model.LogisticRegression(max_iter=3000), heart),
    "LogisticRegression of three": (linear_model.LogisticRegression(max_iter=3000), iris),
    "LinearRegression": (linear_model.LinearRegression(), diabetes),
    "Ridge": (linear_model.Ridge(), diabetes),
    "Lasso": (linear_model.Lasso(), diabetes),
    "ElasticNet": (linear_model.ElasticNet(), diabetes),
    "PoissonRegressor": (pipeline.make_pipeline(preprocessing.StandardScaler(), linear_model.PoissonRegressor()), diabetes),
    "GammaRegressor": (pipeline.make_pipeline(preprocessing.StandardScaler(), linear_model.GammaRegressor()), diabetes),
    "MLPClassifier": (pipeline.make_pipeline(preprocessing.StandardScaler(), neural_network.MLPClassifier(hidden_layer_sizes=(8, 4), max_iter=50, **small)), heart),
    "MLPClassifier of three": (pipeline.make_pipeline(preprocessing.MinMaxScaler(), neural_network.MLPClassifier(hidden_layer_sizes=(8,), activation="tanh", max_iter=50, **small)), iris),
    "MLPRegressor": (pipeline.make_pipeline(preprocessing.StandardScaler(), neural_network.MLPRegressor(hidden_layer_sizes=(8,), activation="logistic", max_iter=50, **small)), diabetes),
    "StandardScaler": (pipeline.make_pipeline(preprocessing.StandardScaler(), linear_model.LogisticRegression()), heart),
    "MinMaxScaler": (pipeline.make_pipeline(preprocessing.MinMaxScaler(clip=True), ensemble.RandomForestClassifier(10, **small)), heart),
    "MaxAbsScaler": (pipeline.make_pipeline(preprocessing.MaxAbsScaler(), tree.DecisionTreeClassifier(max_depth=4, **small)), heart),
    "RobustScaler": (pipeline.make_pipeline(preprocessing.RobustScaler(), ensemble.GradientBoostingClassifier(n_estimators=10, **small)), heart),
    "SimpleImputer": (pipeline.make_pipeline(impute.SimpleImputer(strategy="median"), preprocessing.StandardScaler(), linear_model.LogisticRegression()), with_missing),
    "selection": (pipeline.make_pipeline(feature_selection.SelectKBest(k=6), preprocessing.FunctionTransformer(), tree.DecisionTreeClassifier(max_depth=4, **small)), heart),
    "OneHotEncoder of numbers": (
        pipeline.make_pipeline(
            compose.ColumnTransformer([("a", preprocessing.OneHotEncoder(handle_unknown="ignore"), [2, 12]), ("b", "passthrough", [0, 7])], remainder="drop"),
            linear_model.LogisticRegression(max_iter=3000),
        ),
        heart,
    ),
    "OneHotEncoder of texts": (
        pipeline.make_pipeline(
            compose.ColumnTransformer(
                [
                    ("a", pipeline.make_pipeline(impute.SimpleImputer(strategy="most_frequent", missing_values=None), preprocessing.OneHotEncoder(drop="first")), [2, 12]),
                    ("b", pipeline.make_pipeline(impute.SimpleImputer(), preprocessing.StandardScaler()), [0, 7, 11]),
                ]
            ),
            ensemble.RandomForestClassifier(10, **small),
        ),
        texts,
    ),
    "OrdinalEncoder of texts": (
        pipeline.make_pipeline(
            compose.ColumnTransformer([("a", preprocessing.OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), [2, 12])], remainder="passthrough"),
            ensemble.HistGradientBoostingClassifier(max_iter=15, categorical_features=None, **small),
        ),
        texts_with_nan,
    ),
}
if VERSION < (1, 7):
    models["LogisticRegression one against all"] = (linear_model.LogisticRegression(multi_class="ovr", max_iter=3000), iris)
    models["LogisticRegression multinomial of two"] = (linear_model.LogisticRegression(multi_class="multinomial", max_iter=3000), heart)
if VERSION >= (1, 4):
    models["RandomForestClassifier missing"] = (ensemble.RandomForestClassifier(10, **small), with_missing)
if VERSION >= (1, 3):
    models["DecisionTreeClassifier missing"] = (tree.DecisionTreeClassifier(max_depth=6, **small), with_missing)


def plain(value):
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    return value if isinstance(value, str) else float(value)


def record(model, x):
    out = {"answer": [v if isinstance(v, str) else float(v) for v in model.predict(x).tolist()]}
    if hasattr(model, "predict_proba"):
        out["probability"] = model.predict_proba(x).tolist()
    if hasattr(model, "decision_function"):
        out["raw"] = model.decision_function(x).tolist()
    return out


cases = []
for name, (model, (columns, x, y)) in models.items():
    model.fit(x, y)
    export_sklearn.export(model, os.path.join(output, name + ".json"), columns=columns)
    cases.append({"name": name, "rows": [[plain(v) for v in row] for row in x.tolist()], **record(model, x)})

refused = {
    "several targets": tree.DecisionTreeRegressor().fit(diabetes[1], diabetes[1][:, :2]),
    "its own beginning": ensemble.GradientBoostingRegressor(init=linear_model.LinearRegression(), n_estimators=2).fit(*diabetes[1:]),
    "AdaBoost": ensemble.AdaBoostClassifier(n_estimators=2).fit(*heart[1:]),
    "PolynomialFeatures": pipeline.make_pipeline(preprocessing.PolynomialFeatures(), linear_model.LinearRegression()).fit(*diabetes[1:]),
    "PowerTransformer": pipeline.make_pipeline(preprocessing.PowerTransformer(), linear_model.LinearRegression()).fit(*diabetes[1:]),
}
errors = {}
for name, model in refused.items():
    try:
        export_sklearn.describe(model)
    except export_sklearn.NotExported as error:
        errors[name] = str(error)
json.dump({"version": sklearn.__version__, "cases": cases, "errors": errors}, open(os.path.join(output, "cases.json"), "w"))
