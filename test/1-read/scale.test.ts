import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readCsv } from '../../compiler/1-read/csv.ts'
import { inferSchema } from '../../compiler/1-read/infer-schema.ts'
import { read } from '../../compiler/1-read/read.ts'
import { seededRandom } from '../../compiler/folds.ts'
import { describeScales } from '../../compiler/public-cuts.ts'
import { command, run } from '../support/processes.ts'

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'emp-scale-'))
})
afterAll(() => rm(directory, { recursive: true }))

const random = seededRandom(4)
const draws = Array.from({ length: 300 }, () => random())

/** As hormones are: nine of ten below 5, some in the hundreds. */
const skewed = draws.map((draw, i) => (i % 25 === 0 ? 100 + 400 * draw : 0.1 + 4 * draw).toFixed(2))
const even = draws.map((draw) => (500 * draw).toFixed(2))
const ill = skewed.map((value) => (Number(value) > 2 ? 'ill' : 'well'))

async function file(name: string, values: readonly string[]): Promise<string> {
  const path = join(directory, `${name}.csv`)
  await writeFile(path, `hormone,answer\n${values.map((value, i) => `${value},${ill[i]}`).join('\n')}\n`)
  return path
}
const readFile = async (path: string, schema: object | null = null) => {
  if (schema !== null) await writeFile(path.replace('.csv', '.schema.json'), JSON.stringify(schema))
  return read({ csv: path, schema: null, target: null })
}
const field = (more: object) => ({ fields: [{ name: 'hormone', type: 'number', ...more }] })

describe('the scale of public cuts', () => {
  test.each([
    ['outliers that stretch the range', skewed, null, 'log'],
    ['values all over the range', even, null, undefined],
    ['values below 0', skewed.map((value, i) => (i === 0 ? '-1.00' : value)), null, undefined],
    ['few values', skewed.map((value) => Number(value).toFixed(0).slice(0, 1)), null, undefined],
    ['a declared scale', skewed, field({ scale: 'linear' }), 'linear'],
    ['a declared scale of even values', even, field({ scale: 'log' }), 'log'],
    ['a declared range', skewed, field({ constraints: { minimum: 0, maximum: 600 } }), undefined],
  ] as const)('%s', async (name, values, schema, scale) => {
    const table = await readFile(await file(name.replaceAll(' ', '-'), values), schema)
    expect(table.columns.map((column) => column.scale)).toEqual([scale])
    const said = describeScales(table.columns).filter((note) => /in the logarithm.*hormone/.test(note))
    expect(said).toHaveLength(scale === 'log' && schema === null ? 1 : 0)
  })

  test('a schema that is written says it', async () => {
    const path = await file('written', skewed)
    const { schema } = inferSchema(await readCsv(path, path), 'answer')
    expect(JSON.stringify(schema)).toContain('"scale":"log"')
    expect((await readFile(path, schema)).columns.map(({ scale }) => scale)).toEqual(['log'])
  })

  test.each(['tree', 'additive'])(
    'a %s whose answer alone is told is compiled, and equal to its plaintext',
    async (model) => {
      const path = await file(model, skewed)
      const out = join(directory, model)
      const words = [path, '--model', model, '--reveal', 'label', '--cuts', '16', '--folds', '2', '--out', out]
      const compiled = await run(process.execPath, [command, ...words])
      expect(compiled, compiled.stderr).toMatchObject({ code: 0 })
      expect(compiled.stdout).toContain('public cuts lie evenly in the logarithm')
      // Nine of ten values lie below the first even cut, and the answer is decided there.
      expect(Number(/accuracy +([\d.]+)%/.exec(compiled.stdout)?.[1])).toBeGreaterThan(85)
      const verified = await run(process.execPath, [command, 'verify', out, '--data', path])
      expect(verified.stdout).toContain('300 of 300 rows equal, all equal')
    },
  )

  test('a model that publishes no cuts says nothing of them', async () => {
    const path = await file('signs', skewed)
    const compiled = await run(process.execPath, [command, path, '--folds', '2', '--out', join(directory, 'signs')])
    expect(compiled, compiled.stderr).toMatchObject({ code: 0 })
    expect(compiled.stdout).not.toContain('logarithm')
  })
})
