import { beyondLimit, damagedLine, malformedModel } from '../errors.ts'
import { limits } from '../limits.ts'

/** Lines `key=value` and where each stands; lines without `=` are keys of an empty value. */
export interface Block {
  readonly file: string
  /** Of the block's first line. */
  readonly line: number
  readonly entries: ReadonlyMap<string, { readonly value: string; readonly line: number }>
}

export interface ModelText {
  readonly header: Block
  readonly trees: readonly Block[]
  /** The last line of files that Python wrote; null if there is none. */
  readonly pandasCategorical: string | null
}

/** Divides the text of a model into its header and its trees. */
export function divideText(file: string, text: string): ModelText {
  const blocks: { line: number; entries: Map<string, { value: string; line: number }> }[] = [
    { line: 1, entries: new Map() },
  ]
  let pandasCategorical: string | null = null
  let ended = false
  let line = 0
  for (const whole of text.split('\n')) {
    line++
    const written = whole.trim()
    if (written.startsWith('pandas_categorical:')) pandasCategorical = written.slice('pandas_categorical:'.length)
    if (written === 'end of trees') ended = true
    if (ended || written === '') continue
    if (/^Tree=\d+$/.test(written)) {
      blocks.push({ line, entries: new Map() })
      if (blocks.length > limits.trees + 1)
        throw beyondLimit(file, `line ${line}`, 'trees', blocks.length - 1, limits.trees)
      continue
    }
    const sign = written.indexOf('=')
    const [key, value] = sign < 0 ? [written, ''] : [written.slice(0, sign), written.slice(sign + 1)]
    const entries = blocks.at(-1)?.entries
    if (entries?.has(key)) throw damagedLine(file, line, written, `no second ${key}`)
    entries?.set(key, { value, line })
  }
  // Files before version v3 end with their trees; later ones say so. A file cut short has a tree cut short.
  const [header = { line: 1, entries: new Map() }, ...trees] = blocks.map((block) => ({ file, ...block }))
  return { header: { file, ...header }, trees, pandasCategorical }
}

/** @throws {CompileError} if the block has no such line. */
export function lineOf(block: Block, key: string): { value: string; line: number } {
  const found = block.entries.get(key)
  if (found === undefined)
    throw malformedModel(block.file, `${key} of the block at line ${block.line}`, undefined, 'a value')
  return found
}

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/
const others = new Map([
  ['inf', Number.POSITIVE_INFINITY],
  ['-inf', Number.NEGATIVE_INFINITY],
])

/** The numbers of a line, separated by spaces. */
export function finiteNumbers(block: Block, key: string, count: number): number[] {
  const { value, line } = lineOf(block, key)
  const words = value.split(' ').filter((word) => word !== '')
  if (words.length !== count) throw damagedLine(block.file, line, `${key}=${value}`, `a list of ${count} numbers`)
  return words.map((word) => {
    const number = decimal.test(word) ? Number(word) : others.get(word)
    if (number === undefined) throw damagedLine(block.file, line, word, `a number of ${key}`)
    return number
  })
}

/** The integers of a line, each between two bounds. */
export function integersOf(block: Block, key: string, count: number, least: number, most: number): number[] {
  return finiteNumbers(block, key, count).map((number) => {
    if (!Number.isInteger(number) || number < least || number > most) {
      throw damagedLine(
        block.file,
        lineOf(block, key).line,
        String(number),
        `an integer from ${least} to ${most} of ${key}`,
      )
    }
    return number
  })
}

/** The one integer of a line. */
export function integerOf(block: Block, key: string, least: number, most: number): number {
  return Number(integersOf(block, key, 1, least, most)[0])
}
