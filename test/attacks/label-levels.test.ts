import { describe, expect, test } from 'vitest'
import { at } from '../../runtime/at.ts'
import { systemRandom } from '../../runtime/random.ts'
import { loadGroup } from '../../runtime/ristretto/load.ts'
import { readyGroup } from '../../runtime/ristretto/ready.ts'
import type { GuardGroup, LabelContract } from '../../runtime/schemes/label/contract.ts'
import { guardGroups, labelMessages } from '../../runtime/schemes/label/contract.ts'
import { drawLabel } from '../../runtime/schemes/label/draws.ts'
import { evaluateLabel } from '../../runtime/schemes/label/evaluation.ts'
import type { LabelLeaf } from '../../runtime/schemes/label/server.ts'
import type { SignsContract } from '../../runtime/schemes/signs/contract.ts'
import type { SignsTask } from '../../runtime/schemes/signs/evaluation.ts'
import { defineSignsServer } from '../../runtime/schemes/signs/server.ts'
import { countingGroup } from '../support/counting-group.ts'
import { insecureTestKey } from '../support/keys.ts'
import { ask, type Evaluate, type Guarded, openTrying, openUnder } from '../support/label-guard.ts'
import { clientOf, lower } from '../support/plans.ts'
import { announcedRandom } from '../support/seed.ts'
import { tableOf } from '../support/tables.ts'
import { boundedOptions, trainClasses } from '../support/trees.ts'

/**
 * Sets of levels. A split of a text adds up the bits of a set, padded by the constant 0, and the client must learn neither the
 * set nor its size. In these trees both sides of the split have one answer: honest records tell nothing of the set.
 */
const random = announcedRandom('label levels')
const levels = Array.from({ length: 7 }, (_, i) => `ward ${i}`)
const features = levels.map((level) => ({ column: 'ward', level }))

function modelOf(set: readonly number[], guard: boolean): Guarded {
  const columns = [{ kind: 'text', name: 'ward', levels, missing: 'no-level' } as const]
  const sized = {
    columns,
    features,
    cuts: levels.map(() => [0]),
    possible: [{ answer: 'low' }, { answer: 'high' }],
    leaves: 2,
    ...(guard ? { guard: 1 as const } : {}),
  }
  const contract: LabelContract = {
    ...{ format: 2, name: 'wards', family: 'tree', reveal: 'label', scheme: 'ristretto', ignored: [] },
    ...sized,
    missingValues: [],
    answers: ['low', 'high'],
    messages: labelMessages(sized),
  } as LabelContract
  const [feature = 0, ...also] = set
  const leaves: readonly LabelLeaf[] = [
    { answer: 0, edges: [{ feature, also, above: 0 }] },
    { answer: 0, edges: [{ feature, also, upTo: 0 }] },
  ]
  return { contract, leaves }
}

/** A set of three to five levels, in the order of the levels. */
function someSet(): readonly number[] {
  const size = 3 + Math.floor(3 * random())
  const drawn = levels.map((_, i) => ({ i, by: random() })).sort((a, b) => a.by - b.by)
  return drawn
    .slice(0, size)
    .map(({ i }) => i)
    .sort((a, b) => a - b)
}
const pairs = levels.flatMap((_, i) => levels.slice(i + 1).map((__, j) => [i, i + 1 + j] as const))
/** Bits of which two are not 0. */
const bitsOf = (one: number, other: number, values: readonly [bigint, bigint]) =>
  levels.map((_, i) => (i === one ? values[0] : i === other ? values[1] : 0n))

/** One guard for each level, as if each were a column of its own. */
const byLevel: readonly GuardGroup[] = levels.map((_, first) => ({ first, bits: 1, kind: 'number', positions: 2 }))
const levelByLevel: Evaluate = async (task) => {
  const group = await readyGroup()
  return evaluateLabel(group, { ...task, groups: byLevel, draws: drawLabel(group, systemRandom, 2, byLevel) })
}

describe('which levels a split asks', () => {
  /** The pairs of levels with which no leaf opens: both are in the set, if the guard lets two levels pass. */
  async function closed(set: readonly number[], evaluate?: Evaluate): Promise<string[]> {
    const model = modelOf(set, true)
    const found: string[] = []
    for (const [one, other] of pairs) {
      const values = bitsOf(one, other, [1n, 1n])
      const seen = await ask(model, values, evaluate === undefined ? {} : { evaluate })
      const opened =
        evaluate === undefined
          ? openTrying(model.contract, seen, [null])
          : openTrying(
              model.contract,
              seen,
              values.map((bit) => [Number(bit)]),
              byLevel,
            )
      if (opened.length === 0) found.push(`${one} ${other}`)
    }
    return found
  }

  test('are read by two levels at once from a build that guards level by level', async () => {
    const set = someSet()
    const both = pairs.filter((pair) => pair.every((level) => set.includes(level)))
    expect(await closed(set, levelByLevel)).toEqual(both.map((pair) => pair.join(' ')))
  })

  test('are not read from ours: no pair opens anything, whatever the set', async () => {
    const all = pairs.map((pair) => pair.join(' '))
    expect(await closed(someSet())).toEqual(all)
  })

  test.each<[string, readonly [bigint, bigint]]>([
    ['2 and -1', [2n, -1n]],
    ['2 and 0', [2n, 0n]],
    ['1 and -1', [1n, -1n]],
    ['1/2 and 1/2', [(2n ** 252n + 27742317777372353535851937790883648493n + 1n) / 2n, 0n]],
  ])('bits of %s open leaves without the guard, and nothing with it', async (_, values) => {
    const set = someSet()
    const sum = (one: number, other: number) =>
      (set.includes(one) ? values[0] : 0n) + (set.includes(other) ? values[1] : 0n)
    for (const [one, other] of pairs.slice(0, 6)) {
      const bits = bitsOf(one, other, values)
      const open = modelOf(set, false)
      const bare = await ask(open, bits)
      // 1 less the sum costs nothing on the right, the sum on the left.
      const expected = [0n, 1n].includes(sum(one, other)) ? [0] : []
      expect(openUnder(open.contract, bare, [bare.request])).toEqual(expected)
      const guarded = modelOf(set, true)
      expect(openTrying(guarded.contract, await ask(guarded, bits), [null])).toEqual([])
    }
  })

  test('every honest record opens one leaf, one level after another and none', async () => {
    const model = modelOf(someSet(), true)
    expect(guardGroups(model.contract)).toEqual([{ first: 0, bits: 7, kind: 'text-or-none', positions: 8 }])
    for (const level of [-1, ...levels.keys()]) {
      const seen = await ask(model, bitsOf(level, -1, [1n, 0n]))
      expect(openTrying(model.contract, seen, [[level + 1]])).toEqual([0])
    }
  })
})

describe('how many levels a split asks', () => {
  /** What a server computes for one reply: what a clock would tell of it. */
  async function work(set: readonly number[], guard: boolean, isPadded: boolean) {
    const counted = countingGroup(await loadGroup())
    const evaluate: Evaluate = async (task) => {
      const constant = levels.length
      const kept = (also: readonly number[] = []) => also.filter((bit) => bit !== constant)
      const splits = task.splits.map((split) => ({ ...split, also: kept(split.also) }))
      counted.taken()
      return evaluateLabel(counted, isPadded ? task : { ...task, splits })
    }
    await ask(modelOf(set, guard), bitsOf(0, -1, [1n, 0n]), { evaluate })
    return counted.taken()
  }

  test.each([false, true])(
    'shows by the work of a build without padding, and not by ours; guarded: %s',
    async (guard) => {
      const sets = [[2], [1, 4], [0, 1, 2, 3, 4, 5], someSet()]
      const ours = await Promise.all(sets.map((set) => work(set, guard, true)))
      expect(new Set(ours.map((one) => JSON.stringify(one))).size).toBe(1)
      const bare = await Promise.all(sets.slice(0, 3).map((set) => work(set, guard, false)))
      expect(new Set(bare.map((one) => JSON.stringify(one))).size).toBe(3)
    },
  )

  test('shows by the work of signs, all tests together; not which levels, nor of which test', async () => {
    const table = tableOf(
      ['ward', 'target'],
      Array.from({ length: 210 }, (_, i) => [`ward ${i % 7}`, (i % 7) % 2 === 0 ? 'well' : 'ill']),
    )
    const tree = trainClasses(table, { ...boundedOptions, maxDepth: 2 })
    const { contract, client: decision } = lower(tree, { name: 'wards', keyBits: 512 })
    const factorsOf = async (also: readonly number[]) => {
      const tests = Array.from({ length: contract.tests }, () => ({ feature: 0, cut: 0, also }))
      let factors = 0
      const server = defineSignsServer(contract as SignsContract, tests, {
        runner: {
          idle: 1,
          run: async (task) => {
            const { products } = task as SignsTask
            factors = products.reduce((sum, product) => sum + product.factors.length, 0)
            return products.map(() => 1n)
          },
        },
      })
      const client = clientOf({ contract, client: decision } as Parameters<typeof clientOf>[0])
      const sealed = await client.seal({ ward: 'ward 1' }, insecureTestKey(512))
      await server.evaluate(sealed.request)
      return factors / contract.tests
    }
    expect([await factorsOf([1]), await factorsOf([2]), await factorsOf([1, 2, 3])]).toEqual([2, 2, 4])
    expect(at([contract.features.length], 0)).toBe(7)
  })
})
