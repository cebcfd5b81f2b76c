"""Writes label.json: whole sessions of `label`, request and reply with everything that was drawn for them, guarded or not,
without our code and without libsodium: of hashlib and what stands in ristretto255.py.

Needs Python 3.8. From the root of the repository: python3 test/reference/make-label.py [--check]
Written on one line, for the formatter to lay out: npx biome check --write test/reference
"""
import hashlib
import json
import sys

from ristretto255 import BASE, IDENTITY, ORDER, add, cbor, drawn, encode, multiply, reduced

# The protocol of runtime/README.md, on two trees. The byte with which the input of a hash begins, by its use.
LEAF_KEY, GUARD_ENTRY, KAPPA, CHECK = b"\x01", b"\x02", b"\x03", b"\x04"


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def xor(data, mask):
    assert len(mask) >= len(data)
    return bytes(a ^ b for a, b in zip(data, mask))


def total(points):
    result = IDENTITY
    for point in points:
        result = add(result, point)
    return result


def number(name, size, missing="never"):
    return {"kind": "number", "name": name, "grid": {"minimum": 0, "step": 1, "size": size}, "missing": missing}


def text(name, levels, missing="never"):
    return {"kind": "text", "name": name, "levels": levels, "missing": missing}


def positions_of(contract, column):
    """The bits of a column, by their places in the request, and for each of its positions those that are set."""
    own, place = [], 0
    for feature, cuts in zip(contract["features"], contract["cuts"]):
        for _ in cuts:
            if feature["column"] == column["name"]:
                own.append(place)
            place += 1
    if column["kind"] == "number":
        return own, [own[:j] for j in range(len(own) + 1)]
    has_none = column["missing"] != "never" or len(own) < len(column["levels"])
    return own, ([[]] if has_none else []) + [[bit] for bit in own]


def contract_of(columns, features, cuts, leaves, guard):
    possible = [{"answer": answer} for answer in ("low", "middle", "high")]
    contract = {
        "format": 2,
        "name": "visit",
        "family": "tree",
        "reveal": "label",
        "scheme": "ristretto",
        "columns": columns,
        "features": features,
        "cuts": cuts,
        "ignored": [],
        "missingValues": [""],
        "answers": ["low", "middle", "high"],
        "possible": possible,
        "leaves": leaves,
    }
    bits = sum(map(len, cuts))
    reply = [{"name": "leaves", "bytes": 38, "count": leaves}]
    if guard:
        contract["guard"] = 1
        sizes = [len(positions) for own, positions in (positions_of(contract, c) for c in columns) if own]
        reply.insert(0, {"name": "guards", "bytes": sum(32 + 16 * size for size in sizes), "count": 1})
    contract["messages"] = {
        "request": [{"name": "key", "bytes": 32, "count": 1}, {"name": "ciphertexts", "bytes": 64, "count": bits}],
        "reply": reply,
    }
    return contract


# A leaf as the server has it: (answer, [(feature, position of the cut, whether the cell is above it)]). In the order of the
# tree, from left to right.


def edges_of(contract, leaf):
    starts = [sum(map(len, contract["cuts"][:feature])) for feature in range(len(contract["cuts"]))]
    return [(starts[feature] + cut, above) for feature, cut, above in leaf[1]]


def server_leaf(leaf):
    merged = {}
    for feature, cut, above in leaf[1]:
        merged.setdefault(feature, {"feature": feature})["above" if above else "upTo"] = cut
    return {"answer": leaf[0], "edges": list(merged.values())}


def session(model, name, cells, order):
    contract, leaves = model["contract"], model["tree"]
    flat = [(feature, cut) for feature, cuts in enumerate(contract["cuts"]) for cut in cuts]
    bits = [int(cells[feature] > cut) for feature, cut in flat]
    count, guarded = contract["leaves"], "guard" in contract
    label = f"{name}{' guarded' if guarded else ''}"
    key = drawn(f"{label} key")
    noise = [drawn(f"{label} noise {i}") for i in range(len(bits))]
    public = multiply(reduced(key), BASE)
    pairs = [
        (multiply(reduced(k), BASE), add(multiply(reduced(k), public), multiply(bit, BASE)))
        for k, bit in zip(noise, bits)
    ]
    head_of = {"version": 2, "contract": sha(cbor(contract))}
    ciphertexts = b"".join(encode(a) + encode(b) for a, b in pairs)
    request = cbor({**head_of, "key": encode(public), "ciphertexts": ciphertexts})

    def cost(leaf, start):
        """The encrypted number of conditions that fail, on top of an encryption of zero."""
        one, two = start
        for bit, above in edges_of(contract, leaf):
            sign = ORDER - 1 if above else 1
            one = add(one, multiply(sign, pairs[bit][0]))
            two = add(two, multiply(sign, pairs[bit][1]))
            two = add(two, BASE) if above else two
        return one, two

    # What is padding costs one more than the first leaf, and its two points do not belong together.
    def sums(start):
        costs = [cost(leaf, start) for leaf in leaves]
        padding = (costs[0][0], add(costs[0][1], BASE))
        return costs + [padding] * (count - len(leaves))

    answers = [leaf[0] for leaf in leaves] + [leaves[0][0]] * (count - len(leaves))
    others = [drawn(f"{label} other {i}") for i in range(count)]
    kappa, points, draws, reply = hashlib.sha256(request).digest(), [], {}, {}
    if not guarded:
        zero = drawn(f"{label} zero")
        multipliers = [drawn(f"{label} multiplier {i}") for i in range(count)]
        draws = {"zero": zero, "multipliers": b"".join(multipliers)}
        all_sums = sums((multiply(reduced(zero), BASE), multiply(reduced(zero), public)))
        for i, place in enumerate(order):
            second = reduced(multipliers[i] if place < len(leaves) else others[i])
            points.append((multiply(reduced(multipliers[i]), all_sums[place][0]), multiply(second, all_sums[place][1])))
    else:
        short = drawn(f"{label} rho")[:16]
        rho = 2 * (1 + int.from_bytes(short, "little"))
        betas = [drawn(f"{label} beta {i}") for i in range(count)]
        all_sums = sums((IDENTITY, IDENTITY))
        for i, place in enumerate(order):
            beta, other = 2 * reduced(betas[i]), 2 * reduced(betas[i] if place < len(leaves) else others[i])
            first = add(multiply(rho, all_sums[place][0]), multiply(beta, BASE))
            points.append((first, add(multiply(rho, all_sums[place][1]), multiply(other, public))))
        weights = [drawn(f"{label} weight {i}")[:8] for i in range(len(bits))]
        gamma = [int.from_bytes(weight, "little") for weight in weights]
        groups = [group for group in (positions_of(contract, column) for column in contract["columns"]) if group[0]]
        guard_betas = [drawn(f"{label} guard beta {g}") for g in range(len(groups))]
        seeds = [drawn(f"{label} seed {g}")[:16] for g in range(len(groups))]
        guards = b""
        for g, (own, positions) in enumerate(groups):
            beta = 2 * reduced(guard_betas[g])
            a = add(multiply(rho, total(multiply(gamma[i], pairs[i][0]) for i in own)), multiply(beta, BASE))
            e = add(multiply(rho, total(multiply(gamma[i], pairs[i][1]) for i in own)), multiply(beta, public))
            guards += encode(a)
            for j, vector in enumerate(positions):
                d = add(e, multiply(-rho * sum(gamma[i] for i in vector), BASE))
                mask = sha(GUARD_ENTRY, g.to_bytes(2, "big"), j.to_bytes(2, "big"), encode(a), encode(d))
                guards += xor(seeds[g], mask[:16])
        kappa = sha(KAPPA, kappa, *seeds)
        draws = {
            "rho": short,
            "betas": b"".join(betas),
            "weights": b"".join(weights),
            "guardBetas": b"".join(guard_betas),
            "seeds": b"".join(seeds),
        }
        reply["guards"] = guards

    reply["leaves"] = b""
    for (one, two), place in zip(points, order):
        first, second = encode(one), encode(two)
        leaf_key = sha(LEAF_KEY, first, second, kappa)
        answer = answers[place].to_bytes(1, "big")
        reply["leaves"] += first + xor(answer, leaf_key) + sha(CHECK, leaf_key, answer)[:5]
    return {
        "name": name,
        "cells": cells,
        "answer": next(
            leaf[0] for leaf in leaves if all(bool(bits[bit]) == above for bit, above in edges_of(contract, leaf))
        ),
        "order": order,
        "key": key.hex(),
        "noise": b"".join(noise).hex(),
        **{what: bytes_of.hex() for what, bytes_of in draws.items()},
        "others": b"".join(others).hex(),
        "request": request.hex(),
        "reply": cbor({**head_of, "request": hashlib.sha256(request).digest(), **reply}).hex(),
    }


def model(name, contract, tree, sessions):
    return {
        "name": name,
        "contract": contract,
        "fingerprint": sha(cbor(contract)).hex(),
        "leaves": [server_leaf(leaf) for leaf in tree],
        "sessions": [session({"contract": contract, "tree": tree}, *one) for one in sessions],
    }


# age <= 39, else age <= 59, else smoker.
SMALL = contract_of(
    [number("age", 100), text("smoker", ["no", "yes"])],
    [{"column": "age"}, {"column": "smoker", "level": "yes"}],
    [[19, 39, 59, 79], [0]],
    4,
    False,
)
SMALL_TREE = [
    (0, [(0, 1, False)]),
    (1, [(0, 1, True), (0, 2, False)]),
    (1, [(0, 1, True), (0, 2, True), (1, 0, False)]),
    (2, [(0, 1, True), (0, 2, True), (1, 0, True)]),
]
SMALL_SESSIONS = [
    ("young smoker", [19, 1], [3, 0, 2, 1]),
    ("middle-aged", [40, 0], [0, 1, 2, 3]),
    ("old smoker", [99, 1], [2, 3, 1, 0]),
]

# All kinds of columns: numbers, with missing ones or not; texts, with none or not; one of a single level, and one number.
WIDE_COLUMNS = [
    number("age", 100),
    number("dose", 5, "below"),
    text("smoker", ["no", "yes"]),
    text("ward", ["A", "B", "C"], "no-level"),
    text("site", ["here"]),
    number("fixed", 1),
]
WIDE_FEATURES = [
    {"column": "age"},
    {"column": "dose"},
    {"column": "smoker", "level": "no"},
    {"column": "smoker", "level": "yes"},
    {"column": "ward", "level": "A"},
    {"column": "ward", "level": "B"},
    {"column": "ward", "level": "C"},
    {"column": "site", "level": "here"},
    {"column": "fixed"},
]
WIDE_CUTS = [[19, 39, 59, 79], [0, 2], [0], [0], [0], [0], [0], [0], []]
WIDE_TREE = [
    (0, [(0, 1, False), (1, 0, False)]),
    (1, [(0, 1, False), (1, 0, True)]),
    (0, [(0, 1, True), (3, 0, False), (4, 0, False)]),
    (2, [(0, 1, True), (3, 0, False), (4, 0, True)]),
    (1, [(0, 1, True), (3, 0, True)]),
]
WIDE_SESSIONS = [
    ("first position of all", [0, 0, 1, 0, 0, 0, 0, 1, 0], [7, 0, 2, 5, 1, 4, 6, 3]),
    ("last position of all", [99, 5, 0, 1, 0, 0, 1, 1, 0], [0, 1, 2, 3, 4, 5, 6, 7]),
    ("in between, ward A", [40, 2, 1, 0, 1, 0, 0, 1, 0], [3, 1, 7, 5, 0, 2, 4, 6]),
]
WIDE = [contract_of(WIDE_COLUMNS, WIDE_FEATURES, WIDE_CUTS, 8, guard) for guard in (False, True)]

vectors = {
    "multiples": [encode(multiply(i, BASE)).hex() for i in range(16)],
    "models": [
        model("small", SMALL, SMALL_TREE, SMALL_SESSIONS),
        model("padded", WIDE[0], WIDE_TREE, WIDE_SESSIONS),
        model("padded and guarded", WIDE[1], WIDE_TREE, WIDE_SESSIONS),
    ],
}
path = "test/reference/label.json"
if "--check" in sys.argv:
    same = json.load(open(path)) == vectors
    print("label.json is", "what this script makes" if same else "not what this script makes")
    sys.exit(0 if same else 1)
with open(path, "w") as file:
    json.dump(vectors, file)
