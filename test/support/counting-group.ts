import type { GroupOperations } from '../../compiler/schemes/label/plan.ts'
import type { Group, Workspace } from '../../runtime/ristretto/group.ts'

type Counts = { -readonly [Name in keyof GroupOperations]: number }

export interface CountingGroup extends Group {
  /** The operations since it was asked last, by items. */
  taken(): GroupOperations
}

/** A group that counts what it does: each item of a batch as one. */
export function countingGroup(group: Group): CountingGroup {
  const fresh = (): Counts => ({
    baseMultiplications: 0,
    multiplications: 0,
    shortMultiplications: 0,
    weightMultiplications: 0,
    additions: 0,
    decodings: 0,
    encodings: 0,
  })
  let counts = fresh()
  const bySize = { 32: 'multiplications', 16: 'shortMultiplications', 8: 'weightMultiplications' } as const

  const counting = (space: Workspace): Workspace => ({
    ...space,
    hash() {
      throw new TypeError('a hash to the group is not counted')
    },
    decode(encodings) {
      counts.decodings += encodings.length / 32
      return space.decode(encodings)
    },
    encode(points) {
      counts.encodings += points.length
      return space.encode(points)
    },
    encodeDoubled(points) {
      counts.encodings += points.length
      return space.encodeDoubled(points)
    },
    add(a, b, into) {
      counts.additions += a.length
      return space.add(a, b, into)
    },
    subtract(a, b, into) {
      counts.additions += a.length
      return space.subtract(a, b, into)
    },
    double(points, into) {
      counts.additions += points.length
      return space.double(points, into)
    },
    generate(scalars) {
      counts.baseMultiplications += scalars.length / 32
      return space.generate(scalars)
    },
    multiply(points, scalars, size = 32) {
      counts[bySize[size]] += points.length
      return space.multiply(points, scalars, size)
    },
    sumMultiples(points, scalars, size, runs) {
      counts[bySize[size]] += points.length
      return space.sumMultiples(points, scalars, size, runs)
    },
  })
  return {
    ...group,
    borrow: (work) => group.borrow((space) => work(counting(space))),
    taken() {
      const own = counts
      counts = fresh()
      return own
    },
  }
}
