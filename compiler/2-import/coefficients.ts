import { at } from 'emp-compile-runtime/internal/at'
import type { TableSchema } from '../1-read/schema.ts'
import { badOption } from '../errors.ts'
import { type Coefficient, readCoefficients } from './coefficient-table.ts'
import { beyondLimit, meaningNeed, noBaseline } from './errors.ts'
import type { ForeignColumn, ForeignInput, ForeignLink, ForeignModel, ForeignOutcome } from './foreign.ts'
import { limits } from './limits.ts'

/** What the linear predictor of a table of coefficients means; null where it is not said. */
export interface CoefficientMeaning {
  readonly link: 'identity' | 'logistic' | 'exponential' | null
  /** Of Cox's model: the share of people of linear predictor 0 without an event up to the horizon. */
  readonly baseline: number | null
  /** The horizon in words: `10 years`. */
  readonly horizon: string | null
  readonly answers: readonly string[] | null
}

/** A model of a table of coefficients, or what has to be said yet. */
export type CoefficientModel =
  | { readonly model: ForeignModel; readonly needs: null }
  | { readonly model: null; readonly needs: string }

/**
 * The linear model that a table of coefficients is, on the columns of a schema: numbers as they are, of a text an indicator
 * for each level that has a coefficient. It takes no missing values.
 *
 * @throws {CompileError} naming file, line, the value, and the remedy.
 */
export function coefficientModel(
  file: string,
  text: string,
  schema: TableSchema,
  meaning: CoefficientMeaning,
): CoefficientModel {
  const linked = linkOf(meaning)
  const all = readCoefficients(file, text, schema)
  if (linked === null) return { model: null, needs: meaningNeed }
  const own = all.filter(({ target }) => target.column !== null)
  const fields = schema.fields.filter(({ name }) => own.some(({ target }) => target.column === name))
  const placeOf = ({ target }: Coefficient) => fields.findIndex(({ name }) => name === target.column)
  const codes = own.reduce(
    (sum, one) => sum + (one.target.level === null ? 0 : (at(fields, placeOf(one)).enum?.length ?? 0)),
    0,
  )
  if (codes > limits.codes) throw beyondLimit(file, 'levels', 'numbers of categories', codes, limits.codes)
  const inputs = own.map((one): ForeignInput => {
    const column = placeOf(one)
    const { level } = one.target
    if (level === null) return { kind: 'number', column, steps: [] }
    const levels = at(fields, column).enum ?? []
    const numbers = levels.map((other) => (other === level ? 1 : 0))
    return { kind: 'coded', column, levels, numbers, unknown: null, missing: null, steps: [] }
  })
  const columns = fields.map(
    ({ name, type, enum: levels }): ForeignColumn =>
      type === 'text' ? { kind: 'level', name, levels: levels ?? [] } : { kind: 'number', name, range: null },
  )
  const intercept = all.reduce(
    (sum, { target, value, mean }) => sum + (target.column === null ? value : -value * mean),
    0,
  )
  const coefficients = [own.map(({ value }) => value)]
  const model: ForeignModel = {
    source: { format: 'a table of coefficients', version: null, rounds: null },
    ...{ columns, inputs, missing: 'refused', ...linked },
    body: { kind: 'linear', precision: 'float64', coefficients, intercepts: [intercept] },
  }
  return { model, needs: null }
}

/** @throws {CompileError} `bad-option` for a horizon without a baseline, or a baseline beside another link. */
function linkOf(meaning: CoefficientMeaning): { readonly link: ForeignLink; readonly outcome: ForeignOutcome } | null {
  const { link, baseline, horizon, answers } = meaning
  if (baseline !== null) {
    if (link !== null) throw badOption('link', link, 'nothing beside \u2e28baseline\u2e29: that is Cox\u2019s model')
    const [first = '', second = ''] = answers ?? answersWithin(horizon)
    const own: ForeignLink = { kind: 'survival', base: Math.log(-Math.log(baseline)) }
    return { link: own, outcome: { kind: 'two', answers: [first, second], of: 'value', limit: 0.5, tie: 'first' } }
  }
  if (horizon !== null) throw noBaseline(horizon)
  switch (link) {
    case null:
      return null
    case 'logistic': {
      const outcome: ForeignOutcome = { kind: 'two', answers: null, of: 'value', limit: 0.5, tie: 'first' }
      return { link: { kind: 'logistic', steepness: 1, normalised: false }, outcome }
    }
    case 'identity':
    case 'exponential':
      return { link: { kind: link }, outcome: { kind: 'number' } }
    default:
      return link satisfies never
  }
}

const answersWithin = (horizon: string | null) =>
  ['no event', 'event'].map((answer) => (horizon === null ? answer : `${answer} within ${horizon}`))
