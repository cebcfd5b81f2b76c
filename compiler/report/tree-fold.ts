import { depthOf, leavesOf, type Node } from '../tree.ts'
import type { Folded } from './tree-layout.ts'

/** Larger trees are read as a list; of their picture the beginning is shown, so that it fits a window. */
const [mostLeaves, mostDepth, mostEnds, deepest] = [24, 6, 16, 5] as const

/** The nodes below which a page draws nothing: those of the greatest depth that leaves few enough ends. */
export function foldedIn(root: Node): Folded {
  if (leavesOf(root).length <= mostLeaves && depthOf(root) <= mostDepth) return new Set()
  const depths = Array.from({ length: deepest }, (_, i) => i + 1)
  const depth = depths.findLast((one) => endsAt(root, one).length <= mostEnds) ?? 1
  return new Set(endsAt(root, depth).filter(({ kind }) => kind === 'split'))
}

/** The ends of a tree that is cut off at a depth. */
function endsAt(node: Node, depth: number): Node[] {
  if (node.kind !== 'split' || depth === 0) return [node]
  return [...endsAt(node.left, depth - 1), ...endsAt(node.right, depth - 1)]
}
