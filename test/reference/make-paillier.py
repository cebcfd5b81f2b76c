"""Writes paillier.json: keys, ciphertexts, slots, contracts and whole messages of `signs`, by the textbook and without
our code: Python's integers, hashlib, and the CBOR writer below. All integers are hexadecimal, negative ones with a minus.

Needs Python 3.8. From the root of the repository: python3 test/reference/make-paillier.py [--check]
Written on one line, for the formatter to lay out: npx biome check --write test/reference
"""
import hashlib
import json
import struct
import sys
from fractions import Fraction
from math import gcd

try:
    from gmpy2 import powmod as power  # the same numbers, sooner
except ImportError:
    power = pow


def sha256(data):
    return hashlib.sha256(data).digest()


# Numbers that are random enough, and the same every time.


def below(label, bound):
    length = bound.bit_length() // 8 + 17
    blocks = (sha256(f"{label}/{i}".encode()) for i in range(length // 32 + 1))
    return int.from_bytes(b"".join(blocks), "big") % bound


def unit(label, n):
    r = 1 + below(label, n - 1)
    return r if gcd(r, n) == 1 else unit(label + "'", n)


SMALL_PRIMES = [p for p in range(3, 2000, 2) if all(p % d for d in range(3, int(p**0.5) + 1, 2))]


def is_prime(n):
    if n < 2000 * 2000:
        return n > 1 and all(n % d for d in range(2, int(n**0.5) + 1))
    if n % 2 == 0 or any(n % p == 0 for p in SMALL_PRIMES):
        return False
    twos = ((n - 1) & (1 - n)).bit_length() - 1
    for i in range(24):
        x = power(2 + below(f"base {i}", n - 3), (n - 1) >> twos, n)
        if x not in (1, n - 1) and not any((x := x * x % n) == n - 1 for _ in range(twos - 1)):
            return False
    return True


def prime(label, low, high):
    """The first prime from a random place in low .. high - 1 on, or from low on."""
    candidate = low + below(label, high - low) | 1
    while not is_prime(candidate):
        candidate = candidate + 2 if candidate + 2 < high else low | 1
    return candidate


def prime_of(label, bits):
    return prime(label, 3 << bits - 2, (1 << bits) - (1 << bits // 2))


# Paillier's cryptosystem with the generator n + 1, by its definition.


class Key:
    def __init__(self, name, p, q):
        self.name, self.p, self.q, self.n = name, max(p, q), min(p, q), p * q
        self.nn = self.n**2
        self.lam = (p - 1) * (q - 1) // gcd(p - 1, q - 1)
        self.mu = pow(self.lam, -1, self.n)

    def encode(self, m):
        return int(power(self.n + 1, m % self.n, self.nn))

    def encrypt(self, m, r):
        return self.encode(m) * int(power(r, self.n, self.nn)) % self.nn

    def decrypt(self, c):
        return (int(power(c, self.lam, self.nn)) - 1) // self.n * self.mu % self.n


def ciphertext(key, m, label):
    r = unit(label, key.n)
    c = key.encrypt(m, r)
    assert key.decrypt(c) == m % key.n
    # The same noise in halves: r^n = sp^p modulo p^2, with sp = r^q mod p.
    sp, sq = int(power(r, key.q, key.p)), int(power(r, key.p, key.q))
    assert power(r, key.n, key.p**2) == power(sp, key.p, key.p**2)
    return {"key": key.name, "m": hexa(m), "r": hexa(r), "sp": hexa(sp), "sq": hexa(sq), "c": hexa(c)}


def homomorphic(key, a, b, k):
    c, d = key.encrypt(a, unit("left", key.n)), key.encrypt(b, unit("right", key.n))
    sum_, product = c * d % key.nn, int(power(c, k, key.nn))
    assert key.decrypt(sum_) == (a + b) % key.n
    numbers = {"c": c, "d": d, "k": k, "sum": sum_, "product": product}
    plain = {"sumOpens": key.decrypt(sum_), "productOpens": a * k % key.n}
    return {"key": key.name, **{name: hexa(value) for name, value in {**numbers, **plain}.items()}}


def hexa(value):
    return f"{value:x}"


# Deterministic CBOR (RFC 8949, 4.2.1). Keys are texts, so that sorting by their encodings, as that section has it, and
# sorting by length first, as 4.2.3 and RFC 7049 have it, are the same: the length stands in front.


def head(major, value):
    if value < 24:
        return bytes([major << 5 | value])
    size = next(i for i in range(4) if value < 1 << (8 << i))
    return bytes([major << 5 | 24 + size]) + value.to_bytes(1 << size, "big")


def cbor(value):
    if value is None:
        return b"\xf6"
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, (list, tuple)):
        return head(4, len(value)) + b"".join(map(cbor, value))
    if isinstance(value, dict):
        pairs = sorted((cbor(key), cbor(item)) for key, item in value.items())
        return head(5, len(pairs)) + b"".join(key + item for key, item in pairs)
    # A number that is a safe integer of JavaScript is written as one, any other in the shortest float that holds it.
    if value == int(value) and abs(value) < 2**53:
        return head(0, int(value)) if value >= 0 else head(1, -1 - int(value))
    for first, form in ((0xF9, ">e"), (0xFA, ">f"), (0xFB, ">d")):
        try:
            written = struct.pack(form, value)
        except OverflowError:
            continue
        if struct.unpack(form, written)[0] == value:
            return bytes([first]) + written


# The protocol of runtime/README.md.


class Contract:
    def __init__(self, contract, tests, decision):
        self.tests, self.decision = tests, decision
        self.name, self.bits, self.blinding = contract["name"], contract["keyBits"], contract["blindingBits"]
        sizes = [2 if c["kind"] == "text" else c["grid"]["size"] + (c["missing"] != "never") for c in contract["columns"]]
        self.largest = max(1, *(size - 1 for size in sizes))
        self.slot_bits = self.blinding + self.largest.bit_length() + 2
        most = (self.bits - 65) // self.slot_bits
        self.ciphertexts = -(-contract["tests"] // most)
        self.slots = -(-contract["tests"] // self.ciphertexts)
        self.bound = 2 * self.largest << self.blinding
        # Of the messages the contract says how long they are: what they hold, of how many bytes, how often.
        field = lambda name, bytes_, count: {"name": name, "bytes": bytes_, "count": count}
        key, wide_ = -(-self.bits // 8), -(-2 * self.bits // 8)
        request = [field("key", key, 1), field("ciphertexts", wide_, len(contract.get("features", [])))]
        self.public = {**contract, "messages": {"request": request, "reply": [field("ciphertexts", wide_, self.ciphertexts)]}}
        self.encoded = cbor(self.public)
        self.print = sha256(self.encoded)

    def cell(self, feature, record):
        column = next(c for c in self.public["columns"] if c["name"] == feature["column"])
        value = record[column["name"]]
        if column["kind"] == "text":
            return int(value == feature["level"])
        below = column["missing"] == "below"
        if value is None:
            return 0 if below else column["grid"]["size"]
        minimum, step = (Fraction(str(column["grid"][name])) for name in ("minimum", "step"))
        return round((Fraction(str(value)) - minimum) / step) + below

    def message(self, fields):
        return cbor({"version": 2, "contract": self.print, **fields})

    def described(self):
        layout = {"slotBits": self.slot_bits, "slotsPerCiphertext": self.slots, "ciphertexts": self.ciphertexts}
        of_contract = {"contract": self.public, "cbor": self.encoded.hex(), "fingerprint": self.print.hex()}
        return {**of_contract, "layout": layout, "bound": hexa(self.bound), "tests": self.tests, "decision": self.decision}


def wide(values, width):
    return b"".join(value.to_bytes(width, "big") for value in values)


def pack(values, slot_bits):
    return sum(value + (1 << slot_bits - 1) << slot_bits * i for i, value in enumerate(values))


class Session:
    def __init__(self, contract, key, record, label):
        self.contract, self.key, self.label = contract, key, label
        self.cells = [contract.cell(feature, record) for feature in contract.public["features"]]
        self.sealed = [ciphertext(key, cell, f"{label}/noise {i}") for i, cell in enumerate(self.cells)]
        self.ciphertexts = [int(each["c"], 16) for each in self.sealed]
        self.width = contract.bits // 8
        self.request = self.request_of()
        self.hash = sha256(self.request)
        self.record = record

    def request_of(self, n=None, ciphertexts=None, **fields):
        key = wide([self.key.n if n is None else n], self.width)
        written = wide(ciphertexts or self.ciphertexts, 2 * self.width)
        return self.contract.message({"key": key, "ciphertexts": written, **fields})

    def reply_of(self, ciphertexts, **fields):
        return self.contract.message({"request": self.hash, "ciphertexts": wide(ciphertexts, 2 * self.width), **fields})

    def error(self, code, request):
        return self.contract.message({"request": sha256(request), "error": code})

    def evaluated(self, blindings):
        """What a server replies: per test r (2 (x - c) - 1) + s by one power and one addition, then moved to its slot."""
        contract, key, replied, plain = self.contract, self.key, [], []
        residues = [unit(f"{self.label}/residue {i}", key.n) for i in range(contract.ciphertexts)]
        for i in range(contract.ciphertexts):
            slots = range(i * contract.slots, min((i + 1) * contract.slots, len(contract.tests)))
            product, values = int(power(residues[i], key.n, key.nn)), []
            for place, j in enumerate(slots):
                (feature, cut), (r, s) = contract.tests[j].values(), blindings[j]
                difference = self.ciphertexts[feature] ** 2 * key.encode(-2 * cut - 1) % key.nn
                blinded = int(power(difference, r, key.nn)) * key.encode(s + (1 << contract.slot_bits - 1))
                product = product * int(power(blinded, 1 << contract.slot_bits * place, key.nn)) % key.nn
                values.append(r * (2 * (self.cells[feature] - cut) - 1) + s)
            assert key.decrypt(product) == pack(values, contract.slot_bits)
            replied.append(product)
            plain += values
        outcomes, leaf = [value < 0 for value in plain], contract.decision
        assert outcomes == [self.cells[test["feature"]] <= test["cut"] for test in contract.tests]
        while "test" in leaf:
            leaf = leaf["left" if outcomes[leaf["test"]] else "right"]
        return {
            **{"contract": contract.name, "key": key.name, "record": self.record, "cells": self.cells},
            **{"noise": [{"sp": each["sp"], "sq": each["sq"]} for each in self.sealed], "request": self.request.hex()},
            **{"blindings": [{"r": hexa(r), "s": hexa(s)} for r, s in blindings], "residues": list(map(hexa, residues))},
            **{"reply": self.reply_of(replied).hex(), "values": list(map(hexa, plain)), "leaf": leaf},
        }


def blindings(contract, label):
    """Multipliers of every length between the least and the most, the extremes among them; some of 60 leading bits, as drawn."""
    least, most = contract.largest.bit_length() + 2, contract.blinding
    lengths = [least + 1 + below(f"{label}/length {j}", most - least) for j in range(len(contract.tests))]
    drawn = [(1 << b - 1) + below(f"{label}/r {j}", 1 << b - 1) for j, b in enumerate(lengths)]
    drawn[1::2] = [r >> max(0, r.bit_length() - 60) << max(0, r.bit_length() - 60) for r in drawn[1::2]]
    drawn[0], drawn[-1] = 1 << least, (1 << most) - 1
    return [(r, below(f"{label}/s {j}", 2 * r - 1) - (r - 1)) for j, r in enumerate(drawn[:-1])] + [(drawn[-1], drawn[-1] - 1)]


def leaf(answer, *counts):
    return {"kind": "class", "answer": answer, "counts": list(counts)}


def split(test, left, right):
    return {"test": test, "left": left, "right": right}


def tests(*pairs):
    return [{"feature": feature, "cut": cut} for feature, cut in pairs]


SMALL = Contract(
    {
        **{"format": 2, "name": "small", "family": "tree", "reveal": "signs", "scheme": "paillier", "keyBits": 512},
        "columns": [
            {"kind": "number", "name": "age", "grid": {"minimum": 0, "step": 1, "size": 100}, "missing": "above"},
            {"kind": "number", "name": "temp", "grid": {"minimum": 34.5, "step": 0.1, "size": 80}, "missing": "never"},
            {"kind": "text", "name": "colour", "levels": ["red", "grün", "蓝"], "missing": "no-level"},
        ],
        "features": [{"column": "age"}, {"column": "temp"}, {"column": "colour", "level": "grün"}],
        **{"ignored": ["name"], "missingValues": ["", "?"], "answers": ["no", "yes"]},
        **{"tests": 7, "blindingBits": 64, "decision": "5" * 64},
    },
    tests((0, 49), (1, 0), (2, 0), (0, 99), (1, 30), (0, 20), (1, 78)),
    split(0, split(1, leaf("no", 1, 0), split(2, leaf("yes", 0, 2), leaf("no", 3, 1))), split(3, leaf("yes", 0, 4),
          split(4, leaf("no", 5, 0), split(5, leaf("yes", 0, 6), split(6, leaf("no", 7, 0), leaf("yes", 0, 8)))))),
)
# The model of generated/heart-disease, as it was when this was written.
HEART = Contract(
    {
        **{"format": 2, "name": "heart-disease", "family": "tree", "reveal": "signs", "scheme": "paillier", "keyBits": 3072},
        "columns": [
            {"kind": "number", "name": "cp", "grid": {"minimum": 1, "step": 1, "size": 4}, "missing": "never"},
            {"kind": "number", "name": "ca", "grid": {"minimum": 0, "step": 1, "size": 4}, "missing": "below"},
            {"kind": "number", "name": "thal", "grid": {"minimum": 3, "step": 1, "size": 5}, "missing": "above"},
        ],
        "features": [{"column": "cp"}, {"column": "ca"}, {"column": "thal"}],
        "ignored": ["age", "sex", "trestbps", "chol", "fbs", "restecg", "thalach", "exang", "oldpeak", "slope"],
        **{"missingValues": ["", "?", "NA"], "answers": ["0", "1"], "tests": 3, "blindingBits": 997},
        "decision": "2eb171488d706f2aded7e510a21a3818a66d30b070d6000129ac37b01466f21e",
    },
    tests((2, 1), (1, 1), (0, 2)),
    split(0, split(1, leaf("0", 104, 13), split(2, leaf("0", 22, 7), leaf("1", 3, 17))),
          split(2, split(1, leaf("0", 21, 8), leaf("1", 4, 13)), leaf("1", 10, 81))),
)
# Only fingerprints: every length of integer and float, a number for an answer, missing values of one column.
GRIDS = [(-1.5, 0.5, 23), (-24, 0.1, 24), (-25, 1e-7, 255), (-257, 3.0000000000000004, 256), (-65537, 1.1, 65535),
         (0.333251953125, 1e-5, 65536), (-4294967297, 65504.5, 2147483647), (16777217.5, 2**-24, 2), (1e15, 2**-25, 3)]
NUMBERS = Contract(
    {
        **{"format": 2, "name": "números", "family": "tree", "reveal": "signs", "scheme": "paillier", "keyBits": 2048},
        "columns": [
            {"kind": "number", "name": f"x{i}", "missingValues": ["-9", "n/a" * i], "missing": "never",
             "grid": {"minimum": minimum, "step": step, "size": size}}
            for i, (minimum, step, size) in enumerate(GRIDS)
        ],
        "features": [{"column": f"x{i}"} for i in range(len(GRIDS))],
        **{"ignored": [], "missingValues": [], "answers": None, "tests": 300, "blindingBits": 64, "decision": "a" * 64},
    },
    [], leaf("", 0),
)

TOY = Key("toy", 11, 17)
KEYS = [TOY] + [Key(str(bits), prime_of(f"p{bits}", bits // 2), prime_of(f"q{bits}", bits // 2)) for bits in (512, 2048, 3072)]
BY_NAME = {key.name: key for key in KEYS}
SESSION = Session(SMALL, BY_NAME["512"], {"age": 63, "temp": 37.2, "colour": "grün", "name": "x"}, "small")
SAME = [(2**63 + 12345, -(2**62))] * len(SMALL.tests)


def sessions():
    missing = Session(SMALL, BY_NAME["512"], {"age": None, "temp": 34.5, "colour": None}, "missing")
    ill = Session(HEART, BY_NAME["3072"], {"cp": 4, "ca": 2, "thal": 7}, "ill")
    unknown = Session(HEART, BY_NAME["3072"], {"cp": 1, "ca": None, "thal": None}, "unknown")
    yield "small, one blinding for all tests", SESSION.evaluated(SAME)
    yield "small", SESSION.evaluated(blindings(SMALL, "small"))
    yield "small, missing values", missing.evaluated(blindings(SMALL, "missing"))
    yield "heart disease", ill.evaluated(blindings(HEART, "ill"))
    yield "heart disease, missing values", unknown.evaluated(blindings(HEART, "unknown"))


def keys_refused():
    """Moduli that a server refuses at 2048 bits, and some that it must not refuse."""
    bits, n = 2048, BY_NAME["2048"].n
    least, limit = 1 << bits - 1, 1 << bits
    times = lambda factor: factor * prime(f"times {factor}", least // factor + 1, limit // factor)
    root = lambda value, k: int(integer_root(value, k))
    prime_power = lambda k: prime(f"root {k}", root(least, k) + 1, root(limit, k)) ** k
    yield from [("zero", 0, False), ("one", 1, False), ("two to the 2047", least, False), ("even", n - 1, False)]
    yield from [("a sound modulus", n, True), ("all ones but the top bit", least - 1, False)]
    yield "one bit short, else sound", prime_of("s", 1023) * prime_of("t", 1024), False
    yield "one bit long, else sound", prime_of("u", 1025) * prime_of("v", 1024), False
    yield from [("a factor 3", times(3), False), ("a factor 65521, below 2^16", times(65521), False)]
    yield from [("a factor 65537, above 2^16", times(65537), True), ("a prime", prime_of("prime", bits), False)]
    yield from [(f"a prime to the {k}", prime_power(k), False) for k in (2, 3, 5, 31, 127)]
    product = prime("w", 15 << 508, 1 << 512) * prime("x", 15 << 508, 1 << 512)
    yield from [("a product squared", product**2, False), ("three primes", times(prime_of("y", 700) * prime_of("z", 700)), True)]
    yield "a pseudoprime to base 2", pseudoprime(), False


def integer_root(value, k):
    low, high = 0, 1 << value.bit_length() // k + 1
    while low < high - 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**k <= value else (low, middle)
    return low


def pseudoprime():
    """p (2 p - 1) of 2048 bits with 2 a square modulo 2 p - 1, so that 2^(n-1) = 1: the first such p from 9 * 2^1020 on."""
    p = (9 << 1020) + 2392753
    n = p * (2 * p - 1)
    assert is_prime(p) and is_prime(2 * p - 1) and power(2, n - 1, n) == 1
    return n


def ciphertexts_refused():
    key = BY_NAME["512"]
    p, q, n, nn = key.p, key.q, key.n, key.nn
    for name, c in {"0": 0, "n": n, "p": p, "7 q": 7 * q, "n^2 - p": nn - p, "n^2": nn, "n^2 + 1": nn + 1, "2^1024 - 1": 2**1024 - 1}.items():
        yield name, c, False
    for name, c in {"1": 1, "2": 2, "n + 1": n + 1, "n^2 - 1": nn - 1}.items():
        yield name, c, True


def forged_replies():
    """Replies to the small session: what their ciphertexts open to, and the code that a client gives; none if it opens them."""
    contract, key, bits, bound = SMALL, SESSION.key, SMALL.slot_bits, SMALL.bound
    ones = [[1] * 4, [-1] * 3]

    def opening_to(*plain):
        return SESSION.reply_of([key.encrypt(m, unit(f"forged {i}", key.n)) for i, m in enumerate(plain)])

    def with_slot(ciphertext_, slot, value):
        values = [list(each) for each in ones]
        values[ciphertext_][slot] = value
        return opening_to(*(pack(each, bits) for each in values))

    first, second = (pack(each, bits) for each in ones)
    sealed = [key.encrypt(m, unit("sealed", key.n)) for m in (first, second)]
    honest = SESSION.reply_of(sealed)
    yield "well formed", honest, None
    for name, value in {"largest": bound - 1, "smallest": 1 - bound}.items():
        yield f"the {name} value in a slot", with_slot(0, 2, value), None
    for name, value in {"zero": 0, "the bound": bound, "minus the bound": -bound, "no bit at all": -(1 << bits - 1)}.items():
        yield f"{name} in the first slot", with_slot(0, 0, value), "bad-reply"
        yield f"{name} in the last slot", with_slot(1, 2, value), "bad-reply"
    above = {"just above the slots": 4 * bits, "far above the slots": 510}
    for name, bit in above.items():
        yield f"a bit {name}", opening_to(first + (1 << bit), second), "bad-reply"
    yield "a value in a slot without a test", opening_to(first, pack([*ones[1], 1], bits)), "bad-reply"
    yield "minus one", opening_to(first, -1), "bad-reply"
    yield "encryptions of zero", opening_to(0, 0), "bad-reply"
    good = SESSION.reply_of([5, 7])
    for name, c in {"0": 0, "n": key.n, "n^2": key.nn, "p": key.p}.items():
        yield f"the ciphertext {name}", SESSION.reply_of([sealed[0], c]), "bad-ciphertext"
    yield "another request", SESSION.reply_of([5, 7], request=sha256(b"another")), "other-request"
    yield "another contract", SESSION.reply_of([5, 7], contract=HEART.print), "wrong-contract"
    yield from [("version 1", SESSION.reply_of([5, 7], version=1), "wrong-version"), ("nothing", b"", "bad-message")]
    yield from [("a byte less", honest[:-1], "bad-message"), ("a byte more", honest + b"\0", "bad-message")]
    yield "the whole reply twice", honest * 2, "bad-message"
    yield from [("one ciphertext", SESSION.reply_of([5]), "bad-message"), ("three ciphertexts", SESSION.reply_of([5, 7, 9]), "bad-message")]
    short = contract.message({"request": SESSION.hash, "ciphertexts": bytes(255)})
    yield "a ciphertext one byte short", short, "bad-message"
    yield "an unknown field", SESSION.reply_of([5, 7], x=1), "bad-message"
    version = cbor("version") + cbor(2)
    assert good[:1] == b"\xa4" and version in good
    for name, written in {"a float": b"\xf9\x40\0", "two bytes": b"\x18\2", "a big number": b"\xc2\x41\2"}.items():
        yield f"the version as {name}", good.replace(version, cbor("version") + written), "bad-message"
    yield "a map of indefinite length", b"\xbf" + good[1:] + b"\xff", "bad-message"
    whole = cbor("ciphertexts") + cbor(wide([5, 7], 128))
    in_parts = cbor("ciphertexts") + b"\x5f" + cbor(wide([5], 128)) + cbor(wide([7], 128)) + b"\xff"
    yield "a byte string of indefinite length", good.replace(whole, in_parts), "bad-message"
    yield "a duplicate field", b"\xa5" + good[1:].replace(version, version * 2), "bad-message"
    unsorted = b"\xa4" + version + good[1:].replace(version, b"")
    assert len(unsorted) == len(good) and unsorted != good
    yield "fields in another order", unsorted, "bad-message"


def refused_requests():
    """Requests that a server refuses, and its error replies, byte by byte."""
    n, (first, *rest) = SESSION.key.n, SESSION.ciphertexts
    requests = {
        "an even key": ("bad-key", SESSION.request_of(n=n - 1)),
        "a key whose top bit is not set": ("bad-key", SESSION.request_of(n=n >> 1 | 1)),
        "the ciphertext 0": ("bad-ciphertext", SESSION.request_of(ciphertexts=[0, *rest])),
        "the ciphertext n": ("bad-ciphertext", SESSION.request_of(ciphertexts=[first, n, *rest[1:]])),
        "the ciphertext n^2": ("bad-ciphertext", SESSION.request_of(ciphertexts=[first, *rest[:-1], n * n])),
        "a ciphertext too few": ("bad-message", SESSION.request_of(ciphertexts=rest)),
        "a byte less": ("bad-message", SESSION.request[:-1]),
        "an unknown field": ("bad-message", SESSION.request_of(x=1)),
        "another contract": ("wrong-contract", SESSION.request_of(contract=HEART.print)),
        "version 1": ("wrong-version", SESSION.request_of(version=1)),
    }
    for name, (code, request) in requests.items():
        yield name, request, SESSION.error(code, request)


def named(rows, *columns):
    written = lambda value: value.hex() if isinstance(value, bytes) else hexa(value) if type(value) is int else value
    return [dict(zip(("name", *columns), map(written, row))) for row in rows]


def slots(contract, label):
    values = [r * (2 * (-1) ** j * (j + 1) - 1) + s for j, (r, s) in enumerate(blindings(contract, label))]
    edges = [1, -1, contract.bound - 1, 1 - contract.bound]
    for each in (values, edges):
        layout = {"slotBits": contract.slot_bits, "bound": hexa(contract.bound)}
        yield {**layout, "values": list(map(hexa, each)), "plaintext": hexa(pack(each, contract.slot_bits))}


def layouts():
    """The widest blinding with which so many slots fit a ciphertext, and one bit more."""
    for bits, size, fitting in ((2048, 2, 2), (2048, 100, 19), (3072, 129, 5), (4096, 2147483647, 41)):
        grid = {"minimum": 0, "step": 1, "size": size}
        columns = [{"kind": "number", "name": "x", "grid": grid, "missing": "above"}]
        widest = (bits - 65) // fitting - size.bit_length() - 2
        for blinding in (widest, widest + 1):
            public = {"name": "", "keyBits": bits, "columns": columns, "tests": 2 * fitting + 1, "blindingBits": blinding}
            yield {**public, "layout": Contract(public, [], leaf("")).described()["layout"]}


def plaintexts(key):
    return [0, 1, -1, key.n - 1, key.n // 2, -(key.n // 3)]


made = {
    "made_with": "Python's integers and hashlib",
    "keys": [{"name": k.name, **{name: hexa(getattr(k, at)) for name, at in
             dict(p="p", q="q", n="n", lam="lam", mu="mu").items()}} for k in KEYS],
    "encodings": [{"key": k.name, "m": hexa(m), "encoded": hexa(k.encode(m))} for k in KEYS[:2] for m in [*plaintexts(k), k.n, -5 * k.n - 7]],
    "ciphertexts": [ciphertext(k, m, f"{k.name}/{i}") for k in KEYS for i, m in enumerate(plaintexts(k)[: 6 if k.n < 2**512 else 2])],
    "homomorphic": [homomorphic(k, k.n - 2, 5, 1234567) for k in KEYS],
    "slots": [*slots(SMALL, "slots"), *slots(HEART, "slots")],
    "contracts": [contract.described() for contract in (SMALL, HEART, NUMBERS)],
    "layouts": list(layouts()),
    "sessions": [{"name": name, **session} for name, session in sessions()],
    "publicKeys": {"bits": 2048, "cases": named(keys_refused(), "n", "accepted")},
    "publicCiphertexts": {"key": "512", "cases": named(ciphertexts_refused(), "c", "accepted")},
    "replies": {"session": "small", "cases": named(forged_replies(), "reply", "code")},
    "requests": {"session": "small", "cases": named(refused_requests(), "request", "reply")},
}
target = "test/reference/paillier.json"
if "--check" in sys.argv:
    sys.exit(json.load(open(target)) != made)
open(target, "w").write(json.dumps(made, ensure_ascii=False) + "\n")
