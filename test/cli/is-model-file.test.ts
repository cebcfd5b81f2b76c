import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isModelFile } from '../../compiler/cli/import.ts'

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'emp-model-file-'))
})
afterAll(() => rm(directory, { recursive: true }))

const csv = `age,y\n${Array.from({ length: 3000 }, (_, i) => `${i % 90},${i % 2}`).join('\n')}\n`
test.each<[name: string, bytes: string | Uint8Array, isModel: boolean]>([
  ['train.csv', csv, false],
  ['train.csv.gz', gzipSync(csv), false],
  ['odd-name.csv', gzipSync(csv), false],
  ['damaged.csv.gz', gzipSync(csv).subarray(0, 12), false],
  ['table.xlsx', 'PK\x03\x04xl/workbook.xml', false],
  ['table.parquet', 'PAR1', false],
  ['model.zip', 'PK\x03\x04data.pkl', true],
  ['model.pkl.gz', gzipSync(Uint8Array.of(0x80, 4, 0x95, 0, 0)), true],
  ['model.rds', gzipSync('X\n\0\0\0'), true],
  ['model.json', '{"learner": {}}', true],
])('%s', async (name, bytes, isModel) => {
  await writeFile(join(directory, name), bytes)
  expect(await isModelFile(join(directory, name))).toBe(isModel)
})
