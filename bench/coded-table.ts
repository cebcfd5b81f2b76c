/** Coded tables, and scikit-learn's histogram boosting of them. */
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { at } from 'emp-compile-runtime/internal/at'
import { ColumnBuilder, type RawColumn } from '../compiler/1-read/columns.ts'
import { tabulate } from '../compiler/1-read/read.ts'
import { seededRandom } from '../compiler/folds.ts'
import type { Table } from '../compiler/table.ts'

/** Columns of the table, and how many codes each has. */
export const [columns, codes] = [13, 17] as const

/** Seeded codes, of which half of the columns matter. */
export function codedTable(rows: number): Table {
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

/** CPU seconds that scikit-learn's histogram boosting takes for the same rows, by one thread; null where it is not installed. */
export async function histogramBoosting(
  { features, target, rows }: Table,
  { trees, depth }: { readonly trees: number; readonly depth: number },
): Promise<number | null> {
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
model = HistGradientBoostingClassifier(max_iter=${trees}, max_leaf_nodes=${2 ** depth}, max_depth=${depth}, early_stopping=False)
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
