import { beyondLimit } from '../errors.ts'
import { limits } from '../limits.ts'
import type { OnnxNode, OnnxTensor } from './messages.ts'

/**
 * What the nodes of a graph share while it is read. A node of a few bytes can name a constant of many, or copy a wide
 * matrix: so all that nodes make is counted together, before memory is taken for it.
 */
export interface GraphWork {
  readonly constants: Map<string, OnnxTensor>
  /** The rows of a constant as a layer has them, by constant and by how it is laid out. */
  readonly matrices: Map<OnnxTensor, Map<string, readonly (readonly number[])[]>>
  readonly made: Record<keyof typeof counted, number>
}

/** What is counted, in the words of messages. */
const counted = {
  layers: 'layers',
  weights: 'weights',
  steps: 'columns and steps before the model',
  codes: 'numbers of categories',
} as const

export const newWork = (constants: ReadonlyMap<string, OnnxTensor>): GraphWork => ({
  constants: new Map(constants),
  matrices: new Map(),
  made: { layers: 0, weights: 0, steps: 0, codes: 0 },
})

/** Counts what a node is about to make. @throws {CompileError} `beyond-limit` */
export function countMade({ made }: GraphWork, node: OnnxNode, what: keyof typeof counted, count: number): void {
  made[what] += count
  if (made[what] > limits[what]) throw beyondLimit(node.file, node.operator, counted[what], made[what], limits[what])
}
