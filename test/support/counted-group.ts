import type { PointsOperations } from '../../compiler/schemes/points/plan.ts'
import type { Group, PointBatch, Workspace } from '../../runtime/ristretto/group.ts'

/** A group that counts what is computed in it. */
export function counted(group: Group): {
  readonly group: Group
  /** What was computed since `before`. */
  operations(before?: PointsOperations): PointsOperations
} {
  const count: { -readonly [Name in keyof PointsOperations]: number } = {
    baseMultiplications: 0,
    multiplications: 0,
    shortMultiplications: 0,
    smallMultiplications: 0,
    additions: 0,
    decodings: 0,
    encodings: 0,
  }
  const kinds = { 32: 'multiplications', 16: 'shortMultiplications', 8: 'smallMultiplications' } as const
  const wrap = (space: Workspace): Workspace => ({
    ...bound(space),
    decode(encodings) {
      count.decodings += encodings.length / 32
      return space.decode(encodings)
    },
    encode: (points) => encoded(points, space.encode(points)),
    encodeDoubled: (points) => encoded(points, space.encodeDoubled(points)),
    add: (a, b, into) => added(space.add(a, b, into)),
    subtract: (a, b, into) => added(space.subtract(a, b, into)),
    generate(scalars) {
      count.baseMultiplications += scalars.length / 32
      return space.generate(scalars)
    },
    multiply(points, scalars, size = 32) {
      count[kinds[size]] += points.length
      return space.multiply(points, scalars, size)
    },
  })
  const encoded = (points: PointBatch, bytes: Uint8Array) => {
    count.encodings += points.length
    return bytes
  }
  const added = (points: PointBatch) => {
    count.additions += points.length
    return points
  }
  return {
    group: { ...group, borrow: (work) => group.borrow((space) => work(wrap(space))) },
    operations: (before) =>
      Object.fromEntries(
        Object.entries(count).map(([name, own]) => [name, own - (before?.[name as keyof PointsOperations] ?? 0)]),
      ) as unknown as PointsOperations,
  }
}

/** The methods of a workspace, whatever they are made of. */
function bound(space: Workspace): Workspace {
  return {
    identities: (n) => space.identities(n),
    decode: (bytes) => space.decode(bytes),
    encode: (points) => space.encode(points),
    encodeDoubled: (points) => space.encodeDoubled(points),
    add: (a, b, into) => space.add(a, b, into),
    subtract: (a, b, into) => space.subtract(a, b, into),
    double: (points, into) => space.double(points, into),
    generate: (scalars) => space.generate(scalars),
    multiply: (points, scalars, size) => space.multiply(points, scalars, size),
    sumMultiples: (points, scalars, size, runs) => space.sumMultiples(points, scalars, size, runs),
    hash: (uniform) => space.hash(uniform),
    join: (points) => space.join(points),
  }
}
