import { StructureKind } from 'ts-morph'
import type { Decision, LabelPlan, SignsPlan } from '../plan.ts'
import { answerAlias, type ClientDocuments, featuresInterface, meanDocument, textsDocument } from './documents.ts'
import { literal } from './escape.ts'
import { labelClient } from './label-client.ts'
import { constant, contractStatement, printModule } from './source.ts'

type SignsPart = Pick<SignsPlan, 'reveal' | 'contract' | 'client'>
type LabelPart = Pick<LabelPlan, 'reveal' | 'contract' | 'client'>

/** The client module. It takes the contract and the client's part of the plan, and cannot be handed a cut. */
export function emitClient(part: SignsPart | LabelPart, documents: ClientDocuments): string {
  return part.reveal === 'label' ? labelClient(part.contract, documents) : signsClient(part, documents)
}

function signsClient({ contract, client }: SignsPart, documents: ClientDocuments): string {
  const { answers } = contract
  const remark = [
    `The client module of the model ${contract.model}: it encrypts a record, and turns the encrypted reply into an`,
    'answer. Publish it.',
  ]
  return printModule(remark, {
    statements: [
      {
        kind: StructureKind.ImportDeclaration,
        moduleSpecifier: 'emp-compile/runtime/client',
        namedImports: [
          { name: 'defineClient' },
          ...['Leaf', 'Outcomes', 'SignsContract'].map((name) => ({ name, isTypeOnly: true })),
        ],
      },
      contractStatement(contract),
      featuresInterface(contract, documents),
      answerAlias(
        answers,
        answers === null ? meanDocument(documents.target) : textsDocument(documents.target, answers),
      ),
      {
        kind: StructureKind.Function,
        docs: [
          'Walks the tree: `left[i]` tells whether test i goes left. A leaf says which training rows ended there.',
        ],
        name: 'decide',
        // A tree without tests reads no outcome.
        parameters: [{ name: contract.tests === 0 ? '_left' : 'left', type: 'Outcomes' }],
        returnType: 'Leaf<Answer>',
        statements: (writer) => {
          writer.write(conditional(client.decision, contract.answers, ''))
        },
      },
      constant(
        'Seals records, opens replies, or does both over a transport: `client.predict(features, { via })`.',
        'export const client = defineClient<Features, Answer>(contract, decide)',
      ),
    ],
  })
}

/** Nested conditionals down to the leaves. */
function conditional(decision: Decision, answers: readonly string[] | null, indent: string): string {
  if (decision.kind === 'leaf') {
    const answer = answers?.[decision.answer] ?? ''
    return `${indent}return ${literal({ answer, counts: decision.counts })};\n`
  }
  if (decision.kind === 'mean') {
    const { answer, rows, deviation } = decision
    return `${indent}return ${literal({ answer, rows, deviation })};\n`
  }
  const deeper = `${indent}  `
  return (
    `${indent}if (left[${decision.test}]) {\n${conditional(decision.left, answers, deeper)}` +
    `${indent}} else {\n${conditional(decision.right, answers, deeper)}${indent}}\n`
  )
}
