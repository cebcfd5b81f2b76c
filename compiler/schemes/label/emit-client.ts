import type { LabelContract } from 'emp-compile-runtime/internal/schemes/label/contract'
import { StructureKind } from 'ts-morph'
import {
  answerAlias,
  type ClientDocuments,
  featuresInterface,
  meanDocument,
  textsDocument,
} from '../../emit/documents.ts'
import { constant, contractStatement, printModule } from '../../emit/source.ts'

/** The client module of `label`. It takes nothing but the contract, so there is nothing of the tree in it. */
export function labelClient(contract: LabelContract, documents: ClientDocuments): string {
  const { answers } = contract
  const remark = [
    `The client module of the model ${contract.name}: it encrypts a record, and turns the encrypted reply into an`,
    'answer. It holds nothing of the tree. Publish it.',
  ]
  return printModule(remark, {
    statements: [
      {
        kind: StructureKind.ImportDeclaration,
        moduleSpecifier: 'emp-compile-runtime/schemes/label/client',
        namedImports: [{ name: 'defineLabelClient' }, { name: 'LabelContract', isTypeOnly: true }],
      },
      contractStatement(contract, 'LabelContract'),
      featuresInterface(contract, documents),
      answers === null
        ? answerAlias(null, meanDocument(documents.target, 'rounded to one of the answers above'))
        : answerAlias(answers, textsDocument(documents.target, answers)),
      `\n${constant(
        'Seals records, opens replies, or does both over a transport: `client.predict(features, { via })`.',
        'export const client = /* @__PURE__ */ defineLabelClient<Features, Answer>(contract)',
      )}`,
    ],
  })
}
