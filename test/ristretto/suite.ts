import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Group, PointBatch, ScalarSize, Workspace } from '../../runtime/ristretto/group.ts'
import { sumRuns } from '../../runtime/ristretto/sum-runs.ts'
import {
  difference,
  fromHex,
  hashed,
  hexes,
  identity,
  integers,
  isEncoding,
  joined,
  littleEndian,
  modulo,
  multiple,
  order,
  scalarsOf,
  scalarValues,
  shortValues,
  sum,
} from './oracle.ts'
import vectors from './rfc9496.json' with { type: 'json' }

const generator = multiple(1n)
/** Batches of every length modulo four, and of more than one block. */
const batch = <T>(item: fc.Arbitrary<T>) => fc.array(item, { minLength: 1, maxLength: 9 })
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const points = scalarValues.map((scalar) => multiple(scalar))
const runs = (times: number) => ({ numRuns: times })

/** What every implementation of the group has to do. */
export function describeGroup(name: string, load: () => Promise<Group>): void {
  describe(`the group by ${name}`, async () => {
    const group = await load()
    const { scalars } = group
    /** Borrows, and reads the encodings of the points that come out. */
    const computed = (work: (space: Workspace) => PointBatch) =>
      group.borrow((space) => hexes(space.encode(work(space))))

    test('has the multiples of the generator that the RFC has', () => {
      const values = vectors.multiples.map((_, i) => BigInt(i))
      expect(computed((space) => space.generate(scalarsOf(values)))).toEqual(vectors.multiples)
      expect(computed((space) => space.decode(fromHex(...vectors.multiples)).points)).toEqual(vectors.multiples)
    })

    test.each(vectors.invalid)('decodes %s to the generator, and says so', (encoding) => {
      const given = [encoding, generator, encoding, identity, encoding]
      group.borrow((space) => {
        const { points, valid } = space.decode(fromHex(...given))
        expect(valid).toEqual([false, true, false, true, false])
        expect(hexes(space.encode(points))).toEqual([generator, generator, generator, identity, generator])
      })
    })

    test('maps uniform bytes to the points of the RFC', () => {
      const outputs = vectors.hashes.map(({ output }) => output)
      expect(computed((space) => space.hash(fromHex(...vectors.hashes.map(({ input }) => input))))).toEqual(outputs)
    })

    test('maps other bytes as @noble/curves does', () => {
      const property = fc.property(batch(bytes(64)), (all) => {
        expect(computed((space) => space.hash(joined(all)))).toEqual(all.map(hashed))
      })
      fc.assert(property, runs(15))
    })

    test('decodes what are encodings, and nothing else', () => {
      const edges = [0n, 1n, 2n, 2n ** 255n - 19n, 2n ** 255n - 20n, 2n ** 255n - 1n, 2n ** 255n, 2n ** 256n - 1n]
      const drawn = fc.oneof(
        bytes(32).map(
          (any) =>
            hexes(
              Uint8Array.from([(any[0] as number) & 254, ...any.slice(1, 31), (any[31] as number) & 127]),
            )[0] as string,
        ),
        points,
        bytes(32).map((any) => hexes(any)[0] as string),
        fc.constantFrom(...edges.map((edge) => hexes(littleEndian(edge))[0] as string)),
      )
      const property = fc.property(batch(drawn), (encodings) => {
        group.borrow((space) => {
          const { points, valid } = space.decode(fromHex(...encodings))
          expect(valid).toEqual(encodings.map(isEncoding))
          const kept = encodings.map((encoding, i) => (valid[i] ? encoding : generator))
          expect(hexes(space.encode(points))).toEqual(kept)
        })
      })
      fc.assert(property, runs(40))
    })

    test('adds, subtracts and doubles', () => {
      const property = fc.property(batch(fc.tuple(points, points)), (pairs) => {
        const [a, b] = [pairs.map(([first]) => first), pairs.map(([, second]) => second)]
        group.borrow((space) => {
          const [x, y] = [space.decode(fromHex(...a)).points, space.decode(fromHex(...b)).points]
          const read = (result: PointBatch) => hexes(space.encode(result))
          expect(read(space.add(x, y))).toEqual(pairs.map((pair) => sum(...pair)))
          expect(read(space.subtract(x, y))).toEqual(pairs.map((pair) => difference(...pair)))
          expect(read(space.add(x, x))).toEqual(a.map((one) => sum(one, one)))
          expect(read(space.subtract(x, x))).toEqual(a.map(() => identity))
          expect(read(space.double(y))).toEqual(b.map((one) => sum(one, one)))
          expect(hexes(space.encodeDoubled(y))).toEqual(b.map((one) => sum(one, one)))
        })
      })
      fc.assert(property, runs(15))
    })

    test('encodes and doubles every form of a point alike', () => {
      const property = fc.property(scalarValues, scalarValues, (a, b) => {
        const expected = multiple(a + b)
        const forms = group.borrow((space) => {
          const [x, y] = [space.generate(scalarsOf([a])), space.generate(scalarsOf([b]))]
          const all = [space.add(x, y), space.add(y, x), space.generate(scalarsOf([modulo(a + b)]))]
          const doubled = space.generate(scalars.halve(scalars.add(scalarsOf([a]), scalarsOf([b]))))
          return [...all.flatMap((form) => hexes(space.encode(form))), ...hexes(space.encodeDoubled(doubled))]
        })
        expect(forms).toEqual([expected, expected, expected, expected])
      })
      fc.assert(property, runs(15))
    })

    test('multiplies the generator and other points', () => {
      const property = fc.property(batch(fc.tuple(scalarValues, points)), (pairs) => {
        const values = pairs.map(([scalar]) => scalar)
        const all = scalarsOf(values)
        expect(computed((space) => space.generate(all))).toEqual(values.map((value) => multiple(value)))
        const encodings = pairs.map(([, point]) => point)
        const products = computed((space) => space.multiply(space.decode(fromHex(...encodings)).points, all))
        expect(products).toEqual(pairs.map(([value, point]) => multiple(value, point)))
      })
      fc.assert(property, runs(15))
    })

    test.each<ScalarSize>([8, 16])('multiplies by scalars of %i bytes, and adds multiples up', (size) => {
      const property = fc.property(batch(fc.tuple(shortValues(size), points)), fc.nat(9), (pairs, cut) => {
        const all = scalarsOf(
          pairs.map(([scalar]) => scalar),
          size,
        )
        const terms = pairs.map(([value, point]) => multiple(value, point))
        const first = Math.min(cut, terms.length)
        group.borrow((space) => {
          const { points } = space.decode(fromHex(...pairs.map(([, point]) => point)))
          expect(hexes(space.encode(space.multiply(points, all, size)))).toEqual(terms)
          const sums = space.sumMultiples(points, all, size, [first, 0, terms.length - first])
          expect(hexes(space.encode(sums))).toEqual([
            sum(...terms.slice(0, first)),
            identity,
            sum(...terms.slice(first)),
          ])
        })
      })
      fc.assert(property, runs(12))
    })

    test.each<ScalarSize>([8, 16, 32])('multiplies one point by many scalars of %i bytes', (size) => {
      const top = size === 32 ? order - 1n : 2n ** BigInt(8 * size) - 1n
      // All windows at an end of their range, carries through all of them, and whatever is drawn.
      const edges = [0n, 1n, 15n, 16n, 17n, 31n, 32n, top, top - 15n, top >> 1n, (top / 31n) * 16n, (top / 31n) * 15n]
      const scalar = size === 32 ? scalarValues : shortValues(size)
      const drawn = fc.array(scalar, { minLength: 20, maxLength: 30 })
      const property = fc.property(points, drawn, (point, some) => {
        const values = [...edges, ...some]
        const products = computed((space) => {
          const { points: one } = space.decode(fromHex(point))
          return space.multiply(one.at(values.map(() => 0)), scalarsOf(values, size), size)
        })
        expect(products).toEqual(values.map((value) => multiple(value, point)))
      })
      fc.assert(property, runs(6))
    })

    test('adds multiples up run by run, however many and long the runs are', () => {
      const length: fc.Arbitrary<number> = fc.constantFrom(0, 1, 2, 3, 5, 8, 13)
      const property = fc.property(fc.array(length, { maxLength: 7 }), fc.nat(1000), (lengths, first) => {
        const count = lengths.reduce((sum, run) => sum + run, 0)
        const values = Array.from({ length: count }, (_, i) => BigInt(first + i) ** 2n)
        const weights = values.map((_, i) => 2n ** 64n - 1n - BigInt(first * i))
        const expected = lengths.map((run, i) => {
          const from = lengths.slice(0, i).reduce((sum, own) => sum + own, 0)
          const terms = values.slice(from, from + run).map((value, j) => value * (weights[from + j] as bigint))
          return multiple(modulo(terms.reduce((sum, term) => sum + term, 0n)))
        })
        const sums = computed((space) =>
          space.sumMultiples(space.generate(scalarsOf(values)), scalarsOf(weights, 8), 8, lengths),
        )
        expect(sums).toEqual(expected)
      })
      fc.assert(property, runs(12))
    })

    test('adds multiples by whole scalars up, and takes one scalar for all', () => {
      const values = [order - 1n, 0n, 1n, order - 1n, 2n ** 252n, 12345n]
      const encodings = values.map((_, i) => multiple(BigInt(i) * 77n))
      const terms = values.map((value, i) => multiple(value, encodings[i]))
      group.borrow((space) => {
        const { points } = space.decode(fromHex(...encodings))
        const sums = space.sumMultiples(points, scalarsOf(values), 32, [1, 5])
        expect(hexes(space.encode(sums))).toEqual([terms[0], sum(...terms.slice(1))])
        const rho = littleEndian(2n ** 127n + 99n, 16)
        const expected = encodings.map((encoding) => multiple(2n ** 127n + 99n, encoding))
        expect(hexes(space.encode(space.multiply(points, rho, 16)))).toEqual(expected)
        expect(hexes(space.encode(sumRuns(space, points, [2, 0, 4])))).toEqual([
          sum(...encodings.slice(0, 2)),
          identity,
          sum(...encodings.slice(2)),
        ])
      })
    })

    test('computes with scalars modulo the order', () => {
      const any = fc.oneof(
        scalarValues,
        bytes(32).map((all) => integers(all)[0] as bigint),
        fc.constant(2n ** 256n - 1n),
      )
      const property = fc.property(batch(fc.tuple(any, any)), (pairs) => {
        const [a, b] = [scalarsOf(pairs.map(([first]) => first)), scalarsOf(pairs.map(([, second]) => second))]
        const expected = (of: (x: bigint, y: bigint) => bigint) => pairs.map(([x, y]) => modulo(of(x, y)))
        expect(integers(scalars.add(a, b))).toEqual(expected((x, y) => x + y))
        expect(integers(scalars.subtract(a, b))).toEqual(expected((x, y) => x - y))
        expect(integers(scalars.multiply(a, b))).toEqual(expected((x, y) => x * y))
        expect(integers(scalars.negate(a))).toEqual(expected((x) => -x))
        expect(integers(scalars.halve(a))).toEqual(expected((x) => x * ((order + 1n) / 2n)))
        const one = b.slice(0, 32)
        expect(integers(scalars.multiply(a, one))).toEqual(expected((x) => x * (pairs[0]?.[1] ?? 0n)))
      })
      fc.assert(property, runs(120))
    })

    test('reduces 64 bytes modulo the order', () => {
      const wide = fc.oneof(
        bytes(64).map((all) => integers(all, 64)[0] as bigint),
        fc.constantFrom(0n, 2n ** 512n - 1n, order, order - 1n, order * 2n ** 259n, order * 2n ** 259n - 1n),
        fc.bigInt({ min: 0n, max: 2n ** 259n }).map((times) => times * order),
        fc.nat(511).map((bit) => 2n ** BigInt(bit)),
      )
      const property = fc.property(batch(wide), (values) => {
        expect(integers(scalars.reduce(scalarsOf(values, 64)))).toEqual(values.map(modulo))
      })
      fc.assert(property, runs(120))
    })

    test('works in place, on chosen places, and on nothing', () => {
      group.borrow((space) => {
        const [one, all] = [space.generate(scalarsOf([1n])), space.identities(7)]
        const odd = all.at([5, 1, 3])
        space.add(odd, one.at([0, 0, 0]), odd)
        space.double(all.slice(3, 4), all.slice(3, 4))
        space.subtract(all.slice(6), one, all.slice(6))
        const expected = [0n, 1n, 0n, 2n, 0n, 1n, -1n].map((value) => multiple(value))
        expect(hexes(space.encode(all))).toEqual(expected)
        const joined = space.join([all.slice(5), space.identities(0), one, all.slice(3, 4)])
        expect(hexes(space.encode(joined))).toEqual([1n, -1n, 1n, 2n].map((value) => multiple(value)))
        const stale = group.borrow((inner) => inner.join([one, inner.identities(1)]))
        expect(() => space.join([stale, one])).toThrow('not of a loan that is open')

        const none = new Uint8Array()
        const empty = space.decode(none)
        expect(empty.valid).toEqual([])
        expect(space.encode(space.add(empty.points, space.identities(0)))).toEqual(none)
        expect(space.encodeDoubled(space.multiply(empty.points, none))).toEqual(none)
        expect(space.encode(space.hash(none))).toEqual(none)
        expect(space.sumMultiples(empty.points, none, 16, []).length).toBe(0)
      })
      expect(scalars.add(new Uint8Array(), new Uint8Array())).toEqual(new Uint8Array())
    })

    test('encodes the doubles of identities among others', () => {
      for (let at = 0; at < 6; at++) {
        const values = Array.from({ length: 6 }, (_, i) => (i === at ? 0n : BigInt(i + 1)))
        const expected = values.map((value) => multiple(2n * value))
        group.borrow((space) => {
          const { points } = space.decode(fromHex(...values.map((value) => multiple(value))))
          expect(hexes(space.encodeDoubled(points))).toEqual(expected)
          expect(hexes(space.encodeDoubled(space.identities(5)))).toEqual(Array(5).fill(identity))
        })
      }
    })

    test('takes all forms of a point for one: what differs from it by the curve’s points of order 4', () => {
      const values = Array.from({ length: 24 }, (_, i) => modulo(BigInt(i + 3) ** 40n))
      group.borrow((space) => {
        const computedOnes = space.add(
          space.generate(scalarsOf(values)),
          space.hash(joined(values.map((value) => littleEndian(value, 64)))),
        )
        const decodedOnes = space.decode(space.encode(computedOnes)).points
        const identities = space.subtract(computedOnes, decodedOnes)
        expect(hexes(space.encode(identities))).toEqual(values.map(() => identity))
        expect(hexes(space.encodeDoubled(identities))).toEqual(values.map(() => identity))
        const others = space.add(decodedOnes, identities)
        expect(space.encode(others)).toEqual(space.encode(decodedOnes))
        expect(space.encodeDoubled(others)).toEqual(space.encode(space.double(decodedOnes)))
        expect(space.encode(space.multiply(others, Uint8Array.of(3, 0, 0, 0, 0, 0, 0, 0), 8))).toEqual(
          space.encode(space.add(space.double(decodedOnes), decodedOnes)),
        )
      })
    })

    test('refuses lengths that do not fit, scalars that are not reduced, and points of another time', () => {
      let kept: PointBatch | undefined
      group.borrow((space) => {
        const two = space.identities(2)
        kept = two
        expect(() => space.decode(new Uint8Array(33))).toThrow(RangeError)
        expect(() => space.hash(new Uint8Array(32))).toThrow(RangeError)
        expect(() => space.add(two, two.slice(1))).toThrow(RangeError)
        expect(() => space.add(two, two, two.slice(1))).toThrow(RangeError)
        expect(() => space.multiply(two, new Uint8Array(96))).toThrow(RangeError)
        expect(() => space.multiply(two, new Uint8Array(64).fill(255))).toThrow('not reduced')
        expect(() => space.generate(littleEndian(2n ** 253n))).toThrow('not reduced')
        expect(() => space.sumMultiples(two, new Uint8Array(16), 8, [1])).toThrow(RangeError)
        expect(() => two.at([2])).toThrow(RangeError)
        expect(() => two.slice(1, 3)).toThrow(RangeError)
      })
      expect(() => group.borrow((space) => space.encode(kept as PointBatch))).toThrow('not of a loan that is open')
      group.borrow((outer) => {
        const ones = outer.generate(scalarsOf([1n, 1n]))
        group.borrow((inner) => {
          expect(() => outer.double(ones)).toThrow('another one is open within it')
          inner.double(ones, ones)
          expect(hexes(outer.encode(ones))).toEqual([multiple(2n), multiple(2n)])
        })
        expect(hexes(outer.encode(outer.double(ones)))).toEqual([multiple(4n), multiple(4n)])
      })
      expect(() => scalars.add(new Uint8Array(64), new Uint8Array(96))).toThrow(RangeError)
      expect(() => scalars.reduce(new Uint8Array(32))).toThrow(RangeError)
    })

    test('lends memory in memory, for batches of thousands', () => {
      const count = 3001
      const values = Array.from({ length: count }, (_, i) => BigInt(i))
      const encodings = group.borrow((space) => {
        const multiples = space.generate(scalarsOf(values))
        const inner = group.borrow((own) => own.encode(own.double(multiples.slice(0, 3))))
        expect(hexes(inner)).toEqual([0n, 2n, 4n].map((value) => multiple(value)))
        return hexes(space.encodeDoubled(multiples))
      })
      expect(encodings.slice(0, 8)).toEqual(vectors.multiples.filter((_, i) => i % 2 === 0))
      expect(encodings.at(-1)).toBe(multiple(2n * BigInt(count - 1)))
      expect(new Set(encodings).size).toBe(count)
    })
  })
}
