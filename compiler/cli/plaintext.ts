import type { Leaf } from '../../runtime/client.ts'
import { type Contract, featureName, type LabelContract } from '../../runtime/contract.ts'
import { gridPosition, gridValue, type Value } from '../../runtime/grid.ts'
import type { JsonNode, ModelJson } from '../report/model-json.ts'
import type { Opened } from './load.ts'

/** What the model answers a record, by {@link plaintextLeaf}: as much of the leaf as the client is told. */
export function plaintextAnswer(model: ModelJson, contract: Contract, record: ReadonlyMap<string, Value>): Opened {
  const leaf = plaintextLeaf(model, contract, record)
  return contract.reveal === 'signs' ? leaf : labelOf(model, contract, leaf)
}

/**
 * The leaf of the plaintext tree in `model.json`, by comparing numbers with thresholds: another path than cells and
 * cuts, to check the encrypted evaluation against. A number counts as its nearest grid value.
 */
export function plaintextLeaf(model: ModelJson, contract: Contract, record: ReadonlyMap<string, Value>): Leaf {
  const values = new Map<string, number>()
  for (const feature of contract.features) {
    const value = record.get(feature.column) ?? null
    const column = contract.columns.find(({ name }) => name === feature.column)
    const number =
      column?.kind === 'number' && typeof value === 'number'
        ? gridValue(column.grid, gridPosition(column.grid, value))
        : 'level' in feature
          ? Number(value === feature.level)
          : model.columns.find(({ name }) => name === feature.column)?.missing === 'below'
            ? -Infinity
            : Infinity
    values.set(featureName(feature), number)
  }
  let node: JsonNode = model.tree
  while (node.feature !== undefined && node.left !== undefined && node.right !== undefined) {
    node = (values.get(node.feature) ?? Number.NaN) <= (node.threshold ?? 0) ? node.left : node.right
  }
  if (model.classes === null) {
    return { answer: node.value[0] ?? Number.NaN, rows: node.n, deviation: Math.sqrt(node.impurity) }
  }
  const most = node.value.reduce((a, b) => Math.max(a, b))
  const answer = node.answer ?? model.classes[node.value.indexOf(most)] ?? ''
  return { answer, counts: node.value }
}

/** The answer with its share of the leaf's rows, if that is told; or the possible number nearest to the mean. */
function labelOf({ classes }: ModelJson, { answers }: LabelContract, leaf: Leaf): Opened {
  if ('counts' in leaf) {
    if (answers[0]?.percent === undefined) return { answer: leaf.answer }
    const rows = leaf.counts.reduce((sum, count) => sum + count, 0)
    return {
      answer: leaf.answer,
      percent: Math.round((100 * (leaf.counts[classes?.indexOf(leaf.answer) ?? 0] ?? 0)) / rows),
    }
  }
  const numbers = answers.map(({ answer }) => Number(answer))
  const least = Math.min(...numbers.map((number) => Math.abs(number - leaf.answer)))
  return { answer: numbers.findLast((number) => Math.abs(number - leaf.answer) === least) ?? Number.NaN }
}
