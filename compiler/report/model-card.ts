import { featureName } from '../../runtime/contract.ts'
import { describeGrid } from '../../runtime/grid.ts'
import type { TrainOptions } from '../2-train/options.ts'
import { markdownText } from '../4-emit/escape.ts'
import type { Plan } from '../plan.ts'
import type { Table, TableColumn } from '../table.ts'
import { depthOf, leavesOf, type Tree } from '../tree.ts'
import { generatedBy } from '../version.ts'
import type { Figures, Score } from './figures.ts'
import { describeLeakage } from './leakage.ts'
import { kilobytes, percent } from './summary.ts'

/**
 * The model card: data, options, figures, who learns what, cost, limits.
 *
 * Source: Mitchell et al., "Model Cards for Model Reporting", FAT* 2019.
 */
export function modelCard(table: Table, tree: Tree, plan: Plan, figures: Figures, options: TrainOptions): string {
  const { contract, cost } = plan
  const { source, target } = table
  const leakage = describeLeakage(plan)
  const used = new Set(contract.columns.map(({ name }) => name))
  const answers = target.answers.map((answer) => {
    const label = target.document.categories.get(answer)
    return label === undefined ? markdownText(answer) : `${markdownText(answer)} (${markdownText(label)})`
  })
  return `<!-- ${generatedBy} -->

# ${markdownText(source.title ?? contract.model)}

A decision tree that predicts ${markdownText(target.name)} (${answers.join(', ')}), compiled to be evaluated on encrypted
records. This card holds no threshold; model.json and tree.svg beside it do, and are for the model's owner.

## Data

${markdownText(source.file)}, SHA-256 \`${source.sha256}\`: ${table.rows} rows, ${table.columns.length} columns beside the
target, ${source.missingCells} cells missing.

| answer | training rows |
| --- | ---: |
${answers.map((answer, i) => `| ${answer} | ${target.classes.reduce((sum, row) => sum + (row === i ? 1 : 0), 0)} |`).join('\n')}

| column | takes | missing values | used by the tree |
| --- | --- | --- | --- |
${tree.columns.map((column, i) => columnRow(table.columns[i], column, used.has(column.name))).join('\n')}

## Training

CART by ${options.criterion}; depth at most ${options.maxDepth}, at least ${options.minSamplesLeaf} rows in a leaf and
${options.minSamplesSplit} in a node that is divided${describeFurther(options)}. The result has ${leavesOf(tree.root).length} leaves and depth ${depthOf(tree.root)}.

| rows | accuracy | balanced accuracy |
| --- | ---: | ---: |
${scoreRow('seen in training', figures.training)}
${figures.heldOut === null ? '| not seen | not measured: an answer has only one row | |' : scoreRow(`not seen (stratified ${figures.heldOut.folds}-fold cross-validation, rows dealt in file order; ± ${(100 * figures.heldOut.accuracyDeviation).toFixed(1)} between folds)`, figures.heldOut)}
| always the most frequent answer | ${percent(figures.baseline)} | ${percent(1 / target.answers.length)} |
${figures.heldOut === null ? '' : confusionTable(answers, figures.heldOut)}
## Who learns what

| party | learns |
| --- | --- |
| the client | ${markdownText(leakage.client)} |
| the server, and the storage between | ${markdownText(leakage.server)} |

Columns in a request: ${contract.features.map((feature) => markdownText(featureName(feature))).join(', ') || 'none'}.

## Cost of one prediction

| | ciphertexts | bytes | exponentiations |
| --- | ---: | ---: | ---: |
| seal (client) | ${cost.requestCiphertexts} | ${cost.requestBytes} up (${kilobytes(cost.requestBytes)}) | ${cost.sealExponentiations} of half size |
| evaluate (server) | ${cost.replyCiphertexts} | ${cost.replyBytes} down (${kilobytes(cost.replyBytes)}) | ${cost.evaluateExponentiations}, or at most ${cost.evaluateMultiplications} multiplications modulo n² |
| open (client) | | | ${cost.openExponentiations} of half size |

## Limits

A model for research, not a medical device; it must not decide about a patient. It knows only people like those in its
data. Both parties are assumed to follow the protocol and to be curious. The code has not been audited.
`
}

/** The options that are not in force by default. */
function describeFurther({ maxLeafNodes, minImpurityDecrease, ccpAlpha }: TrainOptions): string {
  const leaves = maxLeafNodes === null ? '' : `; at most ${maxLeafNodes} leaves, the most useful divisions first`
  const decrease =
    minImpurityDecrease === 0 ? '' : `; no division that reduces the impurity by less than ${minImpurityDecrease}`
  return `${leaves}${decrease}${ccpAlpha === 0 ? '' : `; pruned with complexity parameter ${ccpAlpha}`}`
}

function columnRow(holder: TableColumn | undefined, column: Tree['columns'][number], isUsed: boolean): string {
  const { title = null, unit = null } = holder?.document ?? {}
  const name = markdownText(column.name) + (title === null ? '' : `: ${markdownText(title)}`)
  const takes =
    column.kind === 'number'
      ? describeGrid(column.grid, unit === null ? null : markdownText(unit))
      : column.levels.map(markdownText).join(', ')
  const missing = {
    never: 'refused',
    below: 'count as less than every number',
    above: 'count as more than every number',
    'no-level': 'are none of the levels',
  }[column.missing]
  return `| ${name} | ${takes} | ${missing} | ${isUsed ? 'yes' : 'no'} |`
}

function scoreRow(name: string, { accuracy, balancedAccuracy }: Score): string {
  return `| ${name} | ${percent(accuracy)} | ${percent(balancedAccuracy)} |`
}

function confusionTable(answers: readonly string[], { confusion }: Score): string {
  return `
Rows not seen, by their true answer (down) and the one the tree gave (across):

| | ${answers.join(' | ')} |
| --- |${' ---: |'.repeat(answers.length)}
${confusion.map((row, i) => `| ${answers[i]} | ${row.join(' | ')} |`).join('\n')}
`
}
