/**
 * Hidden inner products under the lattice scheme, on models of the shapes that families have: CPU time of the whole
 * process, medians over sessions with a fresh key each, and the bytes of the fields that travel.
 */
import { evaluate } from 'emp-compile-runtime/internal/lattice/evaluate'
import { generateLatticeKey } from 'emp-compile-runtime/internal/lattice/keys'
import { latticeWidths, makeLattice, scoreBitsFor } from 'emp-compile-runtime/internal/lattice/lattice'
import { prepareModel } from 'emp-compile-runtime/internal/lattice/model'
import { largestFlood, replyDistance } from 'emp-compile-runtime/internal/lattice/noise'
import { open } from 'emp-compile-runtime/internal/lattice/open'
import { seal } from 'emp-compile-runtime/internal/lattice/seal'
import { type LatticeSetName, latticeSets } from 'emp-compile-runtime/internal/lattice/sets'
import { systemRandom } from 'emp-compile-runtime/internal/random'
import { median, row, timed } from './measure.ts'

interface LatticeShape {
  readonly model: string
  readonly set: LatticeSetName
  readonly monomials: number
  readonly outputs: number
  /** The largest weight and the largest number of a record. */
  readonly weight: number
  readonly number: number
}

export interface LatticeResult {
  readonly model: string
  readonly set: LatticeSetName
  readonly monomials: number
  readonly outputs: number
  readonly scoreBits: number
  readonly keyMs: number
  readonly sealMs: number
  readonly evaluateMs: number
  readonly openMs: number
  readonly upBytes: number
  readonly downBytes: number
  /** log2 of the bound of what a reply tells beside its scores. */
  readonly distanceBits: number
}

const shapes: readonly LatticeShape[] = [
  { model: 'logistic', set: 'S', monomials: 20, outputs: 1, weight: 32, number: 31 },
  { model: 'logistic, ten answers', set: 'S', monomials: 20, outputs: 10, weight: 15, number: 15 },
  { model: 'degree 2 of 13 columns', set: 'S', monomials: 104, outputs: 1, weight: 15, number: 2 },
  { model: 'degree 2 of 13 columns', set: 'L', monomials: 104, outputs: 1, weight: 127, number: 4 },
  { model: 'degree 4 of 13 columns', set: 'L', monomials: 2379, outputs: 1, weight: 127, number: 6 },
]

const sessions = 40
/** So many are run before, until the engine has compiled what it will. */
const warmUp = 15

export async function latticeSection(print: (line: string) => void): Promise<LatticeResult[]> {
  print(`lattice: ${sessions} sessions with a fresh key each; CPU ms`)
  print(
    '  model                    set monomials outputs tau   key   seal   evaluate   open       up     down   log2 distance',
  )
  const results: LatticeResult[] = []
  for (const shape of shapes) {
    const result = await measure(shape)
    results.push(result)
    print(
      row([
        [`  ${result.model.padEnd(25)}`, 27],
        [result.set, 1],
        [result.monomials, 10],
        [result.outputs, 8],
        [result.scoreBits, 4],
        [result.keyMs.toFixed(2), 7],
        [result.sealMs.toFixed(2), 7],
        [result.evaluateMs.toFixed(2), 10],
        [result.openMs.toFixed(2), 7],
        [result.upBytes, 10],
        [result.downBytes, 8],
        [result.distanceBits.toFixed(1), 12],
      ]),
    )
  }
  return results
}

async function measure(shape: LatticeShape): Promise<LatticeResult> {
  const { model, set: name, monomials, outputs, weight, number } = shape
  const set = latticeSets[name]
  // Signs and sizes of all kinds; the worst case is that of the largest weights.
  const spread = (count: number, largest: number, step: number) =>
    Array.from({ length: count }, (_, i) => ((i * step) % (2 * largest + 1)) - largest)
  const weights = Array.from({ length: outputs }, (_, r) => spread(monomials, weight, 2 * r + 7))
  const numbers = spread(monomials, number, 3)
  const scoreBits = scoreBitsFor(monomials * weight * number)
  const lattice = makeLattice({ set, inputs: monomials, outputs, scoreBits })
  const flood = largestFlood(set, scoreBits, outputs * monomials * weight)
  const ready = prepareModel(lattice, { weights, biases: weights.map(() => 0), flood })
  const want = weights.map((some) => some.reduce((sum, w, i) => sum + w * (numbers[i] ?? Number.NaN), 0))
  const times = { key: [] as number[], seal: [] as number[], evaluate: [] as number[], open: [] as number[] }
  for (let i = 0; i < warmUp + sessions; i++) {
    const key = await timed(() => generateLatticeKey(lattice, systemRandom))
    const request = await timed(() => seal(lattice, key.value, numbers, systemRandom))
    const reply = await timed(() => evaluate(ready, request.value, systemRandom))
    const scores = await timed(() => open(lattice, key.value, reply.value))
    if (scores.value.some((score, r) => score !== want[r])) throw new Error(`${model}: a score is wrong`)
    if (i < warmUp) continue
    times.key.push(key.ms)
    times.seal.push(request.ms)
    times.evaluate.push(reply.ms)
    times.open.push(scores.ms)
  }
  const { mask, scores, ...request } = latticeWidths(lattice)
  const squares = weights.flat().reduce((sum, w) => sum + w * w, 0)
  return {
    model,
    set: name,
    monomials,
    outputs,
    scoreBits,
    keyMs: median(times.key),
    sealMs: median(times.seal),
    evaluateMs: median(times.evaluate),
    openMs: median(times.open),
    upBytes: Object.values(request).reduce((sum, bytes) => sum + bytes, 0),
    downBytes: mask + scores,
    distanceBits: Math.log2(replyDistance(set, outputs, squares, flood)),
  }
}
