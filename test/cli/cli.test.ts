import { copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { empCompile, type Finished } from '../support/processes.ts'

const generated = [
  ...['client.ts', 'server.ts', 'server.js', 'page.json', 'report/model.json', 'report/MODEL_CARD.md'],
  ...['confusion.svg', 'roc.svg', 'calibration.svg', 'decision.svg'].map((file) => `report/${file}`),
  ...['tree.svg', 'importances.svg', 'dependence.svg', 'report.html'].map((file) => `report/${file}`),
]
const growth = ['--min-samples-leaf', '1', '--max-depth', '3', '--key-bits', '2048']

let directory = ''
let compiled: Finished
const run = (...args: string[]) => empCompile(args, directory)
const textOf = (file: string) => readFile(join(directory, file), 'utf8')
/** The contract in a client module: the grids and the texts. */
const contractOf = async (model: string) =>
  /export const contract = .*? as const/s.exec(await textOf(`${model}/client.ts`))?.[0]
const treeOf = async (model: string) => JSON.parse(await textOf(`${model}/report/model.json`)).tree

/** Every file below a directory, with its contents. */
async function contentsOf(path: string): Promise<Map<string, string>> {
  const entries = await readdir(join(directory, path), { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return new Map(await Promise.all(files.sort().map(async (file) => [file, await readFile(file, 'utf8')] as const)))
}

/** A message for people: one error, no stack. */
function expectRefusal({ code, stdout, stderr }: Finished, ...says: string[]): void {
  expect(stderr).toMatch(/^emp-compile: .*/)
  expect(stderr).not.toMatch(/^\s+at /m)
  for (const words of says) expect(stderr).toContain(words)
  expect([code, stdout]).toEqual([2, ''])
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'emp-compile-cli-'))
  await copyFile('test/cases/emit/visit.csv', join(directory, 'visit.csv'))
  await copyFile('datasets/heart-disease.csv', join(directory, 'heart-disease.csv'))
  // Most of its rows are texts, but most of its different texts are numbers.
  await writeFile(join(directory, 'codes.csv'), `code,y\n1,a\n2,b\n3,a\n${'none,b\n'.repeat(5)}`)
  compiled = await run('visit.csv', ...growth)
})
afterAll(() => rm(directory, { recursive: true }))

describe('emp-compile <csv>', () => {
  test('writes its files, and a summary that fits a screen', async () => {
    expect(compiled).toMatchObject({ code: 0, stderr: '' })
    const lines = compiled.stdout.trimEnd().split('\n')
    expect(lines.length).toBeLessThanOrEqual(20)
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(110)
    expect(lines[0]).toMatch(/^data +visit\.csv: 18 rows, 4 columns, 3 cells missing$/)
    expect(compiled.stdout).toMatch(/^written +generated\/visit: client\.ts/m)
    const files = [...(await contentsOf('generated/visit')).keys()]
    expect(files).toEqual(generated.map((file) => join(directory, 'generated/visit', file)).sort())
  })

  test('writes no path, no date', async () => {
    const { code } = await run(resolve(directory, 'visit.csv'), '--out', resolve(directory, 'absolute'), ...growth)
    expect(code).toBe(0)
    for (const text of (await contentsOf('absolute')).values()) {
      for (const path of [directory, tmpdir(), homedir(), resolve('.')]) expect(text).not.toContain(path)
      expect(text).not.toMatch(
        /\b\d{4}-\d\d-\d\d\b|\b\d\d:\d\d\b|\bGMT\b|\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b/,
      )
    }
    for (const file of generated) expect(await textOf(`absolute/${file}`)).toBe(await textOf(`generated/visit/${file}`))
  })

  test('reports as JSON', async () => {
    const { code, stdout, stderr } = await run('visit.csv', '--name', 'other', '--json', ...growth)
    expect([code, stderr]).toEqual([0, ''])
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ name: 'other', family: 'tree', reveal: 'signs', scheme: 'paillier' },
      rows: 18,
      figures: { training: { rows: 18 } },
      cost: { requestCiphertexts: expect.any(Number) },
      leakage: { tests: expect.any(Number) },
      written: generated.map((file) => `generated/other/${file}`),
    })
  })

  test('--check tells fresh from stale, names the files, and writes nothing', async () => {
    const check = () => run('visit.csv', '--out', 'checked', '--check', ...growth)
    expect(await check()).toMatchObject({ code: 1, stdout: expect.stringContaining(generated.join(', ')) })
    await expect(readdir(join(directory, 'checked'))).rejects.toThrow('ENOENT')

    await run('visit.csv', '--out', 'checked', '--name', 'visit', ...growth)
    expect(await check()).toEqual({ code: 0, stdout: 'checked is up to date.\n', stderr: '' })

    const client = await textOf('checked/client.ts')
    await writeFile(join(directory, 'checked/client.ts'), client.replace('counts: [8', 'counts: [9'))
    const edited = await contentsOf('checked')
    expect(await check()).toMatchObject({ code: 1, stdout: expect.stringMatching(/^checked is stale: client\.ts\. /) })
    const json = await run('visit.csv', '--out', 'checked', '--check', '--json', ...growth)
    expect(JSON.parse(json.stdout)).toEqual({ name: 'visit', directory: 'checked', stale: ['client.ts'] })
    expect(await contentsOf('checked')).toEqual(edited)

    await rm(join(directory, 'checked/report/tree.svg'))
    expect((await check()).stdout).toMatch(/^checked is stale: client\.ts, report\/tree\.svg\. /)
  })

  test('overwrites what it generated', async () => {
    await run('visit.csv', '--out', 'again', ...growth)
    expect(await run('visit.csv', '--out', 'again', '--max-depth', '1', '--key-bits', '2048')).toMatchObject({
      code: 0,
    })
    expect((await treeOf('again')).left.left).toBeUndefined()
  })

  test('does not touch a file that it did not generate, and then writes none', async () => {
    await mkdir(join(directory, 'mine/report'), { recursive: true })
    await writeFile(join(directory, 'mine/report/MODEL_CARD.md'), '# My own notes\n')
    const before = await contentsOf('mine')
    expectRefusal(
      await run('visit.csv', '--out', 'mine', ...growth),
      'mine/report/MODEL_CARD.md',
      'not generated',
      '--out',
    )
    expect(await contentsOf('mine')).toEqual(before)
  })

  test.each([
    ['below a regular file', 'a-file', 'a-file/x'],
    ['with a regular file in place of report/', 'half/report', 'half'],
    ['with a directory in place of a file', 'crowded/server.ts/inside', 'crowded'],
  ])('to a directory that cannot be written, %s, leaves nothing half-written', async (_, file, out) => {
    await mkdir(join(directory, file, '..'), { recursive: true })
    await writeFile(join(directory, file), '')
    const before = await contentsOf('.')
    expectRefusal(await run('visit.csv', '--out', out, ...growth), out, 'cannot be written')
    expect(await contentsOf('.')).toEqual(before)
  })
})

describe('usage', () => {
  // In a directory of its own: what a command writes by mistake must not mislead the other tests.
  const apart = (...args: string[]) => empCompile(args, join(directory, 'apart'))
  beforeAll(async () => {
    await mkdir(join(directory, 'apart'), { recursive: true })
    await copyFile(join(directory, 'visit.csv'), join(directory, 'apart/visit.csv'))
    await cp(join(directory, 'generated/visit'), join(directory, 'apart/model'), { recursive: true })
  })
  const given: [string, string[], ...string[]][] = [
    ['no arguments', [], 'csv'],
    ['an unknown option', ['visit.csv', '--max-dept', '3'], 'max-dept', '--help'],
    ['one argument too many', ['visit.csv', 'extra'], 'extra'],
    ['a wrong choice', ['visit.csv', '--criterion', 'mse'], 'criterion', 'mse', 'gini', 'entropy'],
    ['a key that is not offered', ['visit.csv', '--key-bits', '1024'], 'key-bits', '1024', '3072'],
    ['a number out of range', ['visit.csv', '--max-depth', '0'], '--max-depth', '0', 'from 1 to 100'],
    ['a text for a number', ['visit.csv', '--max-depth', 'deep'], '--max-depth', 'a whole number'],
    ['an option without its value', ['visit.csv', '--max-depth'], 'max-depth'],
    ['an output without its value', ['visit.csv', '--out'], 'out'],
    ['a name with capitals', ['visit.csv', '--name', 'Visit'], '--name', '"Visit"', 'small letters'],
    ['an empty delimiter', ['visit.csv', '--delimiter', ''], '--delimiter'],
    ['a target that is not there', ['visit.csv', '--target', 'outcome'], 'visit.csv:1', '"outcome"', '"readmitted"'],
    ['a CSV that is not there', ['none.csv'], 'none.csv', 'ENOENT'],
    ['schema without a CSV', ['schema'], 'csv'],
    ['predict without a model', ['predict', '--input', 'x.json'], 'model'],
    ['package without a model', ['package'], '<model>'],
    ['bench without a model', ['bench'], 'Missing argument <model>. See emp-compile bench --help.'],
    ['probe without a URL', ['probe', '--model', 'model'], '<url>'],
    ['a port that is none', ['serve', 'model', '--port', '80a'], '--port', '"80a"'],
    ['the last of two numbers', ['serve', 'model', '--max-age', '1', '--max-age', 'old'], '--max-age', '"old"'],
    ['one of two keys that is empty', ['serve', 'model', '--reply-key', 'a', '--reply-key', ''], '--reply-key needs'],
    ['predict without an input', ['predict', 'model'], 'input'],
    ['predict with two ways', ['predict', 'model', '--input', 'x', '--store', 'y', '--server', 'z'], 'store', 'server'],
    ['predict with no model there', ['predict', 'nowhere', '--input', 'x.json'], 'nowhere', 'emp-compile'],
    ['predict with no input there', ['predict', 'model', '--input', 'none.json'], 'none.json', 'ENOENT'],
  ]
  test.each(given)('%s is refused by name, and writes nothing', async (_, args, ...says) => {
    const before = await contentsOf('apart')
    expectRefusal(await apart(...args), ...says)
    expect(await contentsOf('apart')).toEqual(before)
  })

  test('of an option that is given twice the last one counts', async () => {
    const { code } = await apart('visit.csv', '--max-depth', '0', '--max-depth', '1', '--out', 'a', '--out', 'b')
    const names = await readdir(join(directory, 'apart'))
    expect([code, names.includes('a'), names.includes('b')]).toEqual([0, false, true])
  })

  test('--help lists the commands, --version is that of the package', async () => {
    const { code, stdout } = await run('--help')
    expect(code).toBe(0)
    for (const command of [
      '<csv>',
      'schema <csv>',
      'verify <model>',
      'serve <model..>',
      'predict <model>',
      'package <model..>',
      'reply-key <file>',
    ]) {
      expect(stdout).toContain(`emp-compile ${command}`)
    }
    expect((await run('--version')).stdout.trim()).toBe(JSON.parse(await readFile('package.json', 'utf8')).version)
  })
})

describe('emp-compile schema', () => {
  test.each(['visit', 'heart-disease', 'codes'])(
    'of %s leads to the same tree, and is not overwritten',
    async (name) => {
      await run(`${name}.csv`, '--out', 'without', '--name', 'same', ...growth)
      const without = [await treeOf('without'), await contractOf('without')]
      expect(await run('schema', `${name}.csv`)).toMatchObject({
        code: 0,
        stdout: expect.stringContaining(`${name}.schema.json`),
      })
      const schema = await textOf(`${name}.schema.json`)
      expectRefusal(await run('schema', `${name}.csv`), `${name}.schema.json`, 'not overwritten')
      expect(await textOf(`${name}.schema.json`)).toBe(schema)
      expect(await run(`${name}.csv`, '--out', 'with', '--name', 'same', ...growth)).toMatchObject({
        code: 0,
        stderr: '',
      })
      expect([await treeOf('with'), await contractOf('with')]).toEqual(without)
      await rm(join(directory, `${name}.schema.json`))
    },
  )
})

test('emp-compile schema --out - prints the schema, and writes none', async () => {
  const before = await contentsOf('.')
  const { code, stdout } = await run('schema', 'visit.csv', '--out', '-')
  expect([code, await contentsOf('.')]).toEqual([0, before])
  const names = JSON.parse(stdout).fields.map(({ name }: { name: string }) => name)
  expect(names).toEqual(['age', 'bmi', 'smoker', 'ward', 'readmitted'])
})

describe('emp-compile predict', () => {
  const predict = async (name: string, text: string, ...args: string[]) => {
    await writeFile(join(directory, name), text)
    return run('predict', 'generated/visit', '--store', 'memory:', '--input', name, ...args)
  }
  const record = { age: 34, bmi: 22.5, smoker: 'never', ward: 'A' }
  const rows = 'smoker,age,note,bmi\nnever,34,x,22.5\ndaily,71,y,?\n'

  test('answers one JSON record', async () => {
    const { code, stdout, stderr } = await predict('record.json', JSON.stringify(record))
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^record +answer +share, training rows like it\nrecord\.json +no +84\.1%, 8\n$/)
    const json = await predict('record.json', JSON.stringify(record), '--json')
    expect(JSON.parse(json.stdout)).toEqual({
      kind: 'class',
      answer: 'no',
      counts: { no: 8, yes: 0 },
      probability: { no: 0.841, yes: 0.159 },
    })
  })

  test('answers the rows of a CSV', async () => {
    const { code, stdout, stderr } = await predict('rows.csv', rows)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^record .*\nrows\.csv:2 +no +84\.1%, 8\nrows\.csv:3 +yes +75\.1%, 6\n$/)
    const json = await predict('rows.csv', rows, '--json')
    const want = [
      { line: 2, kind: 'class', answer: 'no', counts: { no: 8, yes: 0 }, probability: { no: 0.841, yes: 0.159 } },
      { line: 3, kind: 'class', answer: 'yes', counts: { no: 0, yes: 6 }, probability: { no: 0.249, yes: 0.751 } },
    ]
    expect(JSON.parse(json.stdout)).toEqual(want)
  })

  // The value is a patient's: 4711 and "enigma" stand nowhere in the output.
  const refused: [string, string, string, ...string[]][] = [
    ['a missing feature', 'r.json', '{"smoker":"enigma"}', 'r.json: ', '"age" must be given'],
    ['a missing column', 'r.csv', 'age,bmi\n4711,4711\n', 'r.csv:1: ', '"smoker"'],
    ['a missing cell', 'r.csv', 'age,bmi,smoker\n?,22,never\n', 'r.csv:2:1: ', '"age" must be given'],
    ['an unknown feature', 'r.json', '{"agee":4711}', 'r.json: ', '"agee" is not a feature', '"age"'],
    [
      'a value out of range',
      'r.json',
      '{"age":4711,"bmi":22,"smoker":"never"}',
      'r.json: ',
      '"age" is out of range',
      '20 to 80',
    ],
    ['a text for a number', 'r.csv', 'age,bmi,smoker\n30,enigma,never\n', 'r.csv:2:2: ', '"bmi" must be a number'],
    ['an unknown level', 'r.csv', 'age,bmi,smoker\n30,22,enigma\n', 'r.csv:2:3: ', '"smoker" takes one of "daily"'],
    ['a list in a list', 'r.json', '[[4711]]', 'r.json[0]: ', 'not an object'],
    ['no JSON', 'r.json', '{"age": enigma', 'r.json: ', 'is not JSON'],
  ]
  test.each(refused)('refuses %s, without naming the value', async (_, name, text, ...says) => {
    const finished = await predict(name, text)
    expectRefusal(finished, ...says)
    expect(finished.stdout + finished.stderr).not.toMatch(/4711|enigma/)
  })

  test.each([
    ['a list', 'r.json', '[{"age":30,"bmi":22,"smoker":"never"},{"age":4711}]', /^r\.json\[1\]: "age" is out of range/],
    ['a CSV', 'r.csv', 'bmi,age,smoker\n22,30,never\n22,4711,never\n', /^r\.csv:3:2: "age" is out of range/],
  ])('of %s answers the records that fit, and says where the other is', async (_, name, text, says) => {
    const { code, stdout, stderr } = await predict(name, text, '--json')
    expect([code, JSON.parse(stdout)]).toEqual([
      2,
      [
        expect.objectContaining({ answer: 'no' }),
        expect.objectContaining({ answer: null, reason: expect.stringContaining('"age" is out of range') }),
      ],
    ])
    expect(stderr).toMatch(says)
    expect(stdout + stderr).not.toMatch(/4711/)
  })
})
