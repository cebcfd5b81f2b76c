import { markdownText } from '../emit/escape.ts'
import type { SumsLoss } from '../linear.ts'
import { kilobytes, significant } from '../text.ts'
import { generatedBy } from '../version.ts'
import { reportingTable } from './card-reporting.ts'
import type { ForeignFamily, ImportedReport } from './imported-report.ts'
import { tellLinear } from './tell-linear.ts'
import { tellNetwork } from './tell-network.ts'
import { tellForeignTree } from './tell-tree.ts'
import { tellTrees } from './tell-trees.ts'
import type { Telling } from './telling.ts'

/** What is to be known at first sight: names and values. */
export function importedLines(report: ImportedReport): readonly (readonly [string, string])[] {
  const { lowered, loss, source, rows, rounds, keys } = report
  const { cost, contract } = lowered.plan
  const { float, quantised, cuts, sums } = loss
  const taken = rounds === null ? '' : `, ${rounds.taken} of ${rounds.all} rounds`
  return [
    ['model', `${report.file}: ${report.format}${taken}`],
    [
      'data',
      rows === 0 ? `${source.file}: a schema, no rows to measure on` : `${source.file}: ${rows} rows to measure on`,
    ],
    tellImported(report.model, report.file).line,
    float === null
      ? (['predictions', 'not compared with the library’s own: give them with --expect'] as const)
      : ([
          'predictions',
          `${float.rows} of the library’s compared: ${float.equal} equal to the last digit, largest difference ${significant(float.largest)}`,
        ] as const),
    ...(quantised === null
      ? []
      : [
          [
            'rounding',
            `scores in steps of ${significant(quantised.step)} differ by at most ${significant(quantised.largest)} (bound ${significant(quantised.bound)}); ${quantised.changed} of ${rows} answers changed`,
          ] as const,
        ]),
    ...(cuts === null
      ? []
      : [
          [
            'cuts',
            `${cuts.mode}: ${cuts.published} published; ${rows === 0 ? 'not measured' : `${cuts.changed} of ${rows} answers changed`}${warningOf(cuts.mode)}`,
          ] as const,
        ]),
    ...(sums === null ? [] : sumsLines(sums, report)),
    [
      'cost',
      `${cost.requestCiphertexts} ciphertexts up (${kilobytes(cost.requestBytes)}), ${cost.replyCiphertexts} down (${kilobytes(cost.replyBytes)}), ${keys}${contract.replyKey === undefined ? '' : ', replies signed'}`,
    ],
    ['client learns', lowered.learns.client],
    ['server learns', lowered.learns.server],
  ]
}

/** What a linear model or a network lost. */
function sumsLines(sums: SumsLoss, { model }: ImportedReport): (readonly [string, string])[] {
  const { degree, rows, drawn, changed, largest, chance, accuracy, trusted } = sums
  const of = drawn ? `${rows} records drawn from the Grids` : `${rows} rows`
  const numbers = model.answers === null
  const moved = numbers ? '' : `, of a chance ${significant(chance)}`
  const changes = numbers ? 'numbers off by over a hundredth of their span' : 'answers changed'
  const percent = (share: number) => `${(100 * share).toFixed(1)}%`
  const told = numbers ? significant : percent
  return [
    [
      degree === null ? 'rounding' : 'approximation',
      `${changed} of ${of}: ${changes}; the largest difference of a score is ${significant(largest)}${moved}`,
    ],
    ...(accuracy === null
      ? []
      : [
          [
            numbers ? 'R²' : 'accuracy',
            `${told(accuracy.before)} on these rows by the library's model, ${told(accuracy.after)} as it is compiled`,
          ] as const,
        ]),
    ...(degree === null
      ? []
      : [
          [
            'trust',
            `every unit is a polynomial, and all is of degree ${degree}. It is not to be trusted outside of what ${drawn ? 'was drawn' : 'these rows hold'}: ` +
              `${trusted.map(({ column, least, greatest }) => `${column} ${significant(least)} to ${significant(greatest)}`).join(', ')}. Narrow the ranges in the schema to these`,
          ] as const,
        ]),
  ]
}

/** What a report tells of an imported model, by its family. */
function tellImported(model: ForeignFamily, file: string): Telling {
  const withheld = 'no weight; model.json beside it does'
  const told = { evidence: { description: `Imported from ${file}.`, cuts: null } }
  switch (model.family) {
    case 'tree':
      // Where nothing is published beforehand, a tree asks tests of its own.
      return tellForeignTree(model, model.cuts === undefined ? 'tests' : 'cuts')
    case 'boosted':
      return tellTrees(model)
    case 'linear':
      return { ...tellLinear(model, told), withheld }
    case 'network':
      return { ...tellNetwork(model, told), withheld }
    default:
      return model satisfies never
  }
}

/** What cuts of the model's own tell of its training. */
function warningOf(mode: string): string {
  if (mode === 'used') return '. They lie between values of neighbouring rows of training, and are public now'
  if (mode.startsWith('used')) return '. The model’s own are among them: decoys hide them weakly'
  return ''
}

/** `report/model.json` of an imported model. It holds the model. */
export function importedJson({ model, lowered: { plan }, ...report }: ImportedReport): string {
  const { name, family, reveal, scheme } = plan.contract
  const { sizes, json } = tellImported(model, report.file)
  const own = {
    generator: generatedBy,
    name,
    family,
    reveal,
    scheme,
    imported: { file: report.file, sha256: report.sha256, format: report.format, rounds: report.rounds },
    data: {
      file: report.source.file,
      sha256: report.source.sha256,
      rows: report.rows,
      missingCells: report.source.missingCells,
    },
    options: report.recipe,
    classes: model.answers,
    columns: model.columns.map(({ name: column, kind, missing }) => ({ name: column, kind, missing })),
    ...sizes,
    loss: report.loss,
    cost: plan.cost,
    leakage: plan.leakage,
    ...json,
  }
  return `${JSON.stringify(own, null, 1)}\n`
}

/** The model card of an imported model. */
export function importedCard(report: ImportedReport): string {
  const { lowered, model, source } = report
  const { kind, withheld, used, called } = tellImported(model, report.file)
  const lines = importedLines(report)
  const columns = model.columns.map(
    ({ name, missing }) =>
      `| ${markdownText(name)} | ${missing === 'never' ? 'no' : 'yes'} | ${used.has(name) ? 'yes' : 'no'} |`,
  )
  return `<!-- ${generatedBy} -->

# ${markdownText(source.title ?? lowered.plan.contract.name)}

${kind}, trained elsewhere and compiled to be evaluated on encrypted records. This card holds ${withheld}, and is for the model's owner.

| | |
| --- | --- |
${lines.map(([name, text]) => `| ${name} | ${markdownText(text)} |`).join('\n')}

SHA-256 of the model file: \`${report.sha256}\`.

| column | missing values | used by ${called} |
| --- | --- | --- |
${columns.join('\n')}
${reportingTable(source.card ?? [])}
## Cost of one prediction

${lowered.costTable()}

## Limits

A model for research, not a medical device; it must not decide about a patient. How it was trained, and on whom, is not known
here. Both parties are assumed to follow the protocol and to be curious. The code has not been audited.
`
}
