import { describe, expect, test } from 'vitest'
import { labelModel, labelOf } from '../../bench/label-models.ts'
import { at } from '../../runtime/at.ts'
import { bytesToBigint } from '../../runtime/bytes.ts'
import { modInverse } from '../../runtime/paillier/integer.ts'
import { systemRandom } from '../../runtime/random.ts'
import { guardGroups } from '../../runtime/schemes/label/contract.ts'
import { sumsOf } from '../../runtime/schemes/label/sums.ts'
import { order } from '../support/label-attacker.ts'
import {
  asker,
  bitsAt,
  findsAllSeeds,
  type Guarded,
  openTrying,
  openUnder,
  positionsAt,
} from '../support/label-guard.ts'
import { isFull } from '../support/lattice.ts'
import { announcedRandom } from '../support/seed.ts'

/**
 * A client that encrypts what is no record. Without the guard it reads the tree: where it puts garbage into a cut, the leaf
 * that it reaches opens nevertheless if the cut is not on its path. So it halves the cuts until it knows the path, turns one
 * bit of it after the other, and goes on from there.
 */
const random = announcedRandom('guard questions')
const questions = isFull ? 10_000 : 120
/**
 * Of every question it is looked for the seeds, at all positions of all columns; of some the leaves are opened too, which takes
 * longer, by every combination that this kind of cheat may hope for.
 */
const isOpened = (question: number) => question % 21 === 0
const shape = { features: 4, cuts: 8, leaves: 13, padded: 16, depth: 6 }
const answers = Array.from({ length: 13 }, (_, i) => ({ answer: `answer ${i}` }))
const seed = Math.floor(random() * 1e9)
const open = labelModel({ ...shape, answers, seed })
const guarded = labelModel({ ...shape, answers, seed, guard: true })
const bits = open.contract.cuts.flat().length
const askOpen = asker(open)
const askGuarded = asker(guarded)
const garbage = () => bytesToBigint(systemRandom(32)) % order

/** The paths of the tree, as the server adds them up, each with its answer. */
function pathsOf({ contract, leaves: given }: Guarded): Set<string> {
  const { splits, leaves } = sumsOf(contract, given)
  const paths = new Map<number, string[]>([[0, []]])
  for (const { from, bit, to } of splits) {
    const before = paths.get(from) ?? []
    if (bit === bits) {
      paths.set(to, before)
      continue
    }
    paths.set(to, [...before, `${bit}=0`]).set(to + 1, [...before, `${bit}=1`])
  }
  return new Set(
    leaves.flatMap(({ sum, answer, isPadding }) =>
      isPadding ? [] : [`${(paths.get(sum) ?? []).toSorted().join()}: ${answer}`],
    ),
  )
}

/** Reads a tree through its answers to any request. @returns the paths, with their answers. */
async function readTree(answerTo: (values: readonly bigint[]) => Promise<number | null>): Promise<Set<string>> {
  const known: { readonly path: ReadonlyMap<number, bigint>; readonly answer: number }[] = []
  const queue: bigint[][] = [Array(bits).fill(0n)]
  for (let values = queue.pop(); values !== undefined; values = queue.pop()) {
    const own = values
    if (known.some(({ path }) => [...path].every(([bit, value]) => own[bit] === value))) continue
    const answer = await answerTo(own)
    if (answer === null) return new Set()
    const used: number[] = []
    /** Finds the cuts of the path from one on, by halves. */
    const search = async (from: number, to: number): Promise<void> => {
      const spoilt = own.map((value, bit) => (bit >= from && bit < to ? garbage() : value))
      if ((await answerTo(spoilt)) !== null) return
      if (to - from === 1) {
        used.push(from)
        return
      }
      const middle = Math.floor((from + to) / 2)
      await search(from, middle)
      await search(middle, to)
    }
    await search(0, bits)
    known.push({ path: new Map(used.map((bit) => [bit, own[bit] ?? 0n])), answer })
    for (const bit of used) queue.push(own.with(bit, 1n - (own[bit] ?? 0n)))
  }
  return new Set(
    known.map(
      ({ path, answer }) =>
        `${[...path]
          .map(([bit, value]) => `${bit}=${value}`)
          .toSorted()
          .join()}: ${answer}`,
    ),
  )
}

describe('reading the tree by garbage', () => {
  test('succeeds without the guard, within 1,000 questions', async () => {
    let asked = 0
    const found = await readTree(async (values) => {
      asked += 1
      const seen = await askOpen(values)
      const [answer = null] = openUnder(open.contract, seen, [seen.request])
      return answer
    })
    console.log(`guard: a tree of ${shape.leaves} leaves, read without a guard in ${asked} questions`)
    expect(found).toEqual(pathsOf(open))
    expect(asked).toBeLessThan(1000)
  })

  test(`opens nothing of a guarded build in ${questions} questions`, async () => {
    const { contract } = guarded
    let honest = 0
    for (let i = 0; i < questions; i++) {
      const cells = contract.features.map(() => Math.floor(random() * (shape.cuts + 1)))
      const values = bitsAt(contract, cells)
      const positions = positionsAt(contract, cells)
      if (i % 50 === 0) {
        const seen = await askGuarded(values)
        expect(findsAllSeeds(contract, seen)).toBe(true)
        expect(
          openTrying(
            contract,
            seen,
            positions.map((j) => [j]),
          ),
        ).toEqual([labelOf(guarded, cells)])
        honest += 1
      }
      // Garbage in some cuts of one column: the client tries every position there.
      const column = Math.floor(random() * shape.features)
      const first = column * shape.cuts
      const spoilt = first + Math.floor(random() * shape.cuts)
      const many = random() < 0.5
      const bad = values.map((value, bit) =>
        bit === spoilt || (many && bit >= first && bit < first + shape.cuts) ? garbage() : value,
      )
      const seen = await askGuarded(bad)
      expect(findsAllSeeds(contract, seen)).toBe(false)
      expect(openUnder(contract, seen, [seen.request])).toEqual([])
      if (!isOpened(i)) continue
      expect(
        openTrying(
          contract,
          seen,
          positions.map((j, g) => (g === column ? null : [j])),
        ),
      ).toEqual([])
    }
    expect(honest).toBeGreaterThan(0)
  }, 3_600_000)
})

test(`the padding probe and equal numbers in all cuts open nothing of a guarded build in ${questions} questions`, async () => {
  const { contract } = guarded
  // Whatever position it takes for its own in any column, of which one is tried in full, at random.
  const values = [2n, -1n, ...Array.from({ length: 8 }, (_, k) => -modInverse(BigInt(k + 1), order))]
  const everywhere = guardGroups(contract).map(() => [0, shape.cuts])
  for (let i = 0; i < questions; i++) {
    const column = Math.floor(random() * shape.features)
    const value = at(values, i % values.length)
    const seen = await askGuarded(Array(bits).fill(value))
    expect(findsAllSeeds(contract, seen)).toBe(false)
    expect(openUnder(contract, seen, [seen.request])).toEqual([])
    if (!isOpened(i)) continue
    expect(openTrying(contract, seen, everywhere.with(column, [...Array(shape.cuts + 1).keys()]))).toEqual([])
  }
}, 3_600_000)
