import { at } from '../at.ts'
import { ProtocolError } from '../errors.ts'
import type { Polynomial } from './ring.ts'
import { type LatticeSet, residueBits } from './sets.ts'

/** Numbers of one width, 1 to 52 bits. */
interface Run {
  readonly values: ArrayLike<number>
  readonly bits: number
}

/** Bits that are moved at once: with 7 that wait they fit into 31. */
const piece = 24
const unit = 2 ** piece

/** Bytes of `count` numbers for each width, without gaps between them. */
export function packedBytes(count: number, widths: readonly number[]): number {
  return Math.ceil((count * widths.reduce((sum, bits) => sum + bits, 0)) / 8)
}

/** One run after the other, each number from its least bit on, each byte from its least bit on; the last byte ends in zeros. */
export function packBits(runs: readonly Run[]): Uint8Array {
  const packed = new Uint8Array(Math.ceil(runs.reduce((sum, { values, bits }) => sum + values.length * bits, 0) / 8))
  let to = 0
  let waiting = 0
  let filled = 0
  for (const { values, bits } of runs) {
    for (let i = 0; i < values.length; i++) {
      let value = values[i] as number
      for (let left = bits; left > 0; left -= piece) {
        const rest = Math.floor(value / unit)
        waiting |= (value - rest * unit) << filled
        for (filled += Math.min(left, piece); filled >= 8; filled -= 8) {
          packed[to++] = waiting
          waiting >>>= 8
        }
        value = rest
      }
    }
  }
  if (filled > 0) packed[to] = waiting
  return packed
}

/**
 * Undoes {@link packBits}: `count` numbers of each width.
 *
 * @throws {ProtocolError} `bad-message` if the length is another, or a bit behind the last number is set.
 */
export function unpackBits(packed: Uint8Array, count: number, widths: readonly number[]): Float64Array[] {
  if (packed.length !== packedBytes(count, widths)) throw new ProtocolError('bad-message')
  let from = 0
  let waiting = 0
  let filled = 0
  const runs: Float64Array[] = []
  for (const bits of widths) {
    const values = new Float64Array(count)
    for (let i = 0; i < count; i++) {
      let value = 0
      let weight = 1
      for (let left = bits; left > 0; left -= piece) {
        const some = Math.min(left, piece)
        for (; filled < some; filled += 8) waiting |= (packed[from++] as number) << filled
        value += (waiting & ((1 << some) - 1)) * weight
        waiting >>>= some
        filled -= some
        weight *= unit
      }
      values[i] = value
    }
    runs.push(values)
  }
  if (waiting !== 0) throw new ProtocolError('bad-message')
  return runs
}

/** The first `count` coefficients: prime by prime, the bits of the prime each. */
export function packResidues(set: LatticeSet, { residues }: Polynomial, count: number): Uint8Array {
  return packBits(residueBits(set).map((bits, i) => ({ values: at(residues, i).subarray(0, count), bits })))
}

/**
 * Undoes {@link packResidues}.
 *
 * @throws {ProtocolError} `bad-message` as {@link unpackBits}, `bad-ciphertext` if a residue is not below its prime.
 */
export function unpackResidues(set: LatticeSet, packed: Uint8Array, count: number): Polynomial {
  const residues = unpackBits(packed, count, residueBits(set))
  const isCanonical = residues.every((values, i) => {
    const p = at(set.primes, i)
    return values.every((value) => value < p)
  })
  if (!isCanonical) throw new ProtocolError('bad-ciphertext')
  return { residues }
}
