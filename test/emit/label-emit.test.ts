import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Compiled, type CompileOptions, compile } from '../../compiler/index.ts'
import { cellsFor } from '../../compiler/missing.ts'
import { defaultMeasureOptions } from '../../compiler/report/figures.ts'
import { labelClient } from '../../compiler/schemes/label/emit-client.ts'
import { labelServer } from '../../compiler/schemes/label/emit-server.ts'
import { type LabelPlan, simulateLabel } from '../../compiler/schemes/label/plan.ts'
import type { LabelClient } from '../../runtime/schemes/label/client.ts'
import type { Server } from '../../runtime/server.ts'
import { everyHostileName, hostileTables, toCsv } from '../cases/emit/hostile.ts'
import { lower, recordOf } from '../support/plans.ts'
import { tables } from '../support/tables.ts'
import { boundedOptions, trainClasses, treeOfModel } from '../support/trees.ts'
import { typeFaults } from '../support/type-check.ts'

const here = new URL('..', import.meta.url).pathname
const cases = join(here, 'cases', 'emit')

const options = (csv: string, scheme: CompileOptions['scheme'] = {}): CompileOptions => ({
  ...{ csv, schema: null, target: null, delimiter: null, name: 'test' },
  ...{ ...boundedOptions, minSamplesLeaf: 1, maxDepth: 3, measure: defaultMeasureOptions },
  ...{ reveal: 'label', scheme: { cuts: 5, ...scheme } },
})

function labelPlan({ plan }: Compiled): LabelPlan {
  if (plan.contract.reveal !== 'label') throw new TypeError('a plan of signs, where one of label is expected')
  return plan as LabelPlan
}

/** Every row of the table, by the modules in a directory: as the plan says. */
async function expectAnswers(directory: string, compiled: Compiled): Promise<void> {
  const load = (name: string): Promise<Record<string, unknown>> => import(/* @vite-ignore */ join(directory, name))
  const [clientModule, serverModule] = await Promise.all(['client.ts', 'server.ts'].map(load))
  const client = clientModule?.client as LabelClient<object, string | number>
  const server = serverModule?.server as Server
  const key = await client.generateKey()
  const { table, model } = compiled
  const tree = treeOfModel(model)
  const cells = cellsFor(table, tree)
  for (let row = 0; row < table.rows; row++) {
    const opened = await client.predict(recordOf(table, tree, row), { via: server.evaluate, key })
    expect(opened).toEqual(simulateLabel(labelPlan(compiled), cells(row)))
  }
}

async function writeModules(directory: string, { files }: Compiled): Promise<void> {
  for (const name of ['client.ts', 'server.ts']) await writeFile(join(directory, name), files.get(name) ?? '')
}

test.each(['client.ts', 'server.ts'])('the modules of a small table: %s', async (file) => {
  const { files } = await compile({ ...options(join(cases, 'visit.csv')), name: 'visit' })
  await expect(files.get(file)).toMatchFileSnapshot(join(cases, `label-${file}.txt`))
})

describe('the client module', () => {
  test('is the same bytes for whatever trees have the same contract, for random tables', () => {
    let different = 0
    fc.assert(
      fc.property(tables, fc.infiniteStream(fc.nat()), fc.boolean(), (table, numbers, probability) => {
        const { target } = table
        const classes = Int32Array.from(target.classes, () => Number(numbers.next().value) % target.answers.length)
        const emit = (target: typeof table.target) => {
          const tree = trainClasses({ ...table, target }, { ...boundedOptions, minSamplesLeaf: 1, cuts: 5 })
          const plan = lower(tree, { name: 'test', cuts: 5, padLeaves: 64, probability, answerGrid: null })
          const client = labelClient(plan.contract, { target, columns: new Map() })
          return { client, server: labelServer(plan), plan }
        }
        const [one, other] = [emit(target), emit({ ...target, classes })]
        expect(other.plan.contract).toEqual(one.plan.contract)
        expect(other.client).toBe(one.client)
        const isSameTree = JSON.stringify(one.plan.server) === JSON.stringify(other.plan.server)
        expect(other.server === one.server).toBe(isSameTree)
        if (!isSameTree) different++
      }),
      { numRuns: 30 },
    )
    expect(different).toBeGreaterThan(15)
  })

  test('and the report beside it that may be published: nothing of a leaf is in the client', async () => {
    const compiled = await compile({ ...options(join(cases, 'visit.csv')), name: 'visit' })
    expect(compiled.files.get('server.ts')).toContain('edges:')
    expect(compiled.files.get('client.ts')).not.toMatch(/edges|upTo|above:|leaves: (?!8,)/)
  })
})

describe('the modules of a tree of numbers, and of one with shares', () => {
  // Decimal answers, some of them negative; a text column, and missing cells.
  const rows = Array.from({ length: 24 }, (_, i) => {
    const [age, ward] = [20 + ((i * 7) % 24), ['A', 'B', '?'][i % 3] ?? '']
    return `${i % 8 === 5 ? '?' : age},${ward},${(age / 3 - 12 + (i % 3)).toFixed(2)}`
  })
  let directory: string
  let numbers: Compiled
  let shares: Compiled
  beforeAll(async () => {
    directory = await mkdtemp(join(here, '.tmp-label-emit-'))
    await writeFile(join(directory, 'stay.csv'), `age,ward,days\n${rows.join('\n')}\n`)
    const field = { name: 'days', title: 'Length of stay', unit: 'd' }
    await writeFile(join(directory, 'stay.schema.json'), JSON.stringify({ fields: [field] }))
    numbers = await compile(options(join(directory, 'stay.csv'), { 'answer-step': 0.25 }))
    shares = await compile(options(join(cases, 'visit.csv'), { probability: true }))
    for (const [name, compiled] of Object.entries({ numbers, shares })) {
      await mkdir(join(directory, name))
      await writeModules(join(directory, name), compiled)
    }
  })
  afterAll(() => rm(directory, { recursive: true }))

  test('pass the type checker: the answer is a number, and no text', async () => {
    const use = (type: string) => `import { type Answer, client, type Features } from './numbers/client.ts'
import { client as shares } from './shares/client.ts'
export const record: Features = { age: 30, ward: null }
export const answer: Answer = 0.5
export async function ask(via: Parameters<typeof client.predict>[1]['via']): Promise<${type}> {
  const shared = await shares.predict({ age: 30, bmi: null, smoker: 'never', ward: 'A' }, { via })
  const { answer, percent = 100 }: { answer: 'no' | 'yes'; percent?: number } = shared
  if (answer === 'yes' && percent > 50) throw new Error('readmitted')
  return (await client.predict(record, { via })).answer
}\n`
    await writeFile(join(directory, 'use.ts'), use('number'))
    await writeFile(join(directory, 'faulty.ts'), use('string'))
    const files = ['numbers/server.ts', 'shares/server.ts', 'use.ts', 'faulty.ts']
    expect(await typeFaults(directory, files)).toEqual([
      expect.stringMatching(/^faulty\.ts[^\n]*'number' is not assignable to type 'string'\.$/),
    ])
    const rounding = 'The mean of "days" in d over training rows, rounded to one of the answers above. Length of stay.'
    expect(numbers.files.get('client.ts')).toContain(rounding)
  })

  test('give open(evaluate(seal)) = simulate for every training row', async () => {
    expect(labelPlan(numbers).contract.possible).toContainEqual({ answer: -3.25 })
    await expectAnswers(join(directory, 'numbers'), numbers)
    await expectAnswers(join(directory, 'shares'), shares)
  })

  test('say in the report what is rounded, and by how much', () => {
    const line = new Map(numbers.lines).get('answers') ?? ''
    expect(line).toMatch(
      /^\d+ numbers, -6 to 5 in steps of 0\.25: .* which moves none by more than 0\.\d+; --answer-step/,
    )
    const moved = Number(/more than ([\d.]+);/.exec(line)?.[1])
    expect(moved).toBeGreaterThan(0)
    expect(moved).toBeLessThanOrEqual(0.125)
    expect(new Map(shares.lines).has('answers')).toBe(false)
  })
})

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)

describe(`hostile names (to run them again: SEED=${seed})`, () => {
  const samples = fc.sample(hostileTables, { seed, numRuns: 16 })
  samples.push(
    ...everyHostileName,
    // A backslash at the end of a string, and then what begins a comment if the string has not ended.
    { header: ['a\\', 'b'], rows: ['/*', '//', '/*'].map((text) => [text, text]) },
    // No column divides these rows: the tree is a single leaf.
    { header: ['a', 'b'], rows: ['x', 'y', 'y'].map((answer) => ['1', answer]) },
  )
  let directory: string
  let compiled: Compiled[]
  beforeAll(async () => {
    directory = await mkdtemp(join(here, '.tmp-label-emit-'))
    compiled = await Promise.all(
      samples.map(async (sample, i) => {
        const path = join(directory, String(i))
        await mkdir(path)
        await writeFile(join(path, 'given.csv'), toCsv(sample))
        const given = options(join(path, 'given.csv'), { cuts: 3, probability: i % 2 === 0 })
        return compile({ ...given, delimiter: ',', maxDepth: 4 })
      }),
    )
    for (const [i, one] of compiled.entries()) await writeModules(join(directory, String(i)), one)
  })
  afterAll(() => rm(directory, { recursive: true }))

  test('pass the type checker, under the strict settings of this package', async () => {
    const files: string[] = []
    for (const [i, { files: emitted, table, model }] of compiled.entries()) {
      const tree = treeOfModel(model)
      const records = Array.from({ length: table.rows }, (_, row) => {
        const properties = Object.entries(recordOf(table, tree, row))
        return `{ ${properties.map(([name, value]) => `[${JSON.stringify(name)}]: ${JSON.stringify(value)}`).join(', ')} }`
      })
      const modules = {
        'use.ts': `import type { Answer, Features } from './client.ts'
export const records: readonly Features[] = [${records.join(', ')}]
export const answers: readonly Answer[] = ${JSON.stringify(tree.answers)}\n`,
        // No name may switch the checker off: it must find this fault.
        'faulty.ts': `${emitted.get('client.ts')}export const faulty: number = 'text'\n`,
        'faulty-server.ts': `${emitted.get('server.ts')}export const faulty: number = 'text'\n`,
      }
      files.push(`${i}/client.ts`, `${i}/server.ts`)
      for (const [name, text] of Object.entries(modules)) {
        files.push(`${i}/${name}`)
        await writeFile(join(directory, String(i), name), text)
      }
    }
    const faults = await typeFaults(directory, files)
    const expected = /^\d+\/faulty(-server)?\.ts.*'string' is not assignable to type 'number'/
    expect(faults.filter((line) => !expected.test(line))).toEqual([])
    expect(faults.length).toBe(2 * compiled.length)
  })

  test('hide no character from a reader of the modules, and leave no comment empty', () => {
    for (const { files } of compiled) {
      for (const name of ['client.ts', 'server.ts']) {
        expect(files.get(name)?.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u)
        expect(files.get(name)).not.toMatch(/\/\*\*[\s*]*\*\/|^ *\/\/ *:/m)
      }
    }
  })

  test('give open(evaluate(seal)) = simulate for every training row', async () => {
    for (const [i, one] of compiled.entries()) await expectAnswers(join(directory, String(i)), one)
  })
})
