import { type Loss, meanLoss } from '../linear/losses.ts'

/**
 * A network whose units square: a hidden layer takes the numbers before it, weighs them, adds a bias, and squares. Each
 * later layer takes the inputs and all units before it, and so does the sum of every output.
 */
export interface Shape {
  readonly inputs: number
  /** Units of a hidden layer. */
  readonly width: number
  readonly layers: 1 | 2
  readonly outputs: number
}

/** Numbers that a layer takes. */
export const taken = ({ inputs, width }: Shape, layer: number): number => inputs + layer * width

/** Where the weights of a layer begin: those of unit j, its bias first, at `j * (taken + 1)` from here. The last layer is the outputs'. */
export function beginOf(shape: Shape, layer: number): number {
  let begin = 0
  for (let before = 0; before < layer; before++) begin += shape.width * (taken(shape, before) + 1)
  return begin
}

/** All weights and biases. */
export const parameterCount = (shape: Shape): number =>
  beginOf(shape, shape.layers) + shape.outputs * (taken(shape, shape.layers) + 1)

/** Weights to begin with: units of about 1, outputs that hardly take them. */
export function drawParameters(shape: Shape, random: () => number): Float64Array {
  const parameters = new Float64Array(parameterCount(shape))
  /** The sum of three uniform numbers, of variance 1. */
  const draw = () => 2 * (random() + random() + random() - 1.5)
  for (let layer = 0; layer <= shape.layers; layer++) {
    const [count, begin] = [taken(shape, layer), beginOf(shape, layer)]
    const size = layer === shape.layers ? 0.1 : 1
    for (let i = begin; i < (layer === shape.layers ? parameters.length : beginOf(shape, layer + 1)); i++) {
      parameters[i] = (size * draw()) / Math.sqrt(count)
    }
  }
  return parameters
}

/** Rows as a network takes them: `inputs` numbers a row. */
export interface Rows {
  readonly count: number
  readonly numbers: Float64Array
}

/** The numbers before the outputs, row by row: inputs and all units; and what is squared to units. */
interface Signals {
  readonly all: Float64Array
  readonly sums: Float64Array
}

function signalsOf(shape: Shape, rows: Rows, parameters: Float64Array): Signals {
  const { inputs, width, layers } = shape
  const size = taken(shape, layers)
  const all = new Float64Array(rows.count * size)
  const sums = new Float64Array(rows.count * width * layers)
  for (let row = 0; row < rows.count; row++) {
    for (let i = 0; i < inputs; i++) all[row * size + i] = rows.numbers[row * inputs + i] as number
    for (let layer = 0; layer < layers; layer++) {
      const count = taken(shape, layer)
      for (let unit = 0; unit < width; unit++) {
        const place = beginOf(shape, layer) + unit * (count + 1)
        const sum = weighted(parameters, place, all, row * size, count)
        sums[(row * layers + layer) * width + unit] = sum
        all[row * size + count + unit] = sum * sum
      }
    }
  }
  return { all, sums }
}

/** The bias at `place`, and the weights behind it times numbers. */
function weighted(parameters: Float64Array, place: number, numbers: Float64Array, from: number, count: number): number {
  let sum = parameters[place] as number
  for (let i = 0; i < count; i++) sum += (parameters[place + 1 + i] as number) * (numbers[from + i] as number)
  return sum
}

/** The etas of rows, output by output. */
export function etasOfNetwork(shape: Shape, rows: Rows, parameters: Float64Array): Float64Array {
  return etasOfSignals(shape, rows, parameters, signalsOf(shape, rows, parameters))
}

function etasOfSignals(shape: Shape, { count }: Rows, parameters: Float64Array, { all }: Signals): Float64Array {
  const size = taken(shape, shape.layers)
  const etas = new Float64Array(shape.outputs * count)
  for (let k = 0; k < shape.outputs; k++) {
    const place = beginOf(shape, shape.layers) + k * (size + 1)
    for (let row = 0; row < count; row++) etas[k * count + row] = weighted(parameters, place, all, row * size, size)
  }
  return etas
}

/**
 * The mean loss, and `decay / 2` times the squares of all weights, biases apart; and its slope, by the chain rule from the
 * outputs back.
 */
export function penalisedLoss(
  shape: Shape,
  rows: Rows,
  loss: Loss,
  decay: number,
): (parameters: Float64Array, slope: Float64Array) => number {
  const { width, layers, outputs } = shape
  const size = taken(shape, layers)
  return (parameters, slope) => {
    const signals = signalsOf(shape, rows, parameters)
    const etas = etasOfSignals(shape, rows, parameters, signals)
    const residuals = new Float64Array(etas.length)
    loss.slope(etas, residuals)
    slope.fill(0)
    // By the numbers before the outputs, of one row at a time.
    const back = new Float64Array(size)
    const pull = (place: number, count: number, from: number, by: number) => {
      slope[place] = (slope[place] as number) + by
      for (let i = 0; i < count; i++) {
        const weight = place + 1 + i
        slope[weight] = (slope[weight] as number) + by * (signals.all[from + i] as number)
        back[i] = (back[i] as number) + by * (parameters[weight] as number)
      }
    }
    for (let row = 0; row < rows.count; row++) {
      back.fill(0)
      for (let k = 0; k < outputs; k++) {
        pull(beginOf(shape, layers) + k * (size + 1), size, row * size, -(residuals[k * rows.count + row] as number))
      }
      for (let layer = layers - 1; layer >= 0; layer--) {
        const count = taken(shape, layer)
        for (let unit = 0; unit < width; unit++) {
          const sum = signals.sums[(row * layers + layer) * width + unit] as number
          const by = 2 * sum * (back[count + unit] as number)
          pull(beginOf(shape, layer) + unit * (count + 1), count, row * size, by)
        }
      }
    }
    return meanLoss(loss, etas) + penalty(shape, parameters, slope, decay)
  }
}

/** What is left of the decay for weights that take inputs straight to an output: a squared unit has two of them in a row. */
const directShare = 0.1

function penalty(shape: Shape, parameters: Float64Array, slope: Float64Array, decay: number): number {
  let squares = 0
  for (let layer = 0; layer <= shape.layers; layer++) {
    const [begin, count] = [beginOf(shape, layer), taken(shape, layer)]
    const end = layer === shape.layers ? parameters.length : beginOf(shape, layer + 1)
    for (let i = begin; i < end; i++) {
      if ((i - begin) % (count + 1) === 0) continue
      const weight = parameters[i] as number
      const isDirect = layer === shape.layers && (i - begin) % (count + 1) <= shape.inputs
      const cost = isDirect ? directShare : 1
      squares += cost * weight * weight
      slope[i] = (slope[i] as number) + decay * cost * weight
    }
  }
  return (decay / 2) * squares
}
