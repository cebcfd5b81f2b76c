import { expect, test } from 'vitest'
import type { CodedColumn } from '../../../compiler/2-train/additive/coded.ts'
import { roomFor } from '../../../compiler/2-train/boosted/grow.ts'
import { binaryDeviance, halfSquares, manyDeviance } from '../../../compiler/2-train/boosted/loss.ts'
import { sumByPosition } from '../../../compiler/2-train/boosted/packs.ts'
import { at } from '../../../runtime/at.ts'
import { announcedRandom } from '../../support/seed.ts'

const random = announcedRandom('packs')
const whole = (n: number) => Math.floor(n * random())
const shuffled = (order: Uint32Array) =>
  Uint32Array.from(
    [...order].map((row) => [random(), row] as const).sort(([a], [b]) => a - b),
    ([, row]) => row,
  )

/** Derivatives by each loss, of rows that weigh differently and of scores of any size. */
function derivativesOf(rows: number): Float64Array[] {
  const weights = Float64Array.from({ length: rows }, () => 10 ** (4 * random() - 2))
  const classes = Int32Array.from({ length: rows }, () => whole(3))
  const losses = [
    binaryDeviance(
      Uint8Array.from(classes, (one) => one % 2),
      weights,
    ),
    manyDeviance(classes, 3, weights),
    halfSquares(Float64Array.from({ length: rows }, random), weights),
  ]
  return losses.map((loss) => {
    const scores = Float64Array.from({ length: rows * loss.outputs }, () => 40 * random() - 20)
    const derivatives = new Float64Array(2 * rows)
    const state = { scores, powers: new Float64Array(loss.kept) }
    loss.refresh(state)
    loss.begin(state)
    loss.derive(state, 0, derivatives)
    return derivatives
  })
}

test('derivatives add up to the same in any order, to the last bit', () => {
  for (let time = 0; time < 20; time++) {
    const rows = 50 + whole(500)
    const order = Uint32Array.from({ length: rows }, (_, row) => row)
    for (const derivatives of derivativesOf(rows)) {
      for (const which of [0, 1]) {
        const sumIn = (some: Uint32Array) => some.reduce((sum, row) => sum + at(derivatives, 2 * row + which), 0)
        const once = sumIn(order)
        expect(sumIn(shuffled(order))).toBe(once)
        // What is taken away leaves exactly the rest.
        const middle = whole(rows)
        expect(once - sumIn(order.subarray(0, middle))).toBe(sumIn(order.subarray(middle)))
      }
    }
  }
})

test('columns that are counted together have the sums of each, exactly', () => {
  for (let time = 0; time < 12; time++) {
    const rows = 20 + whole(800)
    const columns = Array.from({ length: time === 0 ? 1 : 1 + whole(8) }, (): CodedColumn => {
      const positions = time === 0 ? 70_000 : 1 + whole(time % 2 === 0 ? 6 : 100)
      const codes = Int32Array.from({ length: rows }, () => whole(positions))
      return { positions, codes, shape: { kind: 'levels' } }
    })
    const { packs, offsets, positions } = roomFor(columns, rows)
    const [derivatives] = derivativesOf(rows)
    if (derivatives === undefined) throw new TypeError('no derivatives')
    const order = shuffled(Uint32Array.from({ length: rows }, (_, row) => row))
    for (const [from, to] of [
      [0, rows],
      [whole(rows / 2), rows - whole(rows / 2)],
    ] as const) {
      const wanted = new Float64Array(2 * positions)
      for (let i = from; i < to; i++) {
        const row = at(order, i)
        for (const which of [0, 1]) {
          const own = at(derivatives, 2 * row + which)
          columns.forEach(({ codes }, c) => {
            const place = 2 * (at(offsets, c) + at(codes, row)) + which
            wanted[place] = at(wanted, place) + own
          })
        }
      }
      expect(sumByPosition(packs, positions, derivatives, order, from, to)).toEqual(wanted)
    }
  }
})
