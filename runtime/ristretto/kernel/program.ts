import { prime } from './field.ts'
import { number } from './wat.ts'

/** An address: a text, the name of a constant or of a place of the function's own. */
export type Operand = string

/** Steps of field arithmetic as text, on named places. */
export interface Steps {
  at(name: Operand): string
  multiply(out: Operand, a: Operand, b: Operand): string
  square(out: Operand, a: Operand): string
  squares(out: Operand, a: Operand, times: number): string
  add(out: Operand, a: Operand, b: Operand): string
  subtract(out: Operand, a: Operand, b: Operand): string
  copy(out: Operand, a: Operand): string
  select(out: Operand, a: Operand, mask: string): string
  negateIf(out: Operand, mask: string): string
}

export function stepsOf(at: (name: Operand) => string): Steps {
  const call =
    (name: string) =>
    (...operands: Operand[]) =>
      `(call $${name} ${operands.map(at).join(' ')})`
  return {
    at,
    multiply: call('multiply'),
    square: call('square'),
    squares: (out, a, times) => `(call $squares ${at(out)} ${at(a)} ${number(times)})`,
    add: call('add'),
    subtract: call('subtract'),
    copy: (out, a) => `(call $add ${at(out)} ${at(a)} ${at('zero')})`,
    select: (out, a, mask) => `(call $select ${at(out)} ${at(a)} ${mask})`,
    negateIf: (out, mask) => `(call $negateIf ${at(out)} ${mask})`,
  }
}

/** a^e modulo p. */
export function power(base: bigint, exponent: bigint): bigint {
  let [result, square, rest] = [1n, base % prime, exponent]
  for (; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % prime
    square = (square * square) % prime
  }
  return result
}
const mod = (a: bigint) => ((a % prime) + prime) % prime
const inverse = (a: bigint) => power(mod(a), prime - 2n)
const even = (a: bigint) => (a % 2n === 0n ? a : prime - a)

/** The root that is even, of a square. */
const root = (square: bigint) => {
  const candidate = power(square, (prime + 3n) / 8n)
  const fits = (candidate * candidate) % prime === square
  return even(fits ? candidate : (candidate * sqrtMinusOne) % prime)
}

const sqrtMinusOne = even(power(2n, (prime - 1n) / 4n))
const d = mod(-121665n * inverse(121666n))

/** Source: RFC 9496, section 4.1. */
export const constants = {
  zero: 0n,
  one: 1n,
  two: 2n,
  minusOne: prime - 1n,
  d,
  doubleD: mod(2n * d),
  sqrtMinusOne,
  inverseRootOfMinusOneMinusD: root(inverse(mod(-1n - d))),
  rootOfMinusDMinusOne: prime - root(mod(-d - 1n)),
  oneMinusDSquared: mod(1n - d * d),
  dMinusOneSquared: mod((d - 1n) * (d - 1n)),
} as const

/** The generator's coordinates: y = 4/5, x even. */
export const generator = (() => {
  const y = mod(4n * inverse(5n))
  const x = root(mod((y * y - 1n) * inverse(d * y * y + 1n)))
  return [x, y, 1n, mod(x * y)] as const
})()
