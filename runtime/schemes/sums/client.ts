import { at } from '../../at.ts'
import { type Client, defineClient } from '../../client.ts'
import { ProtocolError } from '../../errors.ts'
import type { RistrettoKey } from '../../ristretto/keys.ts'
import { drawNoise, encryptBits, multiplesOf } from '../cipher.ts'
import { bitsOf, guardGroups, pointBytes } from '../groups.ts'
import { openKappa } from '../guard.ts'
import { findPayload } from '../hidden.ts'
import { openScores, scoreCount } from '../link.ts'
import { keysAndNoise, type RistrettoEnvironment } from '../noise.ts'
import { addedBy, firstLeaves, type SumsContract, scoreBytes } from './contract.ts'

export * from '../../client.ts'
export type { RistrettoKey } from '../../ristretto/keys.ts'
export type { SumsContract } from './contract.ts'

/** The client of a sum of trees. It learns the scores. */
export type SumsClient<Features extends object, Answer extends string | number> = Client<Features, Answer, RistrettoKey>

/** Makes the client of a compiled model. Generated modules call it. */
export function defineSumsClient<Features extends object, Answer extends string | number>(
  contract: SumsContract,
  environment: RistrettoEnvironment = {},
): SumsClient<Features, Answer> {
  const count = bitsOf(contract)
  const groups = guardGroups(contract)
  const { generateKey, prepare, take } = keysAndNoise(environment, (key, random) => drawNoise(key, random, count))

  return defineClient(contract, {
    generateKey,
    prepare,
    seal(cells, key) {
      const bits = contract.cuts.flatMap((cuts, feature) => cuts.map((cut) => at(cells, feature) > cut))
      const noise = take(key)
      return {
        fields: { key: key.point, ciphertexts: encryptBits(key, noise, bits) },
        open({ leaves = new Uint8Array(), guards }, request) {
          const kappa = guards === undefined ? request : openKappa(key, groups, bits, guards, request)
          return { opened: openScores<Answer>(contract, openSums(key, leaves, contract, kappa)), path: [] }
        },
      }
    },
  })
}

/** The scores: of every tree exactly one leaf opens, and the masks of all fall away in the sum. @throws {ProtocolError} */
function openSums(key: RistrettoKey, leaves: Uint8Array, contract: SumsContract, kappa: Uint8Array): readonly number[] {
  const total = contract.leaves.reduce((sum, own) => sum + own, 0)
  const width = leaves.length / total
  const parts = Array.from({ length: total }, (_, i) => leaves.subarray(i * width, (i + 1) * width))
  const points = parts.map((leaf) => leaf.subarray(0, pointBytes))
  const multiples = multiplesOf(key, points)
  const firsts = firstLeaves(contract.leaves)
  const sums = Array.from({ length: scoreCount(contract) }, () => 0)
  for (const [tree, own] of contract.leaves.entries()) {
    const first = at(firsts, tree)
    const found = Array.from({ length: own }, (_, i) => first + i).flatMap(
      (i) => findPayload(at(points, i), at(multiples, i), kappa, at(parts, i).subarray(pointBytes)) ?? [],
    )
    const [payload] = found
    if (payload === undefined || found.length > 1) throw new ProtocolError('bad-reply')
    for (const [output, masked] of addedBy(contract, tree, numbersOf(payload))) {
      sums[output] = (at(sums, output) + masked) | 0
    }
  }
  return sums
}

/** Numbers of 32 bits, big-endian. */
function numbersOf(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: bytes.length / scoreBytes }, (_, i) => view.getUint32(scoreBytes * i))
}
