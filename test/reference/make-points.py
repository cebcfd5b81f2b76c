"""Writes points.json: whole sessions of points, `score` and `label`, request and reply with everything that was drawn for
them, without our code and without libsodium: of hashlib and what stands in ristretto255.py.

Needs Python 3.8. From the root of the repository: python3 test/reference/make-points.py [--check]
Written on one line, for the formatter to lay out: npx biome check --write test/reference
"""
import hashlib
import json
import math
import sys

from ristretto255 import BASE, ORDER, add, cbor, drawn, encode, multiply, reduced

PRIME = 2**127 - 1
# The byte with which the input of a hash begins, by its use.
TABLE_ENTRY, POINTS_ENTRY, LONG_MASK = b"\x05", b"\x06", b"\x07"

COLUMNS = [
    {"kind": "number", "name": "age", "grid": {"minimum": 0, "step": 1, "size": 100}, "missing": "below"},
    {"kind": "text", "name": "smoker", "levels": ["no", "yes"], "missing": "never"},
    {"kind": "text", "name": "eyes", "levels": ["blue", "brown"], "missing": "no-level"},
]
FEATURES = [
    {"column": "age"},
    {"column": "smoker", "level": "no"},
    {"column": "smoker", "level": "yes"},
    {"column": "eyes", "level": "blue"},
    {"column": "eyes", "level": "brown"},
]
CUTS = [[0, 20, 40, 60], [], []]
COUNTS = [5, 2, 3]
# Per column and position, for one output.
POINTS = [[2, -3, 0, 4, 9], [0, 6], [1, 0, -2]]


def contract(reveal, pairs, more, entry, table):
    counts = COUNTS + [COUNTS[a] * COUNTS[b] for a, b in pairs]
    return {
        "format": 2,
        "name": "visit",
        "family": "additive",
        "reveal": reveal,
        "scheme": "ristretto",
        "columns": COLUMNS,
        "features": FEATURES,
        "cuts": CUTS,
        "pairs": pairs,
        "ignored": [],
        "missingValues": [""],
        "messages": {
            "request": [{"name": "key", "bytes": 32, "count": 1}, {"name": "ciphertexts", "bytes": 64, "count": 3}],
            "reply": [{"name": "table", "bytes": 2, "count": table}] * (reveal == "label")
            + [
                {"name": "entries", "bytes": entry, "count": sum(counts)},
                {"name": "points", "bytes": 32, "count": len(counts)},
            ],
        },
        **more,
    }


def xor(data, mask):
    assert len(mask) >= len(data)
    return bytes(a ^ b for a, b in zip(data, mask))


def mask_of(key, length):
    if length <= 32:
        return key
    blocks = range(math.ceil(length / 32))
    return b"".join(hashlib.sha256(LONG_MASK + key + i.to_bytes(2, "big")).digest() for i in blocks)


class Drawn:
    """A stream of bytes that are drawn one after another."""

    def __init__(self, name):
        self.name, self.bytes = name, b""

    def take(self, length):
        start, self.bytes = len(self.bytes), self.bytes
        data = b"".join(drawn(f"{self.name} {start} {i}") for i in range(math.ceil(length / 64)))[:length]
        self.bytes += data
        return data


def session(name, own, positions, tables, base, symbols):
    """`tables` are points per table, position and output; `symbols` the place of the answer to every sum above the least."""
    client, server = Drawn(f"{name} client"), Drawn(f"{name} server")
    x = reduced(client.take(64))
    public = multiply(x, BASE)
    noise = client.take(64 * len(positions))
    ks = [reduced(noise[64 * i : 64 * i + 64]) for i in range(len(positions))]
    pairs = [
        (multiply(k, BASE), add(multiply(k, public), multiply(position, BASE))) for k, position in zip(ks, positions)
    ]
    head = {"version": 2, "contract": hashlib.sha256(cbor(own)).digest()}
    ciphertexts = b"".join(encode(a) + encode(b) for a, b in pairs)
    request = cbor({**head, "key": encode(public), "ciphertexts": ciphertexts})
    bound = hashlib.sha256(request).digest()

    rho = 2 * (1 + int.from_bytes(server.take(16), "little"))
    wide = server.take(64 * len(tables))
    betas = [2 * reduced(wide[64 * f : 64 * f + 64]) for f in range(len(tables))]
    outputs = len(tables[0][0])
    if own["reveal"] == "score":
        drawn_masks = server.take(4 * (len(tables) - 1) * outputs)
        masks = [
            [int.from_bytes(drawn_masks[4 * (f * outputs + k) :][:4], "big") for k in range(outputs)]
            for f in range(len(tables) - 1)
        ]
        masks.append([base[k] - sum(mask[k] for mask in masks) for k in range(outputs)])

        def payload(f, j):
            return b"".join(((tables[f][j][k] + masks[f][k]) % 2**32).to_bytes(4, "big") for k in range(outputs))
    else:
        # All 127 leading bits of 16 bytes; those drawn here are below the prime.
        def below():
            value = int.from_bytes(server.take(16), "big") >> 1
            assert value < PRIME - 1
            return value

        delta = 1 + below()
        wires = [below() for _ in tables]
        places = [int.from_bytes(server.take(2), "big") % own["sums"] for _ in tables]

        def payload(f, j):
            excess = tables[f][j][0] - min(points[0] for points in tables[f])
            wire, place = (wires[f] + excess * delta) % PRIME, (places[f] + excess) % own["sums"]
            return wire.to_bytes(16, "big") + place.to_bytes(2, "big")

    columns = pairs + [
        tuple(add(multiply(COUNTS[b], pairs[a][half]), pairs[b][half]) for half in (0, 1)) for a, b in own["pairs"]
    ]
    entries, points = b"", b""
    for f, table in enumerate(tables):
        first = encode(add(multiply(rho, columns[f][0]), multiply(betas[f], BASE)))
        points += first
        for j in range(len(table)):
            at = add(multiply(rho, columns[f][1]), multiply(betas[f], public))
            second = encode(add(at, multiply(ORDER - j * rho % ORDER, BASE)))
            place = f.to_bytes(2, "big") + j.to_bytes(2, "big")
            key = hashlib.sha256(POINTS_ENTRY + bound + place + first + second).digest()
            data = payload(f, j)
            entries += xor(data, mask_of(key, len(data)))
    fields = {"entries": entries, "points": points}
    if own["reveal"] == "label":
        slots = {}
        for s, symbol in enumerate(symbols):
            place, wire = (sum(places) + s) % own["sums"], (sum(wires) + s * delta) % PRIME
            key = hashlib.sha256(TABLE_ENTRY + bound + place.to_bytes(2, "big") + wire.to_bytes(16, "big")).digest()
            slots[place] = xor(symbol.to_bytes(2, "big"), key)
        fields["table"] = b"".join(slots[place] for place in range(own["sums"]))
    return {
        "name": name,
        "positions": positions,
        "client": client.bytes.hex(),
        "server": server.bytes.hex(),
        "request": request.hex(),
        "reply": cbor({**head, "request": bound, **fields}).hex(),
    }


ONE = [[[own] for own in column] for column in POINTS]
CROSSED = [[3 * i - 5] for i in range(10)]
NINE = [[[own * k for k in range(9)] for own in column] for column in POINTS]
SYMBOLS = [0 if s < 9 else 1 for s in range(32)]
LOGISTIC = {"kind": "logistic", "base": 0, "unit": 4, "from": 1}
SCORE = contract("score", [[0, 1]], {"answers": ["no", "yes"], "meaning": LOGISTIC, "outputs": 1, "bound": 64}, 4, 0)
MANY = contract(
    "score",
    [],
    {"answers": list("abcdefghi"), "meaning": {"kind": "softmax", "base": 0, "unit": 4}, "outputs": 9, "bound": 256},
    36,
    0,
)
LABEL = contract(
    "label", [], {"answers": ["no", "yes"], "possible": [{"answer": "no"}, {"answer": "yes"}], "sums": 32}, 18, 32
)
vectors = {
    "models": [
        {
            "contract": own,
            "fingerprint": hashlib.sha256(cbor(own)).hexdigest(),
            "tables": tables,
            "base": base,
            "symbols": symbols,
            "sessions": [
                session(f"{own['reveal']} {len(tables[0][0])} {positions}", own, positions, tables, base, symbols)
                for positions in chosen
            ],
        }
        for own, tables, base, symbols, chosen in [
            (SCORE, [*ONE, CROSSED], [-3], [], [[0, 1, 2], [4, 0, 0]]),
            (MANY, NINE, list(range(9)), [], [[2, 1, 1]]),
            (LABEL, ONE, [], SYMBOLS, [[0, 0, 1], [4, 1, 0]]),
        ]
    ]
}
path = "test/reference/points.json"
if "--check" in sys.argv:
    same = json.load(open(path)) == vectors
    print("points.json is", "what this script makes" if same else "not what this script makes")
    sys.exit(0 if same else 1)
with open(path, "w") as file:
    json.dump(vectors, file)
