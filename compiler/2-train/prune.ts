import type { Grown } from './grow.ts'
import { Heap } from './heap.ts'

/** One step of the pruning path: the best tree for complexity parameters from `alpha` to the next step's. */
export interface PruningStep {
  readonly alpha: number
  readonly leaves: number
  /** The impurity of the leaves, weighted by their share of the rows. */
  readonly impurity: number
}

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
  isPruned: boolean
}

/**
 * Minimal cost-complexity pruning: makes the weakest link a leaf, again and again. That is the inner node whose
 * subtree reduces the impurity least per leaf that it adds; of equally weak ones the first in depth-first order.
 *
 * Source: Breiman, Friedman, Olshen, Stone, "Classification and Regression Trees", 1984, chapter 3.
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
  const links = linksOf(root)
  const [top] = links
  if (top === undefined) return { tree: root, path: [{ alpha: 0, leaves: 1, impurity: root.impurity }] }
  const step = (at: number): PruningStep => ({ alpha: at, leaves: top.leaves, impurity: top.branchRisk })
  const queue = new Heap<{ readonly link: Link; readonly strength: number }>(
    (a, b) => a.strength < b.strength || (a.strength === b.strength && a.link.position < b.link.position),
  )
  for (const link of links) queue.push({ link, strength: strength(link) })
  const path = [step(0)]
  for (
    let weakest = queue.pop();
    weakest !== undefined && weakest.strength <= alpha && top.leaves > fewestLeaves;
    weakest = queue.pop()
  ) {
    const { link } = weakest
    // A link whose subtree has changed since stands in the queue again, with its present strength.
    if (link.isPruned || weakest.strength !== strength(link)) continue
    for (const below of links.slice(link.position, link.end)) below.isPruned = true
    const [risk, leaves] = [link.risk - link.branchRisk, link.leaves - 1]
    for (let above: Link | null = link; above !== null; above = above.parent) {
      above.branchRisk += risk
      above.leaves -= leaves
      if (above !== link) queue.push({ link: above, strength: strength(above) })
    }
    path.push(step(weakest.strength))
  }
  const pruned = new Set(links.filter(({ isPruned }) => isPruned).map(({ node }) => node))
  return { tree: collapse(root, pruned), path }
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
    const link = { node, parent, position, end: 0, risk: riskOf(node), branchRisk: 0, leaves: 0, isPruned: false }
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

function collapse(node: Grown, pruned: ReadonlySet<Grown>): Grown {
  if (node.split === null || pruned.has(node)) return { ...node, split: null }
  const { left, right } = node.split
  return { ...node, split: { ...node.split, left: collapse(left, pruned), right: collapse(right, pruned) } }
}
