import { featureName } from '../../runtime/contract.ts'
import type { Plan } from '../plan.ts'
import type { Table } from '../table.ts'
import { depthOf, leavesOf, type Tree } from '../tree.ts'
import { wrap } from '../wrap.ts'
import type { Figures } from './figures.ts'
import { describeLeakage } from './leakage.ts'

/** The report on the terminal: about a dozen lines of at most `width` characters. */
export function summary(
  table: Table,
  tree: Tree,
  plan: Plan,
  figures: Figures,
  directory: string,
  width: number,
): string {
  const { cost, contract } = plan
  const leakage = describeLeakage(plan)
  const missing = table.source.missingCells === 0 ? '' : `, ${table.source.missingCells} cells missing`
  const rows: (readonly [string, string])[] = [
    ['data', `${table.source.file}: ${table.rows} rows, ${table.columns.length} columns${missing}`],
    ['target', `"${table.target.name}": ${table.target.answers.map((answer) => JSON.stringify(answer)).join(', ')}`],
    [
      'tree',
      contract.tests === 0
        ? 'a single leaf, so that every record gets the same answer: no cut fits the bounds. Try a smaller --min-samples-leaf'
        : `${leavesOf(tree.root).length} leaves, depth ${depthOf(tree.root)}, ${contract.tests} different tests on ${contract.features.map(featureName).join(', ')}`,
    ],
    ['accuracy', `${describeAccuracy(figures)}; always the most frequent answer: ${percent(figures.baseline)}`],
    [
      'cost',
      `${cost.requestCiphertexts} ciphertexts up (${kilobytes(cost.requestBytes)}), ${cost.replyCiphertexts} down (${kilobytes(cost.replyBytes)}), ${contract.keyBits}-bit keys`,
    ],
    ['client learns', leakage.client],
    ['server learns', leakage.server],
    ['written', `${directory}: client.ts (publish it); server.ts, report/ (keep them private)`],
  ]
  return rows.map(([name, text]) => labelled(name, text, width)).join('\n')
}

function describeAccuracy({ training, heldOut }: Figures): string {
  const seen = `${percent(training.accuracy)} on its training rows`
  if (heldOut === null) return `${seen}, not cross-validated (an answer has only one row)`
  const spread = `± ${(100 * heldOut.accuracyDeviation).toFixed(1)}`
  return `${percent(heldOut.accuracy)} ${spread} on rows not seen (${heldOut.folds}-fold cross-validation), ${seen}`
}

export const percent = (share: number) => `${(100 * share).toFixed(1)}%`
export const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`

/** A label of fixed width, and its text in lines beside it. */
function labelled(label: string, text: string, width: number): string {
  const indent = 15
  return wrap(text, width - indent)
    .map((line, i) => (i === 0 ? label : '').padEnd(indent) + line)
    .join('\n')
}
