/**
 * What trees tell of simulated people and what is seen among others of the same kind; and whether the interval that is printed
 * around the accuracy holds the accuracy of the tree among them. Seeded: the same on every run.
 */
import { at } from 'emp-compile-runtime/internal/at'
import { fitTree } from '../compiler/2-train/fit.ts'
import { defaultTrainOptions, type TrainOptions } from '../compiler/2-train/options.ts'
import { spread } from '../compiler/folds.ts'
import { differencesOf } from '../compiler/report/differences.ts'
import { type HeldOut, heldOutFigures } from '../compiler/report/held-out.ts'
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
  /** Half of its width, on average, in points. */
  readonly half: number
  /** How often the interval of the Brier score holds it. */
  readonly brierCovered: number
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
    const pairs: Pair[] = []
    const sets = kind.name === 'big' ? Math.min(60, most) : most
    for (let set = 0; set < sets; set++) {
      const { told, pair } = await toldOf(kind, set)
      for (const [recipe, one] of told) own.get(recipe)?.push(one)
      pairs.push(pair)
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
        half: 50 * mean((one) => one.high - one.low),
        brierCovered: mean((one) => Number(one.brierLow <= one.brier && one.brier <= one.brierHigh)),
        toldMinusSeen: 100 * mean((one) => one.told - one.accuracy),
        distance: 100 * mean((one) => one.distance),
        logLoss: mean((one) => one.logLoss),
        brier: mean((one) => one.brier),
      }
      results.push(result)
      print(describe(result))
    }
    print(`  ${kind.name}, depth 4 against default: ${describePairs(pairs)}`)
  }
  return results
}

function describe(result: SharesResult) {
  const { kind, recipe, sets, leaves, accuracy, toldMinusSeen, distance, logLoss, brier, half } = result
  const percents = (share: number) => (100 * share).toFixed(1)
  const what = `${kind}, ${recipe} (${sets} sets)`.padEnd(32)
  return (
    `  ${what} ${leaves.toFixed(1).padStart(5)} leaves, accuracy ${percents(accuracy)}, interval holds it in ${percents(result.covered)}% ` +
    `(below ${percents(result.below)}, above ${percents(result.above)}; ± ${half.toFixed(1)}), that of the Brier score in ${percents(result.brierCovered)}%, ` +
    `told minus seen ${toldMinusSeen.toFixed(1)} (by leaf ${distance.toFixed(1)}), ` +
    `log loss ${logLoss.toFixed(3)}, Brier ${brier.toFixed(4)}`
  )
}

/** The difference of two recipes: its interval, and what it is. */
interface Pair {
  readonly low: number
  readonly high: number
  readonly truth: number
}

function describePairs(pairs: readonly Pair[]): string {
  const share = (is: (pair: Pair) => boolean) => ((100 * pairs.filter(is).length) / pairs.length).toFixed(1)
  const half = 50 * spread(pairs.map(({ low, high }) => high - low)).mean
  return (
    `interval holds the difference of accuracies in ${share((one) => one.low <= one.truth && one.truth <= one.high)}% ` +
    `(below ${share((one) => one.high < one.truth)}, above ${share((one) => one.low > one.truth)}; ± ${half.toFixed(1)})`
  )
}

async function toldOf(kind: Kind, set: number): Promise<{ readonly told: [string, Told][]; readonly pair: Pair }> {
  const { table, fresh } = await simulate(kind, set, freshPeople)
  const all = Object.entries(recipes).map(([recipe, options]) => {
    const held = heldOut(table, options)
    if (!('accuracy' in held.estimates)) throw new TypeError('nothing was held out')
    const { accuracy, brier } = held.estimates
    const told: Told = {
      ...judge(table, fitTree(table, options).model, fresh),
      ...{ low: accuracy.low ?? 0, high: accuracy.high ?? 1 },
      ...{ brierLow: brier.low ?? 0, brierHigh: brier.high ?? 1 },
    }
    return { recipe, held, told }
  })
  const [first, second] = [at(all, 0), at(all, 1)]
  const answers = table.target.kind === 'classes' ? table.target.answers.length : null
  const { accuracy } = differencesOf(first.held, second.held, answers)
  const truth = second.told.accuracy - first.told.accuracy
  return {
    told: all.map(({ recipe, told }) => [recipe, told]),
    pair: { low: accuracy?.low ?? -1, high: accuracy?.high ?? 1, truth },
  }
}

/** The figures that a compile prints. */
function heldOut(table: Table, options: TrainOptions): HeldOut {
  const refit = (rows: Uint32Array) => fitTree(table, options, rows).model
  const held = heldOutFigures(table, refit, { folds: 10, repeats: 1, seed: 0, testSize: null })
  if (held === null) throw new TypeError('nothing was held out')
  return held
}

interface Told {
  readonly low: number
  readonly high: number
  readonly brierLow: number
  readonly brierHigh: number
  readonly leaves: number
  readonly accuracy: number
  readonly told: number
  readonly distance: number
  readonly logLoss: number
  readonly brier: number
}

/** What a tree tells people that it has not seen. */
function judge(
  table: Table,
  tree: Tree,
  people: readonly Person[],
): Omit<Told, 'low' | 'high' | 'brierLow' | 'brierHigh'> {
  const all = people.length
  const answers = tree.answers ?? []
  const byLeaf = new Map<ClassLeaf, number[]>()
  for (const { values, answer } of people) {
    const leaf = leafOf(tree, cellsOf(table, values))
    if (leaf.kind !== 'leaf') throw new TypeError('a tree of numbers')
    const own = byLeaf.get(leaf) ?? answers.map(() => 0)
    const place = answers.indexOf(answer)
    own[place] = at(own, place) + 1
    byLeaf.set(leaf, own)
  }
  let [right, told, distance, logLoss, brier] = [0, 0, 0, 0, 0]
  for (const [leaf, counts] of byLeaf) {
    const chances = chancesOf(leaf) ?? []
    const ended = counts.reduce((sum, count) => sum + count, 0)
    const chance = at(chances, leaf.answer)
    right += at(counts, leaf.answer)
    told += ended * chance
    distance += Math.abs(ended * chance - at(counts, leaf.answer))
    for (const [answer, count] of counts.entries()) {
      logLoss -= count * Math.log(Math.max(1e-15, at(chances, answer)))
      const squares = chances.reduce((sum, told, i) => sum + (Number(i === answer) - told) ** 2, 0)
      // Of two answers that of the second alone.
      brier += (count * squares) / (answers.length === 2 ? 2 : 1)
    }
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
