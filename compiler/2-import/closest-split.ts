import { at } from 'emp-compile-runtime/internal/at'
import type { ForeignModel, ForeignRow, TreeNode } from './foreign.ts'
import { foreignInput } from './inputs.ts'

/** Of a row the split whose threshold its value is nearest to, in words: where a library may decide otherwise. */
export function decideClosest({ body, inputs, columns }: ForeignModel, row: ForeignRow): string {
  if (body.kind !== 'trees') return ''
  const numbers = inputs.map((input) => foreignInput(input, at(row, input.column)))
  const distances = body.trees.flatMap(({ nodes }, tree) =>
    nodes.map((node, place) => ({ tree, place, node, distance: distanceTo(node, numbers) })),
  )
  const [first] = distances
  if (first === undefined) return ''
  const { tree, place, node } = distances.reduce((a, b) => (b.distance < a.distance ? b : a), first)
  if (node.kind !== 'split') return ''
  const { column } = at(inputs, node.test.input)
  const name = columns[column]?.name ?? `column ${column + 1}`
  return `; nearest to its values is the split on ${JSON.stringify(name)} at node ${place} of tree ${tree}`
}

function distanceTo(node: TreeNode, numbers: readonly number[]): number {
  if (node.kind !== 'split' || node.test.kind !== 'number') return Infinity
  const [x, t] = [at(numbers, node.test.input), node.test.threshold]
  const distance = Math.abs(x - t) / Math.max(1e-30, Math.abs(t))
  return Number.isNaN(distance) ? Infinity : distance
}
