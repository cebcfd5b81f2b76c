import { decode } from 'cborg'
import { describe, expect, test } from 'vitest'
import { labelModel, labelOf } from '../../bench/label-models.ts'
import { at } from '../../runtime/at.ts'
import { bytesToBigint, concatBytes } from '../../runtime/bytes.ts'
import { systemRandom } from '../../runtime/random.ts'
import { type LabelTask, runLabel } from '../../runtime/schemes/label/evaluation.ts'
import { defineLabelServer, type LabelServerEnvironment, type Server } from '../../runtime/schemes/label/server.ts'
import type { Runner } from '../../runtime/schemes/scheme.ts'
import { luckyGuesses, type Sample, toldRight } from '../support/classifier.ts'
import { curiousSession, leavesOf, openAs, scalarOf } from '../support/label-attacker.ts'
import { drawnWith } from '../support/label-draws.ts'
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
  const { key, kappa, request, open } = await curiousSession(contract, record)
  const start = performance.now()
  const reply = await server.evaluate(request)
  const milliseconds = performance.now() - start
  expect(await open(reply)).toEqual({ kind: 'class', ...at(contract.possible, labelOf(small, cells)) })

  const leaves = leavesOf(reply)
  const factor = scalarOf(key.scalar)
  const reached = leaves.map((leaf) => Number(openAs(key, kappa, leaf, { factor }) !== null))
  const atCost = [1n, 2n].map((multiple) =>
    leaves.filter((leaf) => openAs(key, kappa, leaf, { factor, multiple }) !== null),
  )
  const hidden = leaves.map((leaf) => Number(bytesToBigint(leaf.hidden)))
  const { leaves: bytes }: { leaves: Uint8Array } = decode(reply)
  return {
    isSecond,
    features: [milliseconds, reply.length, ...reached, ...atCost.map(({ length }) => length), ...hidden, ...bytes],
  }
}

async function transcripts(count: number, environment: LabelServerEnvironment): Promise<Sample[]> {
  const servers = [small, large].map(({ leaves }) => defineLabelServer(contract, leaves, environment))
  const samples: Sample[] = []
  for (let i = 0; i < count; i++) samples.push(await transcript(servers))
  return samples
}

/** A runner that makes leaves which only pad out of random bytes: quicker, and as good but for its time. */
function sparing(): Runner {
  async function run(task: LabelTask): Promise<Uint8Array> {
    const { splits, draws } = task
    if (draws.kind !== 'multipliers') throw new TypeError('a guarded reply')
    const own = task.padding.flatMap((isPadding, leaf) => (isPadding ? [] : [leaf]))
    const pick = (bytes: Uint8Array) => {
      const width = bytes.length / task.sums.length
      return concatBytes(own.map((leaf) => bytes.subarray(leaf * width, (leaf + 1) * width)))
    }
    const constant = task.ciphertexts.length / 64
    // Where a padding split adds nothing to a sum.
    const same = new Map(splits.flatMap(({ bit, from, to }) => (bit === constant ? [[to, from] as const] : [])))
    const origin = (sum: number): number => {
      const from = same.get(sum)
      return from === undefined ? sum : origin(from)
    }
    const kept = splits.filter(({ bit }) => bit !== constant)
    // Sums stand in the order of the splits.
    const placeOf = new Map(kept.flatMap(({ to }, i) => [[to, 2 * i + 1] as const, [to + 1, 2 * i + 2] as const]))
    const moved = (sum: number) => (origin(sum) === 0 ? 0 : at([placeOf.get(origin(sum)) ?? Number.NaN], 0))
    const leaves = await runLabel({
      ...task,
      splits: kept.map(({ from, bit, to }) => ({ from: moved(from), bit, to: moved(to) })),
      sums: own.map((leaf) => moved(at(task.sums, leaf))),
      padding: own.map(() => false),
      answers: pick(task.answers),
      draws: { ...draws, multipliers: pick(draws.multipliers), others: pick(draws.others) },
    } as LabelTask)
    const width = leaves.length / own.length
    // A point of another leaf, as the open needs points; which says as little as a random one.
    const other = () => concatBytes([leaves.subarray(0, 32), systemRandom(6)])
    return concatBytes(
      task.sums.map((_, leaf) => {
        const place = own.indexOf(leaf)
        return place < 0 ? other() : leaves.subarray(place * width, (place + 1) * width)
      }),
    )
  }
  return { idle: 1, run: (task) => run(task as LabelTask) }
}

describe('two models of one contract, with one answer', () => {
  test('without the random order, the place of the answer tells them apart', async () => {
    const { right, of } = toldRight(
      await transcripts(200, {
        draw: drawnWith(({ leaves }) => ({ order: [...Array(leaves).keys()] })),
      }),
    )
    expect(right).toBe(of)
  })

  test('with every rho 1, the costs of the other leaves do', async () => {
    const ones = Uint8Array.from({ length: 32 * contract.leaves }, (_, i) => Number(i % 32 === 0))
    const { right, of } = toldRight(await transcripts(400, { draw: drawnWith(() => ({ multipliers: ones })) }))
    expect(right).toBeGreaterThan(luckyGuesses(of))
  })

  test('if leaves that only pad took less work, time would', async () => {
    const { right, of } = toldRight(await transcripts(600, { runner: sparing() }))
    console.log(`models: by time, ${right} of ${of} told right; up to ${Math.floor(luckyGuesses(of))} are luck`)
    expect(right).toBeGreaterThan(luckyGuesses(of))
  })

  test('as they are, 2,000 transcripts do not', async () => {
    const { right, of } = toldRight(await transcripts(2000, {}))
    console.log(`models: ${right} of ${of} told right; up to ${Math.floor(luckyGuesses(of))} are luck`)
    expect(right).toBeLessThan(luckyGuesses(of))
  }, 180_000)
})
