import { chacha20 } from '@noble/ciphers/chacha.js'
import { describe, expect, test } from 'vitest'
import { expand } from '../../runtime/lattice/expand.ts'
import { latticeSets, residueBits } from '../../runtime/lattice/sets.ts'
import { streamOf } from '../support/lattice.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

/** RFC 8439, appendix A.1: blocks of the stream. */
const blocks: readonly { key: string; nonce: string; counter: number; stream: string }[] = [
  {
    key: '00'.repeat(32),
    nonce: '00'.repeat(12),
    counter: 0,
    stream:
      '76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586',
  },
  {
    key: '00'.repeat(32),
    nonce: '00'.repeat(12),
    counter: 1,
    stream:
      '9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f',
  },
  {
    key: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
    nonce: '000000090000004a00000000',
    counter: 1,
    stream:
      '10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4ed2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e',
  },
]

describe('the expander', () => {
  test.each(blocks)('is ChaCha20 as in RFC 8439: counter $counter, nonce $nonce', ({ key, nonce, counter, stream }) => {
    const [k, n] = [key, nonce].map((text) => Uint8Array.from(Buffer.from(text, 'hex')))
    if (k === undefined || n === undefined) throw new TypeError('two are given')
    expect(hex(chacha20(k, n, new Uint8Array(64), undefined, counter))).toBe(stream)
  })

  test('reads the stream of the RFC as little-endian words, masked to the bits of the prime', () => {
    // The seed 0, the use 0 and the prime 0 are the first two blocks of the RFC; none of their words is skipped.
    const words = Buffer.from(`${blocks[0]?.stream}${blocks[1]?.stream}`, 'hex')
    const want = Array.from({ length: 32 }, (_, i) => words.readUInt32LE(4 * i) & 0x3ffffff)
    const { residues } = expand(latticeSets.S, new Uint8Array(32), 'key')
    expect([...(residues[0] ?? []).slice(0, 32)]).toEqual(want)
  })

  test('skips words that are no residue, and goes on with the next block', () => {
    const set = { name: 'small', degree: 64, primes: [257, 67_104_769] }
    expect(residueBits(set)).toEqual([9, 26])
    const seed = streamOf('seed')(32)
    const nonce = Uint8Array.of(1, ...new Uint8Array(11))
    const stream = Buffer.from(chacha20(seed, nonce, new Uint8Array(4096)))
    const words = Array.from({ length: 1024 }, (_, i) => stream.readUInt32LE(4 * i) & 511).filter((word) => word < 257)
    expect([...(expand(set, seed, 'record').residues[0] ?? [])]).toEqual(words.slice(0, 64))
  })

  test('gives other polynomials for another use, another prime, another seed', () => {
    const set = { name: 'twice', degree: 64, primes: [67_104_769, 67_104_769] }
    const [seed, other] = [new Uint8Array(32), new Uint8Array(32).fill(1)]
    const drawn = [expand(set, seed, 'key'), expand(set, seed, 'record'), expand(set, other, 'key')]
    const texts = drawn.flatMap(({ residues }) => residues.map((values) => values.join()))
    expect(new Set(texts).size).toBe(6)
  })
})
