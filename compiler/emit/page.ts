import type { FieldDocument, PageDocuments, UnseenDocument } from 'emp-compile-runtime/internal/page/documents'
import type { Lowered } from '../schemes/scheme.ts'
import type { ColumnDocument, Table } from '../table.ts'
import { generatedBy } from '../version.ts'

/**
 * What the page of a model says beside the contract: the words of the schema, where the data came from, and the leakage
 * report. Public, as the client module is; of the rows of the table it takes their number, and of the plan the tests only
 * where their owner publishes them.
 */
export function emitPageDocuments(
  { plan, learns, publishedTests }: Pick<Lowered, 'plan' | 'learns' | 'publishedTests'>,
  sealing: PageDocuments['sealing'],
  { source, rows, target, columns: read }: Pick<Table, 'source' | 'rows' | 'target' | 'columns'>,
  unseen: UnseenDocument | null = null,
): string {
  const { columns } = plan.contract
  const documentOf = new Map(read.map(({ column, document }) => [column.name, document]))
  const tests = publishedTests(documentOf)
  const documents: PageDocuments = {
    title: source.title,
    description: source.description,
    references: source.references,
    rows,
    target: field(target.name, target.document),
    columns: columns.flatMap(({ name }) => {
      const document = documentOf.get(name)
      return document === undefined ? [] : [field(name, document)]
    }),
    leakage: learns,
    sealing,
    ...(unseen === null ? {} : { unseen }),
    ...(tests === null ? {} : { tests }),
  }
  return `${JSON.stringify({ generator: generatedBy, ...documents }, null, 1)}\n`
}

function field(name: string, { categories, ...document }: ColumnDocument): FieldDocument {
  return { name, ...document, categories: [...categories].map(([value, label]) => ({ value, label })) }
}
