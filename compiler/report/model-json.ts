import { columnsOf } from '../model.ts'
import type { GivenOptions } from '../options.ts'
import type { Plan } from '../plan.ts'
import { generatedBy } from '../version.ts'
import type { Figures } from './figures.ts'
import type { HeldOut } from './held-out.ts'
import type { ReportInput } from './input.ts'
import type { JsonNode } from './json-tree.ts'
import type { JsonTrees } from './json-trees.ts'
import type { JsonAdditive } from './tell-additive.ts'
import type { JsonLinear } from './tell-linear.ts'
import type { Telling } from './telling.ts'

/** What other programs may want to know of a model: `report/model.json`. It holds the model. */
export interface ModelJson {
  readonly generator: string
  readonly name: string
  readonly family: string
  readonly reveal: string
  readonly scheme: string
  readonly data: {
    readonly file: string
    readonly sha256: string
    readonly rows: number
    readonly missingCells: number
  }
  /** All that made the model, by the names of the options: a recipe that makes it again. */
  readonly options: GivenOptions
  /** Of models that were trained here. */
  readonly target?: string
  /** Null if the target is numbers. */
  readonly classes: readonly string[] | null
  /** In the order of the CSV. A missing value counts as less ("below") or greater ("above") than every number. */
  readonly columns: readonly {
    readonly name: string
    readonly kind: 'number' | 'text'
    readonly missing: 'never' | 'below' | 'above' | 'no-level'
  }[]
  /** Of trees. */
  readonly depth?: number
  /** Of trees. */
  readonly leaves?: number
  readonly figures: Omit<Figures, 'heldOut'> & { readonly heldOut: Omit<HeldOut, 'outcomes' | 'parts'> | null }
  readonly cost: Plan['cost']
  readonly leakage: Plan['leakage']
  /** Of trees. */
  readonly tree?: JsonNode
  /** Of linear models. */
  readonly linear?: JsonLinear
  /** Of networks. */
  readonly network?: JsonLinear
  /** Of points. */
  readonly points?: JsonAdditive
  /** Of sums of trees. */
  readonly boosted?: JsonTrees
}

/** @param telling what is its family's own. */
export function modelJson(
  { table, model, lowered: { plan }, figures, recipe }: ReportInput,
  { sizes, json: own }: Pick<Telling, 'sizes' | 'json'>,
): string {
  const { name, family, reveal, scheme } = plan.contract
  const { file, sha256, missingCells } = table.source
  const json: ModelJson = {
    generator: generatedBy,
    name,
    family,
    reveal,
    scheme,
    data: { file, sha256, rows: table.rows, missingCells },
    options: recipe,
    target: table.target.name,
    classes: plan.contract.answers,
    columns: columnsOf(model).map(({ name, kind, missing }) => ({ name, kind, missing })),
    ...sizes,
    figures: { ...figures, heldOut: withoutOutcomes(figures.heldOut) },
    cost: plan.cost,
    leakage: plan.leakage,
    ...own,
  }
  return `${JSON.stringify(json, null, 1)}\n`
}

function withoutOutcomes(heldOut: HeldOut | null): Omit<HeldOut, 'outcomes' | 'parts'> | null {
  if (heldOut === null) return null
  const { outcomes: _, parts: __, ...others } = heldOut
  return others
}
