import { StructureKind } from 'ts-morph'
import type { LabelAnswer } from '../../runtime/contract.ts'
import { gridValue } from '../../runtime/grid.ts'
import type { Edge, LabelPlan } from '../plan.ts'
import { columnOf } from '../tree.ts'
import { commentText, literal } from './escape.ts'
import { constant, contractStatement, printModule } from './source.ts'

type Contract = LabelPlan['contract']

/** The server module of `label`: the contract and the leaves, below the conditions of each and its answer. */
export function labelServer({ contract, server }: Pick<LabelPlan, 'contract' | 'server'>): string {
  const lines = server.leaves.map(({ answer, edges }) => {
    const conditions = edges.map((edge) => describeEdge(contract, edge)).join(' and ')
    const meaning = `${conditions === '' ? 'always' : conditions}: ${describeAnswer(contract.answers[answer])}`
    return `  // ${commentText(meaning)}\n  ${literal({ answer, edges }, '  ')},\n`
  })
  const remark = [
    `The server module of the model ${contract.model}: it adds up the edges below from bits that stay encrypted. It`,
    'holds the model. Keep it private.',
  ]
  return printModule(remark, {
    statements: [
      {
        kind: StructureKind.ImportDeclaration,
        moduleSpecifier: 'emp-compile/runtime/label/server',
        namedImports: [
          { name: 'defineLabelServer' },
          { name: 'LabelContract', isTypeOnly: true },
          { name: 'LabelLeaf', isTypeOnly: true },
        ],
      },
      contractStatement(contract),
      `\n${constant(
        'The leaves, each by its edges: `cuts[above] < cell <= cuts[upTo]`. All numbers are positions in the contract.',
        `const leaves: readonly LabelLeaf[] = [\n${lines.join('')}]`,
      )}`,
      `\n${constant(
        'Answers encrypted requests: bytes in, bytes out.',
        'export const server = defineLabelServer(contract, leaves)',
      )}`,
    ],
  })
}

/** `"1"`, `"1" (86%)`, `152.5` */
function describeAnswer(given: LabelAnswer | undefined): string {
  if (given === undefined) throw new TypeError('a leaf has an answer that is not there')
  return JSON.stringify(given.answer) + (given.percent === undefined ? '' : ` (${given.percent}%)`)
}

/** `thal <= 4.5`, `0.5 < ca <= 2.5`, `(ca > 0.5 or missing)`, `ca is missing`, `colour is "red"` */
function describeEdge(contract: Contract, { feature, above, upTo }: Edge): string {
  const source = contract.features[feature]
  if (source === undefined) throw new TypeError('an edge refers to a feature that is not there')
  const column = columnOf(contract, source)
  if (column.kind === 'text') {
    return `${column.name} is ${above === undefined ? 'not ' : ''}${JSON.stringify('level' in source ? source.level : '')}`
  }
  const { name, grid } = column
  const cellAt = (position: number) => contract.cuts[feature]?.[position] ?? 0
  // Above the last value there is the missing cell alone.
  const partsMissing = (position: number) => cellAt(position) >= grid.size - 1
  const threshold = (position: number) => gridValue(grid, cellAt(position) + 0.5)
  if (above !== undefined && partsMissing(above)) return `${name} is missing`
  if (upTo !== undefined && partsMissing(upTo)) {
    return above === undefined ? `${name} is not missing` : `${name} > ${threshold(above)}`
  }
  if (above === undefined) return upTo === undefined ? `${name} is anything` : `${name} <= ${threshold(upTo)}`
  if (upTo !== undefined) return `${threshold(above)} < ${name} <= ${threshold(upTo)}`
  return column.missing === 'never' ? `${name} > ${threshold(above)}` : `(${name} > ${threshold(above)} or missing)`
}
