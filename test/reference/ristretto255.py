"""ristretto255 by RFC 9496 on Python's integers, numbers that seem random, and a writer of CBOR: what the scripts beside it
make their vectors of, without our code and without libsodium."""
import hashlib

# Edwards curve and encoding: RFC 9496, sections 4.1 to 4.3. Points are (x, y, z, t) with x y = z t.

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def sqrt_ratio(u, v):
    r = u * v**3 * pow(u * v**7, (P - 5) // 8, P) % P
    check = v * r * r % P
    if check in (-u % P, -u * ROOT % P):
        r = r * ROOT % P
    return check in (u % P, -u % P), P - r if r % 2 else r


INVERSE_ROOT = sqrt_ratio(1, -1 - D)[1]
IDENTITY = (0, 1, 1, 0)


def decode(data):
    s = int.from_bytes(data, "little")
    if s >= P or s % 2:
        return None
    u1, u2 = (1 - s * s) % P, (1 + s * s) % P
    v = (-D * u1 * u1 - u2 * u2) % P
    square, inverse = sqrt_ratio(1, v * u2 * u2 % P)
    x = 2 * s * inverse * u2 % P
    x = P - x if x % 2 else x
    y = u1 * inverse * inverse * u2 * v % P
    t = x * y % P
    return None if not square or t % 2 or y == 0 else (x, y, 1, t)


def encode(point):
    x, y, z, t = point
    u1, u2 = (z + y) * (z - y) % P, x * y % P
    inverse = sqrt_ratio(1, u1 * u2 * u2 % P)[1]
    d1, d2 = inverse * u1 % P, inverse * u2 % P
    z_inverse = d1 * d2 * t % P
    if t * z_inverse % P % 2:
        x, y, last = y * ROOT % P, x * ROOT % P, d1 * INVERSE_ROOT % P
    else:
        last = d2
    if x * z_inverse % P % 2:
        y = -y
    s = last * (z - y) % P
    return (P - s if s % 2 else s).to_bytes(32, "little")


def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]), (p[1] + p[0]) * (q[1] + q[0])
    c, d = 2 * D * p[3] * q[3], 2 * p[2] * q[2]
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(scalar, point):
    result = IDENTITY
    for bit in bin(scalar % ORDER)[2:]:
        result = add(result, result)
        result = add(result, point) if bit == "1" else result
    return result


BASE = decode(bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"))

# Numbers that are random enough, and the same every time: as the 64 bytes that a scalar is reduced from.


def drawn(label):
    return hashlib.sha512(label.encode()).digest()


def reduced(wide):
    return int.from_bytes(wide, "little") % ORDER


def head(major, value):
    for length, first in ((1, 24), (2, 25), (4, 26)):
        if value < 24:
            return bytes([major << 5 | value])
        if value < 256**length:
            return bytes([major << 5 | first]) + value.to_bytes(length, "big")


def cbor(value):
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(cbor, value))
    if isinstance(value, dict):
        return head(5, len(value)) + b"".join(k + v for k, v in sorted((cbor(k), cbor(v)) for k, v in value.items()))
    return head(0, value)
