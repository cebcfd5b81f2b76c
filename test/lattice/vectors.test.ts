import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { evaluate } from '../../runtime/lattice/evaluate.ts'
import { generateLatticeKey } from '../../runtime/lattice/keys.ts'
import { latticeWidths, makeLattice } from '../../runtime/lattice/lattice.ts'
import { prepareModel } from '../../runtime/lattice/model.ts'
import { largestFlood, replyDistance } from '../../runtime/lattice/noise.ts'
import { open } from '../../runtime/lattice/open.ts'
import { seal } from '../../runtime/lattice/seal.ts'
import { latticeSets } from '../../runtime/lattice/sets.ts'
import vectors from '../reference/lattice.json' with { type: 'json' }
import { streamOf } from '../support/lattice.ts'

test.each(vectors.sessions)('$stream on $set, by a script that shares nothing with this code', (session) => {
  const { weights, biases, numbers, scoreBits } = session
  const set = session.set === 'S' ? latticeSets.S : latticeSets.L
  const lattice = makeLattice({ set, inputs: numbers.length, outputs: weights.length, scoreBits })
  const all = weights.flat()
  const flood = largestFlood(
    set,
    scoreBits,
    all.reduce((sum, w) => sum + Math.abs(w), 0),
  )
  const squares = all.reduce((sum, w) => sum + w * w, 0)
  expect([lattice.delta, flood, lattice.replyBits]).toEqual([
    BigInt(session.delta),
    BigInt(session.flood),
    session.replyBits,
  ])
  expect(replyDistance(set, weights.length, squares, flood) / session.distance).toBeCloseTo(1, 12)

  const random = streamOf(session.stream)
  const key = generateLatticeKey(lattice, random)
  const request = seal(lattice, key, numbers, random)
  const reply = evaluate(prepareModel(lattice, { weights, biases, flood }), request, random)
  const fields = Object.entries({ ...request, ...reply }).map(([name, bytes]) => [
    name,
    { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') },
  ])
  expect(Object.fromEntries(fields)).toEqual(session.fields)
  expect(Object.entries(latticeWidths(lattice))).toEqual(
    Object.entries(session.fields).map(([name, { bytes }]) => [name, bytes]),
  )
  expect(open(lattice, key, reply)).toEqual(session.opened)
})
