"""Writes a scikit-learn model as JSON that emp-compile compiles. Needs scikit-learn 1.0 or later, and nothing else.

In a notebook, or at the end of a training script, with this file beside it:

    from export_sklearn import export
    export(model, "model.json", columns=["age", "sex", "cp"])

`model` is a fitted estimator, or a Pipeline or ColumnTransformer in front of one. `columns` names the columns that it
was trained on, in their order; a model trained on a DataFrame knows them. A model in a pickle that you trust:

    python export_sklearn.py model.joblib model.json

Estimators: DecisionTree, ExtraTree, RandomForest, ExtraTrees, GradientBoosting, HistGradientBoosting (Classifier and
Regressor), LogisticRegression, LinearRegression, Ridge, Lasso, ElasticNet, PoissonRegressor, GammaRegressor, MLP.
In front of them: StandardScaler, MinMaxScaler, MaxAbsScaler, RobustScaler, SimpleImputer, OrdinalEncoder,
OneHotEncoder, feature selection, FunctionTransformer without a function, Pipeline, ColumnTransformer.

What is written (format 1), numbers that JSON lacks as "nan", "inf", "-inf":

    format      "emp-compile scikit-learn 1"
    made_with   "scikit-learn 1.2.1"
    estimator   the name of its class
    features    names of the columns, or null
    columns     how many there are
    classes     the answers as texts in the estimator's order, or null for a number
    missing     true if the estimator takes missing values
    inputs      what the estimator sees, in order; absent: the columns as they are. Each is made of one column:
                {"column": i, "steps": [...]} for a number, {"column": i, "levels": [...], "numbers": [...],
                "unknown": number or null for refused, "missing": likewise, "steps": [...]} for an encoded level.
                Steps: ["add" | "subtract" | "multiply" | "divide", number], ["clip", least, greatest], ["fill", number]
    trees       one list per round of the trees of each score, or a list of trees; each of parallel lists over its
                nodes: feature, threshold, left (-1: a leaf), right, value, and missingLeft (0 or 1) if missing values
                are taken, and categories: {node: the codes that go left}
    known       per input the codes of categories known in training, or null
    base, scale the sum begins with base, one per score; a leaf counts times scale
    coef, intercept                      of linear models, a row per score
    coefs, intercepts, activation    of networks, a matrix [input][output] per layer; the last activation is the link
    link        "identity", "logistic", "softmax", "exponential", "one-against-all"; steepness of "logistic"
"""
import json
import math
import sys

import numpy as np
import sklearn

VERSION = tuple(int("".join(c for c in part if c.isdigit()) or 0) for part in sklearn.__version__.split(".")[:2])


class NotExported(ValueError):
    """The model, or a part of it, is none that can be written."""


def export(model, path, columns=None):
    """Writes `model` to the file `path`. `columns`: names of the columns it was trained on, if it does not know them."""
    document = describe(model, columns)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(document, file, separators=(",", ":"), allow_nan=False)
        file.write("\n")


def describe(model, columns=None):
    """What `export` writes, as a dictionary."""
    estimator, count = _last(model), int(getattr(model, "n_features_in_", 0))
    names = columns if columns is not None else getattr(model, "feature_names_in_", None)
    if names is not None:
        names = [str(name) for name in names]
        if count and len(names) != count:
            raise NotExported("columns has %d names, but the model was trained on %d columns" % (len(names), count))
    count = count or len(names or [])
    if not count:
        raise NotExported("the model does not know its columns: name them with columns=[...]")
    slots = [{"column": i, "steps": []} for i in range(count)]
    plain = list(slots)
    slots = _through(model, slots, names) if estimator is not model else slots
    body = _body(estimator, slots, names)
    slots = body.pop("slots", slots)
    if any("fill" in slot for slot in slots):
        raise NotExported("texts are filled in by SimpleImputer, but not encoded after it: add a OneHotEncoder")
    document = {
        "format": "emp-compile scikit-learn 1",
        "made_with": "scikit-learn " + sklearn.__version__,
        "estimator": type(estimator).__name__,
        "features": names,
        "columns": count,
        "classes": [str(name) for name in estimator.classes_] if hasattr(estimator, "classes_") else None,
        "missing": _takes_missing(estimator),
    }
    if slots != plain:
        document["inputs"] = slots
    document.update(body)
    return _clean(document)


def _clean(value):
    """The same of plain Python types, in which NaN and infinities are texts."""
    if isinstance(value, dict):
        return {str(key): _clean(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [_clean(inner) for inner in value]
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        number = float(value)
        return number if math.isfinite(number) else "nan" if math.isnan(number) else "inf" if number > 0 else "-inf"
    return value if value is None or isinstance(value, str) else str(value)


def _name(part):
    return type(part).__name__


def _last(model):
    return _last(model.steps[-1][1]) if _name(model) == "Pipeline" else model


def _takes_missing(estimator):
    if hasattr(estimator, "__sklearn_tags__"):
        return bool(estimator.__sklearn_tags__().input_tags.allow_nan)
    tree = _name(estimator).startswith(("DecisionTree", "RandomForest", "ExtraTree"))
    # Trees of 1.0 to 1.2 have no direction for missing values.
    return bool(estimator._get_tags()["allow_nan"]) and not (tree and VERSION < (1, 3))


# What stands in front of the estimator: each takes and gives a list of slots, one per column of the matrix.


def _through(part, slots, names):
    """The slots after a transformer, or before the last step of a Pipeline."""
    if part is None or isinstance(part, str):
        if part == "drop":
            return []
        if part in (None, "passthrough"):
            return slots
    name = _name(part)
    if name == "Pipeline":
        for i, (_, step) in enumerate(part.steps):
            last = i == len(part.steps) - 1
            if last and not hasattr(step, "transform"):
                return slots
            if last and _name(step) == "Pipeline":
                return _through(step, slots, names)
            slots = _through(step, slots, names)
            names = None
        return slots
    if name == "ColumnTransformer":
        return [slot for _, inner, chosen in part.transformers_ for slot in _through(inner, _pick(slots, chosen, names), None)]
    if hasattr(part, "get_support"):
        return [slots[i] for i in part.get_support(indices=True)]
    if name == "FunctionTransformer" and (part.func is None or _only_checks(part.func)):
        return slots
    if name not in _TRANSFORMERS:
        raise NotExported("%s stands in front of the estimator, which emp-compile does not read" % name)
    return _TRANSFORMERS[name](part, slots)


def _only_checks(function):
    """HistGradientBoosting looks at the numbers of its columns by such a function, and gives them on."""
    return getattr(getattr(function, "func", None), "__name__", "") == "check_array"


def _pick(slots, chosen, names):
    if isinstance(chosen, slice):
        if isinstance(chosen.start, str) or isinstance(chosen.stop, str):
            start = None if chosen.start is None else names.index(chosen.start)
            stop = None if chosen.stop is None else names.index(chosen.stop) + 1
            return slots[start:stop]
        return slots[chosen]
    chosen = [chosen] if isinstance(chosen, (str, int, np.integer)) else list(chosen)
    if chosen and isinstance(chosen[0], (bool, np.bool_)):
        return [slot for slot, wanted in zip(slots, chosen) if wanted]
    if any(isinstance(column, str) for column in chosen) and names is None:
        raise NotExported("a ColumnTransformer inside another transformer chooses columns by name: use their numbers")
    return [slots[names.index(column) if isinstance(column, str) else column] for column in chosen]


def _step(slots, kind, numbers):
    if numbers is None:
        return slots
    return [dict(slot, steps=slot["steps"] + [[kind, number]]) for slot, number in zip(slots, np.asarray(numbers).ravel())]


def _standard(part, slots):
    slots = _step(slots, "subtract", part.mean_ if part.with_mean else None)
    return _step(slots, "divide", part.scale_ if part.with_std else None)


def _min_max(part, slots):
    slots = _step(_step(slots, "multiply", part.scale_), "add", part.min_)
    if not getattr(part, "clip", False):
        return slots
    return [dict(slot, steps=slot["steps"] + [["clip", *part.feature_range]]) for slot in slots]


def _robust(part, slots):
    slots = _step(slots, "subtract", part.center_ if part.with_centering else None)
    return _step(slots, "divide", part.scale_ if part.with_scaling else None)


def _is_missing(value):
    return value is None or (isinstance(value, (float, np.floating)) and math.isnan(value)) or str(value) == "<NA>"


def _imputer(part, slots):
    if not _is_missing(part.missing_values) or part.add_indicator:
        raise NotExported("SimpleImputer is read with missing_values=nan and without add_indicator only")
    filled = []
    for slot, value in zip(slots, part.statistics_):
        if _is_missing(value):
            raise NotExported("SimpleImputer met a column without any value: drop it before training")
        if isinstance(value, str):
            filled.append(dict(slot, fill=value))
        else:
            filled.append(dict(slot, steps=slot["steps"] + [["fill", value]]))
    return filled


def _encoded(slot, levels, numbers, unknown, missing):
    """A slot that is encoded; what was filled in before is a level, and not missing."""
    fill = slot.get("fill")
    steps = slot["steps"]
    if steps and steps[-1][0] == "fill" and len(steps) == 1:
        fill, steps = steps[0][1], []
    if steps or "levels" in slot:
        raise NotExported("an encoder follows a scaler or another encoder: put it first")
    if fill is not None:
        missing = numbers[levels.index(fill)] if fill in levels else unknown
    return {"column": slot["column"], "levels": levels, "numbers": numbers, "unknown": unknown, "missing": missing, "steps": []}


def _levels(categories):
    """The levels of a column that are no missing value, and whether missing is one of its categories."""
    kept = [category.item() if hasattr(category, "item") else category for category in categories if not _is_missing(category)]
    return [level if isinstance(level, (int, float)) and not isinstance(level, bool) else str(level) for level in kept], len(kept) < len(categories)


def _no_groups(part):
    if getattr(part, "min_frequency", None) is not None or getattr(part, "max_categories", None) is not None:
        raise NotExported("%s groups infrequent categories, which emp-compile does not read" % _name(part))


def _ordinal(part, slots):
    _no_groups(part)
    unknown = part.unknown_value if part.handle_unknown == "use_encoded_value" else None
    encoded = []
    for slot, categories in zip(slots, part.categories_):
        levels, has_missing = _levels(categories)
        numbers = [float(i) for i, category in enumerate(categories) if not _is_missing(category)]
        missing = getattr(part, "encoded_missing_value", math.nan) if has_missing else unknown
        encoded.append(_encoded(slot, levels, numbers, unknown, missing))
    return encoded


def _one_hot(part, slots):
    _no_groups(part)
    unknown = None if part.handle_unknown == "error" else 0.0
    encoded = []
    for i, (slot, categories) in enumerate(zip(slots, part.categories_)):
        levels, has_missing = _levels(categories)
        dropped = None if part.drop_idx_ is None else part.drop_idx_[i]
        for j, category in enumerate(categories):
            if dropped is not None and j == dropped:
                continue
            own = None if _is_missing(category) else _levels([category])[0][0]
            numbers = [1.0 if level == own else 0.0 for level in levels]
            missing = (1.0 if own is None else 0.0) if has_missing else unknown
            encoded.append(_encoded(slot, levels, numbers, unknown, missing))
    return encoded


_TRANSFORMERS = {
    "StandardScaler": _standard,
    "MinMaxScaler": _min_max,
    "MaxAbsScaler": lambda part, slots: _step(slots, "divide", part.scale_),
    "RobustScaler": _robust,
    "SimpleImputer": _imputer,
    "OrdinalEncoder": _ordinal,
    "OneHotEncoder": _one_hot,
}


# The estimators.


def _body(estimator, slots, names):
    name = _name(estimator)
    if name in ("LogisticRegression", "LogisticRegressionCV"):
        return _logistic(estimator)
    if name in ("LinearRegression", "Ridge", "RidgeCV", "Lasso", "LassoCV", "ElasticNet", "ElasticNetCV"):
        return _linear(estimator, "identity")
    if name in ("PoissonRegressor", "GammaRegressor"):
        return _linear(estimator, "exponential")
    if name in ("MLPClassifier", "MLPRegressor"):
        return _network(estimator)
    kind = name.replace("Classifier", "").replace("Regressor", "")
    if kind in ("DecisionTree", "ExtraTree"):
        return {"link": "identity", "trees": [_tree(estimator, estimator)]}
    if kind in ("RandomForest", "ExtraTrees"):
        return {"link": "identity", "trees": [_tree(tree, estimator) for tree in estimator.estimators_]}
    if kind == "GradientBoosting":
        return _gradient_boosting(estimator)
    if kind == "HistGradientBoosting":
        return _histogram_boosting(estimator, slots, names)
    raise NotExported("%s is no estimator that emp-compile reads" % name)


def _tree(holder, estimator):
    """The lists of one fitted tree. Values are counts up to 1.3 and shares from 1.4 on, or a number."""
    if getattr(holder, "n_outputs_", 1) != 1:
        raise NotExported("the model predicts several targets: train one model per target")
    tree = holder.tree_
    lists = {
        "feature": tree.feature,
        "threshold": tree.threshold,
        "left": tree.children_left,
        "right": tree.children_right,
        "value": tree.value[:, 0, :],
    }
    if _takes_missing(estimator):
        lists["missingLeft"] = tree.missing_go_to_left
    return lists


def _gradient_boosting(estimator):
    if estimator.init is not None and not (isinstance(estimator.init, str) and estimator.init == "zero"):
        raise NotExported("GradientBoosting begins with an estimator of its own (init): train it with init=None")
    exponential = estimator.loss == "exponential"
    classes = len(getattr(estimator, "classes_", []))
    start = estimator._raw_predict_init(np.zeros((1, estimator.n_features_in_), dtype=np.float32))
    return {
        "link": "identity" if classes == 0 else "logistic" if classes == 2 else "softmax",
        "steepness": 2.0 if exponential else 1.0,
        "base": np.asarray(start, dtype=np.float64).ravel(),
        "scale": float(estimator.learning_rate),
        "trees": [[_tree(tree, estimator) for tree in trees] for trees in estimator.estimators_],
    }


def _histogram_boosting(estimator, slots, names):
    classes = len(getattr(estimator, "classes_", []))
    # From 1.4 on categories are encoded, and come first, before the trees see them.
    encoder = getattr(estimator, "_preprocessor", None)
    if encoder is not None:
        slots = _through(encoder, slots, names)
    known, places = estimator._bin_mapper.make_known_categories_bitsets()
    categorical = getattr(estimator, "_is_categorical_remapped", None)
    if categorical is None:
        categorical = getattr(estimator, "is_categorical_", None)
    if categorical is None:
        categorical = np.zeros(len(slots), dtype=bool)
    exponential = classes == 0 and estimator.loss in ("poisson", "gamma")
    return {
        "slots": slots,
        "link": "exponential" if exponential else "identity" if classes == 0 else "logistic" if classes == 2 else "softmax",
        "base": np.asarray(estimator._baseline_prediction, dtype=np.float64).ravel(),
        "scale": 1.0,
        "known": [_bits(known[places[i]]) if categorical[i] else None for i in range(len(slots))],
        "trees": [[_histogram_tree(tree) for tree in trees] for trees in estimator._predictors],
    }


def _bits(words):
    return [32 * i + bit for i, word in enumerate(words) for bit in range(32) if int(word) >> bit & 1]


def _histogram_tree(predictor):
    nodes = predictor.nodes
    leaf = nodes["is_leaf"].astype(bool)
    lists = {
        "feature": np.where(leaf, -2, nodes["feature_idx"].astype(np.int64)),
        "threshold": np.where(leaf, 0.0, nodes["num_threshold"]),
        "left": np.where(leaf, -1, nodes["left"].astype(np.int64)),
        "right": np.where(leaf, -1, nodes["right"].astype(np.int64)),
        "missingLeft": nodes["missing_go_to_left"].astype(np.int64),
        "value": np.where(leaf, nodes["value"], 0.0),
    }
    categories = {
        str(i): _bits(predictor.raw_left_cat_bitsets[node["bitset_idx"]])
        for i, node in enumerate(nodes)
        if node["is_categorical"] and not node["is_leaf"]
    }
    return dict(lists, categories=categories) if categories else lists


def _logistic(estimator):
    mode = getattr(estimator, "multi_class", "auto")
    two = len(estimator.classes_) == 2
    against_all = mode in ("ovr", "warn") or (mode != "multinomial" and (two or getattr(estimator, "solver", "") == "liblinear"))
    return {
        "link": "logistic" if two else "one-against-all" if against_all else "softmax",
        # A multinomial model of two classes gives both scores, one the negative of the other, to the softmax.
        "steepness": 1.0 if against_all else 2.0,
        "coef": estimator.coef_,
        "intercept": np.broadcast_to(np.asarray(estimator.intercept_, dtype=np.float64), (len(estimator.coef_),)),
    }


def _linear(estimator, link):
    coef = np.atleast_2d(estimator.coef_)
    if len(coef) != 1:
        raise NotExported("the model predicts several targets: train one model per target")
    return {"link": link, "coef": coef, "intercept": [float(np.ravel(estimator.intercept_)[0])]}


def _network(estimator):
    if estimator.out_activation_ == "logistic" and len(estimator.classes_) != 2:
        raise NotExported("the model gives several answers at once: train one model per answer")
    if estimator.n_outputs_ > 1 and not hasattr(estimator, "classes_"):
        raise NotExported("the model predicts several targets: train one model per target")
    return {
        "link": estimator.out_activation_,
        "activation": estimator.activation,
        "coefs": list(estimator.coefs_),
        "intercepts": list(estimator.intercepts_),
    }


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("python export_sklearn.py model.joblib model.json    (loading a pickle runs it: only your own)")
    import joblib

    try:
        export(joblib.load(sys.argv[1]), sys.argv[2])
    except NotExported as error:
        sys.exit("%s: %s" % (sys.argv[1], error))
