import sodium from 'libsodium-wrappers-sumo'
import { describe, expect, test } from 'vitest'
import { readyGroup } from '../runtime/label/group.ts'
import { generateLabelKey } from '../runtime/label/keys.ts'
import { multiplesOfGenerator, randomOrder, uniformScalars } from '../runtime/label/scalars.ts'
import { toHex } from '../runtime/paillier/integer.ts'
import { systemRandom } from '../runtime/random.ts'
import vectors from './reference/label.json' with { type: 'json' }

const group = await readyGroup
const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'))

/** The multiples 0 to 15 of the generator: RFC 9496, appendix A.1. */
const multiples = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  'e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76',
  '6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919',
  '94741f5d5d52755ece4f23f044ee27d5d1ea1e2bd196b462166b16152a9d0259',
  'da80862773358b466ffadfe0b3293ab3d9fd53c5ea6c955358f568322daf6a57',
  'e882b131016b52c1d3337080187cf768423efccbb517bb495ab812c4160ff44e',
  'f64746d3c92b13050ed8d80236a7f0007c3b3f962f5ba793d19a601ebb1df403',
  '44f53520926ec81fbd5a387845beb7df85a96a24ece18738bdcfa6a7822a176d',
  '903293d8f2287ebe10e2374dc1a53e0bc887e592699f02d077d5263cdd55601c',
  '02622ace8f7303a31cafc63f8fc48fdc16e1c8c8d234b2f0d6685282a9076031',
  '20706fd788b2720a1ed2a5dad4952b01f413bcf0e7564de8cdc816689e2db95f',
  'bce83f8ba5dd2fa572864c24ba1810f9522bc6004afe95877ac73241cafdab42',
  'e4549ee16b9aa03099ca208c67adafcafa4c3f3e4e5303de6026e3ca8ff84460',
  'aa52e000df2e16f55fb1032fc33bc42742dad6bd5a8fc0be0167436c5948501f',
  '46376b80f409b29dc2b5f6f0c52591990896e5716f41477cd30085ab7f10301e',
  'e0c418f7c8d9c4cdd7395b93ea124f3ad99021bb681dfc3302a9d99a2e53e64e',
]

/** What is no encoding of a point: RFC 9496, appendix A.3; and the identity, which is one and is refused nevertheless. */
const refused = [
  '00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20',
  'c34c4e1826e5d403b78e246e88aa051c36ccf0aafebffe137d148a2bf9104562',
  'c940e5a4404157cfb1628b108db051a8d439e1a421394ec4ebccb9ec92a8ac78',
  '47cfc5497c53dc8e61c91d17fd626ffb1c49e2bca94eed052281b510b1117a24',
  'f1c6165d33367351b0da8f6e4511010c68174a03b6581212c71c0e1d026c3c72',
  '87260f7a2f12495118360f02c26a470f450dadf34a413d21042b43b9d93e1309',
  '26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371',
  '4eac077a713c57b4f4397629a4145982c661f48044dd3f96427d40b147d9742f',
  'de6a7b00deadc788eb6b6c8d20c0ae96c2f2019078fa604fee5b87d6e989ad7b',
  'bcab477be20861e01e4a0e295284146a510150d9817763caf1a6f4b422d67042',
  '2a292df7e32cababbd9de088d1d1abec9fc0440f637ed2fba145094dc14bea08',
  'f4a9e534fc0d216c44b218fa0c42d99635a0127ee2e53c712f70609649fdff22',
  '8268436f8c4126196cf64b3c7ddbda90746a378625f9813dd9b8457077256731',
  '2810e5cbc2cc4d4eece54f61c6f69758e289aa7ab440b3cbeaa21995c2f4232b',
  '3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e',
  'a45fdc55c76448c049a1ab33f17023edfb2be3581e9c7aade8a6125215e04220',
  'd483fe813c6ba647ebbfd3ec41adca1c6130c2beeee9d9bf065c8d151c5f396e',
  '8a2e1d30050198c65a54483123960ccc38aef6848e1ec8f5f780e8523769ba32',
  '32888462f8b486c68ad7dd9610be5192bbeaf3b443951ac1a8118419d9fa097b',
  '227142501b9d4355ccba290404bde41575b037693cef1f438c47f8fbf35d1165',
  '5c37cc491da847cfeb9281d407efc41e15144c876e0170b499a96a22ed31e01e',
  '445425117cb8c90edcbc7c1cc0e74f747f2c1efa5630a967c64f287792a48a4b',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0000000000000000000000000000000000000000000000000000000000000000',
]

describe('the group', () => {
  test('has the multiples of the generator that the RFC has, and so has the Python of the vectors', () => {
    expect(multiplesOfGenerator(group, 16).map(toHex)).toEqual(multiples)
    expect(vectors.multiples).toEqual(multiples)
  })

  test.each(refused)('refuses %s', (encoding) => {
    const isPoint = group.borrow(1, (at) => {
      group.write(at, bytesOf(encoding))
      return group.isPoint(at)
    })
    expect(isPoint).toBe(false)
  })

  test('computes what the wrappers of libsodium compute', () => {
    const [a, b] = [uniformScalars(group, systemRandom, 1), uniformScalars(group, systemRandom, 1)]
    const [p, q] = [sodium.crypto_scalarmult_ristretto255_base(a), sodium.crypto_core_ristretto255_random()]
    const wide = systemRandom(64)
    const computed = group.borrow(6, (out) => {
      const places = [a, b, p, q].map((bytes, i) => {
        group.write(out + 32 * (i + 1), bytes)
        return out + 32 * (i + 1)
      })
      const [atA = 0, atB = 0, atP = 0, atQ = 0] = places
      const result = (work: () => void) => {
        work()
        return group.read(out)
      }
      const sums = [
        result(() => group.generate(out, atA)),
        result(() => group.multiply(out, atB, atQ)),
        result(() => group.add(out, atP, atQ)),
        result(() => group.subtract(out, atP, atQ)),
        result(() => group.multiplyScalars(out, atA, atB)),
        result(() => group.addScalars(out, atA, atB)),
        result(() => group.hash(out, atP)),
      ]
      group.write(atP, wide)
      return [...sums, result(() => group.reduce(out, atP))]
    })
    expect(computed).toEqual([
      p,
      sodium.crypto_scalarmult_ristretto255(b, q),
      sodium.crypto_core_ristretto255_add(p, q),
      sodium.crypto_core_ristretto255_sub(p, q),
      sodium.crypto_core_ristretto255_scalar_mul(a, b),
      sodium.crypto_core_ristretto255_scalar_add(a, b),
      sodium.crypto_hash_sha256(Uint8Array.from([...p, ...q])),
      sodium.crypto_core_ristretto255_scalar_reduce(wide),
    ])
  })

  test('refuses to add or multiply what is no point, and gives borrowed memory back wiped', () => {
    const left = group.borrow(3, (at) => {
      group.write(at, new Uint8Array(96).fill(0xfe))
      expect(() => group.add(at, at, at + 32)).toThrow(RangeError)
      expect(() => group.subtract(at, at, at + 32)).toThrow(RangeError)
      expect(() => group.multiply(at, at, at + 32)).toThrow(RangeError)
      return at
    })
    // The second half: the allocator writes into the first of what is free.
    expect(group.read(left + 64)).toEqual(new Uint8Array(32))
    expect(() => group.borrow(2 ** 27 - 1, () => 0)).toThrow(RangeError)
  })
})

describe('what is drawn', () => {
  test('an order is a permutation, and every one of four leaves comes equally often', () => {
    const counts = new Map<string, number>()
    for (let i = 0; i < 24_000; i++) {
      const order = randomOrder(systemRandom, 4)
      expect(order.toSorted()).toEqual([0, 1, 2, 3])
      counts.set(String(order), (counts.get(String(order)) ?? 0) + 1)
    }
    expect(counts.size).toBe(24)
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)
    // 23 degrees of freedom: exceeded with a chance below 1e-9.
    expect(chiSquare).toBeLessThan(95)
  })

  test('scalars differ, and are below the order', () => {
    const order = 2n ** 252n + 27742317777372353535851937790883648493n
    const bytes = uniformScalars(group, systemRandom, 200)
    const scalars = Array.from({ length: 200 }, (_, i) =>
      BigInt(`0x${toHex(bytes.slice(32 * i, 32 * (i + 1)).reverse())}`),
    )
    expect(new Set(scalars).size).toBe(200)
    expect(scalars.every((scalar) => scalar < order)).toBe(true)
    expect(scalars.some((scalar) => scalar > order / 2n)).toBe(true)
  })

  test('a key does not show its scalar', async () => {
    const key = await generateLabelKey()
    const shown = [
      String(key),
      JSON.stringify({ key }),
      JSON.stringify({ ...key }),
      JSON.stringify(Object.entries(key)),
    ]
    const secret = Buffer.from(key.scalar).toString('hex')
    for (const text of shown) expect(text).not.toContain(secret)
    key.scalar.fill(0)
    expect(toHex(key.scalar)).toBe(secret)
    expect(key.point).not.toEqual((await generateLabelKey()).point)
  })
})
