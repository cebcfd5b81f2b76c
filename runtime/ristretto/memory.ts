import type { PointBatch } from './group.ts'

/** Points by the addresses where they stand. */
export class PlacedPoints implements PointBatch {
  readonly addresses: Uint32Array
  /** The loan that they belong to. */
  readonly owner: object

  constructor(addresses: Uint32Array, owner: object) {
    this.addresses = addresses
    this.owner = owner
  }

  get length(): number {
    return this.addresses.length
  }

  at(places: ArrayLike<number>): PlacedPoints {
    const { addresses, owner } = this
    const chosen = new Uint32Array(places.length)
    for (let i = 0; i < chosen.length; i++) {
      const address = addresses[places[i] as number]
      if (address === undefined) throw new RangeError(`there is no point ${places[i]} of ${addresses.length}`)
      chosen[i] = address
    }
    return new PlacedPoints(chosen, owner)
  }

  slice(from: number, to = this.length): PlacedPoints {
    if (!(0 <= from && from <= to && to <= this.length)) {
      throw new RangeError(`there are no points ${from} to ${to} of ${this.length}`)
    }
    return new PlacedPoints(this.addresses.subarray(from, to), this.owner)
  }
}

/** Points of `bytes` each, one after another. */
export function pointsFrom(first: number, count: number, bytes: number, owner: object): PlacedPoints {
  const addresses = new Uint32Array(count)
  for (let i = 0; i < count; i++) addresses[i] = first + i * bytes
  return new PlacedPoints(addresses, owner)
}

/** Where points stand. @throws {RangeError} if they are not of this loan, or not as many as expected. */
export function addressesOf(points: PointBatch, owners: readonly object[], expected = points.length): Uint32Array {
  if (!(points instanceof PlacedPoints) || !owners.includes(points.owner)) {
    throw new RangeError('these points are not of a loan that is open')
  }
  if (points.length !== expected) throw new RangeError(`${points.length} points, where ${expected} were expected`)
  return points.addresses
}

/** The points of all parts, as of one loan. @throws {RangeError} if some are of none that is open. */
export function joinPoints(parts: readonly PointBatch[], owner: object, owners: readonly object[]): PlacedPoints {
  const addresses = parts.map((part) => addressesOf(part, owners))
  const all = new Uint32Array(addresses.reduce((sum, { length }) => sum + length, 0))
  let filled = 0
  for (const some of addresses) {
    all.set(some, filled)
    filled += some.length
  }
  return new PlacedPoints(all, owner)
}

/**
 * Checks that new points would last as long as their loan: not those of an outer one that are made within an inner one.
 *
 * @throws {RangeError}
 */
export function checkInnermost(owner: object, owners: readonly object[]): void {
  if (owners.at(-1) !== owner) throw new RangeError('this loan is over, or another one is open within it')
}
