import { at, columns, end, gap, limbBits, run, vectors } from './layout.ts'

/**
 * The source of the WebAssembly kernel: products modulo m^2 on two digits to the base m, in Montgomery form.
 *
 * A digit is an array of 16-bit limbs to the base 2^13, balanced: each within -4097 .. 4096, so that a number has several
 * forms and no carry runs further than two limbs. Two multiplications of limbs and their sum are one instruction,
 * `i32x4.dot_i16x8_s`, in four neighbouring columns of a product at once: a pair of limbs (a[i], a[i + 1]) that is
 * broadcast, by a load at any place of the array of pairs (b[k], b[k - 1]). 126 products of limbs fit a column of 32 bits;
 * its sum is then split into 13 bits (array `low`) and what is carried to the next column (array `high`).
 *
 * With R = 2^(13 limbs) at least 128 m, and T + u m = r R: (r0 + r1 m) is a product a b / R modulo m^2 where
 * r0 is that of T = a0 b0, with u0, and r1 that of T = a0 b1 + a1 b0 - u0. Digits stay between -m and m: see `reduce`.
 * No branch and no address depends on a limb.
 *
 * Source: Montgomery, "Modular multiplication without trial division", 1985; digits: Paillier 1999, §7.
 */

const count = (n: number) => Array.from({ length: n }, (_, i) => i)
const lines = (n: number, line: (i: number) => string) => count(n).map(line).join('\n')

const local = (type: string, ...names: string[]) => names.map((name) => `(local $${name} ${type})`).join(' ')
const sums = count(vectors).map((v) => `sum${v}`)
const zero = '(v128.const i32x4 0 0 0 0)'
const address = (name: keyof typeof at) => `(i32.const ${at[name]})`
const times = (value: string, power: number) => `(i32.shl ${value} (i32.const ${power}))`

/**
 * Adds `pairs` pairs of limbs at $a times the columns at $b, the highest of which belong to the first pair. A pair and
 * the one after the next share loads: what the first needs for a vector, the other needs for the vector above it.
 */
function multiplyPairs(pairs: number, isNeeded: (pair: number, vector: number) => boolean = () => true): string {
  const sharing = (first: number) => [first, first + 2, first + 4].filter((pair) => pair < pairs)
  const groups = count(pairs)
    .filter((pair) => pair % 6 < 2)
    .map(sharing)
  const terms = groups.map((group) => {
    const broadcasts = group.map(
      (pair, i) => `(local.set $pair${i} (v128.load32_splat offset=${4 * pair} align=4 (local.get $a)))`,
    )
    const loads = count(vectors + group.length - 1).map((load) => {
      const uses = group.flatMap((pair, i) => {
        const vector = load - group.length + 1 + i
        return vector >= 0 && vector < vectors && isNeeded(pair, vector) ? [{ pair, i, vector }] : []
      })
      return uses.map(({ pair, i, vector }, nth) => {
        const offset = 8 * (pairs - 1 - pair) + 16 * vector
        const loaded = `(local.tee $columns (v128.load offset=${offset} align=4 (local.get $b)))`
        const dot = `(i32x4.dot_i16x8_s (local.get $pair${i}) ${nth === 0 ? loaded : '(local.get $columns)'})`
        return `(local.set $sum${vector} (i32x4.add (local.get $sum${vector}) ${dot}))`
      })
    })
    return [...broadcasts, ...loads.flat()].join('\n')
  })
  return terms.join('\n')
}

/** Splits the sums and adds them, doubled or not, to the arrays at $low and $high. */
function splitSums(vectors: number, doubled = false): string {
  return lines(vectors, (v) => {
    const add = (array: string, value: string) =>
      `(v128.store offset=${16 * v} (local.get $${array}) (i32x4.add (v128.load offset=${16 * v} (local.get $${array})) ${doubled ? `(i32x4.shl ${value} (i32.const 1))` : value}))`
    const mask = 2 ** limbBits - 1
    return `${add('low', `(v128.and (local.get $sum${v}) (v128.const i32x4 ${mask} ${mask} ${mask} ${mask}))`)}
      ${add('high', `(i32x4.shr_s (local.get $sum${v}) (i32.const ${limbBits}))`)}`
  })
}

/** All limbs of $factor from $i to $end times the columns from $column on, by `step` pairs at a time. */
function multiplyRuns(step: number, width: number, doubled = false): string {
  const one = width === 1
  return `
  (loop $runs
    (local.set $count (i32.sub (local.get $end) (local.get $i)))
    (if (i32.gt_s (local.get $count) (i32.const ${run})) (then (local.set $count (i32.const ${run}))))
    ${lines(width, (v) => `(local.set $sum${v} ${zero})`)}
    (local.set $a (i32.add (local.get $factor) ${times('(local.get $i)', 1)}))
    (local.set $b (i32.sub
      (i32.add (local.get $pairs) ${times('(i32.sub (local.get $column) (local.get $i))', 2)})
      (i32.const ${8 * (step - 1)})))
    (local.set $i (i32.add (local.get $i) (local.get $count)))
    (local.set $stop (i32.add (local.get $a) ${times('(local.get $count)', 1)}))
    (loop $steps
      ${one ? multiplyPairs(step, (_, vector) => vector === 0) : multiplyPairs(step)}
      (local.set $b (i32.sub (local.get $b) (i32.const ${8 * step})))
      (local.set $a (i32.add (local.get $a) (i32.const ${4 * step})))
      (br_if $steps (i32.lt_u (local.get $a) (local.get $stop))))
    ${splitSums(width, doubled)}
    (br_if $runs (i32.lt_s (local.get $i) (local.get $end))))`
}

const productLocals = [
  local('i32', 'i', 'end', 'count', 'a', 'b', 'stop', 'low', 'high'),
  local('v128', 'columns', 'pair0', 'pair1', 'pair2', ...sums),
].join(' ')

/** $low and $high at the columns from $column on. */
const locate = `
  (local.set $low (i32.add (local.get $lows) ${times('(local.get $column)', 2)}))
  (local.set $high (i32.add (local.get $highs) ${times('(local.get $column)', 2)}))`
/** The first limb of a factor that counts in the columns from $column on. */
const firstLimb = `(local.set $i (select
  (i32.sub (local.get $column) (local.get $length)) (i32.const 0)
  (i32.gt_s (local.get $column) (local.get $length))))`
const nextBlock = (last: string) => `
  (local.set $column (i32.add (local.get $column) (i32.const ${columns})))
  (br_if $blocks (i32.lt_s (local.get $column) ${last}))`

const multiply = `
(func $multiply (param $factor i32) (param $pairs i32) (param $lows i32) (param $highs i32) (param $column i32)
  (param $last i32) (param $length i32) ${productLocals}
  (loop $blocks
    ${firstLimb}
    (local.set $end (i32.add (local.get $column) (i32.const ${columns})))
    (if (i32.gt_s (local.get $end) (local.get $length)) (then (local.set $end (local.get $length))))
    ${locate}
    ${multiplyRuns(vectors, vectors)}
    ${nextBlock('(local.get $last)')}))`

/**
 * Products of two different limbs are added once and doubled. From limb column / 2 on, where that would count some
 * twice, a block of limbs is multiplied as two factors are, by pairs that are zero below it.
 */
const square = `
(func $square (param $factor i32) (param $pairs i32) (param $lows i32) (param $highs i32) (param $length i32)
  (local $column i32) ${productLocals}
  (loop $blocks
    ${firstLimb}
    ${locate}
    (local.set $end (i32.shr_u (local.get $column) (i32.const 1)))
    (if (i32.lt_s (local.get $i) (local.get $end)) (then ${multiplyRuns(vectors, vectors, true)}))
    ${lines(vectors, (v) => `(local.set $sum${v} ${zero})`)}
    (local.set $a (i32.add (local.get $pairs) ${times('(local.get $end)', 2)}))
    ${lines(vectors, (v) => `(v128.store offset=${at.squarePairs + 16 * v} (i32.const 0) (v128.load offset=${16 * v} align=4 (local.get $a)))`)}
    (i32.store16 offset=${at.squarePairs + 2} (i32.const 0) (i32.const 0))
    (local.set $a (i32.add (local.get $factor) ${times('(local.get $end)', 1)}))
    (local.set $b (i32.const ${at.squarePairs - 8 * (columns / 2 - 1)}))
    ${multiplyPairs(columns / 2, (pair, vector) => 4 * vector + 3 >= 2 * pair)}
    ${splitSums(vectors)}
    ${nextBlock(times('(local.get $length)', 1))}))`

/** The four columns below those that are wanted: what is carried from them is exact, whatever lies lower. */
const multiplyGuard = `
(func $multiplyGuard (param $factor i32) (param $pairs i32) (param $lows i32) (param $highs i32) (param $length i32)
  (local $column i32) ${productLocals}
  (local.set $column (i32.sub (local.get $length) (i32.const 4)))
  (local.set $end (local.get $length))
  ${locate}
  ${multiplyRuns(2 * vectors, 1)})`

/** Leaves of each column what fits a limb, and carries the rest. */
const carry = (column: string, carried: string) => `
  (local.set $carry (i32x4.shr_s (i32x4.add (local.get $${column}) (local.get $half)) (i32.const ${limbBits})))
  (local.set $${column} (i32x4.add
    (i32x4.sub (local.get $${column}) (i32x4.shl (local.get $carry) (i32.const ${limbBits})))
    (i8x16.shuffle 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 (local.get $${carried}) (local.get $carry))))
  (local.set $${carried} (local.get $carry))`
const carryTwice = (offset: number, column: string) => `
  (local.set $${column} (i32x4.add
    (v128.load offset=${offset} align=4 (local.get $low)) (v128.load offset=${offset} align=4 (local.get $high))))
  ${carry(column, 'carried')}
  ${carry(column, 'carriedNext')}`

/**
 * The limbs of the columns at $low and $high, from the four columns below them on. Columns stay below 2^23, so that
 * the second carry is -1, 0 or 1, and what is carried out of the last limb is dropped: a multiple of R.
 */
const limbs = `
(func $limbs (param $low i32) (param $high i32) (param $limbs i32) (param $length i32)
  ${local('i32', 'stop')} ${local('v128', 'half', 'carry', 'carried', 'carriedNext', 'first', 'second')}
  (local.set $half (i32x4.splat (i32.const ${2 ** (limbBits - 1)})))
  (local.set $low (i32.sub (local.get $low) (i32.const 16)))
  (local.set $high (i32.sub (local.get $high) (i32.const 20)))
  ${carryTwice(0, 'first')}
  (local.set $stop (i32.add (local.get $limbs) ${times('(local.get $length)', 1)}))
  (loop $more
    ${carryTwice(16, 'first')}
    ${carryTwice(32, 'second')}
    (v128.store (local.get $limbs) (i16x8.narrow_i32x4_s (local.get $first) (local.get $second)))
    (local.set $low (i32.add (local.get $low) (i32.const 32)))
    (local.set $high (i32.add (local.get $high) (i32.const 32)))
    (local.set $limbs (i32.add (local.get $limbs) (i32.const 16)))
    (br_if $more (i32.lt_u (local.get $limbs) (local.get $stop)))))`

/** The pairs (b[k], b[k - 1]) of a digit and of the zeros behind it. */
const makePairs = `
(func $makePairs (export "makePairs") (param $limbs i32) (param $pairs i32) (param $length i32)
  ${local('i32', 'stop')} ${local('v128', 'these', 'below')}
  (local.set $stop (i32.add (local.get $limbs) ${times(`(i32.add (local.get $length) (i32.const ${gap}))`, 1)}))
  (loop $more
    (local.set $these (v128.load (local.get $limbs)))
    (local.set $below (v128.load align=2 (i32.sub (local.get $limbs) (i32.const 2))))
    (v128.store (local.get $pairs)
      (i8x16.shuffle 0 1 16 17 2 3 18 19 4 5 20 21 6 7 22 23 (local.get $these) (local.get $below)))
    (v128.store offset=16 (local.get $pairs)
      (i8x16.shuffle 8 9 24 25 10 11 26 27 12 13 28 29 14 15 30 31 (local.get $these) (local.get $below)))
    (local.set $pairs (i32.add (local.get $pairs) (i32.const 32)))
    (local.set $limbs (i32.add (local.get $limbs) (i32.const 16)))
    (br_if $more (i32.lt_u (local.get $limbs) (local.get $stop)))))`

/** Doubles the columns of a whole product. */
const doubleColumns = `
(func $doubleColumns (param $length i32) ${local('i32', 'at', 'stop')}
  (local.set $stop ${times('(local.get $length)', 3)})
  (loop $more
    ${['low', 'high']
      .map((name) => at[name as 'low' | 'high'])
      .map(
        (offset) =>
          `(v128.store offset=${offset} (local.get $at) (i32x4.shl (v128.load offset=${offset} (local.get $at)) (i32.const 1)))`,
      )
      .join('\n')}
    (local.set $at (i32.add (local.get $at) (i32.const 16)))
    (br_if $more (i32.lt_u (local.get $at) (local.get $stop)))))`

/** Takes the limbs at `u` from the columns at `low`. */
const subtractQuotient = `
(func $subtractQuotient (param $length i32) ${local('i32', 'low', 'limbs', 'stop')} ${local('v128', 'some')}
  (local.set $low ${address('low')})
  (local.set $limbs ${address('u')})
  (local.set $stop (i32.add (local.get $limbs) ${times('(local.get $length)', 1)}))
  (loop $more
    (local.set $some (v128.load (local.get $limbs)))
    (v128.store (local.get $low)
      (i32x4.sub (v128.load (local.get $low)) (i32x4.extend_low_i16x8_s (local.get $some))))
    (v128.store offset=16 (local.get $low)
      (i32x4.sub (v128.load offset=16 (local.get $low)) (i32x4.extend_high_i16x8_s (local.get $some))))
    (local.set $low (i32.add (local.get $low) (i32.const 32)))
    (local.set $limbs (i32.add (local.get $limbs) (i32.const 16)))
    (br_if $more (i32.lt_u (local.get $limbs) (local.get $stop)))))`

const length = '(local.get $length)'
const twice = times(length, 1)
const clear = (name: keyof typeof at, bytes: number) =>
  `(memory.fill ${address(name)} (i32.const 0) ${times(length, Math.log2(bytes))})`
const clearColumns = `${clear('low', 8)} ${clear('high', 8)}`
const above = (name: 'low' | 'high') => `(i32.add ${address(name)} ${times(length, 2)})`
const into = `${address('low')} ${address('high')}`

/**
 * From T in the columns, u = T (-1 / m) modulo R, left at `u`, and r = (T + u m) / R, the limbs of which go to $digit.
 * |u| < 0.51 R, and |T| < 2.1 m^2 + |u| where digits are between -m and m: then so is r, as m is at most R / 128.
 */
const reduce = `
(func $reduce (param $digit i32) (param $length i32)
  (call $limbs ${into} ${address('t')} ${length})
  ${clear('quotientLow', 4)} ${clear('quotientHigh', 4)}
  (call $multiply ${address('t')} ${address('inversePairs')} ${address('quotientLow')} ${address('quotientHigh')}
    (i32.const 0) ${length} ${length})
  (call $limbs ${address('quotientLow')} ${address('quotientHigh')} ${address('u')} ${length})
  (call $multiplyGuard ${address('u')} ${address('modulusPairs')} ${into} ${length})
  (call $multiply ${address('u')} ${address('modulusPairs')} ${into} ${length} ${twice} ${length})
  (call $limbs ${above('low')} ${above('high')} (local.get $digit) ${length}))`

const second = (name: 'x' | 'y') => `(i32.add ${address(name)} ${times(`(i32.add ${length} (i32.const ${gap}))`, 1)})`
const wholeProduct = (factor: string, pairs: 'lowPairs' | 'highPairs') =>
  `(call $multiply ${factor} ${address(pairs)} ${into} (i32.const 0) ${twice} ${length})`

/** x becomes x^2, $times times. */
const squareResidue = `
(func (export "square") (param $length i32) (param $times i32)
  (loop $again
    (call $makePairs ${address('x')} ${address('lowPairs')} ${length})
    ${clearColumns}
    (call $square ${address('x')} ${address('lowPairs')} ${into} ${length})
    (call $reduce ${address('x')} ${length})
    ${clearColumns}
    ${wholeProduct(second('x'), 'lowPairs')}
    (call $doubleColumns ${length})
    (call $subtractQuotient ${length})
    (call $reduce ${second('x')} ${length})
    (local.set $times (i32.sub (local.get $times) (i32.const 1)))
    (br_if $again (local.get $times))))`

/** x becomes x y. */
const multiplyResidues = `
(func (export "multiply") (param $length i32)
  (call $makePairs ${address('x')} ${address('lowPairs')} ${length})
  (call $makePairs ${second('x')} ${address('highPairs')} ${length})
  ${clearColumns}
  ${wholeProduct(address('y'), 'lowPairs')}
  (call $reduce ${address('x')} ${length})
  ${clearColumns}
  ${wholeProduct(address('y'), 'highPairs')}
  ${wholeProduct(second('y'), 'lowPairs')}
  (call $subtractQuotient ${length})
  (call $reduce ${second('x')} ${length}))`

/** The module as text. */
export const source = `(module
(memory (export "memory") ${Math.ceil(end / 65536)})
${[multiply, square, multiplyGuard, limbs, makePairs, doubleColumns, subtractQuotient, reduce, squareResidue, multiplyResidues].join('\n')})`
