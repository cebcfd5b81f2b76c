import { canonicalFunctions } from './canonical.ts'
import type { FieldProgram } from './field.ts'
import { fourLanes as lanes } from './lanes.ts'
import type { AllocatePlace } from './layout.ts'
import { limbs, simdLimbBits, simdProducts, simdVectors } from './simd-product.ts'
import { simdTables } from './simd-tables.ts'
import { count, get, lines, load, locals, params, set, store, vector } from './wat.ts'

const bytes = 16 * simdVectors

/** The words at four addresses, four each, become four vectors: word i of all. */
export function transpose(sources: readonly string[], use: (i: number, transposed: string) => string): string {
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(get) as [string, string, string, string]
  const low = '0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23'
  const high = '8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31'
  const [lowHalves, highHalves] = [
    '0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23',
    '8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31',
  ]
  const half = (name: string, order: string, x: string, y: string) => set(name, `(i8x16.shuffle ${order} ${x} ${y})`)
  return `${['a', 'b', 'c', 'd'].map((name, i) => set(name, sources[i] as string)).join(' ')}
    ${half('a2', low, a, b)} ${half('b2', high, a, b)} ${half('c2', low, c, d)} ${half('d2', high, c, d)}
    ${use(0, `(i8x16.shuffle ${lowHalves} ${get('a2')} ${get('c2')})`)}
    ${use(1, `(i8x16.shuffle ${highHalves} ${get('a2')} ${get('c2')})`)}
    ${use(2, `(i8x16.shuffle ${lowHalves} ${get('b2')} ${get('d2')})`)}
    ${use(3, `(i8x16.shuffle ${highHalves} ${get('b2')} ${get('d2')})`)}`
}
const transposeLocals = locals('v128', 'a', 'b', 'c', 'd', 'a2', 'b2', 'c2', 'd2')

const each = (value: (i: number) => string) => lines(simdVectors, (i) => store(get('out'), 16 * i, value(i)))

const linear = ['add', 'sub']
  .map((operation) => {
    const name = operation === 'add' ? '$add' : '$subtract'
    return `(func ${name} ${params('out', 'a', 'b')}
      ${each((i) => `(i16x8.${operation} ${load(get('a'), 16 * i)} ${load(get('b'), 16 * i)})`)})`
  })
  .join('\n')

/** One carry out of every limb at once, in 16 bits, as long as limbs are below 2^15 - 2^12. */
const tighten = `
(func $tighten ${params('out')} ${locals('v128', 'half', ...count(simdVectors).map((i) => `t${i}`))}
  ${set('half', vector(0x10001000))}
  ${lines(simdVectors, (i) => set(`t${i}`, `(i16x8.shr_s (i16x8.add ${load(get('out'), 16 * i)} ${get('half')}) (i32.const 13))`))}
  ${each((i) => {
    const last = get(`t${simdVectors - 1}`)
    const before =
      i === 0
        ? `(v128.and (i32x4.mul (i32x4.shr_s ${last} (i32.const 16)) ${vector(608)}) ${vector(65535)})`
        : `(i32x4.shr_u ${get(`t${i - 1}`)} (i32.const 16))`
    const kept = `(i16x8.sub ${load(get('out'), 16 * i)} (i16x8.shl ${get(`t${i}`)} (i32.const 13)))`
    return `(i16x8.add ${kept} (v128.or (i32x4.shl ${get(`t${i}`)} (i32.const 16)) ${before}))`
  })})`

const choices = `
(func $select ${params('out', 'a')} (param $mask v128)
  ${each((i) => `(v128.bitselect ${load(get('a'), 16 * i)} ${load(get('out'), 16 * i)} ${get('mask')})`)})
(func $negateIf ${params('out')} (param $mask v128)
  ${each((i) => `(i16x8.sub (v128.xor ${load(get('out'), 16 * i)} ${get('mask')}) ${get('mask')})`)})
(func $swapIf ${params('out', 'a')} (param $mask v128) ${locals('v128', 'x')}
  ${lines(
    simdVectors,
    (i) => `${set('x', `(v128.and ${get('mask')} (v128.xor ${load(get('out'), 16 * i)} ${load(get('a'), 16 * i)}))`)}
    ${store(get('out'), 16 * i, `(v128.xor ${load(get('out'), 16 * i)} ${get('x')})`)}
    ${store(get('a'), 16 * i, `(v128.xor ${load(get('a'), 16 * i)} ${get('x')})`)}`,
  )})
(func $sameBytes ${params('a', 'b')} (result v128) ${locals('v128', 'result')}
  ${lines(4, (lane) => {
    const differs = [0, 16]
      .map((half) => `(v128.xor ${load(get('a'), 32 * lane + half)} ${load(get('b'), 32 * lane + half)})`)
      .reduce((x, y) => `(v128.or ${x} ${y})`)
    return set(
      'result',
      `(i32x4.replace_lane ${lane} ${get('result')} (i32.sub (v128.any_true ${differs}) (i32.const 1)))`,
    )
  })}
  ${get('result')})`

/** Points lie in memory one by one, 40 words each; a block of four has its words side by side. */
const pointer = (lane: number) => `(i32.load offset=${4 * lane} ${get('list')})`
const pointers = set('p0', pointer(0)) + set('p1', pointer(1)) + set('p2', pointer(2)) + set('p3', pointer(3))
const moves = `
(func $gather ${params('block', 'list')} ${locals('i32', 'p0', 'p1', 'p2', 'p3')} ${transposeLocals}
  ${pointers}
  ${lines(simdVectors, (part) =>
    transpose(
      count(4).map((lane) => load(get(`p${lane}`), 16 * part)),
      (i, transposed) => store(get('block'), 16 * (4 * part + i), transposed),
    ),
  )})
(func $scatter ${params('list', 'block')} ${locals('i32', 'p0', 'p1', 'p2', 'p3')} ${transposeLocals}
  ${pointers}
  ${lines(simdVectors, (part) =>
    transpose(
      count(4).map((i) => load(get('block'), 16 * (4 * part + i))),
      (lane, transposed) => store(get(`p${lane}`), 16 * part, transposed),
    ),
  )})`

/** Reads limbs as 32 bits. */
const readLimbs = (address: string) =>
  lines(
    simdVectors,
    (i) => `${set('x', load(address, 16 * i))}
    ${set(`h${2 * i}`, `(i32x4.shr_s (i32x4.shl ${get('x')} (i32.const 16)) (i32.const 16))`)}
    ${set(`h${2 * i + 1}`, `(i32x4.shr_s ${get('x')} (i32.const 16))`)}`,
  )
const writeLimbs = (address: string) =>
  lines(simdVectors, (i) =>
    store(address, 16 * i, `(v128.or ${get(`h${2 * i}`)} (i32x4.shl ${get(`h${2 * i + 1}`)} (i32.const 16)))`),
  )
const readWords = (address: string) =>
  [0, 1]
    .map((half) =>
      transpose(
        count(4).map((lane) => load(address, 32 * lane + 16 * half)),
        (i, transposed) => set(`w${4 * half + i}`, transposed),
      ),
    )
    .join('\n')
const writeWords = (address: string) =>
  [0, 1]
    .map((half) =>
      transpose(
        count(4).map((i) => get(`w${4 * half + i}`)),
        (lane, transposed) => store(address, 32 * lane + 16 * half, transposed),
      ),
    )
    .join('\n')

export const simdField: FieldProgram = {
  name: 'simd',
  lanes,
  bytes,
  constant(value) {
    const words = new Int16Array(bytes / 2)
    let rest = value
    for (let i = 0; i < limbs; i++) {
      const limb = BigInt.asIntN(simdLimbBits, rest)
      rest = (rest - limb) >> BigInt(simdLimbBits)
      for (let lane = 0; lane < 4; lane++) words[8 * (i >> 1) + 2 * lane + (i & 1)] = Number(limb)
    }
    return new Uint8Array(words.buffer)
  },
  functions: (place: AllocatePlace) =>
    [
      simdProducts(place),
      linear,
      tighten,
      choices,
      moves,
      canonicalFunctions(
        {
          lanes,
          widths: count(limbs).map(() => simdLimbBits),
          read: readLimbs,
          write: writeLimbs,
          readWords,
          writeWords,
          wordLocals: transposeLocals,
        },
        place,
      ),
      simdTables,
    ].join('\n'),
}
