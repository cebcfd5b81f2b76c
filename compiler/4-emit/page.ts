import { featureName } from '../../runtime/contract.ts'
import type { FieldDocument, PageDocuments, TestDocument } from '../../runtime/page/documents.ts'
import type { Plan, SignsPlan } from '../plan.ts'
import type { ColumnDocument, Table } from '../table.ts'
import { columnOf, thresholdOf } from '../tree.ts'
import { generatedBy } from '../version.ts'

/**
 * What the page of a model says beside the contract: the words of the schema, where the data came from, and the leakage
 * report. Public, as the client module is; of the rows of the table it takes their number, and of the plan the tests only
 * where their owner publishes them.
 */
export function emitPageDocuments(
  plan: Plan,
  leakage: PageDocuments['leakage'],
  { source, rows, target, columns: read }: Pick<Table, 'source' | 'rows' | 'target' | 'columns'>,
): string {
  const { columns } = plan.contract
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
    ...(plan.reveal === 'signs' && plan.leakage.publishesTests === true
      ? { tests: testsInWords(plan, documentOf) }
      : {}),
  }
  return `${JSON.stringify({ generator: generatedBy, ...documents }, null, 1)}\n`
}

function field(name: string, { categories, ...document }: ColumnDocument): FieldDocument {
  return { name, ...document, categories: [...categories].map(([value, label]) => ({ value, label })) }
}

/** The tests as people are told of them: by the meaning of codes where a column has some, else by the threshold. */
function testsInWords(
  { contract, server }: SignsPlan,
  documentOf: ReadonlyMap<string, ColumnDocument>,
): readonly TestDocument[] {
  return server.tests.map(({ feature: at, cut }) => {
    const feature = contract.features[at]
    if (feature === undefined) throw new TypeError('a test refers to a feature that is not there')
    const column = columnOf(contract, feature)
    const document = documentOf.get(column.name)
    const question = document?.title ?? featureName(feature)
    const threshold = thresholdOf(column, feature, cut)
    switch (threshold.kind) {
      case 'at-most': {
        const codes = [...(document?.categories ?? [])].map(([value, label]) => ({ at: Number(value), label }))
        const unit = document?.unit == null ? '' : ` ${document.unit}`
        const said = (below: boolean) =>
          codes.length === 0
            ? `${below ? 'at most' : 'more than'} ${threshold.threshold}${unit}`
            : codes.flatMap((code) => (code.at <= threshold.threshold === below ? [code.label] : [])).join(', ')
        const missing = (side: 'left' | 'right') => (threshold.missing === side ? ', or not measured' : '')
        return { question, left: `${said(true)}${missing('left')}`, right: `${said(false)}${missing('right')}` }
      }
      case 'missing': {
        const [absent, given] = ['not measured', 'measured']
        return {
          question,
          left: threshold.goes === 'left' ? absent : given,
          right: threshold.goes === 'left' ? given : absent,
        }
      }
      case 'not-level':
        return { question, left: `not ${threshold.level}`, right: threshold.level }
      default:
        return threshold satisfies never
    }
  })
}
