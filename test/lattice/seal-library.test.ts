import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { expand } from '../../runtime/lattice/expand.ts'
import { makeKey } from '../../runtime/lattice/keys.ts'
import { makeLattice } from '../../runtime/lattice/lattice.ts'
import { prepareModel } from '../../runtime/lattice/model.ts'
import { unpackResidues } from '../../runtime/lattice/pack.ts'
import { sumOfProducts, transform } from '../../runtime/lattice/ring.ts'
import { drawErrors } from '../../runtime/lattice/sample.ts'
import { sealDrawn } from '../../runtime/lattice/seal.ts'
import { latticeSets } from '../../runtime/lattice/sets.ts'
import recorded from '../reference/lattice-seal.json' with { type: 'json' }
import { scoresOf, streamOf } from '../support/lattice.ts'

test.each(recorded.sessions)(
  '$set: Microsoft SEAL decrypts what this code encrypts, and multiplies to the same residues',
  (session) => {
    const { weights, numbers, scoreBits } = session
    // As SEAL decrypted them: the record, and the coefficient of its product with the weights.
    expect(session.decrypted).toEqual(numbers)
    expect([session.productDecrypted]).toEqual(scoresOf([weights], [0], numbers))

    const set = session.set === 'S' ? latticeSets.S : latticeSets.L
    // Two outputs, so that all of c0 is encrypted; the second weighs nothing.
    const lattice = makeLattice({ set, inputs: numbers.length, outputs: 2, scoreBits })
    const { ring } = lattice
    const secret = Int8Array.from(session.secret, (sign) => '-0+'.indexOf(sign) - 1)
    const key = makeKey(lattice, { seed: new Uint8Array(32), secret, errors: new Int8Array(set.degree) })
    const random = streamOf(session.stream)
    const request = sealDrawn(lattice, key, numbers, { seed: random(32), errors: drawErrors(random, set.degree) })
    const rows = [weights, weights.map(() => 0)]
    const hidden = prepareModel(lattice, { weights: rows, biases: [0, 0], flood: 1n }).weights
    const c0 = unpackResidues(set, request.record, set.degree)
    const products = [c0, expand(set, request.recordSeed, 'record')].map((polynomial) =>
      sumOfProducts(ring, [hidden, transform(ring, polynomial)]),
    )
    const residues = products.flatMap((product) => product.residues.map((values) => values.join())).join()
    expect(createHash('sha256').update(residues).digest('hex')).toBe(session.product)
  },
)
