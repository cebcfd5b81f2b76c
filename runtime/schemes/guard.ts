import { sha256 } from '@noble/hashes/sha2.js'
import { at } from '../at.ts'
import { concatBytes } from '../bytes.ts'
import type { RandomBytes } from '../random.ts'
import type { PointBatch, Workspace } from '../ristretto/group.ts'
import { encodingBytes, type Group, scalarBytes } from '../ristretto/group.ts'
import type { RistrettoKey } from '../ristretto/keys.ts'
import { multiplyShort, type ShortScalar } from '../ristretto/short.ts'
import { uniformScalars } from '../ristretto/uniform.ts'
import { multiplesOf } from './cipher.ts'
import { type GuardGroup, pointBytes, seedBytes } from './groups.ts'
import { hashLabel, masked } from './hash-labels.ts'

/**
 * The guard: a client that encrypts something that is not a record gets nothing. The bits of each column are summed with secret random
 * weights gamma; every vector of bits that a record can have leads to a point that the server knows, and behind each of
 * these it hides one seed. Who has all seeds has kappa, without which no leaf opens.
 *
 * *Statement.* Be V_g the valid vectors of group g. If all groups are valid, the client gets what an honest one with that
 * record gets. Else, but for a chance of at most max |V_g| / (2^64 - 1) per reply, every A is a uniform point and all other
 * bytes are uniform, whatever the model (in the random oracle model).
 */

/** What is drawn for the guard of one reply. */
export interface GuardDraws {
  /** gamma of every bit, used or not: 8 bytes each, little-endian, not 0. */
  readonly weights: Uint8Array
  /** Half of beta of every group, full scalars. */
  readonly betas: Uint8Array
  /** 16 bytes of every group. */
  readonly seeds: Uint8Array
}

/** Draws for the guard of one reply. */
export function drawGuard(group: Group, random: RandomBytes, groups: readonly GuardGroup[]): GuardDraws {
  const bits = groups.reduce((most, { first, bits: own }) => Math.max(most, first + own), 0)
  return {
    weights: drawWeights(random, bits),
    betas: uniformScalars(group, random, groups.length),
    seeds: random(seedBytes * groups.length),
  }
}

/** Uniform in 1 .. 2^64 - 1 each, by rejection. */
function drawWeights(random: RandomBytes, count: number): Uint8Array {
  const weights = random(weightBytes * count)
  for (let at = 0; at < weights.length; at += weightBytes) {
    while (weights.subarray(at, at + weightBytes).every((byte) => byte === 0)) weights.set(random(weightBytes), at)
  }
  return weights
}

/** Bytes of a weight. */
export const weightBytes = 8

/**
 * The field `guards` of a reply: for each group the point A, and the seed behind every position.
 *
 * @param first the first halves of all ciphertexts, @param second the second halves.
 * @param rho half of the rho of the reply. @param key the client's P.
 */
export function makeGuards(
  group: Group,
  space: Workspace,
  groups: readonly GuardGroup[],
  {
    first,
    second,
    key,
    rho,
  }: { readonly first: PointBatch; readonly second: PointBatch; readonly key: PointBatch; readonly rho: ShortScalar },
  { weights, betas, seeds }: GuardDraws,
): Uint8Array {
  // Of models that ask nothing; arithmetic of no scalars is refused.
  if (groups.length === 0) return new Uint8Array()
  const bits = groups.flatMap((one) => Array.from({ length: one.bits }, (_, i) => one.first + i))
  const own = concatBytes(bits.map((bit) => weights.subarray(bit * weightBytes, (bit + 1) * weightBytes)))
  const runs = groups.map((one) => one.bits)
  // Both halves at once: the sums of all groups share their doublings.
  const both = space.join([first.at(bits), second.at(bits)])
  const sums = space.sumMultiples(both, concatBytes([own, own]), weightBytes, [...runs, ...runs])
  const blinding = space.join([space.generate(betas), space.multiply(key.at(groups.map(() => 0)), betas)])
  const halves = space.add(multiplyShort(space, sums, rho), blinding)
  const halfD = positionPoints(space, groups, halves.slice(groups.length), stepsOf(group, space, own, rho))
  const [encodedA, encodedD] = [space.encodeDoubled(halves.slice(0, groups.length)), space.encodeDoubled(halfD)]
  let place = 0
  return concatBytes(
    groups.flatMap(({ positions }, g) => {
      const a = encodedA.subarray(g * encodingBytes, (g + 1) * encodingBytes)
      const seed = seeds.subarray(g * seedBytes, (g + 1) * seedBytes)
      const entries = Array.from({ length: positions }, (_, j) => {
        const d = encodedD.subarray(place * encodingBytes, (place + 1) * encodingBytes)
        place += 1
        return masked(seed, maskOf(g, j, a, d))
      })
      return [a, ...entries]
    }),
  )
}

/** The weights of all bits, times half of rho, times G. */
function stepsOf({ engine, scalars }: Group, space: Workspace, weights: Uint8Array, rho: ShortScalar): PointBatch {
  const count = weights.length / weightBytes
  if (engine !== 'sodium') {
    return space.multiply(space.generate(rho.scalar).at(new Uint32Array(count)), weights, weightBytes)
  }
  // libsodium multiplies nothing as fast as its generator, and has no shorter way for short scalars.
  const whole = new Uint8Array(scalarBytes * count)
  for (let i = 0; i < count; i++) {
    whole.set(weights.subarray(weightBytes * i, weightBytes * (i + 1)), scalarBytes * i)
  }
  return space.generate(scalars.multiply(whole, rho.scalar))
}

/**
 * The points D of all positions, group by group. Where no bit is set D is E. Of numbers each further one is the one before,
 * less the step of the bit that is set there too; of texts each is E less the step of its bit.
 */
function positionPoints(space: Workspace, groups: readonly GuardGroup[], e: PointBatch, steps: PointBatch): PointBatch {
  const set = space.identities(steps.length)
  const all = space.join([set, e])
  let end = 0
  const starts = groups.map(({ bits }) => {
    end += bits
    return end - bits
  })
  const most = groups.reduce((a, { bits }) => Math.max(a, bits), 0)
  for (let i = 0; i < most; i++) {
    const places = groups.flatMap(({ bits }, g) => (i < bits ? [at(starts, g) + i] : []))
    const before = groups.flatMap(({ bits, kind }, g) => {
      if (i >= bits) return []
      return [kind === 'number' && i > 0 ? at(starts, g) + i - 1 : steps.length + g]
    })
    space.subtract(all.at(before), steps.at(places), set.at(places))
  }
  return all.at(
    groups.flatMap(({ bits, kind }, g) => [
      ...(kind === 'text' ? [] : [steps.length + g]),
      ...Array.from({ length: bits }, (_, i) => at(starts, g) + i),
    ]),
  )
}

/** The seeds of all groups, by the positions that a record has, and what binds leaves to them. */
export function openGuards(
  groups: readonly GuardGroup[],
  guards: Uint8Array,
  positions: readonly number[],
  multiples: readonly Uint8Array[],
): Uint8Array {
  return concatBytes(
    groups.map((_, g) => {
      const { a, entries } = guardOf(groups, guards, g)
      const j = at(positions, g)
      return masked(entries.subarray(j * seedBytes, (j + 1) * seedBytes), maskOf(g, j, a, at(multiples, g)))
    }),
  )
}

/** The point of each group in the field `guards`. */
export const guardPoints = (groups: readonly GuardGroup[], guards: Uint8Array): Uint8Array[] =>
  groups.map((_, g) => guardOf(groups, guards, g).a)

function guardOf(groups: readonly GuardGroup[], guards: Uint8Array, g: number) {
  const from = groups.slice(0, g).reduce((sum, { positions }) => sum + pointBytes + seedBytes * positions, 0)
  const entries = from + pointBytes
  return {
    a: guards.subarray(from, entries),
    entries: guards.subarray(entries, entries + seedBytes * at(groups, g).positions),
  }
}

/** The position of every group that a record's bits have. @param bits of the request. */
export function guardedPositions(groups: readonly GuardGroup[], bits: readonly boolean[]): number[] {
  return groups.map(({ first, bits: count, kind }) => {
    const own = bits.slice(first, first + count)
    if (kind === 'number') return own.filter(Boolean).length
    return own.indexOf(true) + (kind === 'text' ? 0 : 1)
  })
}

const twoBytes = (number: number) => [number >> 8, number & 255]

function maskOf(g: number, j: number, a: Uint8Array, d: Uint8Array): Uint8Array {
  const head = Uint8Array.of(hashLabel.guardEntry, ...twoBytes(g), ...twoBytes(j))
  return sha256(concatBytes([head, a, d])).subarray(0, seedBytes)
}

/** What binds a reply's leaves to its request, and to the seeds of its guard. */
export function kappaOf(request: Uint8Array, seeds: Uint8Array): Uint8Array {
  return sha256(concatBytes([Uint8Array.of(hashLabel.kappa), request, seeds]))
}

/** What binds the leaves of a guarded reply, which only the bits of a record give. */
export function openKappa(
  key: RistrettoKey,
  groups: readonly GuardGroup[],
  bits: readonly boolean[],
  guards: Uint8Array,
  request: Uint8Array,
): Uint8Array {
  const multiples = multiplesOf(key, guardPoints(groups, guards))
  return kappaOf(request, openGuards(groups, guards, guardedPositions(groups, bits), multiples))
}
