import type { PruningStep } from '../evidence.ts'
import type { Grown } from './grow.ts'
import { Heap } from './heap.ts'

/** An inner node, and what its subtree amounts to while it is pruned. */
interface Link {
  readonly node: Grown
  readonly parent: Link | null
  /** Positions in depth-first order: its own, and the one after its subtree's last. */
  readonly position: number
  end: number
  /** Its impurity as a leaf, and that of the leaves below it, times their share of the rows. */
  readonly risk: number
  branchRisk: number
  leaves: number
  /** The strength with which it waits. */
  queued: number
  /** The step in which it went; null while it is there. */
  step: number | null
}

/** All that pruning does to a tree, step by step. */
export interface PruningSequence {
  /** The whole tree, and what is left of it after each pruning. */
  readonly path: readonly PruningStep[]
  /** The step, a position in the path, from which on an inner node is a leaf or gone. */
  stepOf(node: Grown): number
  /** An inner node as the leaf that pruning makes of it: the same one for every step. */
  asLeaf(node: Grown): Grown
}

/**
 * Minimal cost-complexity pruning: makes the weakest link a leaf, again and again, until a single leaf is left. That is
 * the inner node whose subtree reduces the impurity least per leaf that it adds; of equally weak ones the first in
 * depth-first order.
 *
 * Source: Breiman, Friedman, Olshen, Stone, "Classification and Regression Trees", 1984, chapter 3.
 */
export function pruningSequence(root: Grown): PruningSequence {
  const links = linksOf(root)
  const [top] = links
  if (top === undefined)
    return { path: [{ alpha: 0, leaves: 1, impurity: root.impurity }], stepOf: () => 0, asLeaf: (node) => node }
  const step = (alpha: number): PruningStep => ({ alpha, leaves: top.leaves, impurity: top.branchRisk })
  const queue = new Heap<{ readonly link: Link; readonly strength: number }>(
    (a, b) => a.strength < b.strength || (a.strength === b.strength && a.link.position < b.link.position),
  )
  const wait = (link: Link) => {
    link.queued = strength(link)
    queue.push({ link, strength: link.queued })
  }
  for (const link of links) wait(link)
  const path = [step(0)]
  for (let weakest = queue.pop(); weakest !== undefined; weakest = queue.pop()) {
    const { link } = weakest
    if (link.step !== null || weakest.strength !== link.queued) continue
    // Pruning below makes a link stronger: it waits for its turn with its present strength.
    if (link.queued !== strength(link)) {
      wait(link)
      continue
    }
    for (let i = link.position; i < link.end; i++) (links[i] as Link).step ??= path.length
    const [risk, leaves] = [link.risk - link.branchRisk, link.leaves - 1]
    for (let above: Link | null = link; above !== null; above = above.parent) {
      above.branchRisk += risk
      above.leaves -= leaves
      // Weaker by the rounding of doubles at most.
      if (above !== link && strength(above) < above.queued) wait(above)
    }
    path.push(step(weakest.strength))
  }
  const steps = new Map(links.map(({ node, step }) => [node, step ?? path.length]))
  const leaves = new Map<Grown, Grown>()
  const asLeaf = (node: Grown) => {
    const leaf = leaves.get(node) ?? { ...node, split: null }
    leaves.set(node, leaf)
    return leaf
  }
  return { path, stepOf: (node) => steps.get(node) ?? 0, asLeaf }
}

/** The last step whose links are all at most so strong: their reductions per leaf are at most `alpha`. */
export function stepAt({ path }: PruningSequence, alpha: number): number {
  const beyond = path.findIndex((step, i) => i > 0 && step.alpha > alpha)
  return beyond < 0 ? path.length - 1 : beyond - 1
}

/** What is left of a tree at a step of its sequence. What is whole is the tree's own. */
export function treeAtStep(node: Grown, sequence: PruningSequence, step: number): Grown {
  if (node.split === null) return node
  if (sequence.stepOf(node) <= step) return sequence.asLeaf(node)
  const left = treeAtStep(node.split.left, sequence, step)
  const right = treeAtStep(node.split.right, sequence, step)
  if (left === node.split.left && right === node.split.right) return node
  return { ...node, split: { ...node.split, left, right } }
}

/**
 * Prunes a tree.
 *
 * @param alpha every link goes whose reduction per leaf is at most this; Infinity leaves a single leaf.
 * @param fewestLeaves stops here even if weaker links are left.
 * @returns the pruned tree, and the path to it from the whole tree on.
 */
export function prune(
  root: Grown,
  alpha: number,
  fewestLeaves = 1,
): { readonly tree: Grown; readonly path: readonly PruningStep[] } {
  const sequence = pruningSequence(root)
  const fewest = sequence.path.findIndex(({ leaves }) => leaves <= fewestLeaves)
  const last = Math.min(stepAt(sequence, alpha), fewest < 0 ? sequence.path.length - 1 : fewest)
  return { tree: treeAtStep(root, sequence, last), path: sequence.path.slice(0, last + 1) }
}

/** By how much the subtree of a link reduces the impurity, per leaf that it adds. */
const strength = ({ risk, branchRisk, leaves }: Link) => (risk - branchRisk) / (leaves - 1)

/** The inner nodes in depth-first order. */
function linksOf(root: Grown): Link[] {
  const riskOf = ({ share, impurity }: Grown) => share * impurity
  const links: Link[] = []
  const visit = (node: Grown, parent: Link | null): { branchRisk: number; leaves: number } => {
    if (node.split === null) return { branchRisk: riskOf(node), leaves: 1 }
    const position = links.length
    const link: Link = {
      node,
      parent,
      position,
      end: 0,
      risk: riskOf(node),
      branchRisk: 0,
      leaves: 0,
      queued: 0,
      step: null,
    }
    links.push(link)
    const [left, right] = [visit(node.split.left, link), visit(node.split.right, link)]
    link.end = links.length
    link.branchRisk = left.branchRisk + right.branchRisk
    link.leaves = left.leaves + right.leaves
    return link
  }
  visit(root, null)
  return links
}
