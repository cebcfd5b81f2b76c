import { at } from 'emp-compile-runtime/internal/at'
import { gridValue } from 'emp-compile-runtime/internal/grid'
import { StructureKind } from 'ts-morph'
import { commentText, literal } from '../../emit/escape.ts'
import { constant, contractStatement, printModule } from '../../emit/source.ts'
import { columnOf, levelsAsked, listOf } from '../../tree.ts'
import type { Edge, LabelPlan } from './plan.ts'

type Contract = LabelPlan['contract']

/** The server module of `label`: the contract and the leaves, below the conditions of each and its answer. */
export function labelServer({ contract, server }: Pick<LabelPlan, 'contract' | 'server'>): string {
  const lines = server.leaves.map(({ answer, edges }) => {
    const conditions = edges.map((edge) => describeEdge(contract, edge)).join(' and ')
    const meaning = `${conditions === '' ? 'always' : conditions}: ${describeAnswer(at(contract.possible, answer))}`
    return `  // ${commentText(meaning)}\n  ${literal({ answer, edges }, '  ')},\n`
  })
  const remark = [
    `The server module of the model ${contract.name}: it adds up the edges below from bits that stay encrypted. It`,
    'holds the model. Keep it private.',
  ]
  return printModule(remark, {
    statements: [
      {
        kind: StructureKind.ImportDeclaration,
        moduleSpecifier: 'emp-compile-runtime/schemes/label/server',
        namedImports: [
          { name: 'defineLabelServer' },
          { name: 'LabelContract', isTypeOnly: true },
          { name: 'LabelLeaf', isTypeOnly: true },
        ],
      },
      contractStatement(contract, 'LabelContract'),
      `\n${constant(leavesText(server.leaves), `const leaves: readonly LabelLeaf[] = [\n${lines.join('')}]`)}`,
      `\n${constant(
        'Answers encrypted requests: bytes in, bytes out.',
        'export const server = defineLabelServer(contract, leaves)',
      )}`,
    ],
  })
}

function leavesText(leaves: LabelPlan['server']['leaves']): string {
  const hasSets = leaves.some(({ edges }) => edges.some(({ also }) => also !== undefined))
  const sets = hasSets ? ' With `also`, `above` is "one of these levels", `upTo` "none of them".' : ''
  return `The leaves, each by its edges: \`cuts[above] < cell <= cuts[upTo]\`.${sets} All numbers are positions in the contract.`
}

/** `"1"`, `"1" (86%)`, `152.5` */
function describeAnswer(given: Contract['possible'][number]): string {
  return JSON.stringify(given.answer) + (given.percent === undefined ? '' : ` (${given.percent}%)`)
}

/** `thal <= 4.5`, `0.5 < ca <= 2.5`, `ca > 0.5`, `(ca <= 2.5 or missing)`, `ca is missing`, `colour is "red" or "blue"` */
function describeEdge(contract: Contract, edge: Edge): string {
  const { feature, also, above, upTo } = edge
  const source = at(contract.features, feature)
  const column = columnOf(contract, source)
  if (column.kind === 'text') {
    const levels = levelsAsked(contract, { feature, cut: 0, ...(also === undefined ? {} : { also }) })
    return `${column.name} is ${above === undefined ? 'not ' : ''}${listOf(levels.map((level) => JSON.stringify(level)))}`
  }
  const { name, grid } = column
  const hasMissing = column.missing !== 'never'
  const cellAt = (position: number) => at(at(contract.cuts, feature), position)
  // The lowest cell of a column with missing values is theirs.
  const partsMissing = (position: number) => hasMissing && cellAt(position) === 0
  const threshold = (position: number) => gridValue(grid, cellAt(position) - (hasMissing ? 1 : 0) + 0.5)
  if (upTo !== undefined && partsMissing(upTo)) return `${name} is missing`
  if (above !== undefined && partsMissing(above)) {
    return upTo === undefined ? `${name} is not missing` : `${name} <= ${threshold(upTo)}`
  }
  if (upTo === undefined) return above === undefined ? `${name} is anything` : `${name} > ${threshold(above)}`
  if (above !== undefined) return `${threshold(above)} < ${name} <= ${threshold(upTo)}`
  return hasMissing ? `(${name} <= ${threshold(upTo)} or missing)` : `${name} <= ${threshold(upTo)}`
}
