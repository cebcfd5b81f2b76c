/**
 * What an operation of the group costs in each engine, in microseconds of CPU, all in one run: `npm run bench:ristretto`.
 * With --json as JSON. The engines take turns, and the least of the rounds counts: what else the machine does falls on all.
 */

import { systemRandom } from 'emp-compile-runtime/internal/random'
import type { Engine, Group, PointBatch, Workspace } from 'emp-compile-runtime/internal/ristretto/group'
import { instantiate } from 'emp-compile-runtime/internal/ristretto/kernel'
import { engines, loadGroup } from 'emp-compile-runtime/internal/ristretto/load'
import { kernel as scalarKernel } from 'emp-compile-runtime/internal/ristretto/wasm-scalar'
import { kernel as simdKernel } from 'emp-compile-runtime/internal/ristretto/wasm-simd'
import { cpu as milliseconds, row } from './measure.ts'

const count = 256
const rounds = 25
const fieldProducts = 20_000

/** Microseconds of the process so far. */
const cpu = () => 1000 * milliseconds()

const wide = systemRandom(64 * count)
const otherWide = systemRandom(64 * count)

/** Operations on `count` items each, on points that are there. */
function operationsOf({ scalars, borrow }: Group, space: Workspace): Readonly<Record<string, () => unknown>> {
  const [a, b, short, shorter] = [
    scalars.reduce(wide),
    scalars.reduce(otherWide),
    wide.slice(0, 16 * count),
    wide.slice(0, 8 * count),
  ]
  const [p, q]: [PointBatch, PointBatch] = [space.generate(a), space.generate(b)]
  const encodings = space.encode(p)
  const lent = (work: (own: Workspace) => unknown) => () => borrow(work)
  return {
    'fixed base': lent((own) => own.generate(a)),
    'variable base, 252 bits': lent((own) => own.multiply(p, b)),
    'variable base, 128 bits': lent((own) => own.multiply(p, short, 16)),
    'sum of multiples, 64 bits': lent((own) => own.sumMultiples(p, shorter, 8, [count])),
    add: lent((own) => own.add(p, q)),
    double: lent((own) => own.double(p)),
    decode: lent((own) => own.decode(encodings)),
    'encode, doubled': lent((own) => own.encodeDoubled(p)),
    'encode, as it is': lent((own) => own.encode(p)),
    'hash to group': lent((own) => own.hash(wide)),
    'scalar from 64 bytes': () => scalars.reduce(wide),
    'scalar product': () => scalars.multiply(a, b),
  }
}

/** Nanoseconds of a product and of a square, for one element. */
async function fieldTimes(kernel: typeof simdKernel | typeof scalarKernel) {
  const { squares, multiply } = await instantiate(kernel.wasm)
  const [a, b] = [kernel.heap, kernel.heap + 320]
  const times = { product: Number.POSITIVE_INFINITY, square: Number.POSITIVE_INFINITY }
  for (let round = 0; round < rounds; round++) {
    let start = cpu()
    for (let i = 0; i < fieldProducts; i++) multiply(a, a, b)
    times.product = Math.min(times.product, (1000 * (cpu() - start)) / fieldProducts / kernel.lanes)
    start = cpu()
    squares(a, a, fieldProducts)
    times.square = Math.min(times.square, (1000 * (cpu() - start)) / fieldProducts / kernel.lanes)
  }
  return times
}

/** What was expected of the kernels, and of libsodium, on another machine. */
const expected: Readonly<Record<string, readonly [simd: number, scalar: number, sodium: number]>> = {
  'fixed base': [8, 11.5, 42],
  'variable base, 252 bits': [40, 70, 118],
  add: [0.2, 0.3, 23.5],
  decode: [4, 7, 7.8],
  'encode, doubled': [0.5, 0.9, 8],
  'hash to group': [8.6, 15, 25],
}

const least = new Map<string, Map<Engine, number>>()
const groups = await Promise.all(engines.map(loadGroup))
function measure(spaces: readonly Workspace[], left: readonly Group[]): void {
  const [group, ...others] = left
  if (group !== undefined) {
    group.borrow((space) => measure([...spaces, space], others))
    return
  }
  const operations = groups.map((one, i) => operationsOf(one, spaces[i] as Workspace))
  for (let round = 0; round < rounds; round++) {
    for (const [i, { engine }] of groups.entries()) {
      if (engine === 'sodium' && round % 5 !== 0) continue
      for (const [name, operation] of Object.entries(operations[i] ?? {})) {
        const start = cpu()
        operation()
        const each = (cpu() - start) / count
        const times = least.get(name) ?? new Map<Engine, number>()
        least.set(name, times.set(engine, Math.min(each, times.get(engine) ?? Number.POSITIVE_INFINITY)))
      }
    }
  }
}
measure([], groups)
const field = { simd: await fieldTimes(simdKernel), scalar: await fieldTimes(scalarKernel) }

if (process.argv.includes('--json')) {
  const results = [...least].map(([operation, times]) => ({ operation, ...Object.fromEntries(times) }))
  console.log(JSON.stringify({ unit: 'us', count, field, results }, null, 2))
} else {
  console.log(
    `ristretto255, us of CPU an operation, in batches of ${count}; in brackets what was expected of the kernels`,
  )
  console.log(
    row([
      ['operation', 27],
      ['simd', 16],
      ['scalar', 16],
      ['sodium', 16],
    ]),
  )
  for (const [name, times] of least) {
    const cells = engines.map((engine, i): [string, number] => {
      const target = expected[name]?.[i]
      return [`${(times.get(engine) ?? Number.NaN).toFixed(2)}${target === undefined ? '' : ` (${target})`}`, 16]
    })
    console.log(row([[name, 27], ...cells]))
  }
  for (const name of ['product', 'square'] as const) {
    const [simd, scalar] = [field.simd[name], field.scalar[name]].map((ns) => `${ns.toFixed(1)} ns`) as [string, string]
    console.log(
      row([
        [`field ${name}`, 27],
        [simd, 16],
        [scalar, 16],
      ]),
    )
  }
}
