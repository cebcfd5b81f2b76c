/**
 * Private predictions of linear models and networks under the lattice scheme, as clients and servers make them: messages, hashes and all.
 * CPU time of the whole process, medians over sessions with a fresh key each.
 */

import { cellsOf } from 'emp-compile-runtime/internal/grid'
import { defineLatticeClient } from 'emp-compile-runtime/internal/schemes/lattice/client'
import { defineLatticeServer } from 'emp-compile-runtime/internal/schemes/lattice/server'
import { read } from '../compiler/1-read/read.ts'
import { defaultTrainOptions, trainModel } from '../compiler/2-train/index.ts'
import type { GivenOptions } from '../compiler/options.ts'
import { lowerLattice } from '../compiler/schemes/lattice/lower.ts'
import { simulateLattice } from '../compiler/schemes/lattice/plan.ts'
import { median, row, timed } from './measure.ts'
import { recordsOf } from './models.ts'

export interface LinearResult {
  readonly reveal: 'score'
  readonly family: 'linear' | 'network'
  readonly scheme: 'lattice'
  readonly model: string
  readonly set: 'S' | 'L'
  readonly monomials: number
  readonly outputs: number
  readonly keyMs: number
  readonly sealMs: number
  readonly evaluateMs: number
  readonly openMs: number
  readonly upBytes: number
  readonly downBytes: number
}

const sessions = 40
/** So many are run before, until the engine has compiled what it will. */
const warmUp = 15

/** Networks of one layer multiply two numbers, of two layers four. What training chooses does not change the cost. */
const recipe = { width: 2, decay: 0.3, starts: 1 }
const measured: readonly (readonly [LinearResult['family'], string, GivenOptions])[] = [
  ['linear', 'heart-disease', { penalty: 0.03 }],
  ['linear', 'diabetes', { penalty: 0.03 }],
  ['linear', 'iris', { penalty: 0.03 }],
  ['network', 'heart-disease', recipe],
  ['network', 'iris', recipe],
  ['network', 'heart-disease', { ...recipe, 'hidden-layers': 2 }],
]

/** For the section `protocol`. */
export async function linearProtocol(print: (line: string) => void): Promise<LinearResult[]> {
  print(`protocol, scores: linear models and networks, ${sessions} sessions with a fresh key each; CPU ms`)
  print('  model                  set numbers scores     key    seal  evaluate    open   total  bytes up  bytes down')
  const results: LinearResult[] = []
  for (const [family, model, training] of measured) {
    const result = await measure(family, model, training)
    results.push(result)
    const { set, monomials, outputs, keyMs, sealMs, evaluateMs, openMs, upBytes, downBytes } = result
    const times = [keyMs, sealMs, evaluateMs, openMs, keyMs + sealMs + evaluateMs + openMs]
    print(
      row([
        [`  ${`${family} ${model}`.padEnd(23)}`, 25],
        [set, 1],
        [monomials, 8],
        [outputs, 7],
        ...times.map((ms) => [ms.toFixed(2), 8] as const),
        [upBytes, 10],
        [downBytes, 12],
      ]),
    )
  }
  return results
}

async function measure(family: LinearResult['family'], name: string, training: GivenOptions): Promise<LinearResult> {
  const csv = `datasets/${name}.csv`
  const table = await read({ csv, schema: null, target: null, delimiter: null })
  const { model } = trainModel(table, defaultTrainOptions, family, training)
  if (model.family !== 'linear' && model.family !== 'network') throw new TypeError('a model of another family')
  const plan = lowerLattice(model, null, { name })
  const { contract } = plan
  const client = defineLatticeClient<object, string>(contract)
  const server = defineLatticeServer(contract, plan.server.outputs)
  const records = recordsOf(plan, warmUp + sessions)
  const runs: number[][] = []
  let [upBytes, downBytes] = [0, 0]
  for (const [i, record] of records.entries()) {
    const key = await timed(() => client.generateKey())
    const sealed = await timed(() => client.seal(record, key.value))
    const reply = await timed(() => server.evaluate(sealed.value.request))
    const opened = await timed(() => sealed.value.open(reply.value))
    const want = simulateLattice(plan, cellsOf(contract, record)).scores ?? []
    if (String(opened.value.scores) !== String(want)) throw new Error(`${name}: a score is wrong`)
    if (i >= warmUp) runs.push([key, sealed, reply, opened].map(({ ms }) => ms))
    upBytes = sealed.value.request.length
    downBytes = reply.value.length
  }
  const [keyMs = 0, sealMs = 0, evaluateMs = 0, openMs = 0] = [0, 1, 2, 3].map((column) =>
    median(runs.map((run) => run[column] ?? 0)),
  )
  return {
    ...{ reveal: 'score', family, scheme: 'lattice', model: name },
    ...{ set: contract.set, monomials: plan.cost.inputs, outputs: contract.outputs },
    ...{ keyMs, sealMs, evaluateMs, openMs, upBytes, downBytes },
  }
}
