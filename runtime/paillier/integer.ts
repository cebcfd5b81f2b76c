/** Integers. Timing depends on the values; nothing here is constant time. */

/** Bits needed to write a positive integer; 0 for 0. */
export function bitLength(value: bigint): number {
  if (value === 0n) return 0
  const hex = value.toString(16)
  return 4 * hex.length - Math.clz32(Number.parseInt(hex[0] ?? '0', 16)) + 28
}

/** The representative of `value` in `0 .. modulus - 1`. */
export function modulo(value: bigint, modulus: bigint): bigint {
  const rest = value % modulus
  return rest < 0n ? rest + modulus : rest
}

export function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b]
  while (y !== 0n) [x, y] = [y, x % y]
  return x
}

/**
 * The inverse of `value` modulo `modulus`, by the extended Euclidean algorithm.
 *
 * @throws {RangeError} if they have a common factor.
 */
export function modInverse(value: bigint, modulus: bigint): bigint {
  let [r0, r1] = [modulus, modulo(value, modulus)]
  let [t0, t1] = [0n, 1n]
  while (r1 !== 0n) {
    const quotient = r0 / r1
    ;[r0, r1] = [r1, r0 - quotient * r1]
    ;[t0, t1] = [t1, t0 - quotient * t1]
  }
  if (r0 !== 1n) throw new RangeError('not invertible')
  return modulo(t0, modulus)
}

/** The largest integer whose `k`-th power does not exceed `value`, by Newton's method. `k` at least 2. */
export function integerRoot(value: bigint, k: number): bigint {
  if (value < 2n) return value
  const [degree, less] = [BigInt(k), BigInt(k - 1)]
  let x = 1n << BigInt(Math.ceil(bitLength(value) / k))
  for (;;) {
    const next = (less * x + value / x ** less) / degree
    if (next >= x) return x
    x = next
  }
}
