"""Prints the fingerprint of a contract, given as JSON: SHA-256 of its deterministic CBOR (RFC 8949, 4.2.1, keys in the
order of their length, then of their bytes), without our code and without a CBOR library.

Needs Python 3.8. From the root of the repository: python3 test/reference/fingerprint.py < contract.json
"""
import hashlib
import json
import sys

from ristretto255 import cbor

print(hashlib.sha256(cbor(json.load(sys.stdin))).hexdigest())
