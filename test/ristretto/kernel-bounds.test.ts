import { expect, test } from 'vitest'
import { kernelSource } from '../../runtime/ristretto/kernel/module.ts'
import { simdField } from '../../runtime/ristretto/kernel/simd-field.ts'
import { limbBound, productBound } from '../../runtime/ristretto/kernel/simd-product.ts'

/*
 * Follows the largest limb that every element can have through all formulas of the group, as they stand in the kernel's
 * source: no product of sums is beyond what the field's products are proved for, and no sum beyond 16 bits.
 */

const [one, two, three] = [limbBound, 2 * limbBound, 3 * limbBound]
const { bytes } = simdField
const point = [one, one, one, one]
/** (Y + X, Y - X, 2 d T, 2 Z) */
const prepared = [two, two, one, two]
const affine = [two, two, one]

/** What functions count on, by their parameters; and what they leave, likewise. */
const expects: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>> = {
  double: { point },
  addPrepared: { point, other: prepared },
  addAffine: { point, other: affine },
  prepare: { point },
  root: { u: [two], v: [one] },
  power: { a: [one] },
  invert: { a: [one] },
  squares: { a: [one] },
  writeEven: { element: [one] },
  invertAll: { at: [one] },
}
const leaves: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>> = {
  double: { point },
  addPrepared: { point },
  addAffine: { point },
  prepare: { other: prepared },
  identity: { point },
  root: { out: [one] },
  invert: { out: [one] },
  squares: { out: [one] },
  map: { out: point },
  gather: { block: point },
  find: { out: prepared },
  findBase: { out: affine },
  fromBytes: { element: [one] },
}
/** Inside of loops: what stands in a record is what another pass left there. */
const records: Readonly<Record<string, number>> = {
  record: one,
  'record+160': two,
  'record+320': two,
  'record+480': two,
}

interface Call {
  readonly name: string
  readonly operands: readonly string[]
}

function bracketed(text: string, start: number): string {
  for (let i = start, depth = 0; i < text.length; i++) {
    if (text[i] === '(') depth++
    if (text[i] === ')' && --depth === 0) return text.slice(start, i + 1)
  }
  throw new RangeError('brackets are not closed')
}

/** The expressions that stand one after another in a text. */
function expressions(text: string): string[] {
  const found: string[] = []
  for (let at = text.indexOf('('); at >= 0; at = text.indexOf('(', at + (found.at(-1)?.length ?? 0))) {
    found.push(bracketed(text, at))
  }
  return found
}

/** An address as a number, or as the name of a local and what is added to it. */
function place(expression: string): string {
  const constant = /^\(i32\.const (-?\d+)\)$/.exec(expression)
  if (constant) return String(constant[1])
  const local = /^\(local\.get \$(\w+)\)$/.exec(expression)
  if (local) return String(local[1])
  const sum = /^\(i32\.add (\(.*\)) \(i32\.const (\d+)\)\)$/s.exec(expression)
  if (!sum) return expression
  return shifted(place(String(sum[1])), Number(sum[2]))
}
function shifted(base: string, by: number): string {
  if (by === 0) return base
  if (/^\d+$/.test(base)) return String(Number(base) + by)
  const [name = '', more = '0'] = base.split('+')
  return `${name}+${Number(more) + by}`
}

const { source, layout } = kernelSource(simdField)
const functions = [...source.matchAll(/\(func /g)].map(({ index }) => {
  const text = bracketed(source, index)
  const name = /^\(func (?:\$(\w+)|\(export "(\w+)"\))/.exec(text)
  const params = [...text.matchAll(/\(param \$(\w+)/g)].map(([, param]) => String(param))
  const calls = [...text.matchAll(/\(call \$(\w+)/g)].map((call): Call => {
    const whole = bracketed(text, call.index)
    return { name: String(call[1]), operands: expressions(whole.slice(call[0].length, -1)) }
  })
  return { name: String(name?.[1] ?? name?.[2]), params, calls }
})
const paramsOf = new Map(functions.map(({ name, params }) => [name, params]))
const callsOf = new Map(functions.map(({ name, calls }) => [name, calls]))
const inlined = ['decodeBlock', 'makeTable', 'combine']
/** The field's own functions, whose bounds are tested with numbers. */
const primitive = [
  'reduce',
  'canonical',
  'isZero',
  'isOdd',
  'toBytes',
  'fromBytes',
  'swapIf',
  'sameBytes',
  'find',
  'findBase',
  'makeTable',
  'scatter',
  'gather',
]

/** Follows a function, twice as its loops may; gives what is wrong. */
function follow({ name, params, calls }: (typeof functions)[number]): string[] {
  const wrong: string[] = []
  const bounds = new Map<string, number>()
  const put = (at: string, values: readonly number[]) =>
    values.forEach((value, i) => {
      bounds.set(shifted(at, i * bytes), value)
    })
  for (const param of params) put(param, expects[name]?.[param] ?? [])
  const bound = (at: string): number => {
    const known = bounds.get(at) ?? records[at]
    if (known !== undefined) return known
    // Constants stand before all else that is written.
    if (/^\d+$/.test(at) && Number(at) < layout.baseTable) return 4096
    if (/^(at|records?|table)\b/.test(at)) return one
    throw new RangeError(`${name}: nothing is known of ${at}`)
  }

  function apply({ name: called, operands }: Call): void {
    const [out = '', a = '', b = ''] = operands.map(place)
    const check = (holds: boolean) => {
      if (!holds) wrong.push(`${name}: ${called} ${operands.map(place).join(' ')}`)
    }
    switch (called) {
      case 'multiply':
        check(bound(a) * bound(b) <= productBound)
        bounds.set(out, one)
        return
      case 'square':
        check(bound(a) ** 2 <= productBound && 2 * bound(a) < 2 ** 15)
        bounds.set(out, one)
        return
      case 'add':
      case 'subtract':
        bounds.set(out, isZero(a) ? bound(b) : isZero(b) ? bound(a) : bound(a) + bound(b))
        check(bound(out) < 2 ** 15)
        return
      case 'tighten':
        check(bound(out) + 4096 < 2 ** 15)
        bounds.set(out, 4097 + 608 * Math.round(bound(out) / 8192))
        return
      case 'select':
        bounds.set(out, Math.max(bound(out), bound(a)))
        return
      case 'negateIf':
        return
      case 'scatter':
        if (name !== 'prepareAll') check(point.every((most, i) => bound(shifted(a, i * bytes)) <= most))
        return
    }
    // Functions that leave a block at a place of their own are followed where they are called.
    if (inlined.includes(called)) for (const call of callsOf.get(called) ?? []) apply(call)
    const names = paramsOf.get(called) ?? []
    for (const [i, param] of names.entries()) {
      const at = place(operands[i] ?? '')
      check((expects[called]?.[param] ?? []).every((most, k) => bound(shifted(at, k * bytes)) <= most))
    }
    for (const [i, param] of names.entries()) put(place(operands[i] ?? ''), leaves[called]?.[param] ?? [])
    // What the power of an element leaves for its caller.
    if (called === 'power') for (const at of powers) bounds.set(at, one)
  }
  for (let round = 0; round < 2; round++) for (const call of calls) apply(call)
  for (const [param, values] of Object.entries(leaves[name] ?? {})) {
    values.forEach((most, i) => {
      if (!(bound(shifted(param, i * bytes)) <= most)) wrong.push(`${name} leaves more in ${param}, ${i}`)
    })
  }
  return wrong
}

const zeroAt = /\(func \$identity[\s\S]*?\(call \$add \(local\.get \$point\) \(i32\.const (\d+)\)/.exec(source)?.[1]
const isZero = (at: string) => at === zeroAt
const powers =
  functions.find(({ name }) => name === 'power')?.calls.map(({ operands }) => place(operands[0] ?? '')) ?? []

test('in every formula of the group factors and sums stay within their bounds', () => {
  const group = functions.filter(
    ({ name }) =>
      !primitive.includes(name) &&
      !/^(multiply|square|add|subtract|tighten|select|negateIf|spread|(\w+)Scalars|unpack\w*|carry|fold|finish|reduceWide|recode)$/.test(
        name,
      ),
  )
  const exported = functions.filter(
    ({ name, params }) => ['add', 'subtract'].includes(name) && params.includes('blocks'),
  )
  const all = [...group, ...exported]
  expect(all.length).toBeGreaterThan(20)
  expect(all.flatMap(({ calls }) => calls).filter(({ name }) => name === 'multiply').length).toBeGreaterThan(90)
  expect(all.flatMap(follow)).toEqual([])
  expect(three * two).toBeLessThanOrEqual(productBound)
})

/*
 * The largest numbers of `$reduce`, limb by limb. Column k of a product sums min(k, 38 - k) + 1 products of limbs. What is
 * biased by half of 2^13 lies within 0 .. 2^13 - 1 once its carry is gone, however large the carry before it was.
 */
test('carries of a product stay within 32 bits, and leave limbs within their bound', () => {
  const [wrap, half, base] = [608, 2 ** 12, 2 ** 13]
  type Range = readonly [least: number, most: number]
  const plus = (...ranges: Range[]): Range => [
    ranges.reduce((sum, [least]) => sum + least, 0),
    ranges.reduce((sum, [, most]) => sum + most, 0),
  ]
  const carryOf = ([least, most]: Range): Range => [Math.floor(least / base), Math.floor(most / base)]
  const fits = (range: Range): Range => {
    expect(range[0]).toBeGreaterThanOrEqual(-(2 ** 31))
    expect(range[1]).toBeLessThan(2 ** 31)
    return range
  }
  const column = (k: number): Range => {
    const most = Math.floor(productBound) * (k < 20 ? k + 1 : 39 - k)
    return k > 38 ? [0, 0] : [-most, most]
  }
  /** Column 20 + k: low halves count in column k, high ones, which are rounded, in the next. */
  const folded = (k: number): Range => {
    const low: Range = k < 19 ? [-(2 ** 15) * wrap, (2 ** 15 - 1) * wrap] : [0, 0]
    if (k === 0) return low
    const [least, most] = fits(plus(column(19 + k), [2 ** 15, 2 ** 15]))
    return plus(low, [8 * wrap * Math.floor(least / 2 ** 16), 8 * wrap * Math.floor(most / 2 ** 16)])
  }
  const kept: Range = [0, base - 1]
  const carries = [0, 10].map((start) => {
    let carry: Range = [0, 0]
    for (let i = start; i < start + 10; i++) carry = carryOf(fits(plus(column(i), [half, half], folded(i), carry)))
    return carry
  }) as [Range, Range]
  for (const [least, most] of carries) expect(Math.max(-least, most)).toBeLessThanOrEqual(2 ** 18)
  const [[low, high], [lowest, highest]] = carries
  const last: Range = [wrap * lowest, wrap * highest]
  // The third limb of a chain takes the last carry, and hands none on.
  const third = (incoming: Range): Range => {
    const second = carryOf(fits(plus(kept, incoming)))
    return plus(kept, carryOf(fits(plus(kept, second))))
  }
  const limbsOf = (range: Range): Range => plus(range, [-half, -half])
  expect(limbsOf(third(last))).toEqual([-half - 3, half - 1 + 3])
  expect(limbsOf(third([low, high]))).toEqual([-half - 1, half - 1 + 1])
  expect(Math.max(...[third(last), third([low, high])].flatMap(limbsOf).map(Math.abs))).toBeLessThanOrEqual(limbBound)
})
