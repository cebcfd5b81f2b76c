/**
 * `boosted-accuracy.js folder`: of every CSV in it with two answers the area under the ROC curve of the boosted trees' default
 * recipe, choices included, beside scikit-learn's histogram boosting with its defaults on the same ten folds. Sets in turn
 * belong to one of two halves, by name. `--seeds 3` repeats the folds.
 */
import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { at } from 'emp-compile-runtime/internal/at'
import { missingCell } from 'emp-compile-runtime/internal/grid'
import { read } from '../compiler/1-read/read.ts'
import { boostedOptionsOf } from '../compiler/2-train/boosted/options.ts'
import { trainBoosted } from '../compiler/2-train/boosted/train.ts'
import { seededRandom, spread, stratifiedFolds } from '../compiler/folds.ts'
import { cellsFor } from '../compiler/missing.ts'
import { classificationMetrics } from '../compiler/report/metrics.ts'
import type { Table } from '../compiler/table.ts'
import { predictTrees } from '../compiler/trees.ts'
import { cpu, row } from './measure.ts'

const folds = 10

/** The chance of the second answer for every row, by models of the other folds. */
function ownChances(table: Table, foldOf: Int32Array): Float64Array {
  const chances = new Float64Array(table.rows)
  const rows = Uint32Array.from(foldOf, (_, i) => i)
  const options = boostedOptionsOf({}, null, table.target)
  for (let fold = 0; fold < folds; fold++) {
    const model = trainBoosted(
      table,
      options,
      rows.filter((one) => foldOf[one] !== fold),
    )
    const cells = cellsFor(table, model)
    for (const one of rows.filter((row) => foldOf[row] === fold)) {
      const opened = predictTrees(model, cells(one))
      chances[one] = opened.kind === 'class' ? (opened.shares?.[1] ?? Number.NaN) : Number.NaN
    }
  }
  return chances
}

const program = `
import sys
import numpy
from sklearn.ensemble import HistGradientBoostingClassifier
rows, columns = int(sys.argv[2]), int(sys.argv[3])
table = numpy.fromfile(sys.argv[1], dtype=numpy.float64).reshape(rows, columns + 2)
features, target, fold = table[:, :-2], table[:, -2].astype(int), table[:, -1]
chances = numpy.zeros(rows)
for one in numpy.unique(fold):
    held = fold == one
    model = HistGradientBoostingClassifier(random_state=0).fit(features[~held], target[~held])
    chances[held] = model.predict_proba(features[held])[:, 1]
print(" ".join(map(repr, chances.tolist())))
`

/** The same by scikit-learn, to which a missing number is NaN, and a text one number of 0 or 1 for each level. */
async function theirChances({ features, columns, target, rows }: Table, foldOf: Int32Array): Promise<Float64Array> {
  if (target.kind !== 'classes') throw new TypeError('no answers')
  const width = features.length + 2
  const table = new Float64Array(rows * width)
  for (const [f, { feature, codes, cells }] of features.entries()) {
    const column = columns.find((one) => one.column.name === feature.column)?.column
    const gap = column?.kind === 'number' && column.missing !== 'never' ? missingCell(column) : null
    for (let i = 0; i < rows; i++) {
      const cell = at(cells, at(codes, i))
      table[i * width + f] = cell === gap ? Number.NaN : cell
    }
  }
  for (let i = 0; i < rows; i++) {
    table[i * width + width - 2] = at(target.classes, i)
    table[i * width + width - 1] = at(foldOf, i)
  }
  const directory = await mkdtemp(join(tmpdir(), 'emp-bench-'))
  try {
    const file = join(directory, 'table.bin')
    await writeFile(file, new Uint8Array(table.buffer))
    const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' }
    const args = ['-c', program, file, String(rows), String(features.length)]
    const output = execFileSync('/usr/bin/python3', args, { encoding: 'utf8', env, maxBuffer: 1 << 26 })
    return Float64Array.from(output.trim().split(' '), Number)
  } finally {
    await rm(directory, { recursive: true })
  }
}

/** The area under the curve within each fold. */
function areas(classes: Int32Array, chances: Float64Array, foldOf: Int32Array): number[] {
  return Array.from({ length: folds }, (_, fold) => {
    const own = Uint32Array.from(foldOf, (_one, i) => i).filter((i) => foldOf[i] === fold)
    const probabilities = Array.from(own, (i) => [1 - at(chances, i), at(chances, i)])
    const truth = Int32Array.from(own, (i) => at(classes, i))
    return classificationMetrics({ truth, given: truth, probabilities, classes: 2 }).rocAuc
  }).filter((area) => area !== null)
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seeds: { type: 'string', default: '1' } },
})
const folder = positionals[0] ?? ''
const files = readdirSync(folder).filter((name) => name.endsWith('.csv'))
console.log('                 set    rows  half  boosted  scikit-learn    difference (s.e.)   CPU s')
const halves: [number[], number[]] = [[], []]
for (const name of files.toSorted()) {
  const table = await read({ csv: join(folder, name), schema: null, target: null })
  const { target } = table
  if (target.kind !== 'classes' || target.answers.length !== 2) continue
  const half = (halves[0].length + halves[1].length) % 2
  const [ours, theirs]: [number[], number[]] = [[], []]
  let seconds = 0
  for (let seed = 0; seed < Number(values.seeds); seed++) {
    const foldOf = stratifiedFolds(target.classes, 2, folds, seededRandom(seed))
    const start = cpu()
    ours.push(...areas(target.classes, ownChances(table, foldOf), foldOf))
    seconds += (cpu() - start) / 1000
    theirs.push(...areas(target.classes, await theirChances(table, foldOf), foldOf))
  }
  const { mean, deviation } = spread(ours.map((area, i) => area - at(theirs, i)))
  at(halves, half).push(mean)
  console.log(
    row([
      [basename(name, '.csv'), 20],
      [table.rows, 8],
      [half + 1, 6],
      [spread(ours).mean.toFixed(3), 9],
      [spread(theirs).mean.toFixed(3), 14],
      [`${mean.toFixed(3)} (${((deviation ?? 0) / Math.sqrt(ours.length)).toFixed(3)})`, 21],
      [seconds.toFixed(1), 8],
    ]),
  )
}
for (const [half, differences] of halves.entries()) {
  console.log(`half ${half + 1}: mean difference of ${differences.length} sets ${spread(differences).mean.toFixed(4)}`)
}
