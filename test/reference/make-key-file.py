"""Writes key-files.json: private keys as the files of runtime/paillier/key-file.ts, by Python's hashlib and the AES below.

Needs Python 3.8, and the keys of paillier.json. From the root of the repository: python3 test/reference/make-key-file.py [--check]
Written on one line, for the formatter to lay out: npx biome check --write test/reference
"""
import base64
import hashlib
import json
import sys
import unicodedata


def times(a, b):
    """The product in the field of 256 elements (FIPS 197, 4.2)."""
    product = 0
    while b:
        product ^= a * (b & 1)
        a, b = (a << 1) ^ (0x11B * (a >> 7)), b >> 1
    return product


def substitute(x):
    """The S-box (FIPS 197, 5.1.1)."""
    inverse = next((y for y in range(256) if times(x, y) == 1), 0)
    rotated = [inverse << i | inverse >> 8 - i for i in range(5)]
    return (rotated[0] ^ rotated[1] ^ rotated[2] ^ rotated[3] ^ rotated[4] ^ 0x63) & 0xFF


SBOX = bytes(map(substitute, range(256)))


def xor(a, b):
    return bytes(x ^ y for x, y in zip(a, b))


def round_keys(key):
    words, constant = [key[i : i + 4] for i in range(0, 32, 4)], 1
    for i in range(8, 60):
        word = words[-1]
        if i % 8 == 0:
            word = xor((word[1:] + word[:1]).translate(SBOX), bytes([constant, 0, 0, 0]))
            constant = times(constant, 2)
        elif i % 8 == 4:
            word = word.translate(SBOX)
        words.append(xor(words[-8], word))
    return [b"".join(words[i : i + 4]) for i in range(0, 60, 4)]


def aes(keys, block):
    """AES-256 (FIPS 197, 5.1)."""
    state = xor(block, keys[0])
    for i, key in enumerate(keys[1:], 1):
        state = state.translate(SBOX)
        state = bytes(state[(j + 4 * (j % 4)) % 16] for j in range(16))
        if i < 14:
            at = lambda j, k: state[j - j % 4 + (j + k) % 4]
            state = bytes(times(at(j, 0), 2) ^ times(at(j, 1), 3) ^ at(j, 2) ^ at(j, 3) for j in range(16))
        state = xor(state, key)
    return state


def gcm(key, iv, plaintext, header):
    """AES-256-GCM (NIST SP 800-38D, 7.1): the ciphertext and its tag of 16 bytes."""
    keys = round_keys(key)
    subkey = int.from_bytes(aes(keys, bytes(16)), "big")

    def hashed(data):
        y = 0
        for i in range(0, len(data), 16):
            x, v, y = y ^ int.from_bytes(data[i : i + 16], "big"), subkey, 0
            for bit in range(127, -1, -1):
                y ^= v * (x >> bit & 1)
                v = v >> 1 ^ (0xE1 << 120) * (v & 1)
        return y.to_bytes(16, "big")

    stream = b"".join(aes(keys, iv + (i + 2).to_bytes(4, "big")) for i in range(len(plaintext) // 16 + 1))
    ciphertext = xor(plaintext, stream)
    padded = lambda data: data + bytes(-len(data) % 16)
    lengths = (8 * len(header)).to_bytes(8, "big") + (8 * len(ciphertext)).to_bytes(8, "big")
    tag = xor(hashed(padded(header) + padded(ciphertext) + lengths), aes(keys, iv + b"\0\0\0\1"))
    return ciphertext + tag


# The Galois/Counter Mode of Operation (McGrew and Viega), test cases 13 and 14.
assert gcm(bytes(32), bytes(12), b"", b"").hex() == "530f8afbc74536b9a963b4f1c4cb738b"
assert gcm(bytes(32), bytes(12), bytes(16), b"").hex() == "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"


def base64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def written(fields):
    return json.dumps(fields, separators=(",", ":"))


def key_file(key, passphrase, iterations, label):
    n, q = int(key["n"], 16), int(key["q"], 16)
    salt, iv = hashlib.sha256(f"{label} salt".encode()).digest()[:16], hashlib.sha256(f"{label} iv".encode()).digest()[:12]
    half = (n.bit_length() + 1) // 2
    header = {
        **{"format": "emp-compile private key", "version": 1, "kdf": "PBKDF2-HMAC-SHA-256", "iterations": iterations},
        **{"salt": base64url(salt), "cipher": "AES-256-GCM", "iv": base64url(iv)},
        "n": base64url(n.to_bytes((n.bit_length() + 7) // 8, "big")),
    }
    typed = unicodedata.normalize("NFKC", passphrase).encode()
    secret = hashlib.pbkdf2_hmac("sha256", typed, salt, iterations, 32)
    ciphertext = gcm(secret, iv, q.to_bytes((half + 7) // 8, "big"), written(header).encode())
    file = written({**header, "ciphertext": base64url(ciphertext)})
    return {"key": key["name"], "passphrase": passphrase, "salt": salt.hex(), "iv": iv.hex(), "file": file}


keys = {key["name"]: key for key in json.load(open("test/reference/paillier.json"))["keys"]}
made = [
    key_file(keys["512"], "correct horse battery staple", 600_000, "first"),
    key_file(keys["2048"], "cafe\u0301 \ufb01n 蓝", 600_001, "second"),
    key_file(keys["3072"], " ", 600_000, "third"),
]
target = "test/reference/key-files.json"
if "--check" in sys.argv:
    sys.exit(json.load(open(target)) != made)
open(target, "w").write(json.dumps(made, ensure_ascii=False) + "\n")
