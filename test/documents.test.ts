import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

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
