"""Writes lattice.json: whole sessions of hidden inner products, from the bytes that are drawn to the scores, without our code:
polynomials as large integers modulo all of q at once, no transforms, no residues but where bytes are written.

A session draws all its bytes, in order, from one stream: ChaCha20 (RFC 8439) with the SHA-256 of a text as key, nonce and
counter 0. The file holds the SHA-256 of every field that travels.

Needs Python 3.8. From the root of the repository: python3 test/reference/make-lattice.py [--check]
Written on one line, for the formatter to lay out: npx biome check --write test/reference
"""
import hashlib
import json
import math
import struct
import sys
from fractions import Fraction

# ChaCha20: RFC 8439, section 2.3.


def quarter(x, a, b, c, d):
    for this, other, to, turn in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        x[this] = (x[this] + x[other]) & 0xFFFFFFFF
        mixed = x[to] ^ x[this]
        x[to] = ((mixed << turn) | (mixed >> (32 - turn))) & 0xFFFFFFFF


def block(key, counter, nonce):
    start = list(struct.unpack("<16I", b"expand 32-byte k" + key + struct.pack("<I", counter) + nonce))
    x = start[:]
    for _ in range(10):
        for places in ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15)):
            quarter(x, *places)
        for places in ((0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)):
            quarter(x, *places)
    return struct.pack("<16I", *[(a + b) & 0xFFFFFFFF for a, b in zip(x, start)])


assert block(bytes(range(32)), 1, bytes.fromhex("000000090000004a00000000")).hex().startswith("10f1e7e4d13b5915500fdd1f")


class Stream:
    def __init__(self, key, nonce=bytes(12)):
        self.key, self.nonce, self.counter, self.waiting = key, nonce, 0, b""

    def read(self, length):
        while len(self.waiting) < length:
            self.waiting += block(self.key, self.counter, self.nonce)
            self.counter += 1
        taken, self.waiting = self.waiting[:length], self.waiting[length:]
        return taken


# What is drawn.


def draw_ternary(stream, count):
    drawn = []
    while len(drawn) < count:
        drawn += [byte % 3 - 1 for byte in stream.read(count - len(drawn)) if byte < 255]
    return drawn


def draw_error(stream):
    first, second = (int.from_bytes(stream.read(3), "little") % 2**21 for _ in range(2))
    return bin(first).count("1") - bin(second).count("1")


def draw_errors(stream, count):
    return [draw_error(stream) for _ in range(count)]


def draw_flood(stream, flood):
    bits = (2 * flood).bit_length()
    while True:
        drawn = int.from_bytes(stream.read((bits + 7) // 8), "big") >> (-bits % 8)
        if drawn <= 2 * flood:
            return drawn - flood


# The ring: integers modulo q, by one product of large integers.


class Ring:
    def __init__(self, degree, primes):
        self.degree, self.primes, self.q = degree, primes, math.prod(primes)

    def times(self, a, b):
        width = (2 * self.q.bit_length() + self.degree.bit_length() + 7) // 8
        x, y = (int.from_bytes(b"".join((c % self.q).to_bytes(width, "little") for c in p), "little") for p in (a, b))
        product = (x * y).to_bytes(2 * self.degree * width, "little")
        sums = [int.from_bytes(product[i * width : (i + 1) * width], "little") for i in range(2 * self.degree)]
        return [(low - high) % self.q for low, high in zip(sums, sums[self.degree :])]

    def plus(self, *polynomials):
        return [sum(coefficients) % self.q for coefficients in zip(*polynomials)]

    def expand(self, seed, use):
        whole = [0] * self.degree
        for place, p in enumerate(self.primes):
            stream, found, others = Stream(seed, bytes([use, place]) + bytes(10)), 0, self.q // p
            unit = others * pow(others, -1, p)
            while found < self.degree:
                word = int.from_bytes(stream.read(4), "little") % 2 ** p.bit_length()
                if word < p:
                    whole[found] = (whole[found] + word * unit) % self.q
                    found += 1
        return whole

    def pack(self, coefficients):
        return pack([(c % p, p.bit_length()) for p in self.primes for c in coefficients])

    def switch(self, coefficients, k):
        return [int(Fraction(2**k * c, self.q) + Fraction(1, 2)) % 2**k for c in coefficients]


def pack(numbers):
    text = "".join(format(number, f"0{bits}b") for number, bits in reversed(numbers))
    return int(text, 2).to_bytes((len(text) + 7) // 8, "little")


SETS = {"S": Ring(2048, [67104769, 33550337]), "L": Ring(4096, [67084289, 67043329, 66994177])}


def session(text, name, weights, biases, numbers, tau):
    ring, stream = SETS[name], Stream(hashlib.sha256(text.encode()).digest())
    n, q, t = ring.degree, ring.q, 2**tau
    k, delta, outputs, inputs = tau + n.bit_length() - 1 + 2, q // t, len(weights), len(weights[0])
    size, squares = (sum(f(w) for row in weights for w in row) for f in (abs, lambda w: w * w))
    room = Fraction(delta, 2) - 21 * (size + 2 * n + 1) - Fraction(t, 2) - Fraction(51, 100) * (n + 1) * Fraction(q, 2**k)
    flood = math.floor(room)
    sent = inputs if outputs == 1 else n

    # Client: key and record.
    key_seed, secret = stream.read(32), draw_ternary(stream, n)
    key_errors = draw_errors(stream, n)
    a = ring.expand(key_seed, 0)
    b = ring.plus(key_errors, [-c for c in ring.times(a, secret)])
    record_seed, record_errors = stream.read(32), draw_errors(stream, sent) + [0] * (n - sent)
    record_a = ring.expand(record_seed, 1)
    message = [delta * m for m in numbers] + [0] * (n - inputs)
    c0 = ring.plus(message, record_errors, [-c for c in ring.times(record_a, secret)])[:sent]

    # Server.
    zero, mask_errors, score_errors = draw_ternary(stream, n), draw_errors(stream, n), draw_errors(stream, outputs)
    floods = [draw_flood(stream, flood) for _ in range(outputs)]
    hidden = [0] * n
    for r, row in enumerate(weights):
        for i, w in enumerate(row):
            place = r * inputs - i
            hidden[place % n] += w if place >= 0 else -w
    c1 = ring.plus(ring.times(hidden, record_a), ring.times(a, zero), mask_errors)
    sums = ring.plus(ring.times(hidden, c0 + [0] * (n - sent)), ring.times(b, zero))
    scores = [(sums[r * inputs] + score_errors[r] + floods[r] + delta * biases[r]) % q for r in range(outputs)]
    c1, scores = ring.switch(c1, k), ring.switch(scores, k)

    # Client: the scores, and whether they are right.
    opened = []
    for r in range(outputs):
        place = r * inputs
        value = scores[r] + sum(
            c1[j] * (secret[place - j] if j <= place else -secret[n + place - j]) for j in range(n)
        )
        score = math.floor(Fraction(value % 2**k, 2 ** (k - tau)) + Fraction(1, 2)) % t
        opened.append(score - t if score >= t // 2 else score)
    assert opened == [sum(w * m for w, m in zip(row, numbers)) + bias for row, bias in zip(weights, biases)]

    fields = {
        "keySeed": key_seed,
        "key": ring.pack(b),
        "recordSeed": record_seed,
        "record": ring.pack(c0),
        "mask": pack([(c, k) for c in c1]),
        "scores": pack([(c, k) for c in scores]),
    }
    return {
        "stream": text,
        "set": name,
        "scoreBits": tau,
        "replyBits": k,
        "delta": str(delta),
        "flood": str(flood),
        "distance": outputs * math.sqrt(10.5 * (squares + 4 * n / 3 + 1)) / (2 * flood),
        "weights": weights,
        "biases": biases,
        "numbers": numbers,
        "fields": {field: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()} for field, data in fields.items()},
        "opened": opened,
    }


def integers(count, largest, step):
    """Numbers of -largest .. largest that look like any."""
    return [(i + 1) * step % (2 * largest + 1) - largest for i in range(count)]


SESSIONS = [
    ("logistic", "S", [integers(20, 32, 37)], [-77], [abs(m) for m in integers(20, 100, 53)], 17),
    ("bits", "S", [integers(104, 16, 23)], [5], [i % 3 % 2 for i in range(104)], 13),
    ("ten outputs", "S", [integers(20, 31, 7 + 2 * r) for r in range(10)], integers(10, 9, 4), integers(20, 15, 11), 15),
    ("whole ring", "S", [integers(1024, 3, 5), integers(1024, 3, 2)], [1, -1], [i % 2 for i in range(1024)], 12),
    ("one number", "S", [[-1]], [0], [1], 2),
    ("monomials", "L", [integers(104, 127, 91)], [1000], integers(104, 8, 5), 18),
    ("wide scores", "L", [integers(30, 2**20, 777_777)], [-(2**30)], integers(30, 999, 321), 37),
    ("three outputs", "L", [integers(100, 9, 4 + r) for r in range(3)], [0, 1, 2], integers(100, 30, 7), 16),
]

path = "test/reference/lattice.json"
made = json.loads(json.dumps({"script": "make-lattice.py", "sessions": [session(*given) for given in SESSIONS]}))
if "--check" in sys.argv:
    with open(path, encoding="utf-8") as file:
        if json.load(file) != made:
            sys.exit(f"{path} is not what this script makes.")
    print(f"{path} is what this script makes.")
else:
    with open(path, "w", encoding="utf-8") as file:
        json.dump(made, file)
