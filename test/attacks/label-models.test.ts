import { decode } from 'cborg'
import { describe, expect, test } from 'vitest'
import { labelModel, labelOf } from '../../bench/label-models.ts'
import { evaluateLabelHere, type LabelEvaluation } from '../../runtime/label/evaluation.ts'
import { defineLabelServer, type LabelEnvironment, type Server } from '../../runtime/label/server.ts'
import { bytesToBigint } from '../../runtime/paillier/integer.ts'
import { systemRandom } from '../../runtime/random.ts'
import { luckyGuesses, type Sample, toldRight } from '../support/classifier.ts'
import { curiousSession, leavesOf, openAs, scalarOf } from '../support/label-attacker.ts'
import { announcedRandom } from '../support/seed.ts'

/**
 * The curious client tells two models apart that have the same contract and give the same answer to its record: a tree
 * of two leaves and one of eight. It sees the length of the reply, all its bytes, at which place its answer stands, what the
 * other leaves open to if it tries, and how long the server took.
 */
const random = announcedRandom('models')
const small = labelModel({ features: 2, cuts: 4, leaves: 2, padded: 8 })
const large = labelModel({ features: 2, cuts: 4, leaves: 8, padded: 8, seed: 5 })
const { contract } = small
/** A record that ends in the first leaf of one model, and in the last of the other, with one answer. */
const cells =
  [
    [0, 0],
    [0, 4],
    [4, 0],
    [4, 4],
  ].find((some) => labelOf(small, some) === labelOf(large, some)) ?? []
const record = Object.fromEntries(cells.map((cell, i) => [`x${i}`, cell]))

async function transcript(servers: readonly Server[]): Promise<Sample> {
  const isSecond = random() < 0.5
  const server = servers[Number(isSecond)]
  if (server === undefined) throw new TypeError('there are two servers')
  const { key, request, open } = await curiousSession(contract, record)
  const start = performance.now()
  const reply = await server.evaluate(request)
  const milliseconds = performance.now() - start
  expect(await open(reply)).toEqual(contract.answers[labelOf(small, cells)])

  const leaves = leavesOf(reply)
  const factor = scalarOf(key.scalar)
  const reached = leaves.map((leaf) => Number(openAs(key, leaf, { factor }) !== null))
  const atCost = [1n, 2n].map((multiple) => leaves.filter((leaf) => openAs(key, leaf, { factor, multiple }) !== null))
  const hidden = leaves.map((leaf) => Number(bytesToBigint(leaf.hidden)))
  const { ciphertexts }: { ciphertexts: Uint8Array } = decode(reply)
  return {
    isSecond,
    features: [
      milliseconds,
      reply.length,
      ...reached,
      ...atCost.map(({ length }) => length),
      ...hidden,
      ...ciphertexts,
    ],
  }
}

async function transcripts(count: number, environment: LabelEnvironment): Promise<Sample[]> {
  const servers = [small, large].map(({ leaves }) => defineLabelServer(contract, leaves, environment))
  const samples: Sample[] = []
  for (let i = 0; i < count; i++) samples.push(await transcript(servers))
  return samples
}

/** An evaluator that makes leaves which only pad out of random bytes: quicker, and as good but for its time. */
async function sparing(evaluation: LabelEvaluation): Promise<Uint8Array> {
  const constant = evaluation.ciphertexts.length / 64
  const padding = new Set(evaluation.splits.flatMap(({ bit, to }) => (bit === constant ? [to + 1] : [])))
  const splits = evaluation.splits.filter(({ bit }) => bit !== constant)
  // Where a padding split adds nothing to a sum.
  const same = new Map(
    evaluation.splits.flatMap(({ bit, from, to }) => (bit === constant ? [[to, from] as const] : [])),
  )
  const origin = (sum: number): number => {
    const from = same.get(sum)
    return from === undefined ? sum : origin(from)
  }
  const own = evaluation.sums.flatMap((sum, i) => (padding.has(sum) ? [] : [i]))
  const pick = (bytes: Uint8Array) => {
    const width = bytes.length / evaluation.sums.length
    return Uint8Array.from(own.flatMap((i) => [...bytes.subarray(i * width, (i + 1) * width)]))
  }
  const { offsets, multipliers, answers } = evaluation
  const parts = { offsets: pick(offsets), multipliers: pick(multipliers), answers: pick(answers) }
  const reply = await evaluateLabelHere({
    ...evaluation,
    ...parts,
    splits,
    sums: own.map((i) => origin(evaluation.sums[i] ?? 0)),
  })
  // A point of another leaf, as the open needs points; which says as little as a random one.
  const leaf = reply.subarray(0, 38)
  return Uint8Array.from(
    evaluation.sums.flatMap((_, i) => {
      const at = own.indexOf(i)
      return at < 0 ? [...leaf.subarray(0, 32), ...systemRandom(6)] : [...reply.subarray(at * 38, (at + 1) * 38)]
    }),
  )
}

describe('two models of one contract, with one answer', () => {
  test('without the random order, the place of the answer tells them apart', async () => {
    const { right, of } = toldRight(await transcripts(200, { draws: { order: (_, n) => [...Array(n).keys()] } }))
    expect(right).toBe(of)
  })

  test('with every rho 1, the costs of the other leaves do', async () => {
    const ones = Uint8Array.from({ length: 32 * contract.leaves }, (_, i) => Number(i % 32 === 0))
    const { right, of } = toldRight(await transcripts(400, { draws: { multipliers: () => ones } }))
    expect(right).toBeGreaterThan(luckyGuesses(of))
  })

  test('if leaves that only pad took less work, time would', async () => {
    const { right, of } = toldRight(await transcripts(600, { labelEvaluator: sparing }))
    console.log(`models: by time, ${right} of ${of} told right; up to ${Math.floor(luckyGuesses(of))} are luck`)
    expect(right).toBeGreaterThan(luckyGuesses(of))
  })

  test('as they are, 2,000 transcripts do not', async () => {
    const { right, of } = toldRight(await transcripts(2000, {}))
    console.log(`models: ${right} of ${of} told right; up to ${Math.floor(luckyGuesses(of))} are luck`)
    expect(right).toBeLessThan(luckyGuesses(of))
  }, 180_000)
})
