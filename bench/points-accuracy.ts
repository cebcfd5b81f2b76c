/**
 * `points-accuracy.js file.csv ...`: points beside the pruned tree on the same folds, whole recipes, of each file. With
 * `--fit stumps`, `--points 63` and the like by those options; `--seeds 5` repeats the ten folds.
 */
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { read } from '../compiler/1-read/read.ts'
import { cellsOfPoints } from '../compiler/2-train/additive/cells.ts'
import { type AdditiveOptions, defaultAdditiveOptions } from '../compiler/2-train/additive/options.ts'
import { trainPoints } from '../compiler/2-train/additive/train.ts'
import { fitTree } from '../compiler/2-train/fit.ts'
import { defaultTrainOptions } from '../compiler/2-train/options.ts'
import { plainFolds, seededRandom, spread, stratifiedFolds } from '../compiler/folds.ts'
import { cellsFor } from '../compiler/missing.ts'
import { answerOfSums, predictPoints, sumWidth } from '../compiler/points.ts'
import { classificationMetrics, regressionMetrics } from '../compiler/report/metrics.ts'
import { type Table, truthOf } from '../compiler/table.ts'
import { chancesOf, leafOf } from '../compiler/tree.ts'
import { cpu, row } from './measure.ts'

/** What a model says of a row: an answer with the chances of all, or a number. */
interface Said {
  readonly given: number
  readonly chances: readonly number[]
}

type Recipe = (table: Table, rows: Uint32Array) => { readonly say: (row: number) => Said; readonly width: number }

const pointsRecipe =
  (options: AdditiveOptions): Recipe =>
  (table, rows) => {
    const model = trainPoints(table, options, rows)
    const cells = cellsOfPoints(table, model)
    const say = (one: number): Said => {
      const answer = answerOfSums(model, predictPoints(model, cells(one)))
      if (answer.kind === 'number') return { given: answer.answer, chances: [] }
      return { given: model.answers?.indexOf(answer.answer) ?? 0, chances: answer.shares ?? [] }
    }
    return { say, width: sumWidth(model) }
  }

const treeRecipe: Recipe = (table, rows) => {
  const { model: tree } = fitTree(table, defaultTrainOptions, rows)
  const cells = cellsFor(table, tree)
  const say = (one: number): Said => {
    const leaf = leafOf(tree, cells(one))
    return leaf.kind === 'mean'
      ? { given: leaf.answer, chances: [] }
      : { given: leaf.answer, chances: chancesOf(leaf) ?? [] }
  }
  return { say, width: 0 }
}

interface Figures {
  /** Accuracy, or R², of every fold. */
  readonly main: number[]
  /** Of every fold the area under the ROC curve; empty for numbers. */
  readonly auc: number[]
  readonly loss: number[]
  readonly widths: number[]
  seconds: number
}

function measure(table: Table, recipe: Recipe, seeds: number): Figures {
  const figures: Figures = { main: [], auc: [], loss: [], widths: [], seconds: 0 }
  const { target } = table
  const rows = Uint32Array.from({ length: table.rows }, (_, i) => i)
  for (let seed = 0; seed < seeds; seed++) {
    const random = seededRandom(seed)
    const foldOf =
      target.kind === 'classes'
        ? stratifiedFolds(target.classes, target.answers.length, 10, random)
        : plainFolds(table.rows, 10, random)
    for (let fold = 0; fold < 10; fold++) {
      const heldOut = rows.filter((one) => foldOf[one] === fold)
      const start = cpu()
      const { say, width } = recipe(
        table,
        rows.filter((one) => foldOf[one] !== fold),
      )
      figures.seconds += (cpu() - start) / 1000
      figures.widths.push(width)
      const said = Array.from(heldOut, say)
      if (target.kind === 'number') {
        const [truth, given] = [heldOut, said].map((list) => new Float64Array(list.length))
        for (const [i, one] of heldOut.entries()) {
          if (truth !== undefined) truth[i] = truthOf(target, one)
          if (given !== undefined) given[i] = said[i]?.given ?? Number.NaN
        }
        if (truth !== undefined && given !== undefined)
          figures.main.push(regressionMetrics({ truth, given }).r2 ?? Number.NaN)
        continue
      }
      const metrics = classificationMetrics({
        truth: Int32Array.from(heldOut, (one) => truthOf(target, one)),
        given: Int32Array.from(said, ({ given }) => given),
        probabilities: said.map(({ chances }) => chances),
        classes: target.answers.length,
      })
      figures.main.push(metrics.accuracy)
      figures.loss.push(metrics.logLoss)
      if (metrics.rocAuc !== null) figures.auc.push(metrics.rocAuc)
    }
  }
  return figures
}

const mean = (values: readonly number[]) => (values.length === 0 ? Number.NaN : spread(values).mean)

/** The mean difference of paired folds, and its standard error. */
function paired(ours: readonly number[], others: readonly number[]): readonly [number, number] {
  if (ours.length === 0 || ours.length !== others.length) return [Number.NaN, Number.NaN]
  const { mean: difference, deviation } = spread(ours.map((value, i) => value - (others[i] ?? Number.NaN)))
  return [difference, (deviation ?? 0) / Math.sqrt(ours.length)]
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    fit: { type: 'string' },
    points: { type: 'string' },
    pairs: { type: 'string' },
    cuts: { type: 'string' },
    seeds: { type: 'string', default: '1' },
    target: { type: 'string' },
    'no-tree': { type: 'boolean', default: false },
  },
})
const options: AdditiveOptions = {
  ...defaultAdditiveOptions,
  ...(values.fit === 'stumps' ? { fit: 'stumps' as const } : {}),
  ...(values.points === undefined ? {} : { points: Number(values.points) }),
  ...(values.pairs === undefined ? {} : { pairs: Number(values.pairs) }),
  ...(values.cuts === undefined ? {} : { cuts: Number(values.cuts) }),
}
const percent = (value: number) => (100 * value).toFixed(1)
console.log(
  '                 set    rows  acc/R2   AUC  loss  width  CPU s   tree   AUC  CPU s    difference in AUC (s.e.)',
)
const differences: number[] = []
for (const file of positionals) {
  const name = basename(file, '.csv')
  try {
    const table = await read({ csv: file, schema: null, target: values.target ?? null, delimiter: null })
    const ours = measure(table, pointsRecipe(options), Number(values.seeds))
    const tree = values['no-tree'] === true ? null : measure(table, treeRecipe, Number(values.seeds))
    const [difference, error] = tree === null ? [Number.NaN, Number.NaN] : paired(ours.auc, tree.auc)
    if (table.target.kind === 'classes' && table.target.answers.length === 2 && tree !== null)
      differences.push(difference)
    console.log(
      row([
        [name, 20],
        [table.rows, 8],
        [percent(mean(ours.main)), 8],
        [mean(ours.auc).toFixed(3), 6],
        [mean(ours.loss).toFixed(3), 6],
        [mean(ours.widths).toFixed(0), 7],
        [ours.seconds.toFixed(1), 7],
        [tree === null ? '' : percent(mean(tree.main)), 7],
        [tree === null ? '' : mean(tree.auc).toFixed(3), 6],
        [tree === null ? '' : tree.seconds.toFixed(1), 7],
        [`${difference.toFixed(3)} (${error.toFixed(3)})${difference < -2 * error ? ' lower' : ''}`, 20],
      ]),
    )
  } catch (error) {
    console.log(`${name.padStart(20)}  ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`)
  }
}
console.log(`mean difference in AUC over ${differences.length} sets of two answers: ${mean(differences).toFixed(3)}`)
