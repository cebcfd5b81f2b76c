/** Simulated tables whose truth is known: eight whole numbers, and the chance of "ill" by a formula. */
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
}

const columns = 8
/** Of whole numbers that are equally likely from 0 to 100. */
const deviation = Math.sqrt((101 ** 2 - 1) / 12)

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
]

/** A person: the columns, 0 to 100, and whether ill. */
export interface Person {
  readonly values: readonly number[]
  readonly ill: boolean
}

export function draw({ logit }: Kind, count: number, random: () => number): Person[] {
  return Array.from({ length: count }, () => {
    const values = Array.from({ length: columns }, () => Math.floor(random() * 101))
    const chance = 1 / (1 + Math.exp(-logit(values.map((value) => (value - 50) / deviation))))
    return { values, ill: random() < chance }
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
    const lines = people.map(({ values, ill }) => [...values, ill ? 'ill' : 'well'].join(','))
    await writeFile(csv, [header, ...lines].join('\n'))
    const table = await read({ csv, schema: null, target: 'state', delimiter: null })
    return { table, fresh: draw(kind, fresh, random) }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
