import { at } from 'emp-compile-runtime/internal/at'

/** The value of a function, whose slope by every parameter is written to `slope`. */
export type Sloped = (parameters: Float64Array, slope: Float64Array) => number

/** Steps that are remembered; a step ends where the value falls by this share of what the slope promises. */
const [remembered, promised] = [10, 1e-4]
const mostHalvings = 25
/** It ends when a step lowers the value by less than this. */
const tolerance = 1e-7

/**
 * Goes downhill from `start` by at most `steps` steps, each in a direction that is made of the ones before.
 *
 * Source: Nocedal and Wright, "Numerical Optimization", second edition, algorithms 7.4 and 3.1: L-BFGS.
 *
 * @returns parameters where the value is no greater than at `start`.
 */
export function minimise(value: Sloped, start: Float64Array, steps: number): Float64Array {
  let here = start
  let slope = new Float64Array(start.length)
  let now = value(here, slope)
  const history: { readonly step: Float64Array; readonly change: Float64Array; readonly curvature: number }[] = []
  for (let i = 0; i < steps; i++) {
    const direction = directionOf(slope, history)
    const fall = dot(slope, direction)
    if (!(fall < 0)) break
    const [next, nextSlope] = [new Float64Array(here.length), new Float64Array(here.length)]
    let part = history.length === 0 ? Math.min(1, 1 / Math.sqrt(-fall)) : 1
    let after = Number.POSITIVE_INFINITY
    for (let halving = 0; halving < mostHalvings; halving++, part /= 2) {
      for (let j = 0; j < next.length; j++) next[j] = (here[j] as number) + part * (direction[j] as number)
      after = value(next, nextSlope)
      if (after <= now + promised * part * fall) break
    }
    if (!(after < now)) break
    const step = next.map((moved, j) => moved - (here[j] as number))
    const change = nextSlope.map((own, j) => own - (slope[j] as number))
    const curvature = dot(step, change)
    if (curvature > 1e-12) history.push({ step, change, curvature })
    if (history.length > remembered) history.shift()
    const gained = now - after
    here = next
    slope = nextSlope
    now = after
    if (gained < tolerance) break
  }
  return here
}

/** Against the slope, as curved as the steps remembered say. */
function directionOf(
  slope: Float64Array,
  history: readonly { readonly step: Float64Array; readonly change: Float64Array; readonly curvature: number }[],
): Float64Array {
  const direction = slope.map((own) => -own)
  const shares = history.map(() => 0)
  for (let i = history.length - 1; i >= 0; i--) {
    const { step, change, curvature } = at(history, i)
    const share = dot(step, direction) / curvature
    shares[i] = share
    add(direction, change, -share)
  }
  const last = history.at(-1)
  if (last !== undefined) {
    const scale = last.curvature / dot(last.change, last.change)
    for (let j = 0; j < direction.length; j++) direction[j] = scale * (direction[j] as number)
  }
  history.forEach(({ step, change, curvature }, i) => {
    add(direction, step, at(shares, i) - dot(change, direction) / curvature)
  })
  return direction
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number)
  return sum
}

function add(to: Float64Array, other: Float64Array, factor: number): void {
  for (let i = 0; i < to.length; i++) to[i] = (to[i] as number) + factor * (other[i] as number)
}
