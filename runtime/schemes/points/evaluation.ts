import { at } from '../../at.ts'
import { concatBytes } from '../../bytes.ts'
import { ProtocolError } from '../../errors.ts'
import { arePlausible } from '../../ristretto/encodings.ts'
import { encodingBytes, type Group, type PointBatch, type Workspace } from '../../ristretto/group.ts'
import { readyGroup } from '../../ristretto/ready.ts'
import type { ShortScalar } from '../../ristretto/short.ts'
import type { Task } from '../scheme.ts'
import { maskEntry } from './entries.ts'

/** The evaluation of a request, as plain data. Its result is the reply's `entries`, then its `points`. */
export interface PointsTask extends Task {
  readonly scheme: 'points'
  /** P, and the ciphertexts of the request. */
  readonly key: Uint8Array
  readonly ciphertexts: Uint8Array
  /** SHA-256 of the request. */
  readonly request: Uint8Array
  /** How many positions each table has: those of the columns, then those of the pairs. */
  readonly counts: readonly number[]
  readonly pairs: readonly (readonly [number, number])[]
  /** What the entries hold, table by table. */
  readonly payloads: Uint8Array
  /** Half of rho, and half of beta of every table. */
  readonly rho: ShortScalar
  readonly betas: Uint8Array
}

/** Does a task in this thread. @throws {ProtocolError} `bad-key`, `bad-ciphertext` (by the promise). */
export async function runPoints(task: Task, group: () => Promise<Group> = readyGroup): Promise<Uint8Array> {
  if (!isPoints(task)) throw new TypeError('a task of another scheme')
  return evaluatePoints(await group(), task)
}

const isPoints = (task: Task): task is PointsTask => task.scheme === 'points'

/**
 * Evaluates a request: an oblivious transfer per table (Aiello, Ishai and Reingold, "Priced oblivious transfer", EUROCRYPT
 * 2001). The number of operations depends on the contract alone.
 *
 * @throws {ProtocolError} `bad-key`, `bad-ciphertext`
 */
export function evaluatePoints(group: Group, task: PointsTask): Uint8Array {
  if (arePlausible(task.key).includes(false)) throw new ProtocolError('bad-key')
  if (arePlausible(task.ciphertexts).includes(false)) throw new ProtocolError('bad-ciphertext')
  return group.borrow((space) => {
    const key = space.decode(task.key)
    if (key.valid.includes(false)) throw new ProtocolError('bad-key')
    const { points, valid } = space.decode(task.ciphertexts)
    if (valid.includes(false)) throw new ProtocolError('bad-ciphertext')
    const work = workOf(group, space, task)
    const columns = points.length / 2
    const halves = (which: 0 | 1) => points.at(Array.from({ length: columns }, (_, i) => 2 * i + which))
    const base = space.generate(work.betas)
    const other = space.multiply(key.points.at(task.counts.map(() => 0)), work.betas)
    const a = work.encode(space.add(blinded(space, halves(0), task, work), base))
    const d = work.encode(positionPoints(space, blinded(space, halves(1), task, work), other, task, work))
    return concatBytes([hideEntries(a, d, task), a])
  })
}

/** How points are computed: by half of their scalars, and doubled as they are encoded, where that is faster. */
interface Work {
  /** Multiples by rho. */
  multiply(points: PointBatch, into: PointBatch): void
  readonly betas: Uint8Array
  /** rho as a scalar. */
  readonly step: Uint8Array
  encode(points: PointBatch): Uint8Array
}

function workOf({ engine, scalars }: Group, space: Workspace, { rho, betas }: PointsTask): Work {
  if (engine !== 'sodium') {
    return {
      multiply: (points, into) => void space.add(space.multiply(points, rho.v, shortBytes), points, into),
      betas,
      step: rho.scalar,
      encode: (points) => space.encodeDoubled(points),
    }
  }
  // libsodium's points are encoded at all times, and it has no shorter way for short scalars.
  const step = scalars.add(rho.scalar, rho.scalar)
  return {
    multiply: (points, into) => void space.add(space.multiply(points, step), into, into),
    betas: scalars.add(betas, betas),
    step,
    encode: (points) => space.encode(points),
  }
}

const shortBytes = 16
const factorBytes = 8

/**
 * The multiples by rho of one half of all ciphertexts: those of the columns, and after them the pairs: positions i and j of
 * two columns make i n + j, n the second one's positions.
 */
function blinded(space: Workspace, columns: PointBatch, { counts, pairs }: PointsTask, work: Work): PointBatch {
  const tables = space.identities(counts.length)
  work.multiply(columns, tables.slice(0, columns.length))
  if (pairs.length === 0) return tables
  const factors = new Uint8Array(factorBytes * pairs.length)
  pairs.forEach(([, second], i) => {
    factors.set([at(counts, second) & 255, at(counts, second) >> 8], factorBytes * i)
  })
  const times = space.multiply(tables.at(pairs.map(([first]) => first)), factors, factorBytes)
  space.add(times, tables.at(pairs.map(([, second]) => second)), tables.slice(columns.length))
  return tables
}

/** The points D of all positions, table by table: each is the one before, less rho G. */
function positionPoints(
  space: Workspace,
  first: PointBatch,
  second: PointBatch,
  { counts }: PointsTask,
  work: Work,
): PointBatch {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const starts = counts.map((_, f) => counts.slice(0, f).reduce((sum, count) => sum + count, 0))
  const all = space.identities(total)
  space.add(first, second, all.at(starts))
  const step = space.generate(work.step)
  const most = counts.reduce((a, b) => Math.max(a, b), 0)
  for (let position = 1; position < most; position++) {
    const places = starts.flatMap((start, f) => (position < at(counts, f) ? [start + position] : []))
    const before = all.at(places.map((place) => place - 1))
    space.subtract(before, step.at(places.map(() => 0)), all.at(places))
  }
  return all
}

function hideEntries(a: Uint8Array, d: Uint8Array, { counts, request, payloads }: PointsTask): Uint8Array {
  const width = (payloads.length * encodingBytes) / d.length
  const entries = new Uint8Array(payloads.length)
  const part = (bytes: Uint8Array, i: number, size: number) => bytes.subarray(i * size, (i + 1) * size)
  let entry = 0
  for (const [table, count] of counts.entries()) {
    for (let position = 0; position < count; position++, entry++) {
      const points = [part(a, table, encodingBytes), part(d, entry, encodingBytes)] as const
      entries.set(maskEntry(part(payloads, entry, width), request, { table, position }, ...points), entry * width)
    }
  }
  return entries
}
