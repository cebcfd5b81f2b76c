import { expect, test } from 'vitest'
import { distributionOf, withPublishedDistribution } from '../compiler/distribution.ts'
import { CompileError } from '../compiler/errors.ts'
import type { Lowered } from '../compiler/schemes/scheme.ts'
import type { Table } from '../compiler/table.ts'
import documents from '../generated/heart-disease-linear/page.json' with { type: 'json' }
import type { Opened } from '../runtime/schemes/scheme.ts'
import { tableOf } from './support/tables.ts'

const rows = (count: number) => Array.from({ length: count }, (_, i) => [String(i), i < count / 2 ? 'no' : 'yes'])
const table = (count: number) => tableOf(['x', 'target'], rows(count))
/** A model of all columns of the table. */
const lowered = (of: Table, simulated: Lowered['simulate']) => {
  const contract = {
    features: of.features.map(({ feature }) => feature),
    columns: of.columns.map(({ column }) => column),
  }
  return { simulate: simulated, plan: { contract } } as unknown as Pick<Lowered, 'simulate' | 'plan'>
}
const spreadOf = (count: number, simulated: Lowered['simulate']) => {
  const own = table(count)
  return distributionOf(lowered(own, simulated), own)
}
/** The chance is the value, of which a few are rare. */
const simulate = ([x = 0]: readonly number[]): Opened => {
  const chance = x < 3 ? 0.01 : x < 150 ? 0.2 : 0.8
  return { kind: 'class', answer: chance < 0.5 ? 'no' : 'yes', shares: [1 - chance, chance], scores: [1] }
}

test('people are spread over the chances, in whole percent, and no single person shows', () => {
  expect(spreadOf(300, simulate)).toEqual({
    of: 'chance',
    steps: [
      { value: 1, percent: 1 },
      { value: 20, percent: 50 },
      { value: 80, percent: 100 },
    ],
  })
  // One of 1000 is not half a percent.
  const rare = ([x = 0]: readonly number[]) =>
    ({ ...simulate([200]), shares: x === 0 ? [0.99, 0.01] : [0.2, 0.8] }) as Opened
  expect(spreadOf(1000, rare).steps).toEqual([{ value: 80, percent: 100 }])
})

test.each<[string, number, Opened, RegExp]>([
  ['few people', 99, simulate([1]), /at least 100 rows, and this one has 99/],
  ['no score', 100, { kind: 'class', answer: 'no' }, /whose client learns one score/],
  ['three answers', 100, { kind: 'class', answer: 'no', shares: [0.2, 0.3, 0.5], scores: [1, 2, 3] }, /one score/],
])('it is refused for %s', (_, count, opened, says) => {
  expect(() => spreadOf(count, () => opened)).toThrow(CompileError)
  expect(() => spreadOf(count, () => opened)).toThrow(says)
})

test('the leakage report says so in every language, and nothing is published without it', () => {
  const told = (words: string) => ({ leakage: { client: words, server: words }, sealing: { key: '', each: '' } })
  const plain = { learns: told('a').leakage, translations: { fr: told('b'), de: told('c') } } as Lowered
  const { learns, translations } = withPublishedDistribution(plain)
  for (const { client } of [learns, translations.fr.leakage, translations.de.leakage])
    expect(client).toMatch(/^[abc] .*--publish-distribution/)
  expect([learns.server, translations.fr.leakage.server]).toEqual(['a', 'b'])
  expect(documents).not.toHaveProperty('distribution')
})
