import { drawLabel, type LabelDraws } from '../../runtime/schemes/label/draws.ts'

type Draw = typeof drawLabel
type Multipliers = Extract<LabelDraws, { kind: 'multipliers' }>
type Betas = Extract<LabelDraws, { kind: 'betas' }>

/** A weakened draw for replies without a guard: some of it is replaced. */
export function drawnWith(
  weaken: (given: { readonly leaves: number; readonly drawn: Multipliers }) => Partial<Omit<Multipliers, 'kind'>>,
): Draw {
  return (...given) => {
    const drawn = drawLabel(...given)
    if (drawn.kind !== 'multipliers') throw new TypeError('a guarded reply')
    return { ...drawn, ...weaken({ leaves: given[2], drawn }) }
  }
}

/** The same for guarded replies. */
export function guardDrawnWith(weaken: (drawn: Betas) => Partial<Omit<Betas, 'kind'>>): Draw {
  return (...given) => {
    const drawn = drawLabel(...given)
    if (drawn.kind !== 'betas') throw new TypeError('a reply without a guard')
    return { ...drawn, ...weaken(drawn) }
  }
}
