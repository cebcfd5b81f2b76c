import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ownRows, trainingOf } from '../../compiler/cli/compile-options.ts'
import { plaintextAnswer } from '../../compiler/cli/plaintext.ts'
import { readRecords } from '../../compiler/cli/records.ts'
import { compile } from '../../compiler/index.ts'
import { type OptionRow, readOptions } from '../../compiler/options.ts'
import type { ModelJson } from '../../compiler/report/model-json.ts'
import { importEmitted } from '../support/modules.ts'
import { announcedRandom } from '../support/seed.ts'

/** Records that do not fit a model, or not quite: files as people have them, and what `verify` compares. */
const random = announcedRandom('misfits')
let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'emp-misfits-'))
  const rows = Array.from({ length: 260 }, (_, i) => {
    const [age, lab] = [20 + Math.floor(60 * random()), Math.floor(500 * random()) / 100]
    const ward = Math.floor(45 * random() * random())
    const risk = (age > 50 ? 0.4 : 0) + (lab > 2.5 ? 0.3 : 0) + (ward > 20 ? 0.3 : 0)
    return [i === 0 ? 80 : age, i === 0 ? 5 : lab, `w${i < 45 ? i : ward}`, random() < risk ? 'ill' : 'well'].join()
  })
  await writeFile(join(directory, 't.csv'), `age,lab,ward,y\n${rows.join('\n')}\n`)
  const fields = [
    { name: 'age', beyond: 'clamp', constraints: { minimum: 20, maximum: 80 } },
    { name: 'lab', missing: 'allow' },
  ]
  await writeFile(join(directory, 't.schema.json'), JSON.stringify({ fields }))
})
afterAll(() => rm(directory, { recursive: true }))

async function modelOf(model: string, reveal?: string) {
  const given = { model, ...(reveal === undefined ? {} : { reveal }) }
  const values = readOptions(ownRows as Record<string, OptionRow>, given) as Parameters<typeof trainingOf>[1]
  const { files } = await compile({ ...trainingOf(join(directory, 't.csv'), values, given), name: 'misfits' })
  const text = (name: string) => files.get(name) ?? expect.fail(name)
  const modules = await importEmitted<string>(text('client.ts'), text('server.ts'))
  return { ...modules, json: JSON.parse(text('report/model.json')) as ModelJson }
}

const fitting = ['40,2.5,w1', '40.5,2.505,w1', '140,2.5,w1', '-5,2.5,w2', '40,,w1', '40,2.5,never seen', '63,0,w44']
const misfits = ['40,9.9,w1', ',2.5,w1', '40,2.5,', 'old,2.5,w1']

test.each<[string, string?]>([['additive'], ['linear'], ['boosted'], ['tree', 'label']])(
  'what the plain %s answers is what its client is told: between steps, beyond the range, by unknown texts, with gaps',
  async (family, reveal) => {
    const { client, server, json } = await modelOf(family, reveal)
    const path = join(directory, `${family}.csv`)
    await writeFile(path, `age,lab,ward\n${[...fitting, ...misfits].join('\n')}\n`)
    const records = await readRecords(path, client.contract)
    expect(records.map(({ refusal }) => refusal?.kind ?? null)).toEqual([
      ...fitting.map(() => null),
      'out-of-range',
      ...['missing', 'missing', 'not-a-number'],
    ])
    expect(records.map(({ clamped }) => clamped.join())).toEqual(['', '', 'age', 'age', ...Array(7).fill('')])
    for (const { record, clamped } of records.slice(0, fitting.length)) {
      const told = await client.predict(Object.fromEntries(record), { via: server.evaluate })
      const plain = plaintextAnswer(json, client.contract, record)
      expect(told).toEqual({ ...plain, ...(clamped.length === 0 ? {} : { clamped }) })
    }
  },
)

const one = { age: 40, lab: 2.5, ward: 'w1' }
const two = { age: 41, lab: null, ward: ' w2\u200b' }
const lines = `${JSON.stringify(one)}\n\n${JSON.stringify(two)}\n`
const additive = async () => (points ??= await modelOf('additive'))
let points: Awaited<ReturnType<typeof modelOf>> | null = null

test.each<[string, string | Uint8Array]>([
  ['list.json', JSON.stringify([one, two])],
  ['mark.json', `\ufeff${JSON.stringify([one, two])}`],
  ['wide.json', Buffer.from(`\ufeff${JSON.stringify([one, two])}`, 'utf16le')],
  ['packed.json.gz', gzipSync(JSON.stringify([one, two]))],
  ['LOUD.JSON', JSON.stringify([one, two])],
  ['lines.jsonl', lines],
  ['lines.ndjson', lines],
  ['lines.json', lines],
])('records of %s', async (name, bytes) => {
  const { client } = await additive()
  const path = join(directory, name)
  await writeFile(path, bytes)
  const records = await readRecords(path, client.contract)
  expect(records.map(({ record, refusal }) => [Object.fromEntries(record), refusal])).toEqual([
    [one, null],
    [{ ...two, ward: 'w2' }, null],
  ])
})

test('what is no record does not stop the others, in a list and in lines', async () => {
  const { client } = await additive()
  const items = [one, null, [1], 'x', two, 7]
  const wanted = [null, 'not-a-record', 'not-a-record', 'not-a-record', null, 'not-a-record']
  for (const [name, text] of [
    ['mixed.json', JSON.stringify(items)],
    ['mixed.jsonl', `${JSON.stringify(one)}\n{"age": 4\n[1]\nx\n${JSON.stringify(two)}\n7\n`],
  ] as const) {
    const path = join(directory, name)
    await writeFile(path, text)
    const records = await readRecords(path, client.contract)
    expect(records.map(({ refusal }) => refusal?.kind ?? null)).toEqual(wanted)
  }
  const path = join(directory, 'ragged.csv')
  await writeFile(path, 'age,lab,ward\n40,2.5,w1\n40,2,5,w1\n41\n42,2.5,"w1"\n42,2.5,w1,\n')
  const records = await readRecords(path, client.contract)
  const ragged = [null, 'not-a-record', 'not-a-record', null, 'not-a-record']
  expect(records.map(({ refusal }) => refusal?.kind ?? null)).toEqual(ragged)
  expect(records[1]).toMatchObject({ place: { line: 3 }, refusal: { reason: 'It has 4 cells, but the header has 3.' } })
  await writeFile(path, 'age,lab,ward\n40;2.5;w1\n41;2.5;w1\n')
  await expect(readRecords(path, client.contract)).rejects.toMatchObject({ code: 'ragged-row', place: { line: 2 } })
  for (const [text, message] of [
    ['[]', 'is an empty list'],
    ['age,lab\n1,2\n', 'is not JSON'],
    ['7', 'is not an object'],
  ] as const) {
    const path = join(directory, 'none.json')
    await writeFile(path, text)
    await expect(readRecords(path, client.contract)).rejects.toThrow(message)
  }
})
