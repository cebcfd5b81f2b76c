/**
 * Private predictions by sums of trees: boosted here on the heart disease table, a model of XGBoost as it was saved, and a
 * made-up one, by each engine in one run.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { at } from 'emp-compile-runtime/internal/at'
import { cellsOf } from 'emp-compile-runtime/internal/grid'
import type { Engine } from 'emp-compile-runtime/internal/ristretto/group'
import { engines, loadGroup } from 'emp-compile-runtime/internal/ristretto/load'
import type { Task } from 'emp-compile-runtime/internal/schemes/scheme'
import { defineSumsClient } from 'emp-compile-runtime/internal/schemes/sums/client'
import { evaluateSums, type SumsTask } from 'emp-compile-runtime/internal/schemes/sums/evaluation'
import { defineSumsServer } from 'emp-compile-runtime/internal/schemes/sums/server'
import { read } from '../compiler/1-read/read.ts'
import { boostedOptionsOf } from '../compiler/2-train/boosted/options.ts'
import { trainBoosted } from '../compiler/2-train/boosted/train.ts'
import { seededRandom } from '../compiler/folds.ts'
import { compileForeign } from '../compiler/import.ts'
import { featuresOf } from '../compiler/points.ts'
import { randomRecord } from '../compiler/schemes/measure.ts'
import { lowerSums } from '../compiler/schemes/sums/lower.ts'
import { type SumsPlan, simulateSums } from '../compiler/schemes/sums/plan.ts'
import type { ScoreNode, Trees } from '../compiler/trees.ts'
import { median, row, timed } from './measure.ts'

interface SumsResult {
  readonly reveal: 'score'
  readonly family: 'boosted'
  readonly scheme: 'ristretto'
  readonly engine: Engine
  readonly model: string
  readonly trees: number
  /** In a reply, those that pad included. */
  readonly leaves: number
  /** Bits in a request. */
  readonly cuts: number
  readonly sealMs: number
  readonly evaluateMs: number
  readonly openMs: number
  readonly upBytes: number
  readonly downBytes: number
}

const sessions = 9
const warmUp = 4
const heart = 'datasets/heart-disease.csv'
const widths = [24, 8, 7, 8, 6, 9, 10, 8, 9, 10, 12] as const
const names = [
  'model',
  'engine',
  'trees',
  'leaves',
  'cuts',
  'seal',
  'evaluate',
  'open',
  'total',
  'bytes up',
  'bytes down',
] as const

/** For the section `protocol`. */
export async function sumsProtocol(print: (line: string) => void): Promise<SumsResult[]> {
  const models: readonly (readonly [string, Trees])[] = [
    ['boosted, 50 x depth 2', await boostedHeart()],
    ['heart-logistic (XGBoost)', await importedHeart()],
    ['made up, 100 x 16 leaves', madeUp(100, 4)],
  ]
  const results: SumsResult[] = []
  print('protocol, sums of trees: medians of CPU ms')
  print(row(names.map((name, i) => [name, widths[i] ?? 0])))
  for (const [name, model] of models) {
    const plan = lowerSums(model, { guard: false }, { name: 'bench' })
    for (const engine of engines) {
      const result = await measure(name, plan, engine)
      results.push(result)
      const { trees, leaves, cuts, sealMs, evaluateMs, openMs, upBytes, downBytes } = result
      const times = [sealMs, evaluateMs, openMs, sealMs + evaluateMs + openMs].map((ms) => ms.toFixed(1))
      const cells = [name, engine, trees, leaves, cuts, ...times, upBytes, downBytes]
      print(row(cells.map((cell, i) => [cell, widths[i] ?? 0])))
    }
  }
  return results
}

/** A session under a fresh key each time. */
async function measure(model: string, plan: SumsPlan, engine: Engine): Promise<SumsResult> {
  const { contract, server: secret, leakage } = plan
  const loaded = await loadGroup(engine)
  const group = async () => loaded
  const client = defineSumsClient<object, string | number>(contract, { group })
  const runner = { idle: 1, run: async (task: Task) => evaluateSums(loaded, task as SumsTask) }
  const server = defineSumsServer(contract, secret, { group, runner })
  const random = seededRandom(1)
  const times: number[][] = []
  let [upBytes, downBytes] = [0, 0]
  for (let i = 0; i < warmUp + sessions; i++) {
    const record = randomRecord(contract.columns, (bound) => Math.floor(random() * bound))
    const sealed = await timed(async () => client.seal(record, await client.generateKey()))
    const reply = await timed(() => server.evaluate(sealed.value.request))
    const opened = await timed(() => sealed.value.open(reply.value))
    if (opened.value.answer !== simulateSums(plan, cellsOf(contract, record)).answer) {
      throw new Error(`${model}: the private answer is not the plain one`)
    }
    if (i >= warmUp) times.push([sealed.ms, reply.ms, opened.ms])
    upBytes = sealed.value.request.length
    downBytes = reply.value.length
  }
  const of = (stage: number) => median(times.map((own) => at(own, stage)))
  return {
    reveal: 'score',
    family: 'boosted',
    scheme: 'ristretto',
    engine,
    model,
    trees: leakage.trees,
    leaves: leakage.leaves,
    cuts: leakage.cuts,
    sealMs: of(0),
    evaluateMs: of(1),
    openMs: of(2),
    upBytes,
    downBytes,
  }
}

async function boostedHeart(): Promise<Trees> {
  const table = await read({ csv: heart, target: null, schema: null, delimiter: null })
  const given = { trees: 50, 'max-depth': 2, 'learning-rate': 0.1 }
  return trainBoosted(table, boostedOptionsOf(given, null, table.target))
}

/** A reference model, on the Grids of the rows that it was trained on: those without a missing value. */
async function importedHeart(): Promise<Trees> {
  const directory = await mkdtemp(join(tmpdir(), 'emp-bench-'))
  try {
    const data = join(directory, 'rows.csv')
    const lines = (await readFile(heart, 'utf8')).trim().split('\n')
    await writeFile(data, `${lines.filter((line) => !line.includes('?')).join('\n')}\n`)
    const { model } = await compileForeign({
      ...{ name: 'bench', file: 'heart-logistic.xgboost.json', read: {}, data, schema: null, columns: null },
      bytes: await readFile('test/2-import/models/reference/heart-logistic.xgboost.json'),
      ...{ answers: ['0', '1'], cuts: 'used', scoreStep: null, acceptChanges: false, expect: null, target: 'target' },
      ...{ reveal: null, scheme: {}, recipe: {} },
    })
    if (model.family !== 'boosted') throw new Error('the reference model is no sum of trees')
    return model
  } finally {
    await rm(directory, { recursive: true })
  }
}

/** Complete trees on 13 columns of 16 positions. */
function madeUp(trees: number, depth: number): Trees {
  const [count, positions] = [13, 16]
  const random = seededRandom(1)
  const below = (most: number) => Math.floor(random() * most)
  const columns = Array.from({ length: count }, (_, i) => {
    const grid = { minimum: 0, step: 1, size: positions }
    return { kind: 'number', name: `x${i}`, grid, missing: 'never' } as const
  })
  const grow = (left: number): ScoreNode =>
    left === 0
      ? { kind: 'leaf', scores: [below(2000) - 1000] }
      : {
          kind: 'split',
          column: below(count),
          inside: [0, 1 + below(positions - 1)],
          yes: grow(left - 1),
          no: grow(left - 1),
        }
  return {
    family: 'boosted',
    missingValues: [],
    columns,
    features: featuresOf(columns),
    cuts: columns.map(() => Array.from({ length: positions - 1 }, (_, cut) => cut)),
    trees: Array.from({ length: trees }, () => ({ output: 0, root: grow(depth) })),
    base: [0],
    link: { kind: 'logistic', base: 0, unit: 1024, from: 1 },
    answers: ['no', 'yes'],
  }
}
