import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { describeTimes, stopwatch } from '../../compiler/cli/progress.ts'
import { hasColours } from '../../compiler/cli/terminal.ts'
import { didYouMean, editDistance, nearestOf } from '../../compiler/nearest.ts'
import { pathTable } from '../../compiler/report/path-table.ts'
import { upToTen } from '../../compiler/text.ts'
import { empCompile } from '../support/processes.ts'

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'emp-compile-terminal-'))
  await copyFile('test/cases/emit/visit.csv', join(directory, 'visit.csv'))
  const names = Array.from({ length: 51 }, (_, i) => `measure_${i}`)
  const row = (y: string, x: number) => [...names.map((_, i) => (i * x) % 9), y].join(',')
  const rows = Array.from({ length: 20 }, (_, i) => row(i % 2 === 0 ? 'yes' : 'no', i))
  await writeFile(join(directory, 'wide.csv'), `${[[...names, 'outcome'].join(','), ...rows].join('\n')}\n`)
})
afterAll(() => rm(directory, { recursive: true }))
afterEach(() => void vi.restoreAllMocks())

describe('did you mean', () => {
  test.each([
    ['shcema', 'schema'],
    ['Schema', 'schema'],
    ['serv', 'serve'],
    ['train', null],
    ['x', null],
  ])('%s: %s', (given, want) => expect(nearestOf(given, ['schema', 'serve', 'verify'])).toBe(want))

  test('a swap of neighbours counts once', () => {
    expect(editDistance('dpeth', 'depth')).toBe(1)
    expect(editDistance('kitten', 'sitting')).toBe(3)
    expect(didYouMean('abe', ['age'])).toBe(' Did you mean "age"?')
  })

  test.each([
    ['a command', ['verfy', 'model'], 'Did you mean verify?'],
    ['an option', ['visit.csv', '--max-dpeth', '3'], 'Did you mean --max-depth?'],
    ['a choice', ['visit.csv', '--reveal', 'lable'], 'Did you mean "label"?'],
    ['the target', ['wide.csv', '--target', 'outcmoe'], 'Did you mean "outcome"?'],
    ['a column', ['visit.csv', '--drop', 'agee'], 'Did you mean "age"?'],
    ['an answer', ['visit.csv', '--class-weight', '{"yess": 2}'], 'Did you mean "yes"?'],
  ])('%s', async (_, words, hint) => {
    const { code, stderr } = await empCompile(words, directory)
    expect([code, stderr]).toEqual([2, expect.stringContaining(hint)])
  })
})

test('of 52 columns ten are named', async () => {
  expect(upToTen(Array.from({ length: 51 }, (_, i) => `c${i}`))).toBe(
    'c0, c1, c2, c3, c4, c5, c6, c7, c8, c9 and 41 more',
  )
  const { stderr } = await empCompile(['wide.csv', '--target', 'nothing like it'], directory)
  expect(stderr).toMatch(/"measure_9" and 42 more\.$/m)
})

test.each([
  ['a terminal', true, {}, true],
  ['a file', false, {}, false],
  ['NO_COLOR', true, { NO_COLOR: '1' }, false],
  ['an empty NO_COLOR', true, { NO_COLOR: '' }, true],
  ['FORCE_COLOR', false, { FORCE_COLOR: '1' }, true],
  ['NO_COLOR before FORCE_COLOR', true, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
  ['a dumb terminal', true, { TERM: 'dumb' }, false],
])('colours: %s', (_, isTTY, environment, want) => expect(hasColours({ isTTY }, environment)).toBe(want))

test('colours change nothing but colours', async () => {
  const plain = await empCompile(['visit.csv'], directory)
  const coloured = await empCompile(['visit.csv'], directory, { FORCE_COLOR: '1', NO_COLOR: '' })
  expect(coloured.stdout).toContain('\u001b[1mdata\u001b[22m')
  expect(plain.stdout).not.toContain('\u001b')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
  const without = (text: string) => text.replace(/\u001b\[\d+m/g, '').replace(/^time .*$/m, '')
  expect(without(coloured.stdout)).toBe(without(plain.stdout))
  expect(plain.stdout).toMatch(/^time +reading \d+\.\d s, training .* in all$/m)
  expect(plain.stdout).toMatch(/\nNext: emp-compile serve generated\/visit --port 8080\n$/)
})

test('the pruning path is a small table', () => {
  const step = (leaves: number, score: number) => ({
    leaves,
    score,
    deviation: 0.1,
    ciphertexts: leaves,
    bytes: 1000 * leaves,
  })
  expect(pathTable({ steps: [step(12, 0.75), step(4, 0.8125), step(1, 0.5)], chosen: 1 }, 'classification')).toEqual([
    'leaves  accuracy  ciphertexts    bytes',
    '    12     75.0%           12  12.0 kB',
    '     4     81.3%            4   4.0 kB  chosen',
    '     1     50.0%            1   1.0 kB',
    'These figures chose the size, so they flatter it. Judge the model by the line "accuracy".',
  ])
})

describe('progress of a compile', () => {
  const drawn = (isTTY: boolean) => {
    const was = process.stderr.isTTY
    process.stderr.isTTY = isTTY
    const texts: string[] = []
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => texts.push(String(text)) > 0)
    const watch = stopwatch()
    watch.step('training')
    const started = performance.now()
    while (performance.now() - started < 120);
    watch.part(3, 10)
    watch.step('measuring')
    const times = watch.end()
    process.stderr.isTTY = was
    return { texts, times }
  }

  test('is drawn over itself on a terminal, and erased', () => {
    const { texts, times } = drawn(true)
    expect(texts).toEqual(['training ...', 'training 3 of 10', 'measuring ...', ''].map((text) => `\r\u001b[K${text}`))
    expect(times.map(({ step }) => step)).toEqual(['training', 'measuring'])
    expect(describeTimes([{ step: 'reading', seconds: 0.12 }])).toBe('reading 0.1 s; 0.1 s in all')
  })

  test('is silent elsewhere', () => expect(drawn(false).texts).toEqual([]))
})
