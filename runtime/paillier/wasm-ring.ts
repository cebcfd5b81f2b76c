import { bigintToBytes, bytesToBigint } from '../bytes.ts'
import { bitLength, modulo } from './integer.ts'
import { type RingFactory, type SquareRing, squareRing } from './square-ring.ts'
import { kernel } from './wasm-kernel.ts'

const { limbBits, lengthStep, longest, gap } = kernel

/** An instance of the kernel. Lengths are in limbs; the factors are where its layout says. */
interface Kernel {
  readonly memory: WebAssembly.Memory
  /** Turns the digit at one address to the pairs at the other. */
  readonly makePairs: (limbs: number, pairs: number, length: number) => void
  readonly square: (length: number, times: number) => void
  readonly multiply: (length: number) => void
}

/** A residue modulo m^2, times R: the limbs of its two digits to the base m, and the zeros behind each. */
type Limbs = Int16Array

/**
 * Makes rings whose arithmetic is done in WebAssembly, two to three times faster than BigInt's. They share one memory,
 * which holds the factors of the product at hand and what the ring last used knows of its m. Even m, and those of more
 * than 8300 bits, have a ring of BigInt.
 *
 * The time of a product depends on the length of m alone; that of conversions also on the values.
 *
 * @returns null where there is no WebAssembly with SIMD, or no permission to compile.
 */
export function wasmRings(): RingFactory | null {
  const instance = instantiate()
  if (instance === null) return null
  const { makePairs, square, multiply } = instance
  const memory = new Int16Array(instance.memory.buffer)
  let owner: bigint | null = null

  return (m) => {
    const length = lengthStep * Math.ceil((bitLength(m) + 7) / limbBits / lengthStep)
    if (m % 2n === 0n || length > longest) return squareRing(m)
    const [size, mSquared, r] = [length + gap, m * m, 1n << BigInt(limbBits * length)]
    const [x, y] = [view(kernel.x, 2 * size), view(kernel.y, 2 * size)]
    const [modulusPairs, inversePairs] = [view(kernel.modulusPairs, 2 * size), view(kernel.inversePairs, 2 * size)]
    const [ownModulusPairs, ownInversePairs] = [pairsOf(m), pairsOf(r - inverseOfOdd(m, limbBits * length))]

    function view(address: number, limbs: number): Limbs {
      return memory.subarray(address / 2, address / 2 + limbs)
    }

    function limbsOf(low: bigint, high: bigint): Limbs {
      const limbs = new Int16Array(2 * size)
      writeLimbs(low, limbs.subarray(0, length))
      writeLimbs(high, limbs.subarray(size, size + length))
      return limbs
    }

    function pairsOf(value: bigint): Limbs {
      owner = null
      x.set(limbsOf(value, 0n))
      makePairs(kernel.x, kernel.modulusPairs, length)
      return modulusPairs.slice()
    }

    function load(a: Limbs): void {
      if (owner !== m) {
        modulusPairs.set(ownModulusPairs)
        inversePairs.set(ownInversePairs)
        owner = m
      }
      x.set(a)
    }

    function product(a: Limbs, b: Limbs): Limbs {
      load(a)
      y.set(b)
      multiply(length)
      return x.slice()
    }

    const ofInteger = (value: bigint) => limbsOf(value % m, value / m)
    const [plainOne, rSquared] = [limbsOf(1n, 0n), ofInteger((r * r) % mSquared)]
    const ring: SquareRing<Limbs> = {
      one: ofInteger(r % mSquared),
      residue: (value) => product(ofInteger(modulo(value, mSquared)), rSquared),
      integer: (residue) => {
        const digits = product(residue, plainOne)
        const [low, high] = [0, size].map((at) => readLimbs(digits.subarray(at, at + length)))
        return modulo((low ?? 0n) + (high ?? 0n) * m, mSquared)
      },
      multiply: product,
      square(a, times = 1) {
        load(a)
        square(length, times)
        return x.slice()
      },
    }
    return ring
  }
}

/** The inverse of an odd m modulo 2^bits: each step doubles the bits that are right; m itself has three. */
function inverseOfOdd(m: bigint, bits: number): bigint {
  let inverse = m
  for (let right = 3; right < bits; right *= 2) {
    const next = Math.min(bits, 2 * right)
    inverse = BigInt.asUintN(next, inverse * (2n - BigInt.asUintN(next, m) * inverse))
  }
  return inverse
}

function instantiate(): Kernel | null {
  try {
    const module = new WebAssembly.Module(Uint8Array.from(atob(kernel.wasm), (byte) => byte.charCodeAt(0)))
    return new WebAssembly.Instance(module).exports as unknown as Kernel
  } catch {
    return null
  }
}

/** Writes the low limbs of a value that is not negative, balanced: that value modulo R. Their bits fill whole bytes. */
function writeLimbs(value: bigint, limbs: Limbs): void {
  const bytes = bigintToBytes(value, (limbs.length * limbBits) / 8)
  let [rest, bits, at, carry] = [0, 0, bytes.length, 0]
  for (let i = 0; i < limbs.length; i++) {
    for (; bits < limbBits; bits += 8) rest |= (bytes[--at] ?? 0) << bits
    const limb = (rest & ((1 << limbBits) - 1)) + carry
    carry = (limb + (1 << (limbBits - 1))) >> limbBits
    limbs[i] = limb - (carry << limbBits)
    rest >>= limbBits
    bits -= limbBits
  }
}

/** The integer of limbs in any form, which may be negative. */
function readLimbs(limbs: Limbs): bigint {
  const bytes = new Uint8Array((limbs.length * limbBits) / 8)
  let [rest, bits, at] = [0, 0, bytes.length]
  for (const limb of limbs) {
    rest += limb << bits
    for (bits += limbBits; bits >= 8; bits -= 8) {
      bytes[--at] = rest & 255
      rest >>= 8
    }
  }
  return bytesToBigint(bytes) + (BigInt(rest) << BigInt(8 * bytes.length))
}
