import type { TableSchema } from '../1-read/schema.ts'
import type { FilePlace } from '../errors.ts'
import type { Points, PointsLink, SumClass } from '../points.ts'
import { type PointsMeaning, plainMeaning, pointsOfRows } from './points-csv.ts'
import { malformedPoints } from './points-errors.ts'
import type { PointsRow } from './points-rows.ts'

/** Tells a table of points in JSON by its list "points". */
export function isPointsJson(json: unknown): boolean {
  return isObject(json) && Array.isArray(json.points)
}

/**
 * Reads `{ points: [{ column, from, to, level, points }], base, link, unit, answers, classes: [{ label, upTo }] }`: the lines
 * of the CSV, and what the sum means. All but `points` may be left out: the sum is then the answer. Of the classes the last
 * has no `upTo`.
 *
 * @param text JSON.
 * @throws {CompileError} naming the place, the value, and the remedy.
 */
export function importPointsJson(file: string, text: string, schema: TableSchema): Points {
  const json = parse(file, text)
  if (!isObject(json) || !Array.isArray(json.points)) throw malformedPoints({ file }, 'it needs a list "points".')
  const known = ['points', 'base', 'link', 'unit', 'answers', 'classes']
  const stray = Object.keys(json).find((name) => !known.includes(name))
  if (stray !== undefined)
    throw malformedPoints({ file }, `it has ${JSON.stringify(stray)}; it takes ${known.join(', ')}.`)
  const rows = json.points.map((given: unknown, i): PointsRow => rowOf(file, given, i))
  const base: PointsRow[] =
    json.base === undefined
      ? []
      : [
          {
            place: { file },
            where: '"base"',
            column: '',
            from: '',
            to: '',
            level: '',
            points: whole({ file }, '"base"', json.base),
          },
        ]
  return pointsOfRows(file, [...rows, ...base], schema, meaningOf(file, json))
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''))
  } catch (error) {
    throw malformedPoints({ file }, `it is not JSON (${error instanceof Error ? error.message : 'unknown'}).`)
  }
}

function rowOf(file: string, given: unknown, i: number): PointsRow {
  if (!isObject(given)) throw malformedPoints({ file }, `points[${i}] is no object.`)
  const text = (name: string): string => {
    const value = given[name]
    if (value === undefined || value === null) return ''
    if (typeof value === 'string' || typeof value === 'number') return String(value)
    throw malformedPoints({ file }, `"${name}" of points[${i}] is neither a text nor a number.`)
  }
  return {
    place: { file },
    where: `points[${i}]`,
    column: text('column'),
    from: text('from'),
    to: text('to'),
    level: text('level'),
    points: whole({ file }, `"points" of points[${i}]`, given.points),
  }
}

function whole(place: FilePlace, name: string, value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value)) return value
  throw malformedPoints(place, `${name} is ${JSON.stringify(value) ?? 'not there'}, but takes a whole number.`)
}

const links: readonly PointsLink[] = ['identity', 'logistic', 'exponential']

function meaningOf(file: string, json: Record<string, unknown>): PointsMeaning {
  const wrong = (reason: string) => malformedPoints({ file }, reason)
  const { link = plainMeaning.link, unit = plainMeaning.unit, answers = null } = json
  const known = links.find((one) => one === link)
  if (known === undefined) throw wrong(`"link" is ${JSON.stringify(link)}, but takes ${links.join(', ')}.`)
  if (typeof unit !== 'number' || !(unit > 0))
    throw wrong(`"unit" is ${JSON.stringify(unit)}, but takes a number above 0.`)
  if (answers !== null && !(Array.isArray(answers) && answers.every((one): one is string => typeof one === 'string'))) {
    throw wrong('"answers" is no list of texts.')
  }
  return { link: known, unit, answers, classes: classesOf(json.classes, wrong) }
}

function classesOf(given: unknown, wrong: (reason: string) => Error): readonly SumClass[] | null {
  if (given === undefined || given === null) return null
  if (!Array.isArray(given)) throw wrong('"classes" is no list.')
  return given.map((one: unknown, i): SumClass => {
    if (!isObject(one) || typeof one.label !== 'string') throw wrong(`classes[${i}] has no label, a text.`)
    const { label, upTo = null } = one
    if (upTo !== null && typeof upTo !== 'number') throw wrong(`"upTo" of classes[${i}] is no number.`)
    return { label, upTo }
  })
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
