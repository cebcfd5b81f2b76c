import type { AllocatePlace } from './layout.ts'
import { count, get, lines, locals, number, params, repeat, set, step } from './wat.ts'

export const order = 2n ** 252n + 27742317777372353535851937790883648493n

/** Limbs of 21 bits, balanced, in 64 bits each: 12 of them hold 252. 2^252 = -c modulo the order, of six limbs. */
const bits = 21
const limbs = 12
const foldLimbs = balanced(2n ** 252n - order, 6)
const orderLimbs = balanced(order, limbs)

/** The last limb takes what is left. */
function balanced(value: bigint, length: number): bigint[] {
  let rest = value
  return count(length).map((i) => {
    const limb = i + 1 < length ? BigInt.asIntN(bits, rest) : rest
    rest = (rest - limb) >> BigInt(bits)
    return limb
  })
}

/**
 * Arithmetic modulo the order on scalars of 32 bytes, little-endian, and of 64 bytes to be reduced. Nothing depends on
 * their values. Factors and summands are any 32 bytes.
 *
 * Columns of a product stay below 2^47. Each time six limbs are folded, those that they go to have been carried, or are
 * such columns; what is folded from one is below 2^43.
 */
export function scalarFunctions(place: AllocatePlace): string {
  const wide = number(place(8 * 2 * (limbs + 1)))
  const [a, b] = [number(place(8 * limbs)), number(place(8 * limbs))]
  const limb = (at: string, i: number) => `(i64.load offset=${8 * i} ${at})`
  const put = (at: string, i: number, value: string) => `(i64.store offset=${8 * i} ${at} ${value})`
  const mask = 2 ** bits - 1

  /** Limb i of the bytes at an address; the last takes all that is left. */
  const limbOfBytes = (bytes: string, i: number, length: number) => {
    const start = i * bits
    const isLast = start + bits >= 8 * length || i === limbs - 1 + (length === 64 ? limbs : 0)
    const first = Math.min(start >> 3, length - 8)
    const shifted = `(i64.shr_u (i64.load offset=${first} align=1 ${bytes}) (i64.const ${start - 8 * first}))`
    return isLast ? shifted : `(i64.and ${shifted} (i64.const ${mask}))`
  }
  const unpack = `(func $unpack ${params('limbs', 'bytes')} ${lines(limbs, (i) => put(get('limbs'), i, limbOfBytes(get('bytes'), i, 32)))})`
  const unpackWide = `(func $unpackWide ${params('bytes')} ${lines(2 * limbs, (i) => put(wide, i, limbOfBytes(get('bytes'), i, 64)))})`

  /** Carries from limb to limb, $count times from the first on; rounded, or down. */
  const carry = `
  (func $carry ${params('count', 'half')} ${locals('i32', 'at')} ${locals('i64', 'carry')}
    ${set('at', wide)}
    ${repeat(
      'count',
      `${set('carry', `(i64.shr_s (i64.add (i64.load ${get('at')}) (i64.extend_i32_u ${get('half')})) (i64.const ${bits}))`)}
       (i64.store ${get('at')} (i64.sub (i64.load ${get('at')}) (i64.shl ${get('carry')} (i64.const ${bits}))))
       (i64.store offset=8 ${get('at')} (i64.add (i64.load offset=8 ${get('at')}) ${get('carry')}))
       ${step('at', 8)}`,
    )})`
  /** Takes the limb $source away, and adds what it is modulo the order 12 limbs below. */
  const fold = `
  (func $fold ${params('source', 'count')} ${locals('i32', 'at')} ${locals('i64', 'x')}
    ${set('at', `(i32.add ${wide} (i32.mul ${get('source')} (i32.const 8)))`)}
    ${repeat(
      'count',
      `${set('x', `(i64.load ${get('at')})`)} (i64.store ${get('at')} (i64.const 0))
       ${set('source', `(i32.sub ${get('at')} (i32.const ${8 * limbs}))`)}
       ${foldLimbs.map((value, i) => put(get('source'), i, `(i64.add ${limb(get('source'), i)} (i64.mul ${get('x')} (i64.const ${value})))`)).join('\n')}
       ${step('at', -8)}`,
    )})`
  const addOrder = (times: string) =>
    orderLimbs
      .map((value, i) => put(wide, i, `(i64.add ${limb(wide, i)} (i64.mul ${times} (i64.const ${value})))`))
      .join('\n')
  const sign = `(i64.shr_u ${limb(wide, limbs - 1)} (i64.const 63))`
  const down = (n: number) => `(call $carry ${number(n)} (i32.const 0))`
  const rounded = (n: number) => `(call $carry ${number(n)} ${number(2 ** (bits - 1))})`

  /** The least residue of what is between -order and twice the order, as bytes. */
  const finish = `
  (func $finish ${params('out')} ${locals('i64', 'sign')}
    ${addOrder('(i64.const -1)')} ${down(limbs - 1)}
    ${count(2)
      .map(() => `${set('sign', sign)} ${addOrder(get('sign'))} ${down(limbs - 1)}`)
      .join('\n')}
    ${lines(4, (word) => {
      const parts = count(limbs)
        .filter((i) => i * bits < 64 * word + 64 && (i + 1) * bits > 64 * word)
        .map((i) => {
          const shift = i * bits - 64 * word
          return shift >= 0
            ? `(i64.shl ${limb(wide, i)} (i64.const ${shift}))`
            : `(i64.shr_u ${limb(wide, i)} (i64.const ${-shift}))`
        })
      return `(i64.store offset=${8 * word} align=1 ${get('out')} ${parts.reduce((x, y) => `(i64.or ${x} ${y})`)})`
    })})`
  const reduceWide = `
  (func $reduceWide ${params('out')}
    ${rounded(2 * limbs)}
    (call $fold ${number(2 * limbs)} (i32.const 7)) ${rounded(18)}
    (call $fold (i32.const 18) (i32.const 7)) ${rounded(limbs)}
    (call $fold (i32.const 12) (i32.const 1)) ${rounded(limbs)}
    (call $fold (i32.const 12) (i32.const 1)) ${down(limbs - 1)}
    (call $finish ${get('out')}))`

  const each = (name: string, advance: Readonly<Record<string, number>>, body: string) => `
  (func (export "${name}") ${params(...Object.keys(advance), 'count')}
    ${repeat(
      'count',
      `${body} ${Object.entries(advance)
        .map(([local, by]) => step(local, by))
        .join(' ')}`,
    )})`
  const clear = lines(limbs + 2, (i) => put(wide, limbs + i, '(i64.const 0)'))
  const linear = (name: string, value: (i: number) => string, ...operands: string[]) =>
    each(
      name,
      Object.fromEntries(['out', ...operands].map((operand) => [operand, 32])),
      `${operands.map((operand) => `(call $unpack ${operand === 'a' ? a : b} ${get(operand)})`).join(' ')}
       ${clear} ${lines(limbs, (i) => put(wide, i, value(i)))} (call $reduceWide ${get('out')})`,
    )
  /** (a + (a odd ? order : 0)) / 2, the same as a (order + 1) / 2. */
  const odd = `(i64.and ${limb(a, 0)} (i64.const 1))`
  const halved = (i: number) => `(i64.add ${limb(a, i)} (i64.mul ${odd} (i64.const ${orderLimbs[i] as bigint})))`
  const products = lines(2 * limbs - 1, (k) => {
    const terms = count(limbs)
      .filter((i) => k - i >= 0 && k - i < limbs)
      .map((i) => `(i64.mul ${limb(a, i)} ${limb(b, k - i)})`)
    return put(
      wide,
      k,
      terms.reduce((x, y) => `(i64.add ${x} ${y})`),
    )
  })
  return [
    unpack,
    unpackWide,
    carry,
    fold,
    finish,
    reduceWide,
    each(
      'reduceScalars',
      { out: 32, wide: 64 },
      `${clear} (call $unpackWide ${get('wide')}) (call $reduceWide ${get('out')})`,
    ),
    each(
      'multiplyScalars',
      { out: 32, a: 32, b: 32 },
      `(call $unpack ${a} ${get('a')}) (call $unpack ${b} ${get('b')}) ${clear} ${products} (call $reduceWide ${get('out')})`,
    ),
    linear('addScalars', (i) => `(i64.add ${limb(a, i)} ${limb(b, i)})`, 'a', 'b'),
    linear('subtractScalars', (i) => `(i64.sub ${limb(a, i)} ${limb(b, i)})`, 'a', 'b'),
    halving(),
  ].join('\n')

  /** Of least residues: the limbs of the even number are halved from above, each odd one handing 2^20 down. */
  function halving(): string {
    const half = (i: number) => {
      const above =
        i + 1 < limbs
          ? `(i64.shl (i64.and ${get(`x${i + 1}`)} (i64.const 1)) (i64.const ${bits - 1}))`
          : '(i64.const 0)'
      return `(i64.add (i64.shr_s ${get(`x${i}`)} (i64.const 1)) ${above})`
    }
    return `
    (func (export "halveScalars") ${params('out', 'a', 'count')} ${locals('i64', ...count(limbs).map((i) => `x${i}`))}
      ${repeat(
        'count',
        `(call $unpack ${a} ${get('a')}) ${clear}
         ${lines(limbs, (i) => set(`x${i}`, halved(i)))}
         ${lines(limbs, (i) => put(wide, i, half(i)))}
         (call $reduceWide ${get('out')}) ${step('out', 32)} ${step('a', 32)}`,
      )})`
  }
}
