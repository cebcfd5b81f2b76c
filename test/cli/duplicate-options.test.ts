import { afterEach, expect, test } from 'vitest'
import yargs from 'yargs'
import { moduleOf } from '../../compiler/cli/command.ts'
import { commandNames, commands, optionsOf } from '../../compiler/cli/commands.ts'
import type { OptionValues } from '../../compiler/options.ts'

const rows = {
  name: { type: 'text', text: 'a text' },
  keys: { type: 'texts', text: 'each of them counts' },
  columns: { type: 'names', text: 'by commas' },
  depth: { type: 'number', whole: true, least: 1, most: 9, alias: 'max-depth', text: 'a number' },
  log: { type: 'choice', choices: ['text', 'json'], text: 'a choice' },
  page: { type: 'flag', default: true, text: 'a flag that is usual' },
  once: { type: 'flag', text: 'a flag' },
  evaluate: { type: 'maybe', usual: 'it depends', text: 'a flag or not' },
} as const
type Values = OptionValues<typeof rows>

const before = process.argv
afterEach(() => {
  process.argv = before
})

/** What a command of these options is given by a line of words, as the program parses it. */
async function given(line: string, many: boolean): Promise<Partial<Values> & { readonly all: readonly string[] }> {
  const words = line.split(' ')
  process.argv = ['node', 'emp-compile', ...words]
  const told: { values?: Values; all?: readonly string[] } = {}
  const module = moduleOf({
    argument: { name: 'model', text: 'models', ...(many ? { many } : {}) },
    options: rows,
    examples: [],
    run: async (values, _, __, all) => void Object.assign(told, { values, all }),
  })
  await yargs(words)
    .command({ command: many ? 'try <model..>' : 'try <model>', describe: '', ...module })
    .parserConfiguration({ 'duplicate-arguments-array': false })
    .strict()
    .fail((message, error) => {
      throw error ?? new Error(message)
    })
    .parseAsync()
  return { ...told.values, all: told.all ?? [] }
}

test.each([false, true])('what was said last counts, of every kind of option; many arguments: %s', async (many) => {
  expect(
    await given(
      'try a --name x --name y --columns a,b --columns c --depth 1 --max-depth 2 --log json --log text ' +
        '--page --no-page --once --no-once --once --evaluate --no-evaluate',
      many,
    ),
  ).toMatchObject({ name: 'y', columns: ['c'], depth: 2, log: 'text', page: false, once: true, evaluate: false })
  expect(await given('try a --no-page --page --depth 9 --depth 3', many)).toMatchObject({ page: true, depth: 3 })
})

test.each([false, true])('what is wrong with the last is said in its own words; many arguments: %s', async (many) => {
  await expect(given('try a --depth 3 --depth deep', many)).rejects.toThrow('"deep"')
  await expect(given('try a --depth 3 --depth=deep', many)).rejects.toThrow('"deep"')
  await expect(given('try a --depth 3 --depth 10', many)).rejects.toThrow(/depth.* is 10, but takes a whole number/)
  await expect(given('try a --log json --log xml', many)).rejects.toThrow('xml')
})

test('of models and keys all count, but for keys that were taken back', async () => {
  expect(await given('try a b --keys 1 --keys 2 --name x', true)).toMatchObject({ all: ['a', 'b'], keys: ['1', '2'] })
  expect((await given('try a', true)).keys).toBeUndefined()
  expect((await given('try a --no-keys', true)).keys).toBe(false)
  expect((await given('try a --keys 1 --no-keys', true)).keys).toBe(false)
  expect((await given('try a --keys 1 --no-keys --keys 2', true)).keys).toEqual(['2'])
})

test('every command says what its options are', async () => {
  expect(commands).toHaveLength(commandNames.length + 1)
  for (const name of commandNames) expect(await optionsOf(name), name).toContain('json')
})
