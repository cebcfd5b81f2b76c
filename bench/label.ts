/**
 * Private predictions of `label`: heart disease on 32 public cuts a feature, and models of many shapes. Times are CPU time of
 * the whole process, medians over records; a key costs one multiplication, so every session makes its own.
 */

import { at } from 'emp-compile-runtime/internal/at'
import { cellsOf } from 'emp-compile-runtime/internal/grid'
import type { Engine } from 'emp-compile-runtime/internal/ristretto/group'
import { loadGroup } from 'emp-compile-runtime/internal/ristretto/load'
import { defineLabelClient } from 'emp-compile-runtime/internal/schemes/label/client'
import { evaluateLabel, type LabelTask } from 'emp-compile-runtime/internal/schemes/label/evaluation'
import { defineLabelServer } from 'emp-compile-runtime/internal/schemes/label/server'
import type { Task } from 'emp-compile-runtime/internal/schemes/scheme'
import { lowerLabel } from '../compiler/schemes/label/lower.ts'
import { simulateLabel } from '../compiler/schemes/label/plan.ts'
import { type LabelModel, type LabelShape, labelModel, labelOf } from './label-models.ts'
import { median, row, timed } from './measure.ts'
import { heartTree, recordsOf } from './models.ts'

export interface LabelResult {
  readonly reveal: 'label'
  readonly family: 'tree'
  readonly scheme: 'ristretto'
  readonly engine: Engine
  /** Whether clients that encrypt what is no record are given nothing. */
  readonly guard: boolean
  readonly model: string
  readonly features: number
  /** Bits in a request. */
  readonly cuts: number
  /** Leaves in a reply, and of the tree. */
  readonly leaves: number
  readonly treeLeaves: number
  readonly sealMs: number
  readonly evaluateMs: number
  readonly openMs: number
  readonly upBytes: number
  readonly downBytes: number
}

const records = 15
const warmUp = 4
const cutsPerFeature = 32

/** Shapes of published models, made up: breast cancer and spam. */
const published = {
  breast: { features: 30, cuts: 32, leaves: 17, padded: 32, depth: 7 },
  spam: { features: 57, cuts: 32, leaves: 58, padded: 64, depth: 16 },
} as const

/** For the section `protocol`: heart disease, with all the leaves of the tree that `signs` is measured on, and published shapes. */
export async function labelProtocol(print: (line: string) => void): Promise<LabelResult[]> {
  const tree = await heartTree(cutsPerFeature)
  print(`protocol, label: ${cutsPerFeature} cuts a feature at most; CPU ms`)
  print(header)
  const results: LabelResult[] = []
  for (const engine of ['simd', 'scalar', 'sodium'] as const) {
    for (const guard of [false, true]) {
      const options = { cuts: cutsPerFeature, padLeaves: null, probability: false, answerGrid: null, guard } as const
      const plan = lowerLabel(tree, options, { name: 'heart-disease' })
      const model = { contract: plan.contract, leaves: plan.server.leaves, depth: 0 }
      const heart = async () => {
        const oracle = (record: object) => simulateLabel(plan, cellsOf(plan.contract, record)).answer
        return measureModel('heart-disease', model, recordsOf(plan, records), oracle, engine)
      }
      const shapes = Object.entries(published).map(([name, shape]) => async () => {
        const made = labelModel({ ...shape, guard })
        return measureModel(name, made, recordsOf(made, 5), oracleOf(made), engine)
      })
      for (const measure of [heart, ...shapes]) {
        const result = await measure()
        results.push(result)
        print(describe(result))
      }
    }
  }
  return results
}

const oracleOf = (model: LabelModel) => (record: object) =>
  at(model.contract.possible, labelOf(model, cellsOf(model.contract, record))).answer

/** Tables over leaves, features and cuts, one at a time beside 32 leaves, 16 features and 16 cuts, and published shapes. */
const tables: Record<string, readonly LabelShape[]> = {
  leaves: [8, 16, 32, 64, 128, 256, 512].map((leaves) => ({ features: 16, cuts: 16, leaves })),
  features: [8, 16, 32, 64].map((features) => ({ features, cuts: 16, leaves: 32 })),
  cuts: [8, 16, 32, 64, 128].map((cuts) => ({ features: 16, cuts, leaves: 32 })),
  'published shapes (breast, spam, housing)': [
    { features: 30, cuts: 32, leaves: 17, depth: 7 },
    { features: 57, cuts: 32, leaves: 58, depth: 16 },
    { features: 13, cuts: 32, leaves: 92, depth: 13 },
  ],
}

export async function labelSection(print: (line: string) => void): Promise<LabelResult[]> {
  const results: LabelResult[] = []
  for (const [name, shapes] of Object.entries(tables)) {
    print(`label: ${name}; made-up trees; CPU ms`)
    print(header)
    for (const shape of shapes) {
      const model = labelModel(shape)
      const drawn = recordsOf(model, shape.leaves > 100 ? 3 : 7)
      const result = await measureModel(name, model, drawn, oracleOf(model), 'simd')
      results.push(result)
      print(describe(result))
    }
  }
  return results
}

async function measureModel(
  name: string,
  { contract, leaves }: LabelModel,
  drawn: readonly object[],
  oracle: (record: object) => unknown,
  engine: Engine,
): Promise<LabelResult> {
  const group = await loadGroup(engine)
  const client = defineLabelClient<object, string>(contract, { group: async () => group })
  const runner = { idle: 1, run: async (task: Task) => evaluateLabel(group, task as LabelTask) }
  const server = defineLabelServer(contract, leaves, { runner })
  const runs: number[][] = []
  let [upBytes, downBytes] = [0, 0]
  // The first records warm the compiler up: it optimises a kernel in threads of its own, whose time counts.
  for (const [i, record] of [...Array(warmUp).fill(at(drawn, 0)), ...drawn].entries()) {
    const sealed = await timed(async () => client.seal(record, await client.generateKey()))
    const reply = await timed(() => server.evaluate(sealed.value.request))
    const opened = await timed(() => sealed.value.open(reply.value))
    if (opened.value.answer !== oracle(record)) throw new Error(`${name}: the private answer is not the plain one`)
    if (i >= warmUp) runs.push([sealed, reply, opened].map(({ ms }) => ms))
    upBytes = sealed.value.request.length
    downBytes = reply.value.length
  }
  const [sealMs = 0, evaluateMs = 0, openMs = 0] = [0, 1, 2].map((column) =>
    median(runs.map((run) => run[column] ?? 0)),
  )
  return {
    reveal: 'label',
    family: 'tree',
    scheme: 'ristretto',
    engine,
    guard: contract.guard !== undefined,
    model: name,
    features: contract.features.length,
    cuts: contract.cuts.flat().length,
    leaves: contract.leaves,
    treeLeaves: leaves.length,
    sealMs,
    evaluateMs,
    openMs,
    upBytes,
    downBytes,
  }
}

const header =
  '  engine  guard  features    cuts  leaves  padded      seal  evaluate      open     total  bytes up  bytes down'

function describe(result: LabelResult): string {
  const { engine, guard, features, cuts, leaves, treeLeaves, sealMs, evaluateMs, openMs, upBytes, downBytes } = result
  return row([
    [engine, 8],
    [guard ? 'yes' : 'no', 7],
    [features, 10],
    [cuts, 8],
    [treeLeaves, 8],
    [leaves, 8],
    ...[sealMs, evaluateMs, openMs, sealMs + evaluateMs + openMs].map((ms) => [ms.toFixed(1), 10] as const),
    [upBytes, 10],
    [downBytes, 12],
  ])
}
