import type { NumberFormat } from 'emp-compile-runtime/internal/text/numbers'
import type { ColumnDocument, Scale } from '../table.ts'

/** What a Table Schema says of one field, as far as it is used here. */
export interface FieldSchema {
  readonly name: string
  readonly type: 'number' | 'text' | null
  readonly minimum: number | null
  readonly maximum: number | null
  readonly step: number | null
  /** How public cuts divide the range. */
  readonly scale: Scale | null
  /** Of a column that was coded for training elsewhere: a value's code is the number of these below it, ascending. */
  readonly cuts: readonly number[] | null
  /** The admitted texts, as written in JSON. */
  readonly enum: readonly string[] | null
  readonly missingValues: readonly string[] | null
  /** How its numbers are written: `decimalChar`, `groupChar`, `bareNumber`; null to recognise it. */
  readonly format: NumberFormat | null
  /** Whether values beyond the range count as its ends; null where the field does not say. */
  readonly beyond: 'refuse' | 'clamp' | null
  /** Whether records may lack the value though training has no gap; null where the field does not say. */
  readonly missing: 'refuse' | 'allow' | null
  readonly document: ColumnDocument
}
