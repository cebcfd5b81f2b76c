import { literal } from '../../../compiler/emit/escape.ts'
import type { Plan } from '../../../compiler/plan.ts'
import type { Scheme } from '../../../compiler/schemes/scheme.ts'
import { trafficOf } from '../../../compiler/schemes/traffic.ts'
import { answerOf, cellAt, leavesOf, type Node, type Tree } from '../../../compiler/tree.ts'
import { at } from '../../../runtime/at.ts'
import { formatVersion } from '../../../runtime/contract.ts'
import type { PlainContract, PlainNode } from './runtime.ts'

interface PlainPlan extends Plan {
  readonly contract: PlainContract
  readonly server: { readonly nodes: readonly PlainNode[] }
}

const runtime = './test/support/plain/runtime.ts'

/** The oracle as one more scheme behind the door. */
export const plain: Scheme<Tree, Record<string, never>, null, PlainPlan> = {
  family: 'tree',
  reveal: 'plain',
  scheme: 'none',
  summary: 'everything',
  options: {},
  words: { asked: 'cuts', smaller: 'is smaller', beyondClients: '' },
  admits: (model): model is Tree => model.family === 'tree',
  settings: () => null,
  demands: () => ({ cuts: null }),
  fitted: () => null,
  priced: () => null,
  lower(tree, _, { name, replyKey }) {
    const contract: PlainContract = {
      format: formatVersion,
      name,
      family: 'tree',
      reveal: 'plain',
      scheme: 'none',
      columns: tree.columns,
      features: tree.features,
      ignored: [],
      missingValues: tree.missingValues,
      answers: tree.answers,
      leaves: leavesOf(tree.root).map((leaf) => answerOf(tree, leaf)),
      messages: {
        request: [{ name: 'cells', bytes: 4, count: tree.features.length }],
        reply: [{ name: 'leaf', bytes: 2, count: 1 }],
      },
      ...(replyKey === undefined ? {} : { replyKey }),
    }
    return { contract, server: { nodes: nodesOf(tree.root) }, client: {}, cost: trafficOf(contract), leakage: {} }
  },
  simulate({ contract, server: { nodes } }, cells) {
    let node = at(nodes, 0)
    while ('feature' in node) node = at(nodes, cellAt(node, cells) <= node.cut ? node.left : node.right)
    return at(contract.leaves, node.leaf)
  },
  emitClient: ({ contract }) =>
    `import { definePlainClient } from '${runtime}'\nexport const client = definePlainClient(${literal(contract)} as never)\n`,
  emitServer: ({ contract, server: { nodes } }) =>
    `import { definePlainServer } from '${runtime}'\n` +
    `export const server = definePlainServer(${literal(contract)} as never, ${literal(nodes)} as never)\n`,
  publishedTests: () => null,
  learns: () => ({ client: 'everything', server: 'everything' }),
  translations: () => ({
    fr: { leakage: { client: 'tout', server: 'tout' }, sealing: { key: 'aucune clé', each: 'chaque valeur' } },
    de: { leakage: { client: 'alles', server: 'alles' }, sealing: { key: 'kein Schlüssel', each: 'jeden Wert' } },
  }),
  costTable: () => '',
  describeAnswers: () => null,
  told: (_, answer) => answer,
  sealing: () => ({ key: 'no key', each: 'each value', usesWasm: false }),
  describeKeys: () => 'no keys',
  describeSize: () => '',
  bench: ({ messages, ...contract }) => ({
    engine: 'none',
    engineName: 'nothing',
    cost: trafficOf({ messages, ...contract }),
    keys: '',
    predicted: () => null,
  }),
}

/** In the order of the list each node stands before what is below it. */
function nodesOf(root: Node): PlainNode[] {
  const nodes: PlainNode[] = []
  let leaves = 0
  const place = (node: Node): number => {
    const position = nodes.push({ leaf: 0 }) - 1
    if (node.kind !== 'split') {
      nodes[position] = { leaf: leaves }
      leaves += 1
      return position
    }
    const left = place(node.left)
    const { feature, also = [], cut } = node
    nodes[position] = { feature, also, cut, left, right: place(node.right) }
    return position
  }
  place(root)
  return nodes
}
