import { at } from 'emp-compile-runtime/internal/at'
import type { Link } from 'emp-compile-runtime/internal/schemes/link'
import { inputSpan, type Linear, type Sums } from '../linear.ts'
import { significant } from '../text.ts'
import type { Section } from './html.ts'
import type { ReportInput } from './input.ts'
import type { Telling } from './telling.ts'

/** A number that is weighted, in the units of the data. */
export type JsonInput =
  /** `floor((value - minimum) / step * factor / divisor + 1/2) - middle`; a missing value counts 0. */
  | {
      readonly column: string
      readonly minimum: number
      readonly step: number
      readonly factor: number
      readonly divisor: number
      readonly middle: number
    }
  /** `counts` for this text, or, if the level is null, for a missing value; else 0. */
  | { readonly column: string; readonly level: string | null; readonly counts: number }

/** Sums for other programs: each score is the bias plus the weights times the inputs, or the products, all integers. */
export interface JsonLinear {
  readonly link: Link
  readonly inputs: readonly JsonInput[]
  /** Of networks: what is weighted, `floor(product of these inputs / divisor + 1/2)`. */
  readonly products?: readonly { readonly of: readonly number[]; readonly divisor: number }[]
  readonly outputs: readonly { readonly bias: number; readonly weights: readonly number[] }[]
}

/** What a report tells of a linear model. */
export function tellLinear(model: Linear, { evidence }: Pick<ReportInput, 'evidence'>): Telling {
  const { inputs, weights, biases, columns, features, answers, evidence: own } = model
  const kind = kindOf(model)
  const isUsed = (i: number) => weights.some((row) => row[i] !== 0)
  const usedInputs = inputs.filter((_, i) => isUsed(i))
  const used = new Set(usedInputs.map(({ feature }) => at(features, feature).column))
  const chosen =
    own === null || own.path.length === 0 ? '' : `, the best of ${own.path.length} in cross-validation on rows not seen`
  const penalty = own === null ? '' : `; penalty ${significant(own.penalty)}${chosen}`
  return {
    kind: `A ${kind}`,
    called: 'the model',
    withheld: 'no weight; model.json and report.html beside it do',
    line: [
      'model',
      `${kind}: ${usedInputs.length} of ${inputs.length} numbers weighted, of ${used.size} of ${columns.length} columns${penalty}`,
    ],
    result: `The result weights ${usedInputs.length} numbers of ${used.size} columns${penalty}.`,
    used,
    pictures: [],
    sections: [weightSection(model, evidence.description), ...pathSection(model, answers === null)],
    sizes: {},
    json: {
      linear: {
        link: model.link,
        inputs: inputs.map((_, i) => jsonInput(model, i)),
        outputs: weights.map((row, output) => ({ bias: at(biases, output), weights: row })),
      } satisfies JsonLinear,
    },
  }
}

function kindOf({ link, answers }: Linear): string {
  if (link.kind === 'survival') return 'Cox regression'
  return answers === null ? 'linear regression' : 'logistic regression'
}

export function jsonInput({ inputs, features, columns }: Sums, i: number): JsonInput {
  const input = at(inputs, i)
  const feature = at(features, input.feature)
  const column = columns.find(({ name }) => name === feature.column)
  if (column === undefined) throw new TypeError('an input refers to a column that is not there')
  if (input.kind === 'indicator') {
    const level = column.kind === 'text' && 'level' in feature ? feature.level : null
    return { column: column.name, level, counts: input.value }
  }
  if (column.kind === 'text') throw new TypeError('a place on a Grid of a column of texts')
  const { factor, step: divisor } = input
  // Where the missing cell lies below, the cell of the minimum is 1.
  const middle = input.middle - (column.missing === 'below' ? factor / divisor : 0)
  return { column: column.name, ...column.grid, ...{ factor, divisor, middle } }
}

/** The weights in the units of the data: what a step of a column's unit, or a level, adds on the scale of the link. */
function weightSection(model: Linear, description: string): Section {
  const { inputs, weights, biases, answers, link } = model
  const heads = weights.length === 1 ? [answers?.[1] ?? 'the number'] : (answers ?? [])
  const scaled = (value: number) => significant(value / link.unit)
  const rows = inputs.map((_, i) => {
    const json = jsonInput(model, i)
    const [name, factor] =
      'level' in json
        ? [json.level === null ? `${json.column} is missing` : `${json.column} is ${json.level}`, json.counts]
        : [`${json.column}, each 1 of its unit`, json.factor / json.divisor / json.step]
    return [name, ...weights.map((row) => scaled(at(row, i) * factor))]
  })
  const scale = answers === null ? 'to the number' : 'to the logarithm of the odds'
  return {
    heading: 'The weights',
    text: `${description} What each part of a record adds ${scale}; numbers count from the middle of their Grid, a missing one as the middle. Numbers span ${inputSpan} at most when they are weighted. For the owner of the model.`,
    svg: null,
    table: [['of a record', ...heads.map((head) => `adds for ${head}`)], ['always', ...biases.map(scaled)], ...rows],
  }
}

/** What the strengths of the penalty did on rows held out. */
function pathSection({ evidence }: Linear, isOfNumbers: boolean): Section[] {
  if (evidence === null || evidence.path.length === 0) return []
  const unit = isOfNumbers ? 'half the squared error, in variances of the target' : 'log loss'
  return [
    {
      heading: 'The penalty',
      text: `The strength with the least loss on rows not seen (${unit}) is taken.`,
      svg: null,
      table: [
        ['strength', 'loss', 'standard error'],
        ...evidence.path.map(({ penalty, loss, error }) => [
          `${significant(penalty)}${penalty === evidence.penalty ? ' (chosen)' : ''}`,
          loss.toFixed(4),
          error.toFixed(4),
        ]),
      ],
    },
  ]
}
