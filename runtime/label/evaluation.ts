import { checkBytes } from '../contract.ts'
import { ProtocolError } from '../errors.ts'
import { type Group, placeBytes, readyGroup } from './group.ts'
import { hiddenAnswerPlaces, hideAnswer } from './hidden-answer.ts'
import type { Split } from './sums.ts'

/**
 * The part of a request's evaluation that takes time, as plain data: it may be done in another thread. All byte strings
 * but the request's, hold one entry per leaf, in the order of the reply.
 */
export interface LabelEvaluation {
  /** P, and the ciphertexts of the request. */
  readonly key: Uint8Array
  readonly ciphertexts: Uint8Array
  /** The scalar z of the fresh encryption of zero. */
  readonly zero: Uint8Array
  readonly splits: readonly Split[]
  /** Which sum is a leaf's. */
  readonly sums: readonly number[]
  /** Points: how many of a leaf's edges are `>` edges, times G. */
  readonly offsets: Uint8Array
  /** The scalars rho. */
  readonly multipliers: Uint8Array
  /** The place of a leaf's answer, big-endian in as many bytes as the contract's answers need. */
  readonly answers: Uint8Array
}

/** The first part of an evaluation: its result are the costs of the leaves, encrypted. */
export type SumTask = Pick<LabelEvaluation, 'key' | 'ciphertexts' | 'zero' | 'splits' | 'sums' | 'offsets'>

/** The second part, which can be shared out by leaves. */
export interface BlindTask extends Pick<LabelEvaluation, 'multipliers' | 'answers'> {
  readonly costs: Uint8Array
}

/** Either part, as a thread is handed it. */
export type LabelTask = ({ readonly kind: 'sum' } & SumTask) | ({ readonly kind: 'blind' } & BlindTask)

/** @throws {ProtocolError} as {@link evaluateLabelHere} (by the promise). */
export async function doLabelTask(task: LabelTask): Promise<Uint8Array> {
  const group = await readyGroup
  return task.kind === 'sum' ? sum(group, task) : blind(group, task)
}

/** Does evaluations, in this thread or in others: gives the ciphertexts of the reply. */
export type LabelEvaluator = (evaluation: LabelEvaluation) => Promise<Uint8Array>

/**
 * Does evaluations in this thread, which it blocks for the while.
 *
 * @throws {ProtocolError} `bad-key`, `bad-ciphertext` (by the promise).
 */
export const evaluateLabelHere: LabelEvaluator = async (evaluation) => {
  const group = await readyGroup
  return blind(group, { ...evaluation, costs: sum(group, evaluation) })
}

/** Two points a ciphertext. */
const ciphertextBytes = 2 * placeBytes

/**
 * Adds up the bits along the tree. All sums begin with a fresh encryption of zero (z G, z P), so that no sum has a
 * randomness that the client knows.
 *
 * Every point of the request is checked, whether the tree uses it or not: an error must not tell which.
 *
 * @throws {ProtocolError} `bad-key`, `bad-ciphertext`
 */
export function sum(group: Group, { key, ciphertexts, zero, splits, sums, offsets }: SumTask): Uint8Array {
  // The ciphertexts, and after them the constant 0; the sums; the key, z.
  const bits = ciphertexts.length / ciphertextBytes + 1
  const places = 2 * (bits + 2 * splits.length + 1) + 3
  return group.borrow(places, (first) => {
    const firstSum = first + bits * ciphertextBytes
    const point = firstSum + (2 * splits.length + 1) * ciphertextBytes
    const scalar = point + placeBytes
    group.write(point, key)
    if (!group.isPoint(point)) throw new ProtocolError('bad-key')
    group.write(first, ciphertexts)
    for (let at = first; at < first + ciphertexts.length; at += placeBytes) {
      if (!group.isPoint(at)) throw new ProtocolError('bad-ciphertext')
    }
    group.write(scalar, zero)
    group.generate(firstSum, scalar)
    group.multiply(firstSum + placeBytes, scalar, point)
    for (const { from, bit, to } of splits) {
      const [parent, left] = [firstSum + from * ciphertextBytes, firstSum + to * ciphertextBytes]
      for (const half of [0, placeBytes]) {
        const b = first + bit * ciphertextBytes + half
        group.add(left + half, parent + half, b)
        group.subtract(left + ciphertextBytes + half, parent + half, b)
      }
    }
    const costs = new Uint8Array(sums.length * ciphertextBytes)
    const offset = scalar
    sums.forEach((leaf, i) => {
      const from = firstSum + leaf * ciphertextBytes
      group.write(offset, offsets.subarray(i * placeBytes, (i + 1) * placeBytes))
      group.add(offset, from + placeBytes, offset)
      costs.set(group.read(from), i * ciphertextBytes)
      costs.set(group.read(offset), i * ciphertextBytes + placeBytes)
    })
    return costs
  })
}

/**
 * Blinds every cost to (A, D) with its rho, and hides the answer behind the two points: the client computes x A, which is
 * D where the cost is 0, and otherwise says nothing of it.
 */
export function blind(group: Group, { costs, multipliers, answers }: BlindTask): Uint8Array {
  const leaves = multipliers.length / placeBytes
  const answerBytes = answers.length / leaves
  const width = placeBytes + answerBytes + checkBytes
  const reply = new Uint8Array(leaves * width)
  group.borrow(hiddenAnswerPlaces + 1, (first) => {
    const [second, rho] = [first + placeBytes, first + hiddenAnswerPlaces * placeBytes]
    for (let i = 0; i < leaves; i++) {
      group.write(first, costs.subarray(i * ciphertextBytes, (i + 1) * ciphertextBytes))
      group.write(rho, multipliers.subarray(i * placeBytes, (i + 1) * placeBytes))
      group.multiply(first, rho, first)
      group.multiply(second, rho, second)
      reply.set(group.read(first), i * width)
      const answer = answers.subarray(i * answerBytes, (i + 1) * answerBytes)
      reply.set(hideAnswer(group, first, answer), i * width + placeBytes)
    }
  })
  return reply
}
