import { at } from 'emp-compile-runtime/internal/at'
import { beyondLimit, notATree } from './errors.ts'
import type { ForeignTest, TreeNode } from './foreign.ts'
import { limits } from './limits.ts'

/** A node as a file numbers it. */
export type FiledNode =
  | { readonly kind: 'leaf'; readonly values: readonly number[] }
  | { readonly kind: 'split'; readonly test: ForeignTest; readonly yes: number; readonly no: number }

/** Counts nodes and leaf values over all trees of a model against the limits. */
export interface Budget {
  nodes: number
  leafValues: number
}

export const newBudget = (): Budget => ({ nodes: 0, leafValues: 0 })

/**
 * The nodes of a tree, from its root, numbered anew: 0 is the root, and only what it reaches is there.
 *
 * @param nodeAt the file's node, asked for only below `count`.
 * @param place where the tree stands in the file, for messages.
 * @throws {CompileError} `not-a-tree` if a child is no node, or has two parents; `beyond-limit`.
 */
export function gatherTree(
  place: { readonly file: string; readonly path: string },
  root: number,
  count: number,
  nodeAt: (i: number) => FiledNode,
  budget: Budget,
): readonly TreeNode[] {
  const { file, path } = place
  const numbers = new Map<number, number>([[root, 0]])
  const nodes: TreeNode[] = []
  const waiting: { i: number; depth: number }[] = [{ i: root, depth: 0 }]
  /** Numbers a child, which must be new. */
  const numbered = (parent: number, child: number): number => {
    if (!(Number.isInteger(child) && child >= 0 && child < count)) {
      throw notATree(file, path, parent, `has the child ${child}, of ${count} nodes`)
    }
    if (numbers.has(child)) throw notATree(file, path, child, 'is the child of two nodes')
    numbers.set(child, numbers.size)
    return numbers.size - 1
  }
  for (let next = 0; next < waiting.length; next++) {
    const { i, depth } = at(waiting, next)
    if (depth > limits.depth) throw beyondLimit(file, path, 'levels', depth, limits.depth)
    if (++budget.nodes > limits.nodes) throw beyondLimit(file, path, 'nodes', budget.nodes, limits.nodes)
    const node = nodeAt(i)
    if (node.kind === 'leaf') {
      budget.leafValues += node.values.length
      if (budget.leafValues > limits.leafValues) {
        throw beyondLimit(file, path, 'numbers in leaves', budget.leafValues, limits.leafValues)
      }
      nodes.push(node)
      continue
    }
    const [yes, no] = [numbered(i, node.yes), numbered(i, node.no)]
    waiting.push({ i: node.yes, depth: depth + 1 }, { i: node.no, depth: depth + 1 })
    nodes.push({ kind: 'split', test: node.test, yes, no })
  }
  return nodes
}
