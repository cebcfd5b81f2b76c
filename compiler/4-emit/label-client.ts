import { StructureKind } from 'ts-morph'
import type { LabelContract } from '../../runtime/contract.ts'
import { answerAlias, type ClientDocuments, featuresInterface, meanDocument, textsDocument } from './documents.ts'
import { constant, contractStatement, printModule } from './source.ts'

/** The client module of `label`. It takes nothing but the contract, so there is nothing of the tree in it. */
export function labelClient(contract: LabelContract, documents: ClientDocuments): string {
  const texts = [...new Set(contract.answers.flatMap(({ answer }) => (typeof answer === 'string' ? [answer] : [])))]
  const isNumber = texts.length === 0
  const remark = [
    `The client module of the model ${contract.model}: it encrypts a record, and turns the encrypted reply into an`,
    'answer. It holds nothing of the tree. Publish it.',
  ]
  return printModule(remark, {
    statements: [
      {
        kind: StructureKind.ImportDeclaration,
        moduleSpecifier: 'emp-compile/runtime/label/client',
        namedImports: [{ name: 'defineLabelClient' }, { name: 'LabelContract', isTypeOnly: true }],
      },
      contractStatement(contract),
      featuresInterface(contract, documents),
      isNumber
        ? answerAlias(null, meanDocument(documents.target, 'rounded to one of the answers above'))
        : answerAlias(texts, textsDocument(documents.target, texts)),
      `\n${constant(
        'Seals records, opens replies, or does both over a transport: `client.predict(features, { via })`.',
        'export const client = defineLabelClient<Features, Answer>(contract)',
      )}`,
    ],
  })
}
