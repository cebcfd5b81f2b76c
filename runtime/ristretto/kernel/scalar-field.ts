import { canonicalFunctions, placesOf } from './canonical.ts'
import { entries, entryBytes } from './entries.ts'
import type { FieldProgram } from './field.ts'
import { oneLane as lanes } from './lanes.ts'
import type { AllocatePlace } from './layout.ts'
import { count, get, lines, locals, number, params, plus, repeat, set, step } from './wat.ts'

/**
 * One element at a time: ten limbs of 26 and 25 bits in turn, balanced, in 64 bits each, after Bernstein's "ref10".
 *
 * Bounds: a result has limbs of at most 2^25 + 2^12 (even) and 2^24 + 2^12 (odd); factors of up to four times that, and
 * three times, stay far below 2^63.
 */
const widths = count(10).map((i) => 26 - (i % 2))
const limbs = widths.length
const bytes = 8 * limbs

const load = (name: string, i: number) => lanes.load(get(name), 8 * i)
const store = (name: string, i: number, value: string) => lanes.store(get(name), 8 * i, value)
const product = (a: string, b: string) => `(i64.mul ${a} ${b})`

/** Two chains of carries at a time; the carry out of limb 9 counts 19 times. */
const carryAll = [0, 5, 1, 6, 2, 7, 3, 8, 4, 9, 5, 0]
  .map((i) => {
    const [width, next] = [widths[i] as number, (i + 1) % limbs]
    const carry = lanes.shiftRight(lanes.add(get(`h${i}`), lanes.constant(2 ** (width - 1))), width)
    const added = i === limbs - 1 ? lanes.multiply(get('carry'), 19) : get('carry')
    return `${set('carry', carry)}
    ${set(`h${i}`, lanes.subtract(get(`h${i}`), lanes.shiftLeft(get('carry'), width)))}
    ${set(`h${next}`, lanes.add(get(`h${next}`), added))}`
  })
  .join('\n')
const hs = locals('i64', 'carry', ...count(limbs).map((i) => `h${i}`))
const storeAll = lines(limbs, (i) => store('out', i, get(`h${i}`)))

/** Products that pass limb 9 count 19 times, those of two odd limbs twice. */
const multiply = `
(func $multiply (export "multiply") ${params('out', 'a', 'b')} ${hs}
  ${locals('i64', ...count(limbs).flatMap((i) => [`f${i}`, `g${i}`, `twice${i}`, `folded${i}`]))}
  ${lines(
    limbs,
    (i) => `${set(`f${i}`, load('a', i))} ${set(`g${i}`, load('b', i))}
    ${set(`folded${i}`, lanes.multiply(get(`g${i}`), 19))} ${set(`twice${i}`, lanes.shiftLeft(get(`f${i}`), 1))}`,
  )}
  ${lines(limbs, (k) => {
    const terms = count(limbs).map((i) => {
      const j = (k - i + limbs) % limbs
      return product(get(`${i % 2 === 1 && j % 2 === 1 ? 'twice' : 'f'}${i}`), get(`${i > k ? 'folded' : 'g'}${j}`))
    })
    return set(`h${k}`, terms.reduce(lanes.add))
  })}
  ${carryAll} ${storeAll})`

const square = `
(func $square (export "square") ${params('out', 'a')} ${hs}
  ${locals('i64', ...count(limbs).flatMap((i) => [`f${i}`, `twice${i}`, `folded${i}`]))}
  ${lines(
    limbs,
    (i) => `${set(`f${i}`, load('a', i))}
    ${set(`folded${i}`, lanes.multiply(get(`f${i}`), i % 2 === 1 ? 38 : 19))}
    ${set(`twice${i}`, lanes.shiftLeft(get(`f${i}`), 1))}`,
  )}
  ${lines(limbs, (k) => {
    const terms = count(limbs).flatMap((i) => {
      const j = (k - i + limbs) % limbs
      if (i > j) return []
      const passes = i + j >= limbs
      const odd = i % 2 === 1 && j % 2 === 1
      const first = get(`${i === j ? 'f' : 'twice'}${i}`)
      if (passes && (odd || j % 2 === 0)) return [product(first, get(`folded${j}`))]
      if (passes) return [product(get(`f${j}`), lanes.shiftLeft(get(`folded${i}`), i === j ? 0 : 1))]
      return [product(first, get(`${odd ? 'twice' : 'f'}${j}`))]
    })
    return set(`h${k}`, terms.reduce(lanes.add))
  })}
  ${carryAll} ${storeAll})`

const each = (value: (i: number) => string) => lines(limbs, (i) => store('out', i, value(i)))
const linear = `
(func $add ${params('out', 'a', 'b')} ${each((i) => lanes.add(load('a', i), load('b', i)))})
(func $subtract ${params('out', 'a', 'b')} ${each((i) => lanes.subtract(load('a', i), load('b', i)))})
(func $tighten ${params('out')} ${hs} ${lines(limbs, (i) => set(`h${i}`, load('out', i)))} ${carryAll} ${storeAll})`

const choices = `
(func $select ${params('out', 'a')} (param $mask i64)
  ${each((i) => lanes.xor(load('out', i), lanes.and(get('mask'), lanes.xor(load('out', i), load('a', i)))))})
(func $negateIf ${params('out')} (param $mask i64)
  ${each((i) => lanes.subtract(lanes.xor(load('out', i), get('mask')), get('mask')))})
(func $swapIf ${params('out', 'a')} (param $mask i64) ${locals('i64', 'x')}
  ${lines(
    limbs,
    (i) => `${set('x', lanes.and(get('mask'), lanes.xor(load('out', i), load('a', i))))}
    ${store('out', i, lanes.xor(load('out', i), get('x')))} ${store('a', i, lanes.xor(load('a', i), get('x')))}`,
  )})
(func $sameBytes ${params('a', 'b')} (result i64)
  ${lanes.isZero(
    count(4)
      .map((i) => lanes.xor(load('a', i), load('b', i)))
      .reduce(lanes.or),
  )})`

const pointBytes = 4 * bytes
const copyPoint = lines(4 * limbs, (i) => store('to', i, load('source', i)))
const moves = `
(func $copyPoint ${params('to', 'source')} ${copyPoint})
(func $gather ${params('block', 'list')} (call $copyPoint ${get('block')} (i32.load ${get('list')})))
(func $scatter ${params('list', 'block')} (call $copyPoint (i32.load ${get('list')}) ${get('block')}))`

/** In a table two limbs are one word of 64 bits; all entries are read, and all but one masked. */
const pairs = entryBytes / 8
const tables = `
(func $spread (export "spread") ${params('table', 'entries')} ${locals('i32', 'e')}
  ${set('e', number(entries))}
  ${repeat(
    'e',
    `${lines(pairs, (i) =>
      lanes.store(
        get('table'),
        8 * i,
        lanes.or(
          lanes.and(load('entries', 2 * i), lanes.constant(2 ** 32 - 1)),
          lanes.shiftLeft(load('entries', 2 * i + 1), 32),
        ),
      ),
    )}
     ${step('table', entryBytes)} ${step('entries', pointBytes)}`,
  )})
(func $findBase ${params('out', 'table', 'digits')} ${locals('i32', 'i', 'to')}
  ${locals('i64', 'digit', 'sign', 'size', 'mask', 'pair', ...count(entries).map((e) => `mask${e}`))}
  ${set('digit', lanes.loadNumbers(get('digits')))}
  ${set('sign', lanes.shiftRight(get('digit'), 63))}
  ${set('size', lanes.subtract(lanes.xor(get('digit'), get('sign')), get('sign')))}
  ${lines(entries, (e) => set(`mask${e}`, lanes.isZero(lanes.subtract(get('size'), lanes.constant(e + 1)))))}
  ${set('i', number(pairs))} ${set('to', get('out'))}
  ${repeat(
    'i',
    `${set(
      'pair',
      count(entries)
        .map((e) => lanes.and(get(`mask${e}`), lanes.load(get('table'), e * entryBytes)))
        .reduce(lanes.or),
    )}
     ${store('to', 0, lanes.shiftRight(lanes.shiftLeft(get('pair'), 32), 32))}
     ${store('to', 1, lanes.shiftRight(get('pair'), 32))}
     ${step('to', 16)} ${step('table', 8)}`,
  )}
  ${set('mask', lanes.and(lanes.isZero(get('size')), lanes.constant(1)))}
  ${[0, limbs].map((i) => store('out', i, lanes.or(load('out', i), get('mask')))).join('\n')}
  (call $swapIf ${get('out')} ${plus(get('out'), bytes)} ${get('sign')})
  (call $negateIf ${plus(get('out'), 2 * bytes)} ${get('sign')}))`

export const scalarField: FieldProgram = {
  name: 'scalar',
  lanes,
  bytes,
  constant(value) {
    const from = placesOf(widths)
    const words = new BigInt64Array(limbs)
    for (const [i, width] of widths.entries()) words[i] = BigInt.asUintN(width, value >> BigInt(from[i] as number))
    return new Uint8Array(words.buffer)
  },
  functions: (place: AllocatePlace) =>
    [
      multiply,
      square,
      linear,
      choices,
      moves,
      tables,
      canonicalFunctions(
        {
          lanes,
          widths,
          read: (address) => lines(limbs, (i) => set(`h${i}`, lanes.load(address, 8 * i))),
          write: (address) => lines(limbs, (i) => lanes.store(address, 8 * i, get(`h${i}`))),
          readWords: (address) => lines(8, (w) => set(`w${w}`, `(i64.load32_u offset=${4 * w} ${address})`)),
          writeWords: (address) => lines(8, (w) => `(i64.store32 offset=${4 * w} ${address} ${get(`w${w}`)})`),
          wordLocals: '',
        },
        place,
      ),
    ].join('\n'),
}
