/** The models that are measured: a tree from heart disease, and trees of any number of tests. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { read } from '../compiler/1-read/read.ts'
import { seededRandom } from '../compiler/2-train/folds.ts'
import { defaultTrainOptions } from '../compiler/2-train/options.ts'
import { train } from '../compiler/2-train/train.ts'
import type { SignsPlan } from '../compiler/plan.ts'
import { columnOf, type Node, type Tree } from '../compiler/tree.ts'
import type { ClientEnvironment } from '../runtime/client.ts'
import { type Client, defineClient, type Outcomes } from '../runtime/client.ts'
import type { Contract } from '../runtime/contract.ts'
import { cellCount, gridValue, type Value } from '../runtime/grid.ts'

const data = 'datasets/heart-disease'

/**
 * 42 tests on all 13 features, 9 deep: what CART makes of the 297 complete rows if it may have 53 leaves.
 *
 * @param cuts of each feature, public, or all that the data offers.
 */
export async function heartTree(cuts: number | null = null): Promise<Tree> {
  const directory = await mkdtemp(join(tmpdir(), 'emp-bench-'))
  try {
    const lines = (await readFile(`${data}.csv`, 'utf8')).split('\n').filter((line) => !line.includes('?'))
    const csv = join(directory, 'complete.csv')
    await writeFile(csv, lines.join('\n'))
    const table = await read({ csv, schema: `${data}.schema.json`, target: null, delimiter: null })
    return train(table, { ...defaultTrainOptions, maxDepth: 9, maxLeafNodes: 53, minSamplesLeaf: 1, prune: null, cuts })
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** A balanced tree of so many different tests on 13 features of 1,000 values each. */
export function treeOf(tests: number): Tree {
  const features = Array.from({ length: 13 }, (_, i) => ({ column: `x${i}` }))
  let made = 0
  const grow = (splits: number): Node => {
    if (splits === 0) return { kind: 'leaf', answer: made % 2, counts: [1, 1] }
    const [feature, cut] = [made % features.length, Math.floor(made / features.length)]
    made += 1
    const leftSplits = Math.floor((splits - 1) / 2)
    return { kind: 'split', feature, cut, left: grow(leftSplits), right: grow(splits - 1 - leftSplits) }
  }
  return {
    missingValues: [''],
    columns: features.map(({ column }) => ({
      kind: 'number',
      name: column,
      grid: { minimum: 0, step: 1, size: 1000 },
      missing: 'never',
    })),
    features,
    answers: ['no', 'yes'],
    root: grow(tests),
  }
}

/** The client of a plan, its decision logic interpreted. */
export function clientOf({ contract, client }: SignsPlan, environment: ClientEnvironment = {}): Client<object, string> {
  const decide = (left: Outcomes) => {
    let decision = client.decision
    while (decision.kind === 'test') decision = left[decision.test] === true ? decision.left : decision.right
    if (decision.kind === 'mean') throw new TypeError('the model is a classification')
    return { answer: contract.answers?.[decision.answer] ?? '', counts: decision.counts }
  }
  return defineClient<object, string>(contract, decide, environment)
}

/** Records of random values on the grids of a contract, the same ones every time. */
export function recordsOf({ contract }: { readonly contract: Contract }, count: number): Record<string, Value>[] {
  const random = seededRandom(1)
  return Array.from({ length: count }, () =>
    Object.fromEntries(
      contract.features.map((feature) => {
        const column = columnOf(contract, feature)
        if (column.kind === 'text') throw new TypeError('the models here have no texts')
        const { grid } = column
        return [column.name, gridValue(grid, Math.floor(random() * Math.min(grid.size, cellCount(column))))]
      }),
    ),
  )
}
