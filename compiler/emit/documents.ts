import type { Column, Contract, NumberColumn } from 'emp-compile-runtime/internal/contract'
import { describeGrid } from 'emp-compile-runtime/internal/grid'
import {
  type InterfaceDeclarationStructure,
  type OptionalKind,
  type PropertySignatureStructure,
  StructureKind,
  type TypeAliasDeclarationStructure,
} from 'ts-morph'
import type { ColumnDocument } from '../table.ts'
import { wrap } from '../text.ts'
import { commentText, propertyName, stringLiteral } from './escape.ts'

/** What the client module tells its readers; public, like the schema it comes from. */
export interface ClientDocuments {
  readonly target: { readonly name: string; readonly document: ColumnDocument }
  /** By name of the column. */
  readonly columns: ReadonlyMap<string, ColumnDocument>
}

/** `export interface Features { ... }`: a property for every column, with what is known of it. */
export function featuresInterface(
  { columns, ignored }: Pick<Contract, 'columns' | 'ignored'>,
  documents: ClientDocuments,
): InterfaceDeclarationStructure {
  return {
    kind: StructureKind.Interface,
    isExported: true,
    docs: [recordDocument(columns)],
    name: 'Features',
    properties: [
      ...columns.map((column) => property(column, documents.columns.get(column.name))),
      ...ignored.map((name) => ({
        name: propertyName(name),
        hasQuestionToken: true,
        type: 'unknown',
        docs: ['Not used by this model, and never sent.'],
      })),
    ],
  }
}

/** What holds for all values of a record. */
function recordDocument(columns: readonly Column[]): string {
  const units = 'One record, in the units of the training data.'
  if (!columns.some(({ kind }) => kind === 'number')) return units
  return `${units} A number between two steps counts as the nearer one, in the middle as the lower.`
}

/** `export type Answer = ...`: the texts, or a number if there are none. */
export function answerAlias(answers: readonly string[] | null, document: string): TypeAliasDeclarationStructure {
  return {
    kind: StructureKind.TypeAlias,
    isExported: true,
    docs: [document],
    name: 'Answer',
    type: answers?.map(stringLiteral).join(' | ') ?? 'number',
  }
}

function property(column: Column, document: ColumnDocument | undefined): OptionalKind<PropertySignatureStructure> {
  const type = column.kind === 'number' ? numberType(column) : column.levels.map(stringLiteral).join(' | ')
  return {
    name: propertyName(column.name),
    type: column.missing === 'never' ? type : `${type} | null`,
    docs: [propertyDocument(column, document)],
  }
}

/** With more values than this, a column of codes is a number like any other. */
const mostCodes = 40

/** `1 | 2 | 3 | 4` for a column that takes a few values only. */
function numberType({ admitted }: NumberColumn): string {
  return admitted === undefined || admitted.length > mostCodes ? 'number' : admitted.map(String).join(' | ')
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

/** What the texts of a classification are, and mean. */
export function textsDocument(target: ClientDocuments['target'], answers: readonly string[]): string {
  const meanings = answers.flatMap((answer) => {
    const label = target.document.categories.get(answer)
    return label === undefined ? [] : [`${answer}: ${label}`]
  })
  return joinSentences([`The values of "${target.name}" in the training data`, meanings.join('; ')])
}

/** What the number of a regression is. */
export function meanDocument({ name, document }: ClientDocuments['target'], rounding: string | null = null): string {
  const { title, unit } = document
  return joinSentences([
    `The mean of "${name}"${unit === null ? '' : ` in ${unit}`} over training rows${rounding === null ? '' : `, ${rounding}`}`,
    title,
  ])
}

/** What a number is that a model computes. */
export function computedDocument({ name, document }: ClientDocuments['target']): string {
  const { title, unit } = document
  return joinSentences([`"${name}"${unit === null ? '' : ` in ${unit}`} as the model computes it`, title])
}

function joinSentences(sentences: readonly (string | null)[]): string {
  const given = sentences.filter((sentence) => sentence !== null && sentence !== '')
  return wrap(commentText(given.map((sentence) => `${sentence}`.replace(/\.?$/, '.')).join(' ')), 100).join('\n')
}
