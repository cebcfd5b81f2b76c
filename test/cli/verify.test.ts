import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { empCompile } from '../support/processes.ts'

test('all 303 rows of heart disease, missing values included, at 3072 bits', { timeout: 400_000 }, async () => {
  const args = ['verify', 'generated/heart-disease', '--data', 'datasets/heart-disease.csv', '--json']
  const { code, stdout } = await empCompile(args)
  expect(JSON.parse(stdout)).toMatchObject({ name: 'heart-disease', rows: 303, equal: 303, different: [] })
  expect(code).toBe(0)
})

test('a server module whose threshold was changed is found out, by line', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'emp-verify-'))
  try {
    const model = join(directory, 'model')
    await cp('generated/heart-disease', model, { recursive: true })
    const server = await readFile(join(model, 'server.js'), 'utf8')
    await writeFile(join(model, 'server.js'), server.replace(/cut: \d+ \}, \/\/ thal <= 4\.5/, 'cut: 4 }, //'))
    const rows = (await readFile('datasets/heart-disease.csv', 'utf8')).split('\n').slice(0, 8).join('\n')
    await writeFile(join(directory, 'rows.csv'), `${rows}\n`)
    const { code, stdout } = await empCompile(['verify', model, '--data', join(directory, 'rows.csv')])
    expect(stdout).toMatch(
      /rows\.csv:4: plaintext "1" \(\d+, \d+\) \(0\.\d+, 0\.\d+\), encrypted "[01]" .*\(0\.\d+, 0\.\d+\)\n/,
    )
    expect(code).toBe(1)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
})
