import { readFileSync } from 'node:fs'
import type { CommandModule, Options } from 'yargs'
import { hideBin } from 'yargs/helpers'
import { cannotRead } from '../errors.ts'
import {
  describeRange,
  type GivenOptions,
  type OptionRow,
  type OptionTable,
  type OptionValues,
  readOptions,
} from '../options.ts'

/** One command: what it takes, and what it does. Its name and its line of help stand in the list of commands. */
export interface Command<Table extends OptionTable> {
  /** The one argument that is no option. */
  readonly argument: {
    readonly name: string
    readonly text: string
    /** One or more of them. */
    readonly many?: true
  }
  readonly options: Table
  /** Pairs of options that exclude each other. */
  readonly conflicts?: readonly (readonly [string, string])[]
  /** Command lines after the program's name, and remarks on them. */
  readonly examples: readonly (readonly [line: string, remark: string])[]
  /** Whether `--config FILE` reads the options from a recipe. */
  readonly takesRecipe?: true
  /**
   * @param given all that was given, by the names of the options.
   * @param all the arguments, where there may be several.
   */
  run(values: OptionValues<Table>, argument: string, given: GivenOptions, all: readonly string[]): Promise<void>
}

/** A command as yargs takes it. Values are checked by the table of options, after yargs has read them. */
export function moduleOf<Table extends OptionTable>({
  argument,
  options,
  conflicts = [],
  examples,
  takesRecipe,
  run,
}: Command<Table>): Pick<CommandModule<object, GivenOptions>, 'builder' | 'handler'> & {
  readonly optionNames: readonly string[]
} {
  const takesSeveral = argument.many === true || Object.values(options).some(({ type }) => type === 'texts')
  return {
    optionNames: Object.keys(options),
    builder: (argv) => {
      const { name, text, many = false } = argument
      // Several models, keys and files come by the same name: all count, not the last alone.
      if (takesSeveral) argv.parserConfiguration({ 'duplicate-arguments-array': true })
      argv.positional(name, { type: 'string', array: many, demandOption: true, describe: text })
      argv.options(Object.fromEntries(Object.entries(options).map(([name, row]) => [name, yargsOption(row)])))
      // What may be taken back by `no-` before it takes no value then.
      const takesNone = ['flag', 'maybe', 'texts']
      argv.requiresArg(Object.keys(options).filter((name) => !takesNone.includes(options[name]?.type ?? '')))
      for (const [one, other] of conflicts) argv.conflicts(one, other)
      if (takesRecipe) argv.config('config', 'recipe: the same options as JSON', readRecipe).requiresArg('config')
      for (const [line, remark] of examples) argv.example(`$0 ${line}`, remark)
      return argv
    },
    handler: (argv) => {
      const last = takesSeveral ? lastOf(options, argv) : argv
      const given = { ...last, ...mistyped(options, last) }
      const all = [argv[argument.name]].flat().map(String)
      return run(readOptions(options, given), all[0] ?? '', given, all)
    },
  }
}

/** A recipe without the name of its JSON Schema, which is for editors. @throws {CompileError} `cannot-read` */
export function readRecipe(path: string): object {
  try {
    const { $schema: _, ...recipe } = JSON.parse(readFileSync(path, 'utf8'))
    return recipe
  } catch (error) {
    throw cannotRead(path, error)
  }
}

/** Where all words of one name are kept, what was said last counts of an option that is no list. */
function lastOf(options: OptionTable, argv: GivenOptions): GivenOptions {
  const isList = (name: string) => options[name]?.type === 'texts' || !(name in options)
  return Object.fromEntries(
    Object.entries(argv).map(([name, value]) => [
      name,
      Array.isArray(value) && !isList(name) ? value[value.length - 1] : value,
    ]),
  )
}

/** The texts that were typed where a number was expected: yargs keeps no more of them than that they are none. */
function mistyped(options: OptionTable, argv: GivenOptions): GivenOptions {
  const names = Object.keys(options).filter((name) => Number.isNaN(argv[name]))
  const words = hideBin(process.argv)
  const isNamed = (word: string, name: string) => word === `--${name}` || word.startsWith(`--${name}=`)
  return Object.fromEntries(
    names.map((name) => {
      const row = options[name]
      const known = [name, ...(row?.type === 'number' && row.alias !== undefined ? [row.alias] : [])]
      // What was said last counts.
      const at = words.findLastIndex((word) => known.some((own) => isNamed(word, own)))
      return [name, words[at]?.split('=')[1] ?? words[at + 1] ?? Number.NaN]
    }),
  )
}

function yargsOption(row: OptionRow): Options {
  const describe = row.text
  const usual = 'usual' in row && row.usual !== undefined ? { defaultDescription: row.usual } : {}
  switch (row.type) {
    case 'flag':
      return { type: 'boolean', default: row.default ?? false, describe }
    case 'maybe':
      return { type: 'boolean', describe, ...usual }
    case 'number': {
      const isBounded = row.whole === true || row.least !== undefined || row.above !== undefined
      const own = row.default === undefined ? usual : { default: row.default }
      return {
        type: 'number',
        describe: isBounded && row.most !== undefined ? `${describe}; ${describeRange(row)}` : describe,
        ...own,
        ...(row.alias === undefined ? {} : { alias: row.alias }),
      }
    }
    case 'choice':
      return {
        choices: row.choices,
        describe,
        ...usual,
        ...(row.default === undefined ? {} : { default: row.default }),
      }
    case 'text': {
      const own = row.default === undefined ? usual : { default: row.default }
      return { type: 'string', describe, ...own, ...(row.required === true ? { demandOption: true } : {}) }
    }
    case 'texts':
    case 'names':
      return { type: 'string', describe, ...usual }
    default:
      return row satisfies never
  }
}
