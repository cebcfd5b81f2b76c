import sodium from 'libsodium-wrappers-sumo'

/** Where 32 bytes lie in the memory of libsodium's WebAssembly: a scalar (little-endian) or an encoded point. */
export type Address = number

/** Bytes of a scalar, and of a point: one place in memory. */
export const placeBytes = 32

/**
 * The group ristretto255 (RFC 9496): of prime order, every element with exactly one encoding, additive, generator G.
 * The functions read and write places in libsodium's memory, because copying in and out takes a fifth of the time of an
 * operation. Results may overwrite arguments. They take points that {@link isPoint} accepts, or the identity.
 */
export interface Group {
  /**
   * Lends `places` places, one after another, all zero: the scalar 0, the identity. They are wiped and given back when
   * `work` returns.
   */
  borrow<T>(places: number, work: (first: Address) => T): T
  write(to: Address, bytes: Uint8Array): void
  read(from: Address, places?: number): Uint8Array
  /** Tells whether 32 bytes are the canonical encoding of a point other than the identity. */
  isPoint(at: Address): boolean
  /** out = scalar G */
  generate(out: Address, scalar: Address): void
  /** out = scalar point, if that is not the identity. */
  multiply(out: Address, scalar: Address, point: Address): void
  /** out = a + b, of points. */
  add(out: Address, a: Address, b: Address): void
  /** out = a - b, of points. */
  subtract(out: Address, a: Address, b: Address): void
  /** out = 64 bytes as a number, modulo the order: uniform up to 2^-259 if the bytes are. */
  reduce(out: Address, wide: Address): void
  /** out = SHA-256 of the two places at `from`. */
  hash(out: Address, from: Address): void
  /** out = a b, of scalars. */
  multiplyScalars(out: Address, a: Address, b: Address): void
  /** out = a + b, of scalars. */
  addScalars(out: Address, a: Address, b: Address): void
}

/** What libsodium exports, below its JavaScript wrappers. */
interface Native {
  readonly HEAPU8: Uint8Array
  _malloc(bytes: number): number
  _free(at: number): void
  _crypto_core_ristretto255_is_valid_point(point: Address): number
  _crypto_core_ristretto255_add(out: Address, a: Address, b: Address): number
  _crypto_core_ristretto255_sub(out: Address, a: Address, b: Address): number
  _crypto_core_ristretto255_scalar_reduce(out: Address, wide: Address): void
  _crypto_core_ristretto255_scalar_mul(out: Address, a: Address, b: Address): void
  _crypto_core_ristretto255_scalar_add(out: Address, a: Address, b: Address): void
  /** The length is one number of 64 bits, in two of 32. */
  _crypto_hash_sha256(out: Address, from: Address, bytes: number, high: 0): number
  _crypto_scalarmult_ristretto255(out: Address, scalar: Address, point: Address): number
  _crypto_scalarmult_ristretto255_base(out: Address, scalar: Address): number
}

/** libsodium's group, once its WebAssembly is ready: some 20 ms after the first import. */
export const readyGroup: Promise<Group> = sodium.ready.then(() =>
  groupOf((sodium as unknown as { readonly libsodium: Native }).libsodium),
)
// Who awaits it is told; an environment without WebAssembly shall not end for an import.
readyGroup.catch(() => {})

function groupOf(native: Native): Group {
  return {
    borrow(places, work) {
      const bytes = placeBytes * Math.max(1, places)
      const first = native._malloc(bytes)
      if (first === 0) throw new RangeError('libsodium has no memory left')
      // The memory may have grown, and with it been replaced: it is looked up at each use.
      const wipe = () => native.HEAPU8.fill(0, first, first + bytes)
      wipe()
      try {
        return work(first)
      } finally {
        wipe()
        native._free(first)
      }
    },
    write: (to, bytes) => native.HEAPU8.set(bytes, to),
    read: (from, places = 1) => native.HEAPU8.slice(from, from + places * placeBytes),
    isPoint(at) {
      if (native._crypto_core_ristretto255_is_valid_point(at) !== 1) return false
      return native.HEAPU8.subarray(at, at + placeBytes).some((byte) => byte !== 0)
    },
    // Both report an identity as a failure. `generate` has written it nevertheless.
    generate: (out, scalar) => void native._crypto_scalarmult_ristretto255_base(out, scalar),
    multiply(out, scalar, point) {
      required(native._crypto_scalarmult_ristretto255(out, scalar, point))
    },
    add: (out, a, b) => required(native._crypto_core_ristretto255_add(out, a, b)),
    subtract: (out, a, b) => required(native._crypto_core_ristretto255_sub(out, a, b)),
    reduce: (out, wide) => native._crypto_core_ristretto255_scalar_reduce(out, wide),
    hash: (out, from) => void native._crypto_hash_sha256(out, from, 2 * placeBytes, 0),
    multiplyScalars: (out, a, b) => native._crypto_core_ristretto255_scalar_mul(out, a, b),
    addScalars: (out, a, b) => native._crypto_core_ristretto255_scalar_add(out, a, b),
  }
}

/** The points have been checked before, so this does not happen; going on would send what the heap held. */
function required(code: number): void {
  if (code !== 0) throw new RangeError('not a point, or a multiple that is the identity')
}
