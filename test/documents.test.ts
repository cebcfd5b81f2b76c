import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { commandNames, optionsOf } from '../compiler/cli/commands.ts'

const threats = readFileSync('runtime/THREATS.md', 'utf8')

/** The tests that the threat model names: file and a part of its title. */
const named = [...threats.matchAll(/`(test\/[\w/.-]+\.test\.ts)` "([^"]+)"/g)].map(([, file = '', title = '']) => ({
  file,
  title,
}))

describe('the threat model', () => {
  test('names a test for every claim', () => {
    const section = threats.split('## What each party can do')[1]?.split('\n## ')[0] ?? ''
    const claims = section.split('\n').filter((line) => line.startsWith('|') && !/^\| (party|-)/.test(line))
    expect(claims.length).toBeGreaterThan(25)
    expect(claims.filter((line) => !/`test\/[\w/.-]+\.test\.ts` "[^"]+" *\|$/.test(line))).toEqual([])
  })

  test.each(named)('$file: "$title"', ({ file, title }) => {
    expect(existsSync(file)).toBe(true)
    expect(readFileSync(file, 'utf8')).toContain(title)
  })

  test('names every test of an attack', () => {
    const files = readdirSync('test/attacks').map((file) => join('test/attacks', file))
    expect(files.filter((file) => !named.some((one) => one.file === file))).toEqual([])
  })
})

/** Every document that people read, but those of packages. */
const documents = readdirSync('.', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.md') && !/(^|\/)(node_modules|dist|generated|cases|\.tmp[^/]*)\//.test(file))
  .sort()

describe('every test that a document names is there', () => {
  test.each(documents)('%s', (document) => {
    const text = readFileSync(document, 'utf8')
    const files = [...text.matchAll(/\btest\/[\w/-]+\.test\.ts\b/g)].map(([file]) => file)
    expect(files.filter((file) => !existsSync(file))).toEqual([])
  })
})

/** Command lines that a document shows, in blocks of code and in the text: the words after `emp-compile`. */
function commandLines(text: string): readonly string[] {
  const joined = text.replaceAll(/\\\n\s*/g, ' ')
  const blocks = joined.matchAll(
    /^\s*(?:\$ |npx |(?:ExecStart=)?[\w/]*node_modules\/\.bin\/)*emp-compile +([^\n#&>|]*)/gm,
  )
  const inline = joined.matchAll(/`(?:npx )?emp-compile\s+([^`]*)`/g)
  return [...blocks, ...inline].map(([, words = '']) => words.trim())
}

describe('every command that a document shows is one, with options that it has', () => {
  test.each(documents)('%s', async (document) => {
    for (const line of commandLines(readFileSync(document, 'utf8'))) {
      const words = line.split(/\s+/)
      const own = await optionsOf(commandNames.find((name) => name === words[0]))
      const flags = words.filter((word) => word.startsWith('--')).map((word) => word.slice(2).split('=')[0] ?? '')
      const known = [...own, ...own.map((name) => `no-${name}`), 'help', 'version']
      expect(flags.filter((flag) => !known.includes(flag)).join(), line).toBe('')
      // A command; or the file or the option that the default one begins with.
      const first = words[0] ?? ''
      expect(first === '' || commandNames.includes(first) || /^(--|\.\.\.|[<\w/-]*[.>])/.test(first), line).toBe(true)
    }
  })

  test('and there are many', () => {
    expect(documents.flatMap((document) => commandLines(readFileSync(document, 'utf8'))).length).toBeGreaterThan(60)
  })
})

describe('the capacity of the document on deploying follows from its figures', () => {
  const text = readFileSync('runtime/DEPLOY.md', 'utf8').split('## Capacity')[1] ?? ''
  const figure = (name: string) =>
    Number(new RegExp(`^\\| \`${name}\` +\\|[^|]*\\| ([\\d.]+)`, 'm').exec(text)?.[1] ?? expect.fail(name))
  const [e, k, i, x] = ['e', 'k', 'i', 'x'].map(figure) as [number, number, number, number]
  const bytes = /\| `b` +\|[^|]*\| ([\d,]+) \+ ([\d,]+)/.exec(text)?.slice(1) ?? expect.fail('b')
  const [up, down] = bytes.map((one) => Number(one.replaceAll(',', ''))) as [number, number]

  test('a row for each rate', () => {
    const rows = [...text.matchAll(/^\| +([\d,]+) \| +([\d,]+) \| +([\d,]+) \| +([\d,]+) \| +([\d.]+) \|/gm)].map(
      (row) => row.slice(1).map((cell) => Number(cell.replaceAll(',', ''))),
    )
    expect(rows.map(([rate]) => rate)).toEqual([1, 10, 100, 1000, 10_000])
    for (const [rate = 0, vcpus, concurrency, requests, megabytes] of rows) {
      expect(vcpus, `vCPUs at ${rate}`).toBe(Math.ceil((rate * e) / x))
      expect(concurrency, `concurrency at ${rate}`).toBe(Math.ceil((rate * (e + i)) / x))
      expect(requests).toBe(9 * rate)
      expect(megabytes).toBe(
        Number(((rate * (up + down)) / 1e6).toPrecision(megabytes === undefined || megabytes < 1 ? 1 : 2)),
      )
    }
    expect(k).toBeLessThan(e)
  })

  test('the dollars of a million', () => {
    const lambda = 1e6 * (e + i) * 1.769 * 0.0000133334
    const storage = 2 * 5 + 7 * 0.4
    expect(text).toContain(`= $${lambda.toFixed(2)} and`)
    expect(text).toContain(`= $${storage.toFixed(2)};`)
    expect(text).toContain(`about **$${Math.round(lambda + 0.2 + storage + 0.05 + 0.2 + 0.2)}**`)
    expect(text.replaceAll(/\s+/g, ' ')).toContain(`= $${(((1e6 * e) / x / 3600) * 0.04).toFixed(2)},`)
  })
})
