import { StructureKind } from 'ts-morph'
import {
  answerAlias,
  type ClientDocuments,
  featuresInterface,
  meanDocument,
  textsDocument,
} from '../../emit/documents.ts'
import { literal } from '../../emit/escape.ts'
import { constant, contractStatement, printModule } from '../../emit/source.ts'
import { answerOf } from '../../tree.ts'
import type { Decision, SignsPlan } from './plan.ts'

/** The client module. It takes the contract and the client's part of the plan, and cannot be handed a cut. */
export function signsClient(
  { contract, client }: Pick<SignsPlan, 'contract' | 'client'>,
  documents: ClientDocuments,
): string {
  const { answers } = contract
  const remark = [
    `The client module of the model ${contract.name}: it encrypts a record, and turns the encrypted reply into an`,
    'answer. Publish it.',
  ]
  return printModule(remark, {
    statements: [
      {
        kind: StructureKind.ImportDeclaration,
        moduleSpecifier: 'emp-compile-runtime/schemes/signs/client',
        namedImports: [
          { name: 'defineSignsClient' },
          ...['Opened', 'Outcomes', 'SignsContract'].map((name) => ({ name, isTypeOnly: true })),
        ],
      },
      contractStatement(contract, 'SignsContract'),
      featuresInterface(contract, documents),
      answerAlias(
        answers,
        answers === null ? meanDocument(documents.target) : textsDocument(documents.target, answers),
      ),
      {
        kind: StructureKind.Function,
        docs: [
          'Walks the tree: `left(i)` tells whether test i goes left. A leaf says which training rows ended there.',
        ],
        name: 'decide',
        // A tree without tests reads no outcome.
        parameters: [{ name: contract.tests === 0 ? '_left' : 'left', type: 'Outcomes' }],
        returnType: 'Opened<Answer>',
        statements: (writer) => {
          writer.write(conditional(client.decision, contract, ''))
        },
      },
      constant(
        'Seals records, opens replies, or does both over a transport: `client.predict(features, { via })`.',
        'export const client = /* @__PURE__ */ defineSignsClient<Features, Answer>(contract, decide)',
      ),
    ],
  })
}

/** Nested conditionals down to the leaves. */
function conditional(decision: Decision, contract: SignsPlan['contract'], indent: string): string {
  if (decision.kind !== 'test') return `${indent}return ${literal(answerOf(contract, decision))};\n`
  const deeper = `${indent}  `
  return (
    `${indent}if (left(${decision.test})) {\n${conditional(decision.left, contract, deeper)}` +
    `${indent}} else {\n${conditional(decision.right, contract, deeper)}${indent}}\n`
  )
}
