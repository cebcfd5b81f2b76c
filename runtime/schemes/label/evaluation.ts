import { at } from '../../at.ts'
import { concatBytes } from '../../bytes.ts'
import { ProtocolError } from '../../errors.ts'
import { arePlausible } from '../../ristretto/encodings.ts'
import { encodingBytes, type Group, type PointBatch, scalarBytes, type Workspace } from '../../ristretto/group.ts'
import { readyGroup } from '../../ristretto/ready.ts'
import { multiplyShort } from '../../ristretto/short.ts'
import { kappaOf, makeGuards } from '../guard.ts'
import type { Task } from '../scheme.ts'
import type { GuardGroup } from './contract.ts'
import type { LabelDraws } from './draws.ts'
import { hideAnswer } from './hidden-answer.ts'
import type { SumSplit } from './sums.ts'

/** The evaluation of a request, as plain data. Its result is the reply's `guards`, if there are any, and `leaves`. */
export interface LabelTask extends Task {
  readonly scheme: 'label'
  /** P, and the ciphertexts of the request. */
  readonly key: Uint8Array
  readonly ciphertexts: Uint8Array
  /** SHA-256 of the request. */
  readonly request: Uint8Array
  readonly splits: readonly SumSplit[]
  /** In the order of the reply, which sum is a leaf's, and whether it is padding. */
  readonly sums: readonly number[]
  readonly padding: readonly boolean[]
  /** In the order of the reply the places of the answers, big-endian, each as long as the contract's answers need. */
  readonly answers: Uint8Array
  readonly draws: LabelDraws
  /** The groups of the guard; null where there is none. */
  readonly groups: readonly GuardGroup[] | null
}

/** Does a task in this thread. @throws {ProtocolError} `bad-key`, `bad-ciphertext` (by the promise). */
export async function runLabel(task: Task): Promise<Uint8Array> {
  if (!isLabel(task)) throw new TypeError('a task of another scheme')
  return evaluateLabel(await readyGroup(), task)
}

/** What has been drawn is used for one reply: who sees two of one draw learns the sums of the tree. */
const consumed = new WeakSet<LabelDraws>()

const isLabel = (task: Task): task is LabelTask => task.scheme === 'label'

/** One point, or one scalar. */
const part = (bytes: Uint8Array, i: number) => bytes.subarray(i * encodingBytes, (i + 1) * encodingBytes)

/**
 * Evaluates a request. The number of operations depends on the contract alone, neither on the tree nor on what was sent: a
 * bad ciphertext is refused when all is done, and the error tells nothing of the tree.
 *
 * @throws {ProtocolError} `bad-key`, `bad-ciphertext`
 * @throws {RangeError} if its draws have been used.
 */
export function evaluateLabel(group: Group, task: LabelTask): Uint8Array {
  if (consumed.has(task.draws)) throw new RangeError('what was drawn for one reply is used for another')
  consumed.add(task.draws)
  if (arePlausible(task.key).includes(false)) throw new ProtocolError('bad-key')
  // The bytes of all points are looked at, whether the tree uses them or not.
  const arePoints = !arePlausible(task.ciphertexts).includes(false)
  return group.borrow((space) => {
    const { points: key, valid } = space.decode(task.key)
    if (valid.includes(false)) throw new ProtocolError('bad-key')
    const { areGood, result } =
      task.groups === null
        ? { areGood: true, result: unguarded(group, space, task, key) }
        : guarded(group, space, task, key, task.groups)
    if (!arePoints || !areGood) throw new ProtocolError('bad-ciphertext')
    return result
  })
}

function unguarded(group: Group, space: Workspace, task: LabelTask, key: PointBatch): Uint8Array {
  const leaves = blind(group, space, sumUp(space, task, decodeUsed(space, task), key), key, task)
  return hide(leaves, task.request, task)
}

function guarded(group: Group, space: Workspace, task: LabelTask, key: PointBatch, groups: readonly GuardGroup[]) {
  const { draws } = task
  if (draws.kind !== 'betas') throw new RangeError('what was drawn is not for a guarded reply')
  const { areGood, ...bits } = decodeAll(space, task)
  const leaves = blind(group, space, sumUp(space, task, bits, key), key, task)
  const guards = makeGuards(group, space, groups, { ...bits, key, rho: draws.rho }, draws.guard)
  return { areGood, result: concatBytes([guards, hide(leaves, kappaOf(task.request, draws.guard.seeds), task)]) }
}

/** The halves of ciphertexts, by the positions of the bits in the request. */
interface Bits {
  readonly first: PointBatch
  readonly second: PointBatch
  /** Where the k-th bit of a split is found among these: of each split in turn, or of the request. */
  readonly placeOf: (split: number, k: number, bit: number) => number
}

/** The bits of every split, as many of each. */
const bitsOf = ({ bit, also = [] }: SumSplit): readonly number[] => [bit, ...also]

/**
 * Decodes the bits that the splits use, repeated and padded, so that their number is the contract's; or all, where
 * these are fewer. Something that is not a point counts
 * as the generator: refused it would tell by the time which cuts the tree uses.
 */
function decodeUsed(space: Workspace, { ciphertexts, splits }: LabelTask): Bits {
  const constant = ciphertexts.length / (2 * encodingBytes)
  const own = splits.flatMap(bitsOf).map((bit) => (bit === constant ? 0 : bit))
  const width = splits.length === 0 ? 1 : own.length / splits.length
  // By one bit a split, as the models of numbers are, the splits are decoded.
  if (width > 1 && constant < own.length) return decodeAll(space, { ciphertexts })
  return { ...decodeHalves(space, ciphertexts, own), placeOf: (split, k) => split * width + k }
}

/** Decodes all bits, and tells whether all are points. */
function decodeAll(
  space: Workspace,
  { ciphertexts }: Pick<LabelTask, 'ciphertexts'>,
): Bits & { readonly areGood: boolean } {
  const all = Array.from({ length: ciphertexts.length / (2 * encodingBytes) }, (_, bit) => bit)
  return { ...decodeHalves(space, ciphertexts, all), placeOf: (_, __, bit) => bit }
}

function decodeHalves(space: Workspace, ciphertexts: Uint8Array, bits: readonly number[]) {
  const half = (which: 0 | 1) => concatBytes(bits.map((bit) => part(ciphertexts, 2 * bit + which)))
  const { points, valid } = space.decode(concatBytes([half(0), half(1)]))
  return { first: points.slice(0, bits.length), second: points.slice(bits.length), areGood: !valid.includes(false) }
}

/** The sums of all nodes of the tree, halves apart: the costs of what lies below, encrypted. */
interface Sums {
  readonly first: PointBatch
  readonly second: PointBatch
}

/**
 * Adds up the bits along the tree, split by split: to the left the bit, or the sum of its bits, to the right 1 less that.
 * Each split is as many additions, whatever the shape of the tree; the constant 0 of padding is the identity.
 */
function sumUp(space: Workspace, { ciphertexts, splits, draws }: LabelTask, bits: Bits, key: PointBatch): Sums {
  const constant = ciphertexts.length / (2 * encodingBytes)
  const [count, nodes] = [splits.length, 2 * splits.length + 1]
  const sums = space.identities(2 * nodes)
  if (draws.kind === 'multipliers') {
    // A fresh encryption of zero below all sums, so that none has a randomness that the client knows.
    space.add(sums.at([0]), space.generate(draws.zero), sums.at([0]))
    space.add(sums.at([nodes]), space.multiply(key, draws.zero), sums.at([nodes]))
  }
  const identities = space.identities(count)
  const generator = space.generate(oneScalar).at(splits.map(() => 0))
  const own = splits.map(bitsOf)
  const placesOf = (k: number) =>
    own.map((some, split) => (some[k] === constant ? bits.first.length : bits.placeOf(split, k, at(some, k))))
  const [firsts, seconds] = [withIdentity(space, bits.first), withIdentity(space, bits.second)]
  const [first, second] = [firsts, seconds].map((points) => {
    let sum = points.at(placesOf(0))
    for (let k = 1; k < (own[0]?.length ?? 1); k++) sum = space.add(sum, points.at(placesOf(k)))
    return sum
  }) as [PointBatch, PointBatch]
  const terms = space.identities(4 * count)
  space.add(first, identities, terms.slice(0, count))
  space.subtract(identities, first, terms.slice(count, 2 * count))
  space.add(second, identities, terms.slice(2 * count, 3 * count))
  space.subtract(generator, second, terms.slice(3 * count))
  for (const [split, { from, to }] of splits.entries()) {
    space.add(
      sums.at([from, from, nodes + from, nodes + from]),
      terms.at([split, count + split, 2 * count + split, 3 * count + split]),
      sums.at([to, to + 1, nodes + to, nodes + to + 1]),
    )
  }
  return { first: sums.slice(0, nodes), second: sums.slice(nodes) }
}

const oneScalar = Uint8Array.from({ length: scalarBytes }, (_, i) => Number(i === 0))

/** Points, and the identity after the last. */
function withIdentity(space: Workspace, points: PointBatch): PointBatch {
  const all = space.identities(points.length + 1)
  space.add(points, all.slice(0, points.length), all.slice(0, points.length))
  return all
}

/** The points (A, D) of the leaves in the order of the reply, encoded. Those of padding do not belong together. */
function blind(
  group: Group,
  space: Workspace,
  sums: Sums,
  key: PointBatch,
  { sums: places, padding, draws }: LabelTask,
): { readonly a: Uint8Array; readonly d: Uint8Array } {
  const [first, second] = [sums.first.at(places), sums.second.at(places)]
  const encode = (a: PointBatch, d: PointBatch) => {
    return { a: space.encodeDoubled(a), d: space.encodeDoubled(d) }
  }
  switch (draws.kind) {
    case 'multipliers': {
      const ofD = selected(padding, draws.others, draws.multipliers)
      const halves = (scalars: Uint8Array) => group.scalars.halve(scalars)
      return encode(space.multiply(first, halves(draws.multipliers)), space.multiply(second, halves(ofD)))
    }
    case 'betas': {
      const ofD = selected(padding, draws.others, draws.betas)
      return encode(
        space.add(multiplyShort(space, first, draws.rho), space.generate(draws.betas)),
        space.add(multiplyShort(space, second, draws.rho), space.multiply(key.at(places.map(() => 0)), ofD)),
      )
    }
    default:
      return draws satisfies never
  }
}

/** For each leaf the one scalar or the other, without a branch on which. */
function selected(isOne: readonly boolean[], one: Uint8Array, other: Uint8Array): Uint8Array {
  return other.map((byte, i) => {
    const mask = -Number(at(isOne, Math.floor(i / scalarBytes)))
    return byte ^ (mask & (byte ^ (one[i] as number)))
  })
}

/** The leaves of a reply: each A, and the place of an answer behind A and D. */
function hide(
  points: { readonly a: Uint8Array; readonly d: Uint8Array },
  kappa: Uint8Array,
  { answers, sums }: LabelTask,
) {
  const width = answers.length / sums.length
  return concatBytes(
    sums.flatMap((_, i) => {
      const [a, d] = [part(points.a, i), part(points.d, i)]
      return [a, hideAnswer(a, d, kappa, answers.subarray(i * width, (i + 1) * width))]
    }),
  )
}
