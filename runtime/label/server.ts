import { answerBytesOf, type LabelContract } from '../contract.ts'
import { decodeRequest, encodeReply } from '../message.ts'
import { type RandomBytes, systemRandom } from '../random.ts'
import { signing } from '../reply-key.ts'
import { replying } from '../replying.ts'
import type { Server, ServerEnvironment } from '../server.ts'
import { evaluateLabelHere } from './evaluation.ts'
import { type Group, placeBytes, readyGroup } from './group.ts'
import { multiplesOfGenerator, randomOrder, uniformScalars } from './scalars.ts'
import { type LabelLeaf, type Sums, sumsOf } from './sums.ts'

export type { Contract, LabelAnswer, LabelContract } from '../contract.ts'
export type { Server } from '../server.ts'
export type { LabelLeaf } from './sums.ts'

/** What is drawn for one reply. Scalars are 32 bytes each. */
export interface LabelDraws {
  /** z, of the fresh encryption of zero. */
  zero(group: Group, random: RandomBytes): Uint8Array
  /** rho, one for each leaf. */
  multipliers(group: Group, random: RandomBytes, leaves: number): Uint8Array
  /** Which leaf stands where. */
  order(random: RandomBytes, leaves: number): readonly number[]
}

/** What a server of `label` draws on; the defaults are the right choice outside of tests. */
export interface LabelEnvironment extends Pick<ServerEnvironment, 'random' | 'labelEvaluator'> {
  readonly draws?: Partial<LabelDraws>
}

const uniformDraws: LabelDraws = {
  zero: (group, random) => uniformScalars(group, random, 1),
  multipliers: uniformScalars,
  order: randomOrder,
}

/**
 * Makes the server of a model compiled with `--reveal label`. Generated modules call it with their leaves.
 *
 * @throws {RangeError} if these are not the leaves of one tree on the contract's cuts.
 */
export function defineLabelServer(
  contract: LabelContract,
  leaves: readonly LabelLeaf[],
  { draws, ...environment }: LabelEnvironment = {},
): Server {
  const sums = sumsOf(contract, leaves)
  const constants = readyGroup.then((group) => ({ group, ...constantsOf(group, sums) }))
  constants.catch(() => {})
  return signing(
    (given) => unsignedServer(contract, sums, constants, { ...uniformDraws, ...draws }, given),
    environment,
  )
}

interface Constants {
  /** Per leaf: the number of its `>` edges times G. */
  readonly offsets: readonly Uint8Array[]
}

function constantsOf(group: Group, { leaves }: Sums): Constants {
  const multiples = multiplesOfGenerator(group, 1 + Math.max(...leaves.map(({ above }) => above)))
  return { offsets: leaves.map(({ above }) => multiples[above] ?? new Uint8Array(placeBytes)) }
}

/** Numbers one after another, big-endian in `width` bytes each. */
function placesOf(places: readonly number[], width: number): Uint8Array {
  const bytes = new Uint8Array(places.length * width)
  places.forEach((place, i) => {
    bytes.set(width === 1 ? [place] : [place >> 8, place & 255], i * width)
  })
  return bytes
}

function unsignedServer(
  contract: LabelContract,
  { splits, leaves }: Sums,
  constants: Promise<Constants & { readonly group: Group }>,
  draws: LabelDraws,
  { random = systemRandom, labelEvaluator = evaluateLabelHere }: ServerEnvironment,
): Pick<Server, 'contract' | 'evaluate'> {
  async function answer(bytes: Uint8Array, contractPrint: Uint8Array): Promise<Uint8Array> {
    const { key, ciphertexts } = decodeRequest(bytes, contract, contractPrint)
    const { group, offsets } = await constants
    const order = draws.order(random, leaves.length)
    const offsetsInOrder = new Uint8Array(placeBytes * order.length)
    order.forEach((leaf, i) => {
      offsetsInOrder.set(offsets[leaf] ?? [], i * placeBytes)
    })
    return labelEvaluator({
      key,
      ciphertexts,
      zero: draws.zero(group, random),
      splits,
      sums: order.map((leaf) => leaves[leaf]?.sum ?? 0),
      offsets: offsetsInOrder,
      multipliers: draws.multipliers(group, random, leaves.length),
      answers: placesOf(
        order.map((leaf) => leaves[leaf]?.answer ?? 0),
        answerBytesOf(contract),
      ),
    })
  }

  return { contract, evaluate: replying(contract, answer, encodeReply) }
}
