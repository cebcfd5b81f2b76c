import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { empCompile } from '../support/processes.ts'

let directory = ''
const run = (...args: string[]) => empCompile(args, directory)
const write = (name: string, text: string) => writeFile(join(directory, name), text)

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'emp-compile-coefficients-'))
})
afterAll(() => rm(directory, { recursive: true }))

test('a table of coefficients is compiled with the schema beside it, and says what else it needs', async () => {
  await write('fit.csv', 'covariate,coef,mean\nage,0.08,60.5\nsex[T.male],0.8,0.25\n')
  const fields = [
    { name: 'age', type: 'integer', constraints: { minimum: 18, maximum: 98 } },
    { name: 'sex', type: 'string', constraints: { enum: ['female', 'male'] } },
  ]
  await write('fit.schema.json', JSON.stringify({ fields }))
  const missing = await run('fit.csv')
  expect([missing.code, missing.stderr]).toEqual([2, expect.stringMatching(/--link logistic .*--baseline 0\.92/s)])
  const compiled = await run('fit.csv', '--baseline', '0.9', '--horizon', '10 years', '--out', 'made')
  expect(compiled).toMatchObject({ code: 0, stderr: '' })
  expect(compiled.stdout).toMatch(/^model +Cox regression: 2 of 3 numbers weighted/m)
  await write('people.csv', 'age,sex\n60,male\n98,female\n')
  const verified = await run('verify', 'made', '--data', 'people.csv')
  expect(verified.stdout).toContain('2 of 2 rows equal, all equal')
  const refused = await run('people.csv', '--target', 'sex', '--baseline', '0.9')
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('--baseline')])
})
