import { type OptionalKind, type PropertySignatureStructure, StructureKind } from 'ts-morph'
import type { Column } from '../../runtime/contract.ts'
import { describeGrid } from '../../runtime/grid.ts'
import type { Decision, SignsPlan } from '../plan.ts'
import type { ColumnDocument } from '../table.ts'
import { wrap } from '../wrap.ts'
import { commentText, literal, propertyName, stringLiteral } from './escape.ts'
import { constant, contractStatement, printModule } from './source.ts'

/** What the client module tells its readers; public, like the schema it comes from. */
export interface ClientDocuments {
  readonly target: { readonly name: string; readonly document: ColumnDocument }
  /** By name of the column. */
  readonly columns: ReadonlyMap<string, ColumnDocument>
}

/** The client module. It takes the contract and the client's part of the plan, and cannot be handed a cut. */
export function emitClient(
  { contract, client }: Pick<SignsPlan, 'contract' | 'client'>,
  documents: ClientDocuments,
): string {
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
      {
        kind: StructureKind.Interface,
        isExported: true,
        docs: ['One record, in the units of the training data.'],
        name: 'Features',
        properties: [
          ...contract.columns.map((column) => property(column, documents.columns.get(column.name))),
          ...contract.ignored.map((name) => ({
            name: propertyName(name),
            hasQuestionToken: true,
            type: 'unknown',
            docs: ['Not used by this model, and never sent.'],
          })),
        ],
      },
      {
        kind: StructureKind.TypeAlias,
        isExported: true,
        docs: [answerDocument(documents.target, contract.answers)],
        name: 'Answer',
        type: contract.answers?.map(stringLiteral).join(' | ') ?? 'number',
      },
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

function property(column: Column, document: ColumnDocument | undefined): OptionalKind<PropertySignatureStructure> {
  const type = column.kind === 'number' ? 'number' : column.levels.map(stringLiteral).join(' | ')
  return {
    name: propertyName(column.name),
    type: column.missing === 'never' ? type : `${type} | null`,
    docs: [propertyDocument(column, document)],
  }
}

function propertyDocument(column: Column, document: ColumnDocument | undefined): string {
  const { title, unit, description } = document ?? { title: null, unit: null, description: null }
  const categories = [...(document?.categories ?? [])].map(([value, label]) => `${value} ${label}`).join(', ')
  const sentences = [
    title,
    description,
    column.kind === 'text' ? null : categories === '' ? describeGrid(column.grid, unit) : categories,
    column.missing === 'never' ? null : '`null` if not known',
  ]
  const hasWords = sentences.some((sentence) => sentence !== null)
  return joinSentences(hasWords ? sentences : ['One of the texts in the training data'])
}

function answerDocument(target: ClientDocuments['target'], answers: readonly string[] | null): string {
  if (answers === null) {
    const { title, unit } = target.document
    return joinSentences([
      `The mean of "${target.name}"${unit === null ? '' : ` in ${unit}`} over training rows`,
      title,
    ])
  }
  const meanings = answers.flatMap((answer) => {
    const label = target.document.categories.get(answer)
    return label === undefined ? [] : [`${answer}: ${label}`]
  })
  return joinSentences([`The values of "${target.name}" in the training data`, meanings.join('; ')])
}

function joinSentences(sentences: readonly (string | null)[]): string {
  const given = sentences.filter((sentence) => sentence !== null && sentence !== '')
  return wrap(commentText(given.map((sentence) => `${sentence}`.replace(/\.?$/, '.')).join(' ')), 100).join('\n')
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
