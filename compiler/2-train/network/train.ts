import { at } from 'emp-compile-runtime/internal/at'
import type { Input } from 'emp-compile-runtime/internal/schemes/inputs'
import { divisorOf, monomialsOf, type Weighing } from 'emp-compile-runtime/internal/schemes/monomials'
import { foldsOf, mostFolds } from '../../folds.ts'
import { inputsOf, type Weighted } from '../../linear.ts'
import type { Network, NetworkStep } from '../../network.ts'
import { combine, multiplier, weightedOf } from '../../polynomial.ts'
import { allRows, type Table } from '../../table.ts'
import type { OnPart } from '../../watch.ts'
import { type Inputs, inputsOfTable } from '../linear/design.ts'
import { roundWeights } from '../linear/round.ts'
import { type LearningTask, taskOf } from '../linear/task.ts'
import { chosenOf, compareRecipes, decaysTo, type FittedNetworks, fitsOf } from './choose.ts'
import { collapse } from './collapse.ts'
import type { NetworkOptions } from './options.ts'

/**
 * Trains a network by a whole recipe: chooses width and decay by cross-validation, trains from several starts, takes the
 * mean, multiplies it out, and rounds to integers. Deterministic.
 *
 * @param rows the rows to train on; all by default.
 */
export function trainNetwork(table: Table, options: NetworkOptions, rows?: Uint32Array, onPart?: OnPart): Network {
  const all = rows ?? allRows(table)
  const own = table.weights === null ? all : all.filter((row) => table.weights?.[row] !== 0)
  const features = table.features.map(({ feature }) => feature)
  const columns = table.columns.map(({ column }) => column)
  const inputs = inputsOf(columns, features)
  const values = inputsOfTable(table, inputs)
  const task = taskOf(table, options, own)
  const path = compared(table, values, task, own, options, onPart)
  const { width, decay } = chosenOf(path, options)
  const fits = fitsOf(values, task, own, options, width, options.starts, decaysTo(decay))
  const [fitted] = [...fits].slice(-1)
  if (fitted === undefined) throw new TypeError('a path has no fit')
  const degree = 2 ** options.layers
  const weighing = { inputs, features, degree }
  const monomials = monomialsOf(weighing)
  const frame = {
    ...({ family: 'network', missingValues: table.source.missingValues, columns, features } as const),
    ...{ answers: table.target.kind === 'classes' ? table.target.answers : null, inputs, degree, monomials },
  }
  const exact = productsOfInputs(inputs, values, monomials)
  const rounded = exact.map((column) => column.map((value) => Math.floor(value + 0.5)))
  const { model, rounding } = roundWeights(frame, task.unscale(meanOf(weighing, monomials, fitted)), rounded, own, task)
  return { ...model, evidence: { path, chosen: { width, layers: options.layers, decay }, rounding } }
}

/** The mean of all starts, multiplied out. */
function meanOf(weighing: Weighing, monomials: readonly (readonly number[])[], fitted: FittedNetworks): Weighted {
  const { design, shape, starts } = fitted
  const multiply = multiplier(weighing)
  const each = starts.map((parameters) => collapse(weighing, design, shape, parameters, multiply))
  const means = Array.from({ length: shape.outputs }, (_, k) =>
    combine(each.map((outputs) => [1 / starts.length, at(outputs, k)] as const)),
  )
  return weightedOf(weighing.inputs, monomials, means)
}

/** The products of all rows, divided and not rounded yet. */
function productsOfInputs(inputs: readonly Input[], values: Inputs, monomials: readonly (readonly number[])[]): Inputs {
  return monomials.map((monomial) => {
    const divisor = divisorOf(inputs, monomial)
    const factors = monomial.map((i) => at(values, i))
    return Float64Array.from(
      { length: factors[0]?.length ?? 0 },
      (_, row) => factors.reduce((product, factor) => product * (factor[row] as number), 1) / divisor,
    )
  })
}

/** The recipes on rows held out; none where all is given, or there are too few rows to hold some out. */
function compared(
  table: Table,
  values: Inputs,
  task: LearningTask,
  rows: Uint32Array,
  options: NetworkOptions,
  onPart?: OnPart,
): readonly NetworkStep[] {
  if (options.width !== null && options.decay !== null) return []
  const folds = Math.min(options.folds ?? 5, mostFolds(table, rows))
  const foldOf = folds < 2 ? null : foldsOf(table, rows, folds, options.seed)
  return foldOf === null ? [] : compareRecipes(values, task, rows, foldOf, options, onPart)
}
