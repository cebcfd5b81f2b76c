import type { Codes } from '../table.ts'
import type { Objective } from './objective.ts'

/** A feature that is counted by code: in a histogram of all, its bins begin at `at`. */
export interface CountedFeature {
  readonly codes: Codes
  readonly cells: Int32Array
  readonly at: number
}

/** Features of few codes as one, whose codes are combined: rows are counted once for all of them. */
export interface JoinedFeatures {
  readonly codes: Codes
  /** Where its bins begin in a histogram of all; null where they are counted apart, and added up to those of each feature. */
  readonly at: number | null
  readonly bins: number
  /** For each feature in turn, and each combined code: where in a histogram of all the bin of the feature's code begins. */
  readonly places: Int32Array
}

/** More combined codes than this take longer to add up than they save. */
const mostCombined = 256

/**
 * Joins features of few codes, the smallest first. Counting is bound by the time until a bin can be read that has just been
 * written: with more bins, the same one comes up less often.
 */
export function joinFeatures(features: readonly CountedFeature[], channels: number, rows: number): JoinedFeatures[] {
  const most = Math.min(mostCombined, rows / 8)
  const groups: { members: CountedFeature[]; bins: number }[] = []
  for (const feature of features.toSorted((a, b) => a.cells.length - b.cells.length || a.at - b.at)) {
    const last = groups.at(-1)
    if (last !== undefined && last.bins * feature.cells.length <= most) {
      last.members.push(feature)
      last.bins *= feature.cells.length
    } else groups.push({ members: [feature], bins: feature.cells.length })
  }
  return groups.map(({ members, bins }) => {
    const [first] = members
    if (first !== undefined && members.length === 1) {
      return { codes: first.codes, at: first.at, bins, places: new Int32Array() }
    }
    const codes = new Uint8Array(first?.codes.length ?? 0)
    const places = new Int32Array(members.length * bins)
    let stride = bins
    for (const [m, { codes: own, cells, at }] of members.entries()) {
      stride /= cells.length
      addDigit(codes, own, stride)
      for (let bin = 0; bin < bins; bin++) {
        places[m * bins + bin] = at + channels * (Math.floor(bin / stride) % cells.length)
      }
    }
    return { codes, at: null, bins, places }
  })
}

/** A loop alone, so that it is compiled without what stands around it. */
function addDigit(codes: Uint8Array, own: Codes, stride: number): void {
  for (let row = 0; row < codes.length; row++) codes[row] = (codes[row] as number) + stride * (own[row] as number)
}

/** Adds rows to the histogram of all features. @param scratch room for the bins of one, all 0 before and after. */
export function addJoined(
  joined: readonly JoinedFeatures[],
  objective: Objective,
  rows: Uint32Array,
  histogram: Float64Array,
  scratch: Float64Array,
): void {
  for (const { codes, at, bins, places } of joined) {
    if (at !== null) objective.addToBins(histogram, at, codes, rows)
    else {
      objective.addToBins(scratch, 0, codes, rows)
      addApart(scratch, bins * objective.channels, places, objective.channels, histogram)
      scratch.fill(0, 0, bins * objective.channels)
    }
  }
}

/** Adds the first `size` statistics of combined codes to the bins of each feature. A loop alone, as above. */
function addApart(
  combined: Float64Array,
  size: number,
  places: Int32Array,
  channels: number,
  histogram: Float64Array,
): void {
  for (let i = 0, from = 0; i < places.length; i++) {
    const to = places[i] as number
    for (let channel = 0; channel < channels; channel++) {
      histogram[to + channel] = (histogram[to + channel] as number) + (combined[from + channel] as number)
    }
    from = from + channels === size ? 0 : from + channels
  }
}
