import { at } from 'emp-compile-runtime/internal/at'
import type { Column } from 'emp-compile-runtime/internal/contract'
import { gridValue } from 'emp-compile-runtime/internal/grid'
import type { Meaning } from 'emp-compile-runtime/internal/schemes/meaning'
import { answerOfSums, describePosition, meaningOf, type Points, sumRange, sumWidth } from '../points.ts'
import { percent, significant } from '../text.ts'
import { shapesSvg } from './charts/shapes-svg.ts'
import type { Section } from './html.ts'
import type { ReportInput } from './input.ts'
import type { Telling } from './telling.ts'

/** Points of one column for other programs: of numbers those of each interval up to a value, of texts those of each level. */
export interface JsonPoints {
  readonly column: string
  /** What a missing value gets; null where there is none. */
  readonly missing: readonly number[] | null
  /** Of numbers, from below; the last has no bound. */
  readonly intervals?: readonly { readonly upTo: number | null; readonly points: readonly number[] }[]
  readonly levels?: readonly { readonly level: string; readonly points: readonly number[] }[]
}

/** Points for other programs: the sums of base and points, and what they mean. */
export interface JsonAdditive {
  readonly base: readonly number[]
  readonly columns: readonly JsonPoints[]
  /** More points for two columns together: by the place of the first one's position, then by that of the second one's. */
  readonly pairs: readonly {
    readonly columns: readonly [string, string]
    readonly points: readonly (readonly (readonly number[])[])[]
  }[]
  readonly meaning: Meaning
}

/** What a report tells of points. */
export function tellAdditive(model: Points, { evidence }: Pick<ReportInput, 'evidence'>): Telling {
  const { columns, pairs, base } = model
  const isUsed = (points: readonly (readonly number[])[]) => new Set(points.map((own) => own.join())).size > 1
  const paired = pairs.flatMap(({ columns: places }) => places)
  const used = new Set(
    columns.flatMap(({ column, points }, i) => (isUsed(points) || paired.includes(i) ? [column.name] : [])),
  )
  const width = sumWidth(model)
  const steps = model.evidence?.path ?? []
  const chosen = model.evidence?.chosen ?? null
  const how = chosen === null ? '' : `, chosen of ${steps.length} recipes in cross-validation`
  const positions = columns.reduce((sum, { points }) => sum + points.length, 0)
  return {
    kind: 'A table of points',
    called: 'the points',
    withheld: 'no points; model.json and report.html beside it do',
    line: [
      'points',
      `${used.size} of ${columns.length} columns, ${positions} positions${pairs.length === 0 ? '' : `, ${pairs.length} pairs`}; ` +
        `sums up to ${width} apart${how}`,
    ],
    result: `The result gives points to ${used.size} columns; its sums are up to ${width} apart${how}.`,
    used,
    pictures: [
      [
        'shapes.svg',
        'What each column adds',
        'Points by interval or level, and beneath them how many training rows lie there. For the owner of the model.',
        shapesSvg(
          columns
            .filter(({ column }) => used.has(column.name))
            .map((one) => ({
              name: one.column.name,
              points: one.points.map((own) => at(own, base.length - 1)),
              rows: model.evidence?.rows[columns.indexOf(one)] ?? null,
              labels: one.points.map((_, j) => describePosition(one.column, one.cuts, j)),
            })),
        ),
      ],
    ],
    sections: [pointsSection(model, evidence.description), ...(base.length === 1 ? [sumSection(model)] : [])],
    sizes: { positions, width },
    json: { points: jsonOf(model) },
  }
}

/** The table as clinicians know it: for each interval or level what is added. */
function pointsSection(model: Points, description: string): Section {
  const { columns, base, answers, evidence } = model
  const heads = base.length === 1 ? ['points'] : (answers ?? []).map((answer) => `points for ${answer}`)
  const rows = columns.flatMap(({ column, cuts, points }, i) =>
    points.map((own, j) => [
      j === 0 ? column.name : '',
      describePosition(column, cuts, j),
      ...own.map(String),
      ...(evidence === null ? [] : [String(at(at(evidence.rows, i), j))]),
    ]),
  )
  return {
    heading: 'The points',
    text: `${description} Add those of every column to the first line. For the owner of the model.`,
    svg: null,
    table: [
      ['column', 'value', ...heads, ...(evidence === null ? [] : ['training rows'])],
      ['everybody', '', ...base.map(String), ...(evidence === null ? [] : [''])],
      ...rows,
    ],
  }
}

const mostSums = 24

/** What a sum means, from the smallest to the largest. */
function sumSection(model: Points): Section {
  const [low, high] = sumRange(model, 0)
  const classes = model.classes
  const bounds = classes?.flatMap(({ upTo }) => (upTo === null ? [] : [upTo])) ?? []
  const step = Math.max(1, Math.ceil((high - low) / mostSums))
  const sums =
    classes === null
      ? Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, i) => low + i * step)
      : [...bounds, Math.max(high, (bounds.at(-1) ?? high - 1) + 1)]
  const rows = sums.map((sum) => [classes === null ? String(sum) : `up to ${sum}`, told(model, sum)])
  return {
    heading: 'What a sum means',
    text: '',
    svg: null,
    table: [
      ['sum', classes === null && model.answers !== null ? `chance of ${model.answers[1] ?? ''}` : 'means'],
      ...rows,
    ],
  }
}

function told(model: Points, sum: number): string {
  const opened = answerOfSums(model, [sum])
  if (opened.kind === 'number') return significant(opened.answer)
  return opened.shares === undefined ? opened.answer : percent(at(opened.shares, 1))
}

function jsonOf(model: Points): JsonAdditive {
  const name = (i: number) => at(model.columns, i).column.name
  return {
    base: model.base,
    columns: model.columns.map(({ column, cuts, points }) => jsonColumn(column, cuts, points)),
    pairs: model.pairs.map(({ columns: [first, second], points }) => {
      const width = at(model.columns, second).points.length
      return {
        columns: [name(first), name(second)],
        points: at(model.columns, first).points.map((_, i) => points.slice(i * width, (i + 1) * width)),
      }
    }),
    meaning: meaningOf(model),
  }
}

function jsonColumn(column: Column, cuts: readonly number[], points: readonly (readonly number[])[]): JsonPoints {
  const skipped = column.missing === 'never' ? 0 : 1
  const missing = skipped === 1 ? at(points, 0) : null
  const own = points.slice(skipped)
  if (column.kind === 'text') {
    return {
      column: column.name,
      missing,
      levels: own.map((each, i) => ({ level: at(column.levels, i), points: each })),
    }
  }
  // Half a step above the last value below the cut, so that no rounding decides.
  const bound = (cut: number) => Number(gridValue(column.grid, cut - skipped + 0.5).toPrecision(12))
  const bounds = [...cuts.slice(skipped).map(bound), null]
  return { column: column.name, missing, intervals: own.map((each, i) => ({ upTo: bounds[i] ?? null, points: each })) }
}
