/** The models that are measured: a tree from heart disease, and trees of any number of tests. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Contract } from 'emp-compile-runtime/internal/contract'
import type { Value } from 'emp-compile-runtime/internal/grid'
import type { Opened } from 'emp-compile-runtime/internal/schemes/scheme'
import {
  defineSignsClient,
  type Outcomes,
  type SignsClient,
  type SignsClientEnvironment,
} from 'emp-compile-runtime/internal/schemes/signs/client'
import { read } from '../compiler/1-read/read.ts'
import { defaultTrainOptions } from '../compiler/2-train/options.ts'
import { trainTree } from '../compiler/2-train/train.ts'
import { seededRandom } from '../compiler/folds.ts'
import { randomRecord } from '../compiler/schemes/measure.ts'
import type { SignsPlan } from '../compiler/schemes/signs/plan.ts'
import { answerOf, type Node, type Tree } from '../compiler/tree.ts'

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
    return trainTree(table, {
      ...defaultTrainOptions,
      maxDepth: 9,
      maxLeafNodes: 53,
      minSamplesLeaf: 1,
      prune: null,
      cuts,
    })
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
    family: 'tree',
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
export function clientOf(
  { contract, client }: SignsPlan,
  environment: SignsClientEnvironment = {},
): SignsClient<object, string> {
  const decide = (left: Outcomes) => {
    let decision = client.decision
    while (decision.kind === 'test') decision = left(decision.test) ? decision.left : decision.right
    return answerOf(contract, decision) as Opened<string>
  }
  return defineSignsClient<object, string>(contract, decide, environment)
}

/** Records of random values that a contract admits, the same ones every time. */
export function recordsOf(
  { contract }: { readonly contract: Contract },
  count: number,
): Readonly<Record<string, Value>>[] {
  const random = seededRandom(1)
  const below = (bound: number) => Math.floor(random() * bound)
  return Array.from({ length: count }, () => randomRecord(contract.columns, below))
}
