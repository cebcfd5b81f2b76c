import { decode } from 'cborg'
import { describe, expect, test } from 'vitest'
import { labelModel } from '../../bench/label-models.ts'
import { toHex } from '../../runtime/bytes.ts'
import { type RandomBytes, systemRandom } from '../../runtime/random.ts'
import { defineLabelClient } from '../../runtime/schemes/label/client.ts'
import { luckyGuesses, type Sample, toldRight } from '../support/classifier.ts'
import { announcedRandom } from '../support/seed.ts'

/**
 * The curious server, or whoever keeps the storage, tells two known records apart by their requests. It sees their length,
 * all their bytes, which points are equal, and whether the point of a bit follows from that of the bit before: C2 equal,
 * where C1 is.
 */
const random = announcedRandom('records')
const { contract } = labelModel({ features: 2, cuts: 3, leaves: 2, padded: 2 })
const records = [
  { x0: 0, x1: 2 },
  { x0: 2, x1: 1 },
]

async function transcripts(count: number, source: RandomBytes): Promise<Sample[]> {
  const samples: Sample[] = []
  for (let i = 0; i < count; i++) {
    const isSecond = random() < 0.5
    const client = defineLabelClient<object, string>(contract, { random: source })
    const { request } = await client.seal(records[Number(isSecond)] ?? {}, await client.generateKey())
    const { ciphertexts }: { ciphertexts: Uint8Array } = decode(request)
    const points = Array.from({ length: ciphertexts.length / 32 }, (_, at) =>
      toHex(ciphertexts.subarray(32 * at, 32 * at + 32)),
    )
    const repeated = points.map((point, at) => Number(points.indexOf(point) < at))
    const follows = points.slice(2).map((point, at) => Number(point === points[at]))
    samples.push({ isSecond, features: [request.length, ...repeated, ...follows, ...ciphertexts] })
  }
  return samples
}

describe('two records', () => {
  test('with k that do not change from request to request, are told apart by any byte', async () => {
    // The same bytes for the same length: one key for all, and one k for each bit.
    const { right, of } = toldRight(await transcripts(200, (length) => new Uint8Array(length).fill(7)))
    expect(right).toBe(of)
  })

  test('with one k for all bits of a request, by which of its points are equal', async () => {
    const repeating: RandomBytes = (length) => {
      const block = systemRandom(64)
      return Uint8Array.from({ length }, (_, i) => block[i % 64] ?? 0)
    }
    const { right, of } = toldRight(await transcripts(200, repeating))
    expect(right).toBe(of)
  })

  test('as they are sealed, are not told apart in 2,000 requests', async () => {
    const { right, of } = toldRight(await transcripts(2000, systemRandom))
    console.log(`records: ${right} of ${of} told right; up to ${Math.floor(luckyGuesses(of))} are luck`)
    expect(right).toBeLessThan(luckyGuesses(of))
  }, 180_000)
})
