/** Simulated tables whose truth is known: eight whole numbers, and the chances of the answers by a formula. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { at } from 'emp-compile-runtime/internal/at'
import { read } from '../compiler/1-read/read.ts'
import { seededRandom } from '../compiler/folds.ts'
import type { Table } from '../compiler/table.ts'

/** A way in which people fall ill. */
export interface Kind {
  readonly name: string
  /** The rows of a table. */
  readonly rows: number
  /** The log odds of being ill by the columns, in standard deviations from its mean. */
  readonly logit: (z: readonly number[]) => number
  /** Of a third answer, "other", against "well"; without it there are two. */
  readonly otherLogit?: (z: readonly number[]) => number
  /** Each column is one of so many whole numbers, equally likely; 101 by default. */
  readonly levels?: number
}

const columns = 8

const usual = (b: number, k: number) => (z: readonly number[]) =>
  b + k * (at(z, 0) + Math.sign(at(z, 1)) * at(z, 2) + 0.7 * Number(at(z, 3) > 0.5) + 0.4 * at(z, 4))

export const kinds: readonly Kind[] = [
  { name: 'strong', rows: 300, logit: usual(-0.2, 1.6) },
  { name: 'weak', rows: 300, logit: usual(0.1, 0.6) },
  { name: 'rare', rows: 200, logit: usual(-2.2, 1.1) },
  { name: 'noise', rows: 200, logit: usual(0, 0) },
  { name: 'big', rows: 1500, logit: usual(-0.2, 1) },
  // Two groups of high risk, each of people in a corner of two columns, and a wave that no single cut catches.
  {
    name: 'corners',
    rows: 250,
    logit: (z) =>
      -1.5 +
      2.2 * Number(at(z, 0) > 0.2 && at(z, 1) > 0) +
      1.8 * Number(at(z, 2) < -0.4 && at(z, 3) > -0.5) +
      0.6 * Math.sin(4 * at(z, 4)),
  },
  // Kinds that had no part in finding the intervals. Codes of three values, of which two act only together.
  {
    name: 'codes',
    rows: 400,
    levels: 3,
    logit: (z) => -0.6 + 1.6 * Number(at(z, 0) * at(z, 1) > 0.5) + 0.8 * at(z, 2) - 0.5 * Number(at(z, 3) === 0),
  },
  // Few rows, and about one of twelve ill.
  { name: 'scarce', rows: 120, logit: (z) => -3.4 + 1.3 * at(z, 0) + 1.2 * Number(at(z, 1) > 0.8) },
  {
    name: 'three',
    rows: 350,
    logit: (z) => 1.4 * at(z, 0) - 0.4 + 0.8 * Number(at(z, 2) > 0),
    otherLogit: (z) => 1.5 * at(z, 1) - 0.8 * at(z, 0),
  },
]

/** A person: the columns, and the answer. */
export interface Person {
  readonly values: readonly number[]
  readonly answer: 'ill' | 'other' | 'well'
}

export function draw(kind: Kind, count: number, random: () => number): Person[] {
  const { logit, otherLogit, levels = 101 } = kind
  const deviation = Math.sqrt((levels ** 2 - 1) / 12)
  return Array.from({ length: count }, () => {
    const values = Array.from({ length: columns }, () => Math.floor(random() * levels))
    const z = values.map((value) => (value - (levels - 1) / 2) / deviation)
    if (otherLogit === undefined) {
      const chance = 1 / (1 + Math.exp(-logit(z)))
      return { values, answer: random() < chance ? 'ill' : 'well' }
    }
    const odds = [Math.exp(logit(z)), Math.exp(otherLogit(z))] as const
    const place = random() * (1 + odds[0] + odds[1])
    return { values, answer: place < odds[0] ? 'ill' : place < odds[0] + odds[1] ? 'other' : 'well' }
  })
}

/** The table of a kind and a seed, read as any CSV, and people of the same kind whom it does not hold. */
export async function simulate(
  kind: Kind,
  seed: number,
  fresh: number,
): Promise<{ readonly table: Table; readonly fresh: readonly Person[] }> {
  const random = seededRandom(1_000_003 * seed + kind.rows)
  const people = draw(kind, kind.rows, random)
  const directory = await mkdtemp(join(tmpdir(), 'emp-simulated-'))
  try {
    const csv = join(directory, 'simulated.csv')
    const header = [...Array.from({ length: columns }, (_, i) => `x${i}`), 'state'].join(',')
    const lines = people.map(({ values, answer }) => [...values, answer].join(','))
    await writeFile(csv, [header, ...lines].join('\n'))
    const table = await read({ csv, schema: null, target: 'state', delimiter: null })
    return { table, fresh: draw(kind, fresh, random) }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
