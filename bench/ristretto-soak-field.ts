import { instantiate } from 'emp-compile-runtime/internal/ristretto/kernel'
import { prime } from 'emp-compile-runtime/internal/ristretto/kernel/field'
import { limbBound } from 'emp-compile-runtime/internal/ristretto/kernel/simd-product'
import { kernel } from 'emp-compile-runtime/internal/ristretto/wasm-simd'
import type { Draw } from './ristretto-soak-draw.ts'

const limbs = 20
const lanes = 4
const rounds = 200
const ready = instantiate(kernel.wasm).then((exports) => ({ exports, words: new Int16Array(exports.memory.buffer) }))
const [out, a, b] = [kernel.heap, kernel.heap + 160, kernel.heap + 320] as const

/** Products of field elements with limbs at the ends of their ranges, against BigInt. @returns how many. */
export async function soakField(draw: Draw): Promise<number> {
  const { exports, words } = await ready
  const place = (at: number, lane: number, i: number) => at / 2 + 8 * (i >> 1) + 2 * lane + (i & 1)
  const read = (at: number, lane: number) => {
    let sum = 0n
    for (let i = limbs - 1; i >= 0; i--) sum = sum * 8192n + BigInt(words[place(at, lane, i)] as number)
    return ((sum % prime) + prime) % prime
  }
  const put = (at: number, bound: number) => {
    for (let lane = 0; lane < lanes; lane++) {
      const kind = draw()
      const sign = () => (draw() < 0.5 ? -1 : 1)
      for (let i = 0; i < limbs; i++) {
        const size = kind < 0.3 ? 1 : kind < 0.6 ? sign() : kind < 0.7 ? -1 : 2 * draw() - 1
        words[place(at, lane, i)] = Math.round(bound * size)
      }
    }
  }
  for (let round = 0; round < rounds; round++) {
    put(a, (1 + Math.floor(3 * draw())) * limbBound)
    put(b, (1 + Math.floor(2 * draw())) * limbBound)
    const squared = round % 4 === 0
    if (squared) exports.square(out, b)
    else exports.multiply(out, a, b)
    for (let lane = 0; lane < lanes; lane++) {
      const expected = (read(squared ? b : a, lane) * read(b, lane)) % prime
      const limbsAreSmall = Array.from({ length: limbs }, (_, i) => Math.abs(words[place(out, lane, i)] as number))
      if (read(out, lane) !== expected || limbsAreSmall.some((limb) => limb > limbBound)) {
        throw new Error(`a product is wrong: ${read(a, lane)} times ${read(b, lane)}, squared: ${squared}`)
      }
    }
  }
  return rounds * lanes
}
