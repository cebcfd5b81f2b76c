import { at } from '../../at.ts'
import { type Client, defineClient } from '../../client.ts'
import { ProtocolError } from '../../errors.ts'
import type { RistrettoKey } from '../../ristretto/keys.ts'
import { drawNoise, encryptBits, multiplesOf } from '../cipher.ts'
import { openKappa } from '../guard.ts'
import { keysAndNoise, type RistrettoEnvironment } from '../noise.ts'
import type { Opened } from '../scheme.ts'
import { bitsOf, guardGroups, type LabelAnswer, type LabelContract, pointBytes } from './contract.ts'
import { findAnswer } from './hidden-answer.ts'

export * from '../../client.ts'
export type { RistrettoKey } from '../../ristretto/keys.ts'
export type { LabelAnswer, LabelContract } from './contract.ts'

/** The client of a tree of which the answer alone is learned. */
export type LabelClient<Features extends object, Answer extends string | number> = Client<
  Features,
  Answer,
  RistrettoKey
>

/** Makes the client of a compiled model. Generated modules call it. */
export function defineLabelClient<Features extends object, Answer extends string | number>(
  contract: LabelContract,
  environment: RistrettoEnvironment = {},
): LabelClient<Features, Answer> {
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
          const found = openLeaves(key, leaves, contract, kappa).map((place) => {
            const answer = contract.possible[place]
            if (answer === undefined) throw new ProtocolError('bad-reply')
            return answer
          })
          const [answer] = found
          if (answer === undefined || found.length > 1) throw new ProtocolError('bad-reply')
          return { opened: openedOf(answer) as Opened<Answer>, path: [] }
        },
      }
    },
  })
}

/** The places of the answers that are found. @throws {ProtocolError} `bad-ciphertext` */
function openLeaves(
  key: RistrettoKey,
  leaves: Uint8Array,
  { leaves: count }: LabelContract,
  kappa: Uint8Array,
): number[] {
  const width = leaves.length / count
  const parts = Array.from({ length: count }, (_, i) => leaves.subarray(i * width, (i + 1) * width))
  const points = parts.map((leaf) => leaf.subarray(0, pointBytes))
  return multiplesOf(key, points).flatMap(
    (d, i) => findAnswer(at(points, i), d, kappa, at(parts, i).subarray(pointBytes)) ?? [],
  )
}

/** What the client is told of an answer. */
export function openedOf({ answer, percent }: LabelAnswer): Opened {
  if (typeof answer === 'number') return { kind: 'number', answer }
  return { kind: 'class', answer, ...(percent === undefined ? {} : { percent }) }
}
