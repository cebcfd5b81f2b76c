import {
  checkScalars,
  countOf,
  encodingBytes,
  type Group,
  type PointBatch,
  type ScalarSize,
  type Scalars,
  scalarBytes,
  spreadTo,
  type Workspace,
} from './group.ts'
import { addressesOf, checkInnermost, joinPoints, type PlacedPoints, pointsFrom } from './memory.ts'
import { sumRuns } from './sum-runs.ts'

type Address = number

/** What libsodium exports, below its JavaScript wrappers. */
interface Native {
  readonly HEAPU8: Uint8Array
  _malloc(bytes: number): Address
  _free(at: Address): void
  _crypto_core_ristretto255_is_valid_point(point: Address): number
  _crypto_core_ristretto255_add(out: Address, a: Address, b: Address): number
  _crypto_core_ristretto255_sub(out: Address, a: Address, b: Address): number
  _crypto_core_ristretto255_from_hash(out: Address, uniform: Address): number
  _crypto_scalarmult_ristretto255(out: Address, scalar: Address, point: Address): number
  _crypto_scalarmult_ristretto255_base(out: Address, scalar: Address): number
  _crypto_core_ristretto255_scalar_reduce(out: Address, wide: Address): void
  _crypto_core_ristretto255_scalar_add(out: Address, a: Address, b: Address): void
  _crypto_core_ristretto255_scalar_sub(out: Address, a: Address, b: Address): void
  _crypto_core_ristretto255_scalar_mul(out: Address, a: Address, b: Address): void
}

type Allocate = (bytes: number) => Address

/** libsodium's group: points stand encoded, and every operation decodes and encodes. Loads it: some 20 ms. */
export async function loadSodium(): Promise<Group> {
  const { default: sodium } = await import('libsodium-wrappers-sumo')
  await sodium.ready
  const native = (sodium as unknown as { readonly libsodium: Native }).libsodium

  /** Lends pieces of memory, and wipes and frees them all. */
  function lend<T>(work: (allocate: Allocate) => T): T {
    const pieces: { readonly at: Address; readonly bytes: number }[] = []
    try {
      return work((bytes) => {
        const at = native._malloc(Math.max(1, bytes))
        if (at === 0) throw new RangeError('libsodium has no memory left')
        pieces.push({ at, bytes })
        native.HEAPU8.fill(0, at, at + bytes)
        return at
      })
    } finally {
      for (const { at, bytes } of pieces) {
        native.HEAPU8.fill(0, at, at + bytes)
        native._free(at)
      }
    }
  }

  const open: object[] = []
  return {
    engine: 'sodium',
    scalars: sodiumScalars(native, lend),
    borrow(work) {
      const owner = {}
      open.push(owner)
      try {
        return lend((allocate) => work(sodiumWorkspace(native, allocate, lend, owner, open)))
      } finally {
        open.pop()
      }
    },
  }
}

type Lend = <T>(work: (allocate: Allocate) => T) => T

const one = Uint8Array.from({ length: scalarBytes }, (_, i) => (i === 0 ? 1 : 0))
/** Half of the order, rounded up: the inverse of 2, little-endian. */
const half = Uint8Array.from(
  Array.from({ length: scalarBytes }, (_, i) =>
    Number((((2n ** 252n + 27742317777372353535851937790883648493n + 1n) / 2n) >> BigInt(8 * i)) & 255n),
  ),
)

function sodiumScalars(native: Native, lend: Lend): Scalars {
  function each(
    count: number,
    operands: readonly { readonly bytes: Uint8Array; readonly width: number }[],
    work: (out: Address, ...at: Address[]) => void,
  ): Uint8Array {
    return lend((allocate) => {
      const out = allocate(count * scalarBytes)
      const placed = operands.map(({ bytes, width }) => {
        const at = allocate(bytes.length)
        native.HEAPU8.set(bytes, at)
        return { at, width }
      })
      for (let i = 0; i < count; i++) work(out + i * scalarBytes, ...placed.map(({ at, width }) => at + i * width))
      return native.HEAPU8.slice(out, out + count * scalarBytes)
    })
  }
  const binary = (operation: (out: Address, a: Address, b: Address) => void) => (a: Uint8Array, b: Uint8Array) => {
    const count = Math.max(countOf(a, scalarBytes), countOf(b, scalarBytes))
    const operands = [a, b].map((operand) => ({ bytes: spreadTo(count, operand, scalarBytes), width: scalarBytes }))
    for (const { bytes } of operands) countOf(bytes, scalarBytes, count)
    return each(count, operands, (out, at = 0, other = 0) => operation(out, at, other))
  }
  const multiply = binary(native._crypto_core_ristretto255_scalar_mul)
  // Sums and differences are right for least residues only.
  const reduced = (a: Uint8Array) => (a.length === 0 ? a : multiply(a, one))
  const add = binary(native._crypto_core_ristretto255_scalar_add)
  const difference = binary(native._crypto_core_ristretto255_scalar_sub)
  const subtract = (a: Uint8Array, b: Uint8Array) => difference(reduced(a), reduced(b))
  return {
    reduce(wide) {
      const count = countOf(wide, 2 * scalarBytes)
      return each(count, [{ bytes: wide, width: 2 * scalarBytes }], (out, at = 0) =>
        native._crypto_core_ristretto255_scalar_reduce(out, at),
      )
    },
    add: (a, b) => add(reduced(a), reduced(b)),
    subtract,
    multiply,
    negate: (a) => subtract(new Uint8Array(a.length), a),
    halve: (a) => (a.length === 0 ? new Uint8Array() : multiply(a, half)),
  }
}

function sodiumWorkspace(
  native: Native,
  allocate: Allocate,
  lend: Lend,
  owner: object,
  open: readonly object[],
): Workspace {
  const placesOf = (points: PointBatch, expected?: number) => addressesOf(points, open, expected)

  function identities(count: number): PlacedPoints {
    checkInnermost(owner, open)
    return pointsFrom(allocate(count * encodingBytes), count, encodingBytes, owner)
  }

  function make(count: number, into: PointBatch | undefined, work: (out: Address, i: number) => void): PointBatch {
    const points = into ?? identities(count)
    placesOf(points, count).forEach(work)
    return points
  }

  const binary =
    (operation: (out: Address, a: Address, b: Address) => number) =>
    (a: PointBatch, b: PointBatch, into?: PointBatch) => {
      const [x, y] = [placesOf(a), placesOf(b, a.length)]
      return make(a.length, into, (out, i) => required(operation(out, x[i] as number, y[i] as number)))
    }
  const add = binary(native._crypto_core_ristretto255_add)

  function encode(points: PointBatch): Uint8Array {
    const encodings = new Uint8Array(points.length * encodingBytes)
    placesOf(points).forEach((at, i) => {
      encodings.set(native.HEAPU8.subarray(at, at + encodingBytes), i * encodingBytes)
    })
    return encodings
  }

  // A multiple that is the identity is reported as a failure, and written nevertheless.
  function multiply(points: PointBatch, scalars: Uint8Array, size: ScalarSize = 32): PointBatch {
    const all = spreadTo(points.length, scalars, size)
    countOf(all, size, points.length)
    checkScalars(all, size)
    const from = placesOf(points)
    return lend((take) => {
      const scalar = take(scalarBytes)
      return make(points.length, undefined, (out, i) => {
        native.HEAPU8.set(all.subarray(i * size, (i + 1) * size), scalar)
        native._crypto_scalarmult_ristretto255(out, scalar, from[i] as number)
      })
    })
  }

  const workspace: Workspace = {
    identities,
    join: (parts) => joinPoints(parts, owner, open),
    decode(encodings) {
      const valid: boolean[] = []
      const points = make(countOf(encodings, encodingBytes), undefined, (out, i) => {
        native.HEAPU8.set(encodings.subarray(i * encodingBytes, (i + 1) * encodingBytes), out)
        const flag = native._crypto_core_ristretto255_is_valid_point(out)
        for (let byte = 0; byte < encodingBytes; byte++) {
          const given = native.HEAPU8[out + byte] as number
          native.HEAPU8[out + byte] = given ^ ((flag - 1) & (given ^ (generatorEncoding[byte] as number)))
        }
        valid.push(flag === 1)
      })
      return { points, valid }
    },
    encode,
    encodeDoubled: (points) => encode(add(points, points)),
    add,
    subtract: binary(native._crypto_core_ristretto255_sub),
    double: (points, into) => add(points, points, into),
    generate(scalars) {
      const count = countOf(scalars, scalarBytes)
      checkScalars(scalars, scalarBytes)
      return lend((take) => {
        const scalar = take(scalarBytes)
        return make(count, undefined, (out, i) => {
          native.HEAPU8.set(scalars.subarray(i * scalarBytes, (i + 1) * scalarBytes), scalar)
          native._crypto_scalarmult_ristretto255_base(out, scalar)
        })
      })
    },
    multiply,
    sumMultiples: (points, scalars, size, runs) => sumRuns(workspace, multiply(points, scalars, size), runs),
    hash: (uniform) =>
      lend((take) => {
        const from = take(64)
        return make(countOf(uniform, 64), undefined, (out, i) => {
          native.HEAPU8.set(uniform.subarray(64 * i, 64 * (i + 1)), from)
          required(native._crypto_core_ristretto255_from_hash(out, from))
        })
      }),
  }
  return workspace
}

/** Source: RFC 9496, appendix A.1. */
const generatorEncoding = Uint8Array.from(
  ('e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76'.match(/../g) ?? []).map((byte) =>
    Number.parseInt(byte, 16),
  ),
)

/** Points are decoded before they are added, so this does not happen. */
function required(code: number): void {
  if (code !== 0) throw new RangeError('libsodium refused a point')
}
