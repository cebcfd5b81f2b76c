import { at } from 'emp-compile-runtime/internal/at'
import type { Column, Feature } from 'emp-compile-runtime/internal/contract'
import type { Input } from 'emp-compile-runtime/internal/schemes/inputs'
import { monomialsOf, productsOf } from 'emp-compile-runtime/internal/schemes/monomials'
import { inputSpan, inputsOf, type Linear, quantise, type SumsLoss, type Weighted } from '../../linear.ts'
import type { Network } from '../../network.ts'
import { featuresOf } from '../../points.ts'
import { affine, combine, weightedOf } from '../../polynomial.ts'
import { cellsOfRow } from '../compare.ts'
import { answersNeed, expectNeed, importNeeds, tooDeep, tooManyProducts } from '../errors.ts'
import type { ForeignModel, ForeignRow, NetworkBody } from '../foreign.ts'
import { foreignInput } from '../inputs.ts'
import { type ForeignPrediction, predictForeign } from '../predict.ts'
import type { Sample } from '../sample.ts'
import { answersOf, foreignMeaning } from '../to-link.ts'
import { approximate } from './approximate.ts'
import { accuracyOf, compareSums, truthsOf } from './measure.ts'
import { columnsFor, inputsOnGrids } from './places.ts'
import { recordsOf } from './records.ts'
import { coarsestUnit } from './round.ts'

/** What is said of a linear model or a network that is brought from elsewhere. */
export interface SumsChoices {
  readonly answers: readonly string[] | null
  /** The step that scores are rounded to; null for the coarsest that keeps the answers. */
  readonly scoreStep: number | null
  /** The column of the data that holds the truth, if one does. */
  readonly target: string | null
  /** Most numbers that are multiplied; null for the fewest that keep the answers. */
  readonly degree: 2 | 4 | null
  readonly isCompared: boolean
  readonly seed: number
}

/** Sums, and what they lost on the way. */
export interface ImportedSums {
  readonly model: Linear | Network
  readonly loss: SumsLoss
  /** The rows of the sample that were measured, and the library's predictions for them. */
  readonly rows: readonly ForeignRow[]
  readonly predictions: readonly ForeignPrediction[]
}

/** Over this share of changed answers of a network more numbers are multiplied, if they can be. */
const fewChanged = 0.05

/** The widest scales of the inputs of a linear model that are tried, until it keeps the answers. */
const spans = [inputSpan, 1024, 8192]

/** Products for all outputs, at most: as many as a polynomial of the larger set has coefficients. */
const mostProducts = 4096

/** Of more inputs products of four are not tried. */
const mostInputsOfFour = 24

/**
 * Makes sums of a linear model, or of a network whose units become polynomials. What it loses is measured on the sample.
 *
 * @throws {CompileError} `import-needs`, `unsupported-model`
 */
export function toSums(file: string, model: ForeignModel, sample: Sample, choices: SumsChoices): ImportedSums {
  const { body } = model
  if (body.kind === 'trees') throw new TypeError('a sum of trees')
  const known = answersOf(model)
  if (known !== null && known.names === null && choices.answers === null) {
    throw importNeeds(file, [answersNeed(known.count), ...(choices.isCompared ? [] : [expectNeed])])
  }
  const columns = columnsFor(model, sample)
  const features = featuresOf(columns)
  const records = recordsOf(sample, columns, choices.seed)
  const task: Task = {
    ...{ file, model, columns, features, sample },
    cells: records.rows.map((row) => cellsOfRow({ columns, features, cuts: [] }, model, row)),
    wanted: model.inputs.map((input) =>
      Float64Array.from(records.rows, (row) => foreignInput(input, at(row, input.column))),
    ),
    predictions: records.rows.map((row) => predictForeign(model, row)),
    choices,
  }
  const candidates = body.kind === 'linear' ? linearCandidates(task) : networkCandidates(task, body)
  let best: Candidate | null = null
  for (const candidate of candidates) {
    if (best === null || candidate.loss.changed < best.loss.changed) best = candidate
    if (best.loss.changed <= fewChanged * (body.kind === 'linear' ? 0 : 1) * task.cells.length) break
  }
  if (best === null) throw new TypeError('a model has no candidate')
  const truths = truthsOf(sample, choices.target, records.places)
  const isKnown = truths !== null && !records.drawn
  return {
    model: best.model,
    rows: records.drawn ? [] : records.rows,
    predictions: records.drawn ? [] : task.predictions,
    loss: {
      ...{ rows: task.cells.length, drawn: records.drawn, ...best.loss },
      degree: best.model.family === 'network' ? best.model.degree : null,
      accuracy: isKnown ? accuracyOf(best.model, task.cells, task.predictions, truths) : null,
      trusted: body.kind === 'linear' ? [] : records.ranges,
    },
  }
}

interface Task {
  readonly file: string
  readonly model: ForeignModel
  readonly columns: readonly Column[]
  readonly features: readonly Feature[]
  readonly sample: Sample
  /** Of every record that is measured. */
  readonly cells: readonly (readonly number[])[]
  /** The library's own inputs, of every record. */
  readonly wanted: readonly Float64Array[]
  readonly predictions: readonly ForeignPrediction[]
  readonly choices: SumsChoices
}

interface Candidate {
  readonly model: Linear | Network
  readonly loss: Pick<SumsLoss, 'changed' | 'largest' | 'chance'>
}

function* linearCandidates(task: Task): Generator<Candidate> {
  const { file, model, columns, features } = task
  const { body } = model
  if (body.kind !== 'linear') throw new TypeError('no linear model')
  for (const span of spans) {
    const inputs = inputsOf(columns, features, span)
    const numbers = inputsOnGrids(file, model, columns, features, inputs)
    const polynomials = body.coefficients.map((row, output) =>
      combine([
        [1, affine(at(body.intercepts, output), [])],
        ...row.map((factor, i) => [factor, at(numbers, i)] as const),
      ]),
    )
    const singles = inputs.map((_, i) => [i])
    yield rounded(task, inputs, null, weightedOf(inputs, singles, polynomials))
  }
}

function* networkCandidates(task: Task, body: NetworkBody): Generator<Candidate> {
  const { file, model, columns, features, choices } = task
  const bent = body.layers.slice(0, -1).flatMap(({ activation }, i) => (activation === 'identity' ? [] : [i]))
  if (bent.length > 2) throw tooDeep(file, bent.length)
  const inputs = inputsOf(columns, features)
  const numbers = inputsOnGrids(file, model, columns, features, inputs)
  const outputs = body.layers.at(-1)?.intercepts.length ?? 1
  const products = (degree: number) => monomialsOf({ inputs, features, degree })
  const least = products(2).length * outputs
  if (least > mostProducts) throw tooManyProducts(file, least, mostProducts)
  for (const degree of choices.degree === null ? [2, 4] : [choices.degree]) {
    if (degree === 4 && inputs.length > mostInputsOfFour) continue
    const monomials = products(degree)
    if (monomials.length * outputs > mostProducts) continue
    for (const split of splitsOf(degree, bent.length)) {
      const degrees = body.layers.slice(0, -1).map((_, i) => split[bent.indexOf(i)] ?? 1)
      const weighing = { inputs, features, degree }
      const polynomials = approximate(weighing, body, numbers, task.wanted, degrees)
      yield rounded(task, inputs, { degree, monomials }, weightedOf(inputs, monomials, polynomials))
    }
  }
}

/** The degrees of the units of so many layers, whose product is this: `4 -> [[2, 2], [4, 1], [1, 4]]`. */
function splitsOf(degree: number, layers: number): readonly (readonly number[])[] {
  if (layers < 2) return [[degree]]
  return degree === 2
    ? [
        [2, 1],
        [1, 2],
      ]
    : [
        [2, 2],
        [4, 1],
        [1, 4],
      ]
}

/** With the coarsest integers that keep what the polynomials say, beside the library's own. */
function rounded(
  { file, model, columns, features, sample, cells, predictions, choices }: Task,
  inputs: readonly Input[],
  products: Pick<Network, 'degree' | 'monomials'> | null,
  weighted: Weighted,
): Candidate {
  const numbers = cells.map(productsOf(inputs, products?.monomials ?? null))
  const shared = { missingValues: sample.source.missingValues, columns, features, inputs, evidence: null }
  const made = (unit: number): Linear | Network => {
    const sums = { ...shared, ...quantise(weighted, unit), ...foreignMeaning(file, model, unit, choices.answers) }
    return products === null ? { ...sums, family: 'linear' } : { ...sums, family: 'network', ...products }
  }
  const unit = choices.scoreStep === null ? coarsestUnit(made, weighted, numbers) : 1 / choices.scoreStep
  const own = made(unit)
  return { model: own, loss: compareSums(own, cells, predictions, unit) }
}
