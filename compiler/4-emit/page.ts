import type { Contract } from '../../runtime/contract.ts'
import type { FieldDocument, PageDocuments } from '../../runtime/page/documents.ts'
import type { ColumnDocument, Table } from '../table.ts'
import { generatedBy } from '../version.ts'

/**
 * What the page of a model says beside the contract: the words of the schema, where the data came from, and the leakage
 * report. Public, as the client module is; of the rows of the table it takes their number.
 */
export function emitPageDocuments(
  { columns }: Contract,
  leakage: PageDocuments['leakage'],
  { source, rows, target, columns: read }: Pick<Table, 'source' | 'rows' | 'target' | 'columns'>,
): string {
  const documentOf = new Map(read.map(({ column, document }) => [column.name, document]))
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
    leakage,
  }
  return `${JSON.stringify({ generator: generatedBy, ...documents }, null, 1)}\n`
}

function field(name: string, { categories, ...document }: ColumnDocument): FieldDocument {
  return { name, ...document, categories: [...categories].map(([value, label]) => ({ value, label })) }
}
