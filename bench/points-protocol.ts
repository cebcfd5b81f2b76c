/** Private predictions by points: of the heart disease table, and of 30 and 57 columns of 33 positions, by each engine in one run. */
import { randomInt } from 'node:crypto'
import type { Engine } from 'emp-compile-runtime/internal/ristretto/group'
import { engines, loadGroup } from 'emp-compile-runtime/internal/ristretto/load'
import { definePointsClient } from 'emp-compile-runtime/internal/schemes/points/client'
import { positionCounts } from 'emp-compile-runtime/internal/schemes/points/contract'
import { definePointsServer } from 'emp-compile-runtime/internal/schemes/points/server'
import { read } from '../compiler/1-read/read.ts'
import { defaultAdditiveOptions } from '../compiler/2-train/additive/options.ts'
import { trainPoints } from '../compiler/2-train/additive/train.ts'
import { featuresOf, type Points, type PointsColumn } from '../compiler/points.ts'
import { randomRecord } from '../compiler/schemes/measure.ts'
import { lowerPointsLabel, lowerScore } from '../compiler/schemes/points/lower.ts'
import type { PointsLabelPlan, ScorePlan } from '../compiler/schemes/points/plan.ts'
import { median, row, timed } from './measure.ts'

interface PointsResult {
  readonly reveal: 'score' | 'label'
  readonly family: 'additive'
  readonly scheme: 'ristretto'
  readonly engine: Engine
  readonly features: number
  readonly positions: number
  readonly sealMs: number
  readonly evaluateMs: number
  readonly openMs: number
  readonly upBytes: number
  readonly downBytes: number
}

const sessions = 15
const warmUp = 5
const widths = [10, 12, 10, 11, 9, 9, 9, 9, 9, 11] as const

export async function pointsProtocol(print: (line: string) => void): Promise<PointsResult[]> {
  const table = await read({ csv: 'datasets/heart-disease.csv', target: null, schema: null, delimiter: null })
  const heart = trainPoints(table, { ...defaultAdditiveOptions, points: 255, penalty: 2 })
  const results: PointsResult[] = []
  print('protocol, points: medians of CPU ms')
  const names = [
    'reveal',
    'engine',
    'columns',
    'positions',
    'seal',
    'evaluate',
    'open',
    'total',
    'bytes up',
    'bytes down',
  ]
  print(row(names.map((name, i) => [name, widths[i] ?? 0])))
  for (const model of [heart, wide(30, 33), wide(57, 33)]) {
    const naming = { name: 'bench' }
    const settings = { points: 255, probability: false, answerGrid: null }
    for (const plan of [lowerScore(model, {}, naming), lowerPointsLabel(model, settings, naming)]) {
      for (const engine of engines) {
        const result = await measure(plan, engine)
        results.push(result)
        const { sealMs, evaluateMs, openMs } = result
        const times = [sealMs, evaluateMs, openMs, sealMs + evaluateMs + openMs].map((ms) => ms.toFixed(2))
        const { reveal, features, positions, upBytes, downBytes } = result
        print(
          row(
            [reveal, engine, features, positions, ...times, upBytes, downBytes].map((cell, i) => [
              cell,
              widths[i] ?? 0,
            ]),
          ),
        )
      }
    }
  }
  return results
}

/** A session under a fresh key each time. */
async function measure(plan: ScorePlan | PointsLabelPlan, engine: Engine): Promise<PointsResult> {
  const { contract, server: secret, cost } = plan
  const loaded = await loadGroup(engine)
  const group = async () => loaded
  const client = definePointsClient<object, string | number>(contract, { group })
  const server = definePointsServer(contract, secret, { group })
  const times: [seal: number, evaluate: number, open: number][] = []
  for (let i = 0; i < warmUp + sessions; i++) {
    const key = await client.generateKey()
    const sealed = await timed(() => client.seal(randomRecord(contract.columns, randomInt), key))
    const reply = await timed(() => server.evaluate(sealed.value.request))
    const opened = await timed(() => sealed.value.open(reply.value))
    if (i >= warmUp) times.push([sealed.ms, reply.ms, opened.ms])
  }
  const of = (stage: 0 | 1 | 2) => median(times.map((own) => own[stage]))
  return {
    reveal: contract.reveal,
    family: 'additive',
    scheme: 'ristretto',
    engine,
    features: contract.columns.length,
    positions: positionCounts(contract).reduce((sum, count) => sum + count, 0),
    sealMs: of(0),
    evaluateMs: of(1),
    openMs: of(2),
    upBytes: cost.requestBytes,
    downBytes: cost.replyBytes,
  }
}

/** As many columns of so many positions, with a few points each. */
function wide(columns: number, positions: number): Points {
  const all = Array.from({ length: columns }, (_, i): PointsColumn => {
    return {
      column: { kind: 'number', name: `x${i}`, grid: { minimum: 0, step: 1, size: positions }, missing: 'never' },
      cuts: Array.from({ length: positions - 1 }, (__, j) => j),
      points: Array.from({ length: positions }, (__, j) => [(i * j) % 4]),
    }
  })
  return {
    family: 'additive',
    missingValues: [],
    columns: all,
    pairs: [],
    features: featuresOf(all.map(({ column }) => column)),
    answers: ['no', 'yes'],
    base: [-30],
    unit: 10,
    link: 'logistic',
    classes: null,
    evidence: null,
  }
}
