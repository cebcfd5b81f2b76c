import { badOption } from './errors.ts'

/** One option, declared once: parsing, checks, help, model.json and the card are made of it. */
export type OptionRow =
  | {
      readonly type: 'number'
      readonly text: string
      /** What it is if it is not given, in words. */
      readonly usual?: string
      readonly whole?: true
      readonly least?: number
      readonly most?: number
      /** It must be above this. */
      readonly above?: number
      /** It must be below this. */
      readonly below?: number
      readonly default?: number
      /** A second name, of earlier versions. */
      readonly alias?: string
    }
  | {
      readonly type: 'text'
      readonly text: string
      readonly usual?: string
      readonly required?: true
      readonly default?: string
    }
  /** A text that may be given several times; false if it is taken back by `no-` before it. */
  | { readonly type: 'texts'; readonly text: string; readonly usual?: string }
  /** Several names, by commas. */
  | { readonly type: 'names'; readonly text: string; readonly usual?: string }
  /** Given by its name, or, where it is usual, taken back by `no-` before it. */
  | { readonly type: 'flag'; readonly text: string; readonly default?: true }
  /** A flag that means something else where it is not given. */
  | { readonly type: 'maybe'; readonly text: string; readonly usual: string }
  | {
      readonly type: 'choice'
      readonly text: string
      readonly usual?: string
      readonly choices: readonly (string | number)[]
      readonly default?: string | number
    }

/** Options by their names. */
export type OptionTable = Readonly<Record<string, OptionRow>>

type ValueOf<Row extends OptionRow> = Row extends { readonly type: 'number' }
  ? number | Absent<Row>
  : Row extends { readonly type: 'flag' }
    ? boolean
    : Row extends { readonly type: 'maybe' }
      ? boolean | undefined
      : Row extends { readonly type: 'names' }
        ? readonly string[]
        : Row extends { readonly type: 'texts' }
          ? readonly string[] | false | undefined
          : Row extends { readonly type: 'choice'; readonly choices: readonly (infer Choice)[] }
            ? Choice | Absent<Row>
            : string | Absent<Row>

/** What an option is if it is not given: never undefined if it has a default or is required. */
type Absent<Row extends OptionRow> = Row extends { readonly default: string | number } | { readonly required: true }
  ? never
  : undefined

/** The values of a table's options: undefined where one is not given, false for a flag, no names. */
export type OptionValues<Table extends OptionTable> = { readonly [Name in keyof Table]: ValueOf<Table[Name]> }

/** What was given, by the names of options: by a command line, a recipe, or a caller. */
export type GivenOptions = Readonly<Record<string, unknown>>

/**
 * The values of a table's options out of what was given.
 *
 * @throws {CompileError} `bad-option` for a value that the option does not take.
 */
export function readOptions<Table extends OptionTable>(table: Table, given: GivenOptions): OptionValues<Table> {
  return Object.fromEntries(
    Object.entries(table).map(([name, row]) => [
      name,
      read(name, row, given[name] ?? ('default' in row ? row.default : undefined)),
    ]),
  ) as OptionValues<Table>
}

/** Which of a table's options were given. */
export function givenOf(table: OptionTable, given: GivenOptions): string[] {
  return Object.keys(table).filter((name) => given[name] !== undefined && given[name] !== false)
}

function read(name: string, row: OptionRow, value: unknown): unknown {
  switch (row.type) {
    case 'flag':
      return row.default === true ? value !== false : value === true
    case 'names':
      return typeof value === 'string' ? value.split(',').map((one) => one.trim()) : (value ?? [])
    case 'texts': {
      if (value === undefined) return undefined
      const all: readonly unknown[] = [value].flat()
      // What was taken back does not count, and what was said after it does.
      const kept = all.slice(all.lastIndexOf(false) + 1)
      return kept.length === 0 ? false : kept
    }
    case 'maybe':
    case 'text':
      return value
    case 'choice':
      if (value === undefined || row.choices.some((choice) => choice === value)) return value
      throw badOption(name, value, row.choices.join(', '), row.choices.map(String))
    case 'number':
      if (value === undefined || (typeof value === 'number' && fits(row, value))) return value
      throw badOption(name, value, describeRange(row))
    default:
      return row satisfies never
  }
}

type NumberRow = Extract<OptionRow, { readonly type: 'number' }>

function fits(
  { whole, least = -Infinity, most = Infinity, above = -Infinity, below = Infinity }: NumberRow,
  value: number,
) {
  if (whole === true && !Number.isInteger(value)) return false
  return Number.isFinite(value) && value >= least && value <= most && value > above && value < below
}

/** `a whole number from 1 to 100`, `a number of at least 0`, `a share between 0 and 1`. */
export function describeRange({ whole, least, most, above, below }: NumberRow): string {
  const kind = whole === true ? 'a whole number' : 'a number'
  if (least !== undefined && most !== undefined) return `${kind} from ${least} to ${most}`
  if (least !== undefined) return `${kind} of at least ${least}`
  if (above !== undefined && most !== undefined) return `${kind} above ${above}, at most ${most}`
  if (above !== undefined && below !== undefined) return `${kind} between ${above} and ${below}`
  if (above !== undefined) return `${kind} above ${above}`
  return kind
}
