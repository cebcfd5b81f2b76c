import { at } from '../../runtime/at.ts'
import { type Attribute, type Node, onnxModel, type Port, type Tensor } from './onnx-writer.ts'
import { jsonOf } from './support.ts'

/** The output `y` of a chain, and its input `X`. */
export const output = (element: Port['element'] = 1): Port => ({ name: 'y', element, columns: null })
export const input = (columns: number | null, element: Port['element'] = 1): Port => ({ name: 'X', element, columns })

interface Chain {
  readonly nodes: readonly Node[]
  readonly constants: Readonly<Record<string, Tensor>>
}

/** Nodes one after the other, from X to y. */
export class Builder {
  readonly nodes: Node[] = []
  readonly constants: Record<string, Tensor> = {}
  readonly #element: Tensor['element']
  #last = 'X'

  constructor(element: Tensor['element'] = 'float') {
    this.#element = element
  }

  constant(numbers: readonly number[], sizes?: readonly number[]): string {
    const name = `c${Object.keys(this.constants).length}`
    this.constants[name] = { element: this.#element, numbers, ...(sizes === undefined ? {} : { sizes }) }
    return name
  }

  put(operator: string, more: readonly string[] = [], attributes: Record<string, Attribute> = {}, own = false): this {
    const name = `v${this.nodes.length}`
    const domain = own ? {} : ({ domain: '' } as const)
    this.nodes.push({ operator, inputs: [this.#last, ...more], outputs: [name], attributes, ...domain })
    this.#last = name
    return this
  }

  layer(
    weights: readonly (readonly number[])[],
    biases: readonly number[],
    how: 'Gemm' | 'transposed' | 'MatMul',
  ): this {
    const [rows, columns] = [weights.length, biases.length]
    const turned = biases.map((_, j) => weights.map((row) => at(row, j)))
    if (how === 'MatMul') {
      return this.put('MatMul', [this.constant(weights.flat(), [rows, columns])]).put('Add', [this.constant(biases)])
    }
    const isTurned = how === 'transposed'
    const numbers = isTurned ? turned.flat() : weights.flat()
    const matrix = this.constant(numbers, isTurned ? [columns, rows] : [rows, columns])
    return this.put('Gemm', [matrix, this.constant(biases)], { transB: { int: isTurned ? 1 : 0 } })
  }

  end(): Chain {
    const last = this.nodes.pop()
    if (last === undefined) throw new TypeError('no node')
    return { nodes: [...this.nodes, { ...last, outputs: ['y'] }], constants: this.constants }
  }
}

/** The network of scikit-learn as PyTorch writes one: what is subtracted and divided, layers turned, an activation. */
export function exportedNetwork(name: string, ending: 'Sigmoid' | 'Softmax'): Uint8Array {
  const { mean, scale, coefs, intercepts, activation } = jsonOf(`reference/${name}.json`)
  const chain = new Builder()
  chain.put('Sub', [chain.constant(mean)])
  chain.put('Div', [chain.constant(scale)])
  const operators = { relu: 'Relu', tanh: 'Tanh', logistic: 'Sigmoid' } as Record<string, string>
  coefs.forEach((weights: number[][], i: number) => {
    chain.layer(weights, intercepts[i], 'transposed')
    chain.put(i < coefs.length - 1 ? (operators[activation] ?? '') : ending)
  })
  const { nodes, constants } = chain.end()
  return onnxModel(nodes, [input(mean.length)], [output()], constants)
}
