/**
 * Private predictions of `label`: heart disease on 32 public cuts a feature, and models of many shapes. Times are CPU time of
 * the whole process, medians over records; a key costs one multiplication, so every session makes its own.
 */
import { lower } from '../compiler/3-lower/lower.ts'
import { simulate } from '../compiler/plan.ts'
import { cellsOf } from '../runtime/grid.ts'
import { defineLabelClient } from '../runtime/label/client.ts'
import { defineLabelServer } from '../runtime/label/server.ts'
import { type LabelModel, type LabelShape, labelModel, labelOf } from './label-models.ts'
import { median, row, timed } from './measure.ts'
import { heartTree, recordsOf } from './models.ts'

export interface LabelResult {
  readonly reveal: 'label'
  readonly engine: 'sodium'
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
const cutsPerFeature = 32

/** For the section `protocol`: heart disease, with all the leaves of the tree that `signs` is measured on, padded and not. */
export async function labelProtocol(print: (line: string) => void): Promise<LabelResult[]> {
  const tree = await heartTree(cutsPerFeature)
  print(`protocol, label: heart disease, ${cutsPerFeature} cuts a feature at most; CPU ms`)
  print(header)
  const results: LabelResult[] = []
  for (const isPadded of [true, false]) {
    const options = { reveal: 'label', model: 'heart-disease', cuts: cutsPerFeature, padLeaves: null } as const
    const padded = lower(tree, { ...options, probability: false, answerGrid: null })
    const own = padded.server.leaves.length
    const plan = isPadded ? padded : lower(tree, { ...options, padLeaves: own, probability: false, answerGrid: null })
    const model = { contract: plan.contract, leaves: plan.server.leaves, depth: 0 }
    const oracle = (record: object) => simulate(plan, cellsOf(plan.contract, record)).answer
    const result = await measureModel('heart-disease', model, recordsOf(plan, records), oracle)
    results.push(result)
    print(describe(result))
  }
  return results
}

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
      const oracle = (record: object) => model.contract.answers[labelOf(model, cellsOf(model.contract, record))]?.answer
      const result = await measureModel(name, model, drawn, oracle)
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
): Promise<LabelResult> {
  const [client, server] = [defineLabelClient<object, string>(contract), defineLabelServer(contract, leaves)]
  const runs: number[][] = []
  let [upBytes, downBytes] = [0, 0]
  // The first record warms the compiler up.
  for (const [i, record] of [...drawn.slice(0, 1), ...drawn].entries()) {
    const sealed = await timed(async () => client.seal(record, await client.generateKey()))
    const reply = await timed(() => server.evaluate(sealed.value.request))
    const opened = await timed(() => sealed.value.open(reply.value))
    if (opened.value.answer !== oracle(record)) throw new Error(`${name}: the private answer is not the plain one`)
    if (i > 0) runs.push([sealed, reply, opened].map(({ ms }) => ms))
    upBytes = sealed.value.request.length
    downBytes = reply.value.length
  }
  const [sealMs = 0, evaluateMs = 0, openMs = 0] = [0, 1, 2].map((column) =>
    median(runs.map((run) => run[column] ?? 0)),
  )
  return {
    reveal: 'label',
    engine: 'sodium',
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

const header = '  features    cuts  leaves  padded      seal  evaluate      open     total  bytes up  bytes down'

function describe(result: LabelResult): string {
  const { features, cuts, leaves, treeLeaves, sealMs, evaluateMs, openMs, upBytes, downBytes } = result
  return row([
    [features, 10],
    [cuts, 8],
    [treeLeaves, 8],
    [leaves, 8],
    ...[sealMs, evaluateMs, openMs, sealMs + evaluateMs + openMs].map((ms) => [ms.toFixed(1), 10] as const),
    [upBytes, 10],
    [downBytes, 12],
  ])
}
