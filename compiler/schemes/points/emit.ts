import { at } from 'emp-compile-runtime/internal/at'
import type { PointsContract } from 'emp-compile-runtime/internal/schemes/points/contract'
import { StructureKind } from 'ts-morph'
import { answerAlias, type ClientDocuments, featuresInterface, textsDocument } from '../../emit/documents.ts'
import { commentText, literal } from '../../emit/escape.ts'
import { constant, contractStatement, printModule } from '../../emit/source.ts'
import { describePosition } from '../../points.ts'
import type { PointsLabelPlan, ScorePlan } from './plan.ts'

const typeOf = ({ reveal }: PointsContract) => (reveal === 'score' ? 'PointsScoreContract' : 'PointsLabelContract')

/** The client module. It takes nothing but the contract, so there is nothing of the points in it. */
export function pointsClient(contract: PointsContract, documents: ClientDocuments): string {
  const { answers } = contract
  const remark = [
    `The client module of the model ${contract.name}: it encrypts a record, and turns the encrypted reply into an`,
    'answer. It holds none of the points. Publish it.',
  ]
  return printModule(remark, {
    statements: [
      {
        kind: StructureKind.ImportDeclaration,
        moduleSpecifier: 'emp-compile-runtime/schemes/points/client',
        namedImports: [{ name: 'definePointsClient' }, { name: typeOf(contract), isTypeOnly: true }],
      },
      contractStatement(contract, typeOf(contract)),
      featuresInterface(contract, documents),
      answers === null
        ? answerAlias(null, numberDocument(documents.target))
        : answerAlias(answers, textsDocument(documents.target, answers)),
      `\n${constant(
        'Seals records, opens replies, or does both over a transport: `client.predict(features, { via })`.',
        'export const client = /* @__PURE__ */ definePointsClient<Features, Answer>(contract)',
      )}`,
    ],
  })
}

const numberDocument = ({ name, document: { unit } }: ClientDocuments['target']) =>
  commentText(`What the points say of "${name}"${unit === null ? '' : ` in ${unit}`}.`)

/** The server module: the contract, and below the place of each its points. */
export function pointsServer({ contract, server }: ScorePlan | PointsLabelPlan): string {
  const { columns, cuts, pairs } = contract
  const lines = server.tables.map((table, f) => {
    const column = columns[f]
    const isPair = column === undefined
    const pair = isPair ? at(pairs, f - columns.length) : null
    const name = pair === null ? (column?.name ?? '') : pair.map((i) => at(columns, i).name).join(' and ')
    const rows = isPair
      ? [`    // position of the first, then of the second\n    ...${compact(table)},\n`]
      : table.map((own, j) => `    ${compact(own)}, // ${commentText(describePosition(column, at(cuts, f), j))}\n`)
    return `  // ${commentText(name)}\n  [\n${rows.join('')}  ],\n`
  })
  const remark = [
    `The server module of the model ${contract.name}: it hides the points below, each so that only a record at its place`,
    'finds them. It holds the model. Keep it private.',
  ]
  const rest =
    contract.reveal === 'score'
      ? constant('What the sum of every record begins with.', `const base: readonly number[] = ${compact(server.base)}`)
      : constant(
          'For the least sum, and those that are 1, 2 and so on above it, the place of the answer in the contract.',
          `const symbols: readonly number[] = ${literal(server.symbols, '')}`,
        )
  return printModule(remark, {
    statements: [
      {
        kind: StructureKind.ImportDeclaration,
        moduleSpecifier: 'emp-compile-runtime/schemes/points/server',
        namedImports: [
          { name: 'definePointsServer' },
          { name: typeOf(contract), isTypeOnly: true },
          { name: 'PointsTable', isTypeOnly: true },
        ],
      },
      contractStatement(contract, typeOf(contract)),
      `\n${constant(
        'The points of every column by position, then those of the pairs.',
        `const tables: readonly PointsTable[] = [\n${lines.join('')}]`,
      )}`,
      `\n${rest}`,
      `\n${constant(
        'Answers encrypted requests: bytes in, bytes out.',
        `export const server = definePointsServer(contract, { tables, ${contract.reveal === 'score' ? 'base' : 'symbols'} })`,
      )}`,
    ],
  })
}

const compact = (numbers: unknown) => JSON.stringify(numbers).replaceAll(',', ', ')
