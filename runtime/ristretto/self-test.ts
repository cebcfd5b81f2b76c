import type { Group } from './group.ts'

/** Known answers; those of multiples and of the hash are RFC 9496's, appendices A.1 and A.3. */
const generator = 'e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76'
const fifteenth = 'e0c418f7c8d9c4cdd7395b93ea124f3ad99021bb681dfc3302a9d99a2e53e64e'
/** 2^512 - 1 modulo the order. */
const allOnes = '000f9c44e31106a447938568a71b0ed065bef517d273ecce3d9a307c1b419903'
const notSquare = '26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371'

const bytesOf = (...hex: string[]) =>
  Uint8Array.from((hex.join('').match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)))
const hexOf = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
const scalar = (value: number) => Uint8Array.from({ length: 32 }, (_, i) => (i < 4 ? (value >> (8 * i)) & 255 : 0))
const join = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]))

/**
 * Tells whether an engine still does what is asked of it, in a millisecond or two: all operations, on known answers and on
 * each other's, in every lane.
 */
export function passesSelfTest({ scalars, borrow }: Group): boolean {
  try {
    return borrow((space) => {
      const decoded = space.decode(bytesOf(generator, '00'.repeat(32), notSquare, fifteenth, generator))
      const valid = String(decoded.valid) === 'true,true,false,true,true'
      const all =
        hexOf(space.encode(decoded.points)) === generator + '00'.repeat(32) + generator + fifteenth + generator

      const multiples = hexOf(space.encode(space.generate(join(scalar(15), scalar(0), scalar(1)))))
      const known =
        multiples === fifteenth + '00'.repeat(32) + generator &&
        hexOf(scalars.reduce(new Uint8Array(64).fill(255))) === allOnes

      // Scalars with digits of every size, in both senses.
      const wide = Uint8Array.from({ length: 5 * 64 }, (_, i) => (i * i * 41 + 7 * i + 3) & 255)
      const a = scalars.reduce(wide)
      const b = scalars.subtract(scalars.negate(a), scalar(9))
      const ab = scalars.halve(scalars.add(scalars.multiply(a, b), scalars.multiply(a, b)))
      const [aG, bG, abG] = [space.generate(a), space.generate(b), space.generate(ab)]
      const sameMultiples = hexOf(space.encode(space.multiply(bG, a))) === hexOf(space.encode(abG))
      const halves = space.generate(scalars.halve(ab))
      const sameDoubles =
        hexOf(space.encodeDoubled(halves)) === hexOf(space.encode(abG)) &&
        hexOf(space.encode(space.double(halves))) === hexOf(space.encode(abG))
      // a G + b G + 9 G is the identity.
      const nine = space.generate(scalar(9))
      const nought = space.add(space.add(aG, bG), nine.at([0, 0, 0, 0, 0]))
      const sums = hexOf(space.encode(nought)) === '00'.repeat(5 * 32)
      const hashed = space.hash(wide)
      const short = wide.slice(0, 5 * 16)
      const long = join(...[0, 1, 2, 3, 4].map((i) => join(short.slice(16 * i, 16 * i + 16), new Uint8Array(16))))
      const eachTerm = space.multiply(hashed, long)
      const total = space.sumMultiples(hashed, short, 16, [5])
      const left = [0, 1, 2, 3, 4].reduce((sum, i) => space.subtract(sum, eachTerm.slice(i, i + 1)), total)
      const shortSums = hexOf(space.encode(left)) === '00'.repeat(32)
      const hashes = hexOf(space.encode(space.hash(hashInput))) === hashOutput
      return valid && all && known && sameMultiples && sameDoubles && sums && shortSums && hashes
    })
  } catch {
    return false
  }
}

const hashInput = bytesOf(
  '5d1be09e3d0c82fc538112490e35701979d99e06ca3e2b5b54bffe8b4dc772c1',
  '4d98b696a1bbfb5ca32c436cc61c16563790306c79eaca7705668b47dffe5bb6',
)
const hashOutput = '3066f82a1a747d45120d1740f14358531a8f04bbffe6a819f86dfe50f44a0a46'
