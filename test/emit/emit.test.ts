import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commentText, literal, markdownText, propertyName, stringLiteral, xmlText } from '../../compiler/emit/escape.ts'
import { type Compiled, type CompileOptions, compile } from '../../compiler/index.ts'
import { cellsFor } from '../../compiler/missing.ts'
import { defaultMeasureOptions } from '../../compiler/report/figures.ts'
import { signsClient } from '../../compiler/schemes/signs/emit-client.ts'
import { signsServer } from '../../compiler/schemes/signs/emit-server.ts'
import { leavesOf, type Node, predictTree } from '../../compiler/tree.ts'
import { cellCount } from '../../runtime/grid.ts'
import { everyHostileName, hostileNames, hostileTables, toCsv } from '../cases/emit/hostile.ts'
import { importEmitted } from '../support/modules.ts'
import { lower, recordOf } from '../support/plans.ts'
import { tables } from '../support/tables.ts'
import { boundedOptions, classTree, trainClasses, treeOfModel } from '../support/trees.ts'

const here = new URL('..', import.meta.url).pathname
const cases = join(here, 'cases', 'emit')
const run = promisify(execFile)

const options = (csv: string, some: Partial<CompileOptions> = {}): CompileOptions => ({
  ...{ csv, schema: null, target: null, delimiter: null, name: 'test' },
  ...{ ...boundedOptions, minSamplesLeaf: 1, maxDepth: 3, measure: defaultMeasureOptions },
  ...some,
})

/** The modules of a compiled tree for keys that are short, and so quick. */
function importShort<Answer extends string | number>({ model, table }: Compiled) {
  const plan = lower(treeOfModel(model), { name: 'test', keyBits: 512 })
  const columns = new Map(table.columns.map(({ column, document }) => [column.name, document]))
  return importEmitted<Answer>(signsClient(plan, { target: table.target, columns }), signsServer(plan))
}

describe('the modules of a small table', () => {
  const csv = join(cases, 'visit.csv')
  const emitted = compile(options(csv, { name: 'visit' }))

  test.each(['client.ts', 'server.ts'])('%s', async (file) => {
    await expect((await emitted).files.get(file)).toMatchFileSnapshot(join(cases, `${file}.txt`))
  })

  test('are the same bytes again, from another place too', async () => {
    const other = await mkdtemp(join(tmpdir(), 'emp-compile-emit-'))
    try {
      for (const file of ['visit.csv', 'visit.schema.json']) await copyFile(join(cases, file), join(other, file))
      const { files } = await emitted
      expect((await compile(options(csv, { name: 'visit' }))).files).toEqual(files)
      expect((await compile(options(join(other, 'visit.csv'), { name: 'visit' }))).files).toEqual(files)
    } finally {
      await rm(other, { recursive: true })
    }
  })
})

describe('the client module', () => {
  test('is the same for trees that differ in nothing but their cuts, for random tables', () => {
    fc.assert(
      fc.property(tables, (table) => {
        const tree = trainClasses(table, { ...boundedOptions, minSamplesLeaf: 1 })
        const mirror = (node: Node): Node => {
          if (node.kind !== 'split') return node
          const name = tree.features[node.feature]?.column
          const column = tree.columns.find((column) => column.name === name)
          const cut = column === undefined ? 0 : cellCount(column) - 2 - node.cut
          return { ...node, cut, left: mirror(node.left), right: mirror(node.right) }
        }
        const documents = { target: table.target, columns: new Map() }
        const emit = (root: Node) => {
          const plan = lower({ ...tree, root }, { name: 'test', keyBits: 3072 })
          return { client: signsClient(plan, documents), server: signsServer(plan) }
        }
        const [one, other] = [emit(tree.root), emit(mirror(tree.root))]
        expect(other.client).toBe(one.client)
        const cutIsInTheMiddle = JSON.stringify(mirror(tree.root)) === JSON.stringify(tree.root)
        expect(other.server === one.server).toBe(cutIsInTheMiddle)
      }),
      { numRuns: 20 },
    )
  })
})

describe('the modules of a tree of numbers', () => {
  // Decimal answers, one of which is a negative mean; a text column, and missing cells.
  const rows = Array.from({ length: 24 }, (_, i) => {
    const [age, ward] = [20 + ((i * 7) % 24), ['A', 'B', '?'][i % 3] ?? '']
    return `${i % 8 === 5 ? '?' : age},${ward},${(age / 3 - 12 + (i % 3)).toFixed(2)}`
  })
  let directory: string
  let compiled: Compiled
  beforeAll(async () => {
    directory = await mkdtemp(join(here, '.tmp-emit-'))
    await writeFile(join(directory, 'stay.csv'), `age,ward,days\n${rows.join('\n')}\n`)
    const field = { name: 'days', title: 'Length of stay', unit: 'd' }
    await writeFile(join(directory, 'stay.schema.json'), JSON.stringify({ fields: [field] }))
    compiled = await compile(options(join(directory, 'stay.csv'), { name: 'stay' }))
    for (const file of ['client.ts', 'server.ts']) {
      await writeFile(join(directory, file), compiled.files.get(file) ?? '')
    }
  })
  afterAll(() => rm(directory, { recursive: true }))

  test('pass the type checker: the answer is a number, and no text', async () => {
    const use = (type: string) => `import { type Answer, client, type Features } from './client.ts'
import { server } from './server.ts'
export const record: Features = { age: 30, ward: null }
export const answer: Answer = 0.5
export async function ask(via: Parameters<typeof client.predict>[1]['via']): Promise<${type}> {
  const leaf = await client.predict(record, { via })
  const { rows = 0, deviation = 0 }: { rows?: number; deviation?: number } = leaf
  if (server.contract.answers !== null || rows < deviation) throw new Error('no tree of numbers')
  return leaf.answer
}\n`
    await writeFile(join(directory, 'use.ts'), use('number'))
    await writeFile(join(directory, 'faulty.ts'), use('string'))
    const tsconfig = join(directory, 'tsconfig.json')
    const files = ['client.ts', 'server.ts', 'use.ts', 'faulty.ts']
    await writeFile(tsconfig, JSON.stringify({ extends: '../../tsconfig.json', include: [], files }))
    const tsc = join(here, '..', 'node_modules', '.bin', 'tsc')
    const checked = run(tsc, ['--noEmit', '--pretty', 'false', '-p', tsconfig], { cwd: directory })
    const { stdout } = await checked.catch((error: { stdout: string }) => error)
    expect(stdout.trim()).toMatch(/^faulty\.ts[^\n]*'number' is not assignable to type 'string'\.$/)
    expect(compiled.files.get('client.ts')).toContain('The mean of "days" in d over training rows. Length of stay.')
  })

  test('give open(evaluate(seal)) = predict for every training row', async () => {
    const { table, model } = compiled
    const tree = treeOfModel(model)
    expect(tree.answers).toBeNull()
    expect(leavesOf(tree.root).length).toBeGreaterThan(4)
    const { client, server } = await importShort<number>(compiled)
    const key = await client.generateKey()
    const cells = cellsFor(table, tree)
    for (let row = 0; row < table.rows; row++) {
      const sealed = await client.seal(recordOf(table, tree, row), key)
      const opened = await sealed.open(await server.evaluate(sealed.request))
      expect(opened).toEqual(predictTree(tree, cells(row)))
    }
  })
})

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)

describe(`hostile names (to run them again: SEED=${seed})`, () => {
  const samples = fc.sample(hostileTables, { seed, numRuns: 40 })
  // No column divides these rows: the tree is a single leaf.
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
    // Inside the package, so that the modules find it by its name.
    directory = await mkdtemp(join(here, '.tmp-emit-'))
    compiled = await Promise.all(
      samples.map(async (sample, i) => {
        const path = join(directory, String(i))
        await mkdir(path)
        await writeFile(join(path, 'given.csv'), toCsv(sample))
        return compile(options(join(path, 'given.csv'), { delimiter: ',', maxDepth: 4 }))
      }),
    )
  })
  afterAll(() => rm(directory, { recursive: true }))

  test('pass the type checker, under the strict settings of this package', async () => {
    const files: string[] = []
    for (const [i, { files: emitted, table, model }] of compiled.entries()) {
      const tree = treeOfModel(model)
      const client = emitted.get('client.ts') ?? ''
      const records = Array.from({ length: table.rows }, (_, row) => {
        const properties = Object.entries(recordOf(table, tree, row))
        return `{ ${properties.map(([name, value]) => `[${JSON.stringify(name)}]: ${JSON.stringify(value)}`).join(', ')} }`
      })
      const modules = {
        'client.ts': client,
        'server.ts': emitted.get('server.ts') ?? '',
        'use.ts': `import type { Answer, Features } from './client.ts'
export const records: readonly Features[] = [${records.join(', ')}]
export const answers: readonly Answer[] = ${JSON.stringify(classTree(tree).answers)}\n`,
        // No name may switch the checker off: it must find this fault.
        'faulty.ts': `${client}export const faulty: number = 'text'\n`,
      }
      for (const [name, text] of Object.entries(modules)) {
        files.push(`${i}/${name}`)
        await writeFile(join(directory, String(i), name), text)
      }
    }
    const tsconfig = join(directory, 'tsconfig.json')
    await writeFile(tsconfig, JSON.stringify({ extends: '../../tsconfig.json', include: [], files }))
    const tsc = join(here, '..', 'node_modules', '.bin', 'tsc')
    const checked = run(tsc, ['--noEmit', '--pretty', 'false', '-p', tsconfig], { cwd: directory })
    const { stdout } = await checked.catch((error: { stdout: string }) => error)
    const faults = stdout.split('\n').filter((line) => line !== '' && !line.startsWith(' '))
    expect(
      faults.filter((line) => !/^\d+\/faulty\.ts.*'string' is not assignable to type 'number'/.test(line)),
    ).toEqual([])
    expect(faults.length).toBe(compiled.length)
  })

  test('hide no character from a reader of the modules', () => {
    for (const { files } of compiled) {
      for (const name of ['client.ts', 'server.ts']) {
        expect(files.get(name)?.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u)
      }
    }
  })

  test('leave no comment empty', () => {
    for (const { files } of compiled) expect(files.get('client.ts')).not.toMatch(/\/\*\*[\s*]*\*\//)
  })

  test('give open(evaluate(seal)) = predict for every training row', async () => {
    for (const one of compiled) {
      const { table, model } = one
      const tree = treeOfModel(model)
      const { client, server } = await importShort(one)
      const key = await client.generateKey()
      const cells = cellsFor(table, tree)
      for (let row = 0; row < table.rows; row++) {
        const sealed = await client.seal(recordOf(table, tree, row), key)
        const opened = await sealed.open(await server.evaluate(sealed.request))
        expect(opened).toEqual(predictTree(tree, cells(row)))
      }
    }
  })
})

describe('escaping', () => {
  // Also halves of surrogate pairs, and what the hostile tables are made of.
  const codeUnits = fc.array(fc.nat(0xffff), { maxLength: 20 }).map((units) => String.fromCharCode(...units))
  const texts = fc.oneof(fc.string({ unit: 'binary' }), codeUnits, hostileNames)
  const evaluate = (code: string): unknown => runInNewContext(code)

  test('stringLiteral and propertyName mean the text, in printable characters', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(evaluate(stringLiteral(text))).toBe(text)
        expect(stringLiteral(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u)
        fc.pre(text !== '__proto__')
        expect(evaluate(`Object.keys({ ${propertyName(text)}: 1 }).join()`)).toBe(text)
      }),
    )
  })

  test('literal means the value', () => {
    fc.assert(
      fc.property(fc.json({ stringUnit: 'binary' }), (json) => {
        const value: unknown = JSON.parse(json)
        expect(JSON.parse(String(evaluate(`JSON.stringify(${literal(value)})`)))).toEqual(value)
      }),
    )
    const proto: unknown = JSON.parse('{ "__proto__": 1 }')
    expect(evaluate(`JSON.stringify(${literal(proto)})`)).toBe('{"__proto__":1}')
  })

  const literals: [unknown, string][] = [
    ["it's", String.raw`'it\'s'`],
    ['a\\b\nc\td', String.raw`'a\\b\nc\u{9}d'`],
    ['\u202eabc\u2028👩‍⚕️', String.raw`'\u{202e}abc\u{2028}👩\u{200d}⚕️'`],
    [[], '[]'],
    [{}, '{}'],
    [[1, -0.5, null, true], '[1, -0.5, null, true]'],
    [{ a: 1, 'b c': [{}] }, "{ a: 1, 'b c': [{}] }"],
    [['x'.repeat(110)], `[\n  '${'x'.repeat(110)}',\n]`],
  ]
  test.each(literals)('literal of %j', (given, want) => expect(literal(given)).toBe(want))

  test('commentText stays in its comment, of either kind, and is no directive', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const comment = commentText(text)
        expect(comment).not.toMatch(/\*\/|[\n\r\u2028\u2029]|(?<!\\)@/u)
        expect(evaluate(`/** ${comment} */ 'a'`)).toBe('a')
        expect(evaluate(`/**\n * ${comment}\n */ 'a'`)).toBe('a')
        expect(evaluate(`'a' // ${comment}\n + 'b'`)).toBe('ab')
      }),
    )
  })

  const comments: [string, string][] = [
    [' a\n  b\u2028c ', 'a b c'],
    ['*/ alert() /*', String.raw`*\/ alert() /*`],
    ['**//', String.raw`**\//`],
    ['@ts-nocheck', String.raw`\@ts-nocheck`],
    ['a\u202eb\u0000', String.raw`a\u{202e}b\u{0}`],
  ]
  test.each(comments)('commentText of %j', (given, want) => expect(commentText(given)).toBe(want))

  const xml: [string, string][] = [
    [`<a b="c" d='e'>&amp;</a>`, '&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;amp;&lt;/a&gt;'],
    ['a\n b', 'a b'],
    ['a\u0000\u202e\uffff\ud800b', 'a\ufffd\ufffd\ufffd\ufffdb'],
    [']]>', ']]&gt;'],
    ['é€😀', 'é€😀'],
  ]
  test.each(xml)('xmlText of %j', (given, want) => expect(xmlText(given)).toBe(want))

  const markdown: [string, string][] = [
    ['a|b', String.raw`a\|b`],
    ['[a](b) ![c](d)', String.raw`\[a\](b) \!\[c\](d)`],
    ['<b>*x* _y_ `z`</b> &lt;', String.raw`\<b\>\*x\* \_y\_ \`z\`\</b\> \&lt;`],
    ['# a\n\n- b', String.raw`\# a - b`],
    ['a\\', 'a\\\\'],
    ['\u202ea', '\ufffda'],
  ]
  test.each(markdown)('markdownText of %j', (given, want) => expect(markdownText(given)).toBe(want))
})
