import { at } from '../../at.ts'
import { concatBytes } from '../../bytes.ts'
import { ProtocolError } from '../../errors.ts'
import { arePlausible } from '../../ristretto/encodings.ts'
import { encodingBytes, type Group, type PointBatch, scalarBytes, type Workspace } from '../../ristretto/group.ts'
import { readyGroup } from '../../ristretto/ready.ts'
import { multiplyShort } from '../../ristretto/short.ts'
import type { GuardGroup } from '../groups.ts'
import { kappaOf, makeGuards } from '../guard.ts'
import { hidePayload } from '../hidden.ts'
import type { Task } from '../scheme.ts'
import type { SumsDraws } from './draws.ts'
import type { TreeLayout } from './layout.ts'

/** The evaluation of a request, as plain data. Its result is the reply's `guards`, if there are any, and `leaves`. */
export interface SumsTask extends Task {
  readonly scheme: 'sums'
  /** P, and the ciphertexts of the request. */
  readonly key: Uint8Array
  readonly ciphertexts: Uint8Array
  /** SHA-256 of the request. */
  readonly request: Uint8Array
  readonly trees: readonly Pick<TreeLayout, 'terms' | 'ends' | 'from'>[]
  /** Per tree, in the order of the reply: the node of each leaf, and whether it is padding. */
  readonly nodes: readonly (readonly number[])[]
  readonly padding: readonly (readonly boolean[])[]
  /** In the order of the reply the masked scores of all leaves, each as long. */
  readonly payloads: Uint8Array
  /** Whether rho multiplies every bit, or every term. */
  readonly multipliesBits: boolean
  readonly draws: Pick<SumsDraws, 'rho' | 'betas' | 'others' | 'guard'>
  /** The groups of the guard; null where there is none. */
  readonly groups: readonly GuardGroup[] | null
}

/** Does a task in this thread. @throws {ProtocolError} `bad-key`, `bad-ciphertext` (by the promise). */
export async function runSums(task: Task): Promise<Uint8Array> {
  if (!isSums(task)) throw new TypeError('a task of another scheme')
  return evaluateSums(await readyGroup(), task)
}

const isSums = (task: Task): task is SumsTask => task.scheme === 'sums'

/** One point, or one scalar. */
const part = (bytes: Uint8Array, i: number) => bytes.subarray(i * encodingBytes, (i + 1) * encodingBytes)

/**
 * Evaluates a request. The number of operations depends on the contract alone, neither on the trees nor on what was sent.
 *
 * @throws {ProtocolError} `bad-key`, `bad-ciphertext`
 */
export function evaluateSums(group: Group, task: SumsTask): Uint8Array {
  if (arePlausible(task.key).includes(false)) throw new ProtocolError('bad-key')
  if (arePlausible(task.ciphertexts).includes(false)) throw new ProtocolError('bad-ciphertext')
  const { groups, draws } = task
  return group.borrow((space) => {
    const { points: key, valid } = space.decode(task.key)
    if (valid.includes(false)) throw new ProtocolError('bad-key')
    const bits = groups === null && !task.multipliesBits ? null : decodeAll(space, task.ciphertexts)
    const leaves = blind(space, sumUp(space, multiplied(space, task, bits), task), key, task)
    if (groups === null || draws.guard === null || bits === null) return hide(leaves, task.request, task)
    const guards = makeGuards(group, space, groups, { ...bits, key, rho: draws.rho }, draws.guard)
    return concatBytes([guards, hide(leaves, kappaOf(task.request, draws.guard.seeds), task)])
  })
}

/** Halves of ciphertexts apart. */
interface Halves {
  readonly first: PointBatch
  readonly second: PointBatch
}

/** @throws {ProtocolError} `bad-ciphertext` */
function decodeAll(space: Workspace, ciphertexts: Uint8Array): Halves {
  const { points, valid } = space.decode(ciphertexts)
  if (valid.includes(false)) throw new ProtocolError('bad-ciphertext')
  return halvesOf(points)
}

function halvesOf(points: PointBatch): Halves {
  const places = Array.from({ length: points.length / 2 }, (_, i) => 2 * i)
  return { first: points.at(places), second: points.at(places.map((place) => place + 1)) }
}

/** What the terms of all trees are taken from: points times rho, in each half those of the bits, or of the terms, in turn. */
interface Multiplied extends Halves {
  readonly one: PointBatch
  /** For each tree in turn where its terms stand; null pads. */
  readonly places: readonly (readonly (number | null)[])[]
}

/** Multiplies by rho the bits of the request or, where these are fewer, the terms of the trees. */
function multiplied(space: Workspace, task: SumsTask, bits: Halves | null): Multiplied {
  const { rho } = task.draws
  const times = ({ first, second }: Halves) => {
    const both = multiplyShort(space, space.join([first, second]), rho)
    return { first: both.slice(0, first.length), second: both.slice(first.length) }
  }
  const one = multiplyShort(space, space.generate(oneScalar), rho)
  if (task.multipliesBits && bits !== null) {
    const places = task.trees.map(({ terms }) => terms.map((term) => term?.bit ?? null))
    return { ...times(bits), one, places }
  }
  // Repeated and padded, so that their number is the contract's.
  const asked = task.trees.flatMap(({ terms }) => terms.map((term) => term?.bit ?? 0))
  const { firsts } = offsets(task.trees.map(({ terms }) => terms.length))
  const places = task.trees.map(({ terms }, tree) =>
    terms.map((term, i) => (term === null ? null : at(firsts, tree) + i)),
  )
  if (bits !== null) return { ...times({ first: bits.first.at(asked), second: bits.second.at(asked) }), one, places }
  const used = asked.flatMap((bit) => [part(task.ciphertexts, 2 * bit), part(task.ciphertexts, 2 * bit + 1)])
  // Something that is not a point counts as the generator: refused it would tell by the time which cuts the trees use.
  return { ...times(halvesOf(space.decode(concatBytes(used)).points)), one, places }
}

const oneScalar = Uint8Array.from({ length: scalarBytes }, (_, i) => Number(i === 0))

/** Where the parts of each tree begin, and how many parts there are of all. */
function offsets(lengths: readonly number[]): { readonly firsts: readonly number[]; readonly count: number } {
  let count = 0
  const firsts = lengths.map((length) => {
    count += length
    return count - length
  })
  return { firsts, count }
}

/**
 * Adds up the indicators along all trees at once, step by step: what every tree of the contract has to do at its i-th step
 * is the same, whatever its shape.
 *
 * @returns the sums of all leaves, in the order of the reply, times rho.
 */
function sumUp(space: Workspace, { first, second, one, places }: Multiplied, task: SumsTask): Halves {
  const { trees } = task
  const halves = [first, second] as const
  const [running, totals] = [
    offsets(trees.map(({ terms }) => terms.length + 1)),
    offsets(trees.map(({ from }) => 2 * from.length + 1)),
  ]
  const nothing = space.identities(1)
  const sources = halves.map((points) => {
    const negative = space.subtract(nothing.at(Array(points.length).fill(0)), points)
    return space.join([points, negative, nothing])
  })
  // Running sums of each tree's terms: a split's indicator is the difference of two of them.
  const sums = halves.map(() => space.identities(running.count))
  const mostTerms = Math.max(0, ...trees.map(({ terms }) => terms.length))
  for (let step = 0; step < mostTerms; step++) {
    const now = trees.flatMap(({ terms }, tree) => (step < terms.length ? [tree] : []))
    const before = now.map((tree) => at(running.firsts, tree) + step)
    const added = now.map((tree) => {
      const [place, term] = [at(at(places, tree), step), at(at(trees, tree).terms, step)]
      return place === null || term === null ? 2 * first.length : place + (term.sign === 1 ? 0 : first.length)
    })
    addBoth(space, sums, before, sources, added, sums, plus(before, 1))
  }
  const splits = trees.flatMap(({ ends }, tree) => ends.map((end, i) => ({ tree, end, start: ends[i - 1] ?? 0 })))
  const at0 = (of: 'start' | 'end') => splits.map((split) => at(running.firsts, split.tree) + split[of])
  const outside = sums.map((half) => space.subtract(half.at(at0('end')), half.at(at0('start'))))
  const inside = outside.map((half, i) => space.subtract((i === 0 ? nothing : one).at(splits.map(() => 0)), half))
  const indicators = outside.map((half, i) => space.join([half, at(inside, i)]))
  // The sums of all nodes, each split's two from the one that it divides.
  const nodes = halves.map(() => space.identities(totals.count))
  const firstSplits = offsets(trees.map(({ from }) => from.length)).firsts
  const mostSplits = Math.max(0, ...trees.map(({ from }) => from.length))
  for (let step = 0; step < mostSplits; step++) {
    const now = trees.flatMap(({ from }, tree) => (step < from.length ? [tree] : []))
    const divided = now.map((tree) => at(totals.firsts, tree) + at(at(trees, tree).from, step))
    const own = now.map((tree) => at(firstSplits, tree) + step)
    const made = now.map((tree) => at(totals.firsts, tree) + 2 * step + 1)
    addBoth(space, nodes, [...divided, ...divided], indicators, [...own, ...plus(own, splits.length)], nodes, [
      ...made,
      ...plus(made, 1),
    ])
  }
  const ends = task.nodes.flatMap((own, tree) => plus(own, at(totals.firsts, tree)))
  return { first: at(nodes, 0).at(ends), second: at(nodes, 1).at(ends) }
}

const plus = (places: readonly number[], more: number) => places.map((place) => place + more)

/** Adds in both halves at once, in place. */
function addBoth(
  space: Workspace,
  left: readonly PointBatch[],
  leftPlaces: readonly number[],
  right: readonly PointBatch[],
  rightPlaces: readonly number[],
  into: readonly PointBatch[],
  intoPlaces: readonly number[],
): void {
  const both = (points: readonly PointBatch[], places: readonly number[]) =>
    space.join(points.map((half) => half.at(places)))
  space.add(both(left, leftPlaces), both(right, rightPlaces), both(into, intoPlaces))
}

/** The points (A, D) of the leaves in the order of the reply, encoded. Those of padding do not belong together. */
function blind(space: Workspace, { first, second }: Halves, key: PointBatch, { padding, draws }: SumsTask) {
  const ofD = selected(padding.flat(), draws.others, draws.betas)
  const keys = key.at(Array(first.length).fill(0))
  return {
    a: space.encodeDoubled(space.add(first, space.generate(draws.betas))),
    d: space.encodeDoubled(space.add(second, space.multiply(keys, ofD))),
  }
}

/** For each leaf the one scalar or the other, without a branch on which. */
function selected(isOne: readonly boolean[], one: Uint8Array, other: Uint8Array): Uint8Array {
  return other.map((byte, i) => {
    const mask = -Number(isOne[(i / scalarBytes) | 0])
    return byte ^ (mask & (byte ^ (one[i] as number)))
  })
}

/** The leaves of a reply: each A, and the masked scores behind A and D. */
function hide(
  points: { readonly a: Uint8Array; readonly d: Uint8Array },
  kappa: Uint8Array,
  { payloads, nodes }: SumsTask,
) {
  const count = nodes.reduce((sum, own) => sum + own.length, 0)
  const width = payloads.length / count
  return concatBytes(
    Array.from({ length: count }, (_, i) => {
      const [a, d] = [part(points.a, i), part(points.d, i)]
      return concatBytes([a, hidePayload(a, d, kappa, payloads.subarray(i * width, (i + 1) * width))])
    }),
  )
}
