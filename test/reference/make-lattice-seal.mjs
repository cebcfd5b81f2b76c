/**
 * Writes lattice-seal.json: what Microsoft SEAL 4.1 makes of our ciphertexts. SEAL draws the key; our code encrypts under it;
 * SEAL decrypts, multiplies by hidden weights (`multiply_plain`), and decrypts the product. The test has our code compute the
 * same residues. SEAL's keys are its own, so the file is another one at each run: it was recorded once.
 *
 * Needs a build of this repository, and node-seal 5.1, which is no dependency. From the root of the repository, on Node 20:
 *   npm install --prefix /tmp/seal node-seal@5.1.7
 *   npm run build && node test/reference/make-lattice-seal.mjs /tmp/seal
 *   npx biome check --write test/reference
 */
import { createCipheriv, createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { expand } from '../../runtime/dist/lattice/expand.js'
import { makeKey } from '../../runtime/dist/lattice/keys.js'
import { makeLattice } from '../../runtime/dist/lattice/lattice.js'
import { unpackResidues } from '../../runtime/dist/lattice/pack.js'
import { drawErrors } from '../../runtime/dist/lattice/sample.js'
import { sealDrawn } from '../../runtime/dist/lattice/seal.js'
import { latticeSets } from '../../runtime/dist/lattice/sets.js'

const seal = await createRequire(resolve(process.argv[2], 'package.json'))('node-seal')()
const { none } = seal.ComprModeType
/**
 * SEAL, as node-seal builds it, takes only primes that are 1 modulo 2N as t. Ours is 2^16: SEAL finds m 65537 / 65536, which
 * rounds to m where m is below 2^14.
 */
const [scoreBits, t] = [16, 65_537]

/** The last numbers of what SEAL saves: 64 bits each, little-endian. */
function numbersIn(saved, count) {
  const view = new DataView(saved.buffer, saved.byteOffset + saved.length - 8 * count)
  return Float64Array.from({ length: count }, (_, i) => Number(view.getBigUint64(8 * i, true)))
}

/** What SEAL saved, with other numbers at the end. */
function withNumbers(saved, numbers) {
  const bytes = Uint8Array.from(saved)
  const view = new DataView(bytes.buffer, bytes.length - 8 * numbers.length)
  for (const [i, number] of numbers.entries()) view.setBigUint64(8 * i, BigInt(number), true)
  return bytes
}

const reverse = (i, bits) => Number.parseInt(i.toString(2).padStart(bits, '0').split('').reverse().join(''), 2)

/**
 * SEAL keeps its secret as values at the odd powers of the least root of X^N + 1, ours at those of another root; the values
 * of X tell which. Both are in the order of reversed bits.
 */
function secretOf(lattice, key, place) {
  const { degree, primes } = lattice.set
  const [values, bits, p] = [
    numbersIn(key.saveArray(none), degree * (primes.length + 1)),
    Math.log2(degree),
    primes[place],
  ]
  const { forward, inverse } = lattice.ring.transformers[place]
  const roots = Float64Array.from({ length: degree }, (_, i) => Number(i === 1))
  forward(roots)
  const least = roots.map((root) => (root + p) % p).reduce((a, b) => Math.min(a, b))
  const exponent =
    2 *
      reverse(
        roots.findIndex((root) => (root + p) % p === least),
        bits,
      ) +
    1
  const ours = new Float64Array(degree)
  for (let i = 0; i < degree; i++) {
    const power = (exponent * (2 * reverse(i, bits) + 1)) % (2 * degree)
    ours[reverse((power - 1) / 2, bits)] = values[i]
  }
  inverse(ours)
  if (!ours.every((x) => x < 2 || x === p - 1)) throw new Error('the secret is not ternary')
  return Int8Array.from(ours, (x) => (x < 2 ? x : -1))
}

function record(name, weights, numbers) {
  const set = latticeSets[name]
  const [degree, inputs] = [set.degree, numbers.length]
  // Two outputs, so that all of c0 is encrypted; the weights are those of the first alone.
  const lattice = makeLattice({ set, inputs, outputs: 2, scoreBits })
  const parameters = seal.EncryptionParameters(seal.SchemeType.bfv)
  parameters.setPolyModulusDegree(degree)
  // SEAL keeps the last prime for switching keys, which is not done here.
  const bits = [...set.primes.map((p) => Math.ceil(Math.log2(p))), 30]
  parameters.setCoeffModulus(seal.CoeffModulus.Create(degree, Int32Array.from(bits)))
  parameters.setPlainModulus(seal.Modulus(BigInt(t)))
  // SEAL has the same primes, in its own order.
  const order = [...parameters.coeffModulus].slice(0, -1).map((p) => set.primes.indexOf(Number(p)))
  const context = seal.Context(parameters, false, seal.SecurityLevel.none)
  const generator = seal.KeyGenerator(context)
  const secretKey = generator.secretKey()
  const [decryptor, evaluator] = [seal.Decryptor(context, secretKey), seal.Evaluator(context)]
  const secret = secretOf(lattice, secretKey, order[0])

  const stream = `seal ${name}`
  const cipher = createCipheriv('chacha20', createHash('sha256').update(stream).digest(), Buffer.alloc(16))
  const random = (length) => Uint8Array.from(cipher.update(Buffer.alloc(length)))
  const seed = random(32)
  const key = makeKey(lattice, { seed: new Uint8Array(32), secret, errors: new Int8Array(degree) })
  const request = sealDrawn(lattice, key, numbers, { seed, errors: drawErrors(random, degree) })

  const c0 = unpackResidues(set, request.record, degree).residues
  const c1 = expand(set, seed, 'record').residues
  const template = seal.Encryptor(context, generator.createPublicKey()).encrypt(seal.PlainText())
  const all = [c0, c1].flatMap((polynomial) => order.flatMap((place) => [...polynomial[place]]))
  const ciphertext = seal.CipherText()
  ciphertext.loadArray(context, withNumbers(template.saveArray(none), all))
  const read = (encrypted, count) => {
    const plain = decryptor.decrypt(encrypted)
    const coefficients = [...numbersIn(plain.saveArray(none), plain.coeffCount)]
    return Array.from({ length: count }, (_, i) => coefficients[i] ?? 0).map((x) => (x < t / 2 ? x : x - t))
  }

  const hidden = new Float64Array(degree)
  weights.forEach((w, i) => {
    const place = i === 0 ? 0 : degree - i
    hidden[place] = ((i === 0 ? w : -w) + t) % t
  })
  const plain = seal.PlainText()
  plain.resize(degree)
  plain.loadArray(context, withNumbers(plain.saveArray(none), [...hidden]))
  const product = evaluator.multiplyPlain(ciphertext, plain)
  const residues = numbersIn(product.saveArray(none), all.length)
  const ours = [0, 1].flatMap((polynomial) =>
    set.primes.map((_, place) => {
      const from = (polynomial * order.length + order.indexOf(place)) * degree
      return residues.subarray(from, from + degree)
    }),
  )
  return {
    set: name,
    scoreBits,
    stream,
    secret: Array.from(secret, (x) => '-0+'[x + 1]).join(''),
    numbers,
    weights,
    decrypted: read(ciphertext, inputs),
    // SHA-256 of the decimal residues, with commas: of W c0, then of W a', prime by prime.
    product: createHash('sha256')
      .update(ours.map((values) => values.join()).join())
      .digest('hex'),
    productDecrypted: read(product, 1)[0],
  }
}

const integers = (count, largest, step) =>
  Array.from({ length: count }, (_, i) => (((i + 1) * step) % (2 * largest + 1)) - largest)
const recorded = {
  script: 'make-lattice-seal.mjs',
  library: 'Microsoft SEAL 4.1 by node-seal 5.1.7',
  sessions: [
    record('S', integers(20, 32, 37), integers(20, 15, 53)),
    record('L', integers(104, 31, 91), integers(104, 3, 5)),
  ],
}
writeFileSync('test/reference/lattice-seal.json', JSON.stringify(recorded))
