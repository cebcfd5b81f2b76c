/**
 * What trees tell of simulated people and what is seen among others of the same kind; and whether the interval that is printed
 * around the accuracy holds the accuracy of the tree among them. Seeded: the same on every run.
 */
import { at } from 'emp-compile-runtime/internal/at'
import { fitTree } from '../compiler/2-train/fit.ts'
import { defaultTrainOptions, type TrainOptions } from '../compiler/2-train/options.ts'
import { spread } from '../compiler/folds.ts'
import { heldOutFigures } from '../compiler/report/held-out.ts'
import type { Table } from '../compiler/table.ts'
import { type ClassLeaf, chancesOf, leafOf, leavesOf, type Tree } from '../compiler/tree.ts'
import { type Kind, kinds, type Person, simulate } from './simulated.ts'

interface SharesResult {
  readonly kind: string
  readonly recipe: string
  readonly sets: number
  readonly leaves: number
  readonly accuracy: number
  /** How often the interval of the accuracy on rows not seen holds it, and how often it lies wholly below and above. */
  readonly covered: number
  readonly below: number
  readonly above: number
  /** The share told for a person's answer, minus how often that answer is right: the mean over people, in points. */
  readonly toldMinusSeen: number
  /** The same by leaf, without its sign: the mean over people, in points. */
  readonly distance: number
  readonly logLoss: number
  readonly brier: number
}

const freshPeople = 20_000

const recipes: Readonly<Record<string, TrainOptions>> = {
  default: defaultTrainOptions,
  'depth 4': { ...defaultTrainOptions, maxDepth: 4, minSamplesLeaf: 1, prune: null },
}

/**
 * @param most sets of each kind; 200, and 60 of "big", by default.
 * @param only the name of a kind; all by default.
 */
export async function sharesSection(
  print: (line: string) => void,
  most = 200,
  only: string | null = null,
): Promise<SharesResult[]> {
  print(
    'shares: what leaves tell, minus what is seen among 20,000 people of the same kind; means over simulated tables',
  )
  const results: SharesResult[] = []
  for (const kind of kinds.filter(({ name }) => only === null || name === only)) {
    const own = new Map<string, Told[]>(Object.keys(recipes).map((recipe) => [recipe, []]))
    const sets = kind.name === 'big' ? Math.min(60, most) : most
    for (let set = 0; set < sets; set++) {
      for (const [recipe, one] of await toldOf(kind, set)) own.get(recipe)?.push(one)
    }
    for (const [recipe, all] of own) {
      const mean = (of: (one: Told) => number) => spread(all.map(of)).mean
      const result: SharesResult = {
        kind: kind.name,
        recipe,
        sets,
        leaves: mean((one) => one.leaves),
        accuracy: mean((one) => one.accuracy),
        covered: mean((one) => Number(one.low <= one.accuracy && one.accuracy <= one.high)),
        below: mean((one) => Number(one.high < one.accuracy)),
        above: mean((one) => Number(one.low > one.accuracy)),
        toldMinusSeen: 100 * mean((one) => one.told - one.accuracy),
        distance: 100 * mean((one) => one.distance),
        logLoss: mean((one) => one.logLoss),
        brier: mean((one) => one.brier),
      }
      results.push(result)
      print(describe(result))
    }
  }
  return results
}

function describe(result: SharesResult) {
  const { kind, recipe, sets, leaves, accuracy, toldMinusSeen, distance, logLoss, brier } = result
  const percents = (share: number) => (100 * share).toFixed(1)
  const what = `${kind}, ${recipe} (${sets} sets)`.padEnd(32)
  return (
    `  ${what} ${leaves.toFixed(1).padStart(5)} leaves, accuracy ${percents(accuracy)}, interval holds it in ${percents(result.covered)}% ` +
    `(below ${percents(result.below)}, above ${percents(result.above)}), ` +
    `told minus seen ${toldMinusSeen.toFixed(1)} (by leaf ${distance.toFixed(1)}), ` +
    `log loss ${logLoss.toFixed(3)}, Brier ${brier.toFixed(4)}`
  )
}

async function toldOf(kind: Kind, set: number): Promise<[string, Told][]> {
  const { table, fresh } = await simulate(kind, set, freshPeople)
  return Object.entries(recipes).map(([recipe, options]) => [
    recipe,
    { ...judge(table, fitTree(table, options).model, fresh), ...intervalOf(table, options) },
  ])
}

/** The interval that a compile prints. */
function intervalOf(table: Table, options: TrainOptions): { readonly low: number; readonly high: number } {
  const refit = (rows: Uint32Array) => fitTree(table, options, rows).model
  const held = heldOutFigures(table, refit, { folds: 10, repeats: 1, seed: 0, testSize: null })
  if (held === null || !('accuracy' in held.estimates)) throw new TypeError('nothing was held out')
  const { low, high } = held.estimates.accuracy
  return { low: low ?? 0, high: high ?? 1 }
}

interface Told {
  readonly low: number
  readonly high: number
  readonly leaves: number
  readonly accuracy: number
  readonly told: number
  readonly distance: number
  readonly logLoss: number
  readonly brier: number
}

/** What a tree tells people that it has not seen. */
function judge(table: Table, tree: Tree, people: readonly Person[]): Omit<Told, 'low' | 'high'> {
  const [all, ill] = [people.length, (tree.answers ?? []).indexOf('ill')]
  const byLeaf = new Map<ClassLeaf, { people: number; right: number; ill: number }>()
  for (const { values, ill: isIll } of people) {
    const leaf = leafOf(tree, cellsOf(table, values))
    if (leaf.kind !== 'leaf') throw new TypeError('a tree of numbers')
    const own = byLeaf.get(leaf) ?? { people: 0, right: 0, ill: 0 }
    byLeaf.set(leaf, {
      people: own.people + 1,
      right: own.right + Number((leaf.answer === ill) === isIll),
      ill: own.ill + Number(isIll),
    })
  }
  let [right, told, distance, logLoss, brier] = [0, 0, 0, 0, 0]
  for (const [leaf, own] of byLeaf) {
    const chances = chancesOf(leaf) ?? []
    const [chance, ofIll] = [at(chances, leaf.answer), at(chances, ill)]
    right += own.right
    told += own.people * chance
    distance += Math.abs(own.people * chance - own.right)
    const lossOf = (share: number) => -Math.log(Math.max(1e-15, share))
    logLoss += own.ill * lossOf(ofIll) + (own.people - own.ill) * lossOf(1 - ofIll)
    brier += own.ill * (1 - ofIll) ** 2 + (own.people - own.ill) * ofIll ** 2
  }
  const mean = { accuracy: right / all, told: told / all, distance: distance / all }
  return { leaves: leavesOf(tree.root).length, ...mean, logLoss: logLoss / all, brier: brier / all }
}

/** The cells of a person; beyond the range of the table, those of its ends. */
function cellsOf({ columns }: Table, values: readonly number[]): number[] {
  return columns.map(({ column }, i) => {
    if (column.kind !== 'number') throw new TypeError('a column of texts')
    const { minimum, step, size } = column.grid
    return Math.min(size - 1, Math.max(0, Math.round((at(values, i) - minimum) / step)))
  })
}
