/**
 * Points at size: 200 boosted stumps, and a penalised fit, of 100,000 rows of 13 codes, beside scikit-learn's
 * histogram boosting of 200 stumps of the same rows on one thread; and the whole default recipe, choices included.
 */

import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { at } from 'emp-compile-runtime/internal/at'
import { ColumnBuilder, type RawColumn } from '../compiler/1-read/columns.ts'
import { tabulate } from '../compiler/1-read/read.ts'
import { type AdditiveOptions, defaultAdditiveOptions } from '../compiler/2-train/additive/options.ts'
import { trainPoints } from '../compiler/2-train/additive/train.ts'
import { seededRandom } from '../compiler/folds.ts'
import type { Table } from '../compiler/table.ts'
import { row, timed } from './measure.ts'

interface PointsResult {
  readonly rows: number
  readonly recipe: string
  readonly fitS: number
  /** CPU seconds of scikit-learn on the same rows; null where it is not installed, or has no such recipe. */
  readonly sklearnFitS: number | null
}

const [columns, codes] = [13, 17]

export async function pointsSection(print: (line: string) => void): Promise<PointsResult[]> {
  const results: PointsResult[] = []
  print(`points: rows of ${columns} codes of ${codes}, CPU seconds; scikit-learn: 200 stumps, one thread`)
  print('     rows                            recipe    fit s  scikit-learn s  ratio')
  const add = async (table: Table, recipe: string, some: Partial<AdditiveOptions>, sklearnFitS: number | null) => {
    const { ms } = await timed(() => trainPoints(table, { ...defaultAdditiveOptions, ...some }))
    const result = { rows: table.rows, recipe, fitS: ms / 1000, sklearnFitS }
    results.push(result)
    print(
      row([
        [result.rows, 9],
        [recipe, 34],
        [result.fitS.toFixed(2), 9],
        [sklearnFitS?.toFixed(2) ?? '', 16],
        [sklearnFitS === null ? '' : (result.fitS / sklearnFitS).toFixed(2), 7],
      ]),
    )
  }
  const large = tableOf(100_000)
  const beside = await sklearnFit(large)
  await add(large, '200 stumps', { fit: 'stumps', rounds: 200, points: 255 }, beside)
  await add(large, 'penalty 1', { penalty: 1, points: 255 }, beside)
  await add(tableOf(20_000), 'default, all chosen', {}, null)
  return results
}

/** Seeded codes, of which half of the columns matter. */
function tableOf(rows: number): Table {
  const random = seededRandom(1)
  const names = Array.from({ length: columns }, (_, c) => `column ${c}`)
  const texts = Array.from({ length: codes }, (_, code) => String(code))
  const raw = names.map(() => Int32Array.from({ length: rows }, () => Math.floor(random() * codes)))
  const target = Int32Array.from({ length: rows }, (_, i) => {
    const score = raw.slice(0, 6).reduce((sum, own, c) => sum + (((own[i] ?? 0) - 8) * (c + 1)) / 60, 0)
    return random() < 1 / (1 + Math.exp(-score)) ? 1 : 0
  })
  return tabulate(
    {
      file: 'codes.csv',
      sha256: '0'.repeat(64),
      rows,
      lines: Int32Array.from({ length: rows }, (_, i) => i + 2),
      notes: [],
      columns: [
        ...names.map((name, c) => columnOf(name, c + 1, texts, at(raw, c))),
        columnOf('target', names.length + 1, ['0', '1'], target),
      ],
    },
    null,
    { target: null },
  )
}

/** CPU seconds that scikit-learn takes for 200 stumps of the same rows; null where it is not installed. */
async function sklearnFit({ features, target, rows }: Table): Promise<number | null> {
  if (target.kind !== 'classes') return null
  const directory = await mkdtemp(join(tmpdir(), 'emp-bench-'))
  const file = join(directory, 'rows.bin')
  const bytes = new Uint8Array(rows * (columns + 1))
  for (const [c, { codes: own, cells }] of features.entries()) {
    for (let i = 0; i < rows; i++) bytes[i * (columns + 1) + c] = cells[own[i] ?? 0] ?? 0
  }
  for (let i = 0; i < rows; i++) bytes[i * (columns + 1) + columns] = target.classes[i] ?? 0
  await writeFile(file, bytes)
  const program = `
import sys, time
import numpy
from sklearn.ensemble import HistGradientBoostingClassifier
table = numpy.fromfile(sys.argv[1], dtype=numpy.uint8).reshape(-1, ${columns + 1})
features, target = numpy.ascontiguousarray(table[:, :-1]).astype(numpy.float64), table[:, -1]
model = HistGradientBoostingClassifier(max_iter=200, max_leaf_nodes=2, max_depth=1, early_stopping=False)
started = time.process_time()
model.fit(features, target)
print(time.process_time() - started)
`
  const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' }
  try {
    for (const python of ['python3', '/usr/bin/python3']) {
      try {
        return Number(
          execFileSync(python, ['-c', program, file], { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'ignore'] }),
        )
      } catch {
        // Not there, or without scikit-learn.
      }
    }
    return null
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** A column as the reader of CSV makes it. */
function columnOf(name: string, place: number, texts: readonly string[], codes: Int32Array): RawColumn {
  const column = new ColumnBuilder(name)
  for (const code of codes) column.add(at(texts, code))
  return column.finish(place)
}
