import type { TableColumn, TableFeature } from '../table.ts'
import { type ColumnContext, noteMissing } from './context.ts'
import { numberColumn, numberFeature } from './number-column.ts'
import { isNumeric, numberTextsOf, refuseNumberLike } from './number-texts.ts'
import { inferScale } from './scale.ts'
import { levelFeatures, textColumn } from './text-column.ts'

export interface ReadColumn {
  readonly column: TableColumn
  readonly features: readonly TableFeature[]
  readonly missingCells: number
}

/**
 * A column of numbers on its Grid, or of texts by their levels, with its features.
 *
 * @param commaDecimals tells that some column of the file writes decimal commas.
 * @param isDeclared tells that a schema says which values are missing.
 * @throws {CompileError} naming line and column, the value, and the remedy.
 */
export function readColumn(context: ColumnContext, commaDecimals: boolean, isDeclared: boolean): ReadColumn {
  const { raw, field, given } = context
  const missingCells = given.length === raw.size ? 0 : noteMissing(context, isDeclared)
  const mayLack = missingCells > 0 || context.missing === 'allow'
  const numbers = field.type === 'text' ? null : numberTextsOf(context, commaDecimals)
  if (numbers !== null && isNumeric(context, numbers)) {
    const column = numberColumn(context, numbers, mayLack)
    const features = [numberFeature(context, numbers, column)]
    const inferred = field.scale === null ? inferScale(context, numbers, column.grid) : null
    const scale = field.scale ?? inferred
    const placed = { ...(scale === null ? {} : { scale }), ...(inferred === null ? {} : { isScaleInferred: true }) }
    return { column: { column, ...placed, document: field.document }, features, missingCells }
  }
  if (field.type === null && field.enum === null) refuseNumberLike(context)
  const levels = textColumn(context, mayLack)
  const features = levelFeatures(levels, raw.codes)
  return { column: { column: levels.column, document: field.document }, features, missingCells }
}
