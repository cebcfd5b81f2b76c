import type { LatticeContract } from 'emp-compile-runtime/internal/schemes/lattice/contract'
import { StructureKind } from 'ts-morph'
import {
  answerAlias,
  type ClientDocuments,
  computedDocument,
  featuresInterface,
  textsDocument,
} from '../../emit/documents.ts'
import { constant, contractStatement, printModule } from '../../emit/source.ts'

/** The client module. It takes nothing but the contract, so there is no weight in it. */
export function latticeClient(contract: LatticeContract, documents: ClientDocuments): string {
  const { answers } = contract
  const remark = [
    `The client module of the model ${contract.name}: it encrypts a record, and turns the encrypted reply into scores and`,
    'an answer. It holds no weight. Publish it.',
  ]
  return printModule(remark, {
    statements: [
      {
        kind: StructureKind.ImportDeclaration,
        moduleSpecifier: 'emp-compile-runtime/schemes/lattice/client',
        namedImports: [{ name: 'defineLatticeClient' }, { name: 'LatticeContract', isTypeOnly: true }],
      },
      contractStatement(contract, 'LatticeContract'),
      featuresInterface(contract, documents),
      answerAlias(
        answers,
        answers === null ? computedDocument(documents.target) : textsDocument(documents.target, answers),
      ),
      `\n${constant(
        'Seals records, opens replies, or does both over a transport: `client.predict(features, { via })`.',
        'export const client = /* @__PURE__ */ defineLatticeClient<Features, Answer>(contract)',
      )}`,
    ],
  })
}
