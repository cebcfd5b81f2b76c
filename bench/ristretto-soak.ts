/**
 * Compares the kernels with libsodium and with each other on random and edge operations, for as many seconds as given (120):
 * `npm run soak:ristretto -- 600`. SEED in the environment has a run again.
 */
import type { Group, PointBatch, ScalarSize, Workspace } from 'emp-compile-runtime/internal/ristretto/group'
import { loadGroup } from 'emp-compile-runtime/internal/ristretto/load'
import { type Draw, drawBytes, drawFrom } from './ristretto-soak-draw.ts'
import { soakField } from './ristretto-soak-field.ts'

const seconds = Number(process.argv[2] ?? 120)
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
const draw = drawFrom(seed)
const groups = await Promise.all((['simd', 'scalar', 'sodium'] as const).map((engine) => loadGroup(engine)))
const sizes: readonly ScalarSize[] = [8, 16, 32]
let operations = 0

/** One batch in one engine: everything that comes out, as bytes. */
function compute(
  { scalars, borrow }: Group,
  work: (space: Workspace, of: Group['scalars']) => readonly Uint8Array[],
): string {
  return borrow((space) =>
    work(space, scalars)
      .map((bytes) => Buffer.from(bytes).toString('hex'))
      .join(' '),
  )
}

/** A batch of every operation, on points and scalars that are random, edges, or results of each other. */
function batch(random: Draw) {
  const count = 1 + Math.floor(random() * 13)
  const [wide, otherWide, encodings] = [64, 64, 32].map((width) => drawBytes(random, count, width)) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ]
  const size = sizes[Math.floor(random() * sizes.length)] as ScalarSize
  const short = drawBytes(random, count, 32)
  const cut = Math.floor(random() * (count + 1))
  operations += 14 * count
  return (space: Workspace, scalars: Group['scalars']) => {
    const [a, b] = [scalars.reduce(wide), scalars.reduce(otherWide)]
    const { points, valid } = space.decode(encodings)
    const factors = size === 32 ? scalars.add(short, a) : short.slice(0, count * size)
    const generated = space.generate(scalars.multiply(a, b))
    const hashed = space.hash(wide)
    const product = space.multiply(space.add(points, hashed), factors, size)
    const sums = space.sumMultiples(space.subtract(generated, points), factors, size, [cut, count - cut])
    const halved = space.generate(scalars.halve(scalars.subtract(a, scalars.negate(b))))
    const again = space.decode(space.encode(product))
    const results: readonly PointBatch[] = [points, generated, hashed, sums, space.double(again.points)]
    return [
      Uint8Array.from(valid, Number),
      Uint8Array.from(again.valid, Number),
      ...results.map((one) => space.encode(one)),
      space.encodeDoubled(halved),
      space.encodeDoubled(product),
      scalars.add(a, b),
    ]
  }
}

console.log(`soak of ristretto255: SEED=${seed}, ${seconds} s`)
const end = performance.now() + 1000 * seconds
let reported = performance.now()
let products = 0
while (performance.now() < end) {
  const state = draw.state()
  const work = batch(draw)
  const [simd, scalar, sodium] = groups.map((group) => compute(group, work))
  if (simd !== sodium || scalar !== sodium) {
    console.error(`engines differ: SEED=${seed}, state ${state}\nsimd   ${simd}\nscalar ${scalar}\nsodium ${sodium}`)
    process.exit(1)
  }
  products += await soakField(draw)
  if (performance.now() - reported > 10_000) {
    reported = performance.now()
    console.log(`  ${operations} operations of the group, ${products} products of field elements`)
  }
}
console.log(`no difference in ${operations} operations of the group, ${products} products of field elements`)
