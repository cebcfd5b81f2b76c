import { at } from '../../runtime/at.ts'
import { concatBytes } from '../../runtime/bytes.ts'
import { fingerprint, sha256 } from '../../runtime/contract.ts'
import type { RandomBytes } from '../../runtime/random.ts'
import type { Group } from '../../runtime/ristretto/group.ts'
import { generateRistrettoKey, type RistrettoKey } from '../../runtime/ristretto/keys.ts'
import { readyGroup } from '../../runtime/ristretto/ready.ts'
import { uniformScalars } from '../../runtime/ristretto/uniform.ts'
import { pointBytes } from '../../runtime/schemes/groups.ts'
import { type PointsContract, payloadBytes, positionCounts } from '../../runtime/schemes/points/contract.ts'
import { maskEntry } from '../../runtime/schemes/points/entries.ts'
import type { Server } from '../../runtime/server.ts'
import { messagesOf } from '../../runtime/wire/message.ts'

const order = 2n ** 252n + 27742317777372353535851937790883648493n

/** An integer modulo the group's order, as a scalar. */
export function scalarOf(value: bigint): Uint8Array {
  const own = ((value % order) + order) % order
  return Uint8Array.from({ length: 32 }, (_, i) => Number((own >> BigInt(8 * i)) & 255n))
}

/** Half of one, modulo the order. */
export const half = (order + 1n) / 2n

/** A reply as an attacker sees it, who made the request and knows all that went into it. */
export interface Seen {
  readonly request: Uint8Array
  /** Per table A, and the entries. */
  readonly points: readonly Uint8Array[]
  readonly entries: readonly (readonly Uint8Array[])[]
  readonly table: Uint8Array
  /** k of every ciphertext. */
  readonly noise: readonly Uint8Array[]
}

/** A client that encrypts whatever it likes, and looks at whatever it gets. */
export class Attacker {
  readonly group: Group
  readonly key: RistrettoKey
  readonly #contract: PointsContract
  readonly #random: RandomBytes

  private constructor(group: Group, key: RistrettoKey, contract: PointsContract, random: RandomBytes) {
    this.group = group
    this.key = key
    this.#contract = contract
    this.#random = random
  }

  static async of(contract: PointsContract, random: RandomBytes): Promise<Attacker> {
    const group = await readyGroup()
    return new Attacker(group, await generateRistrettoKey(random, group), contract, random)
  }

  /** Asks about scalars in place of positions. @param change what else is done to the ciphertexts. */
  async ask(
    server: Server,
    values: readonly bigint[],
    change: (ciphertexts: readonly Uint8Array[]) => readonly Uint8Array[] = (own) => own,
  ): Promise<Seen> {
    const { group, key } = this
    const contract = this.#contract
    const noise = values.map(() => uniformScalars(group, this.#random, 1))
    const ciphertexts = values.map((value, i) => {
      const second = group.scalars.add(group.scalars.multiply(at(noise, i), key.scalar), scalarOf(value))
      return group.borrow((space) => space.encode(space.generate(concatBytes([at(noise, i), second]))))
    })
    const { encodeRequest, decodeReply } = messagesOf(contract, await fingerprint(contract))
    const request = encodeRequest({ key: key.point, ciphertexts: concatBytes(change(ciphertexts)) })
    const hash = await sha256(request)
    const { points, entries, table } = decodeReply(await server.evaluate(request), hash) as Record<string, Uint8Array>
    const counts = positionCounts(contract)
    const width = payloadBytes(contract)
    const starts = counts.map((_, f) => counts.slice(0, f).reduce((sum, count) => sum + count, 0))
    return {
      request: hash,
      noise,
      points: counts.map((_, f) => (points ?? new Uint8Array()).slice(f * pointBytes, (f + 1) * pointBytes)),
      entries: counts.map((count, f) =>
        Array.from({ length: count }, (_, j) => {
          const place = at(starts, f) + j
          return (entries ?? new Uint8Array()).slice(place * width, (place + 1) * width)
        }),
      ),
      table: table ?? new Uint8Array(),
    }
  }

  /** x A of a table: D at the position that was asked about. */
  opening({ points }: Seen, table: number): Uint8Array {
    return this.group.borrow((space) =>
      space.encode(space.multiply(space.decode(at(points, table)).points, this.key.scalar)),
    )
  }

  /** A point, moved by a multiple of another one. */
  moved(point: Uint8Array, by: Uint8Array, times: number): Uint8Array {
    return this.group.borrow((space) =>
      space.encode(
        space.add(space.decode(point).points, space.multiply(space.decode(by).points, scalarOf(BigInt(times)))),
      ),
    )
  }

  /** A point divided by a scalar. */
  divided(point: Uint8Array, by: bigint): Uint8Array {
    return this.group.borrow((space) => space.encode(space.multiply(space.decode(point).points, scalarOf(inverse(by)))))
  }

  /** The difference of two points. */
  difference(a: Uint8Array, b: Uint8Array): Uint8Array {
    return this.group.borrow((space) => space.encode(space.subtract(space.decode(a).points, space.decode(b).points)))
  }

  /** What an entry holds, if D is this. */
  entryAt(seen: Seen, table: number, position: number, d: Uint8Array): Uint8Array {
    const place = { table, position }
    return maskEntry(at(at(seen.entries, table), position), seen.request, place, at(seen.points, table), d)
  }

  /** All entries of a table, where rho G is this: from the one that was asked about on. */
  allEntries(seen: Seen, table: number, position: number, rhoPoint: Uint8Array): number[] {
    const own = this.opening(seen, table)
    return at(seen.entries, table).map((_, j) =>
      signed(this.entryAt(seen, table, j, this.moved(own, rhoPoint, position - j))),
    )
  }
}

/** An entry of one output as a signed number. */
export function signed(entry: Uint8Array): number {
  return new DataView(entry.buffer, entry.byteOffset, entry.byteLength).getInt32(0)
}

export const numberOf = (scalar: Uint8Array): bigint =>
  scalar.reduceRight((sum, byte) => (sum << 8n) + BigInt(byte), 0n)

function inverse(value: bigint): bigint {
  let [result, base, exponent] = [1n, ((value % order) + order) % order, order - 2n]
  for (; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % order
    base = (base * base) % order
  }
  return result
}
