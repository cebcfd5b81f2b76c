import type { SumsContract } from 'emp-compile-runtime/internal/schemes/sums/contract'
import { StructureKind } from 'ts-morph'
import {
  answerAlias,
  type ClientDocuments,
  computedDocument,
  featuresInterface,
  textsDocument,
} from '../../emit/documents.ts'
import { constant, contractStatement, printModule } from '../../emit/source.ts'

/** The client module. It takes nothing but the contract, so there is nothing of the trees in it. */
export function sumsClient(contract: SumsContract, documents: ClientDocuments): string {
  const { answers } = contract
  const remark = [
    `The client module of the model ${contract.name}: it encrypts a record, and turns the encrypted reply into`,
    'scores and an answer. It holds nothing of the trees. Publish it.',
  ]
  return printModule(remark, {
    statements: [
      {
        kind: StructureKind.ImportDeclaration,
        moduleSpecifier: 'emp-compile-runtime/schemes/sums/client',
        namedImports: [{ name: 'defineSumsClient' }, { name: 'SumsContract', isTypeOnly: true }],
      },
      contractStatement(contract, 'SumsContract'),
      featuresInterface(contract, documents),
      answers === null
        ? answerAlias(null, computedDocument(documents.target))
        : answerAlias(answers, textsDocument(documents.target, answers)),
      `\n${constant(
        'Seals records, opens replies, or does both over a transport: `client.predict(features, { via })`.',
        'export const client = /* @__PURE__ */ defineSumsClient<Features, Answer>(contract)',
      )}`,
    ],
  })
}
