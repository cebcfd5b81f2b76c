/**
 * Does the time of `label`'s evaluation tell what was wrong with a request? A client that puts what is no point into one cut
 * could find the cuts that a tree uses, were they refused as soon as they are met. Welch's t-test over pairs of a good
 * request and one with a bad point in a used cut, evaluated in random order.
 */

import { at } from 'emp-compile-runtime/internal/at'
import { fingerprint } from 'emp-compile-runtime/internal/contract'
import { ProtocolError } from 'emp-compile-runtime/internal/errors'
import { encodingBytes, type Group } from 'emp-compile-runtime/internal/ristretto/group'
import { readyGroup } from 'emp-compile-runtime/internal/ristretto/ready'
import { defineLabelClient } from 'emp-compile-runtime/internal/schemes/label/client'
import { evaluateLabel, type LabelTask } from 'emp-compile-runtime/internal/schemes/label/evaluation'
import { defineLabelServer } from 'emp-compile-runtime/internal/schemes/label/server'
import { messagesOf } from 'emp-compile-runtime/internal/wire/message'
import { labelModel } from './label-models.ts'
import { row } from './measure.ts'
import { welch } from './welch.ts'

interface LabelTimingResult {
  readonly build: keyof typeof builds
  readonly kind: keyof typeof badPoints
  readonly pairs: number
  readonly meanMs: number
  readonly t: number
}

const pairs = 3000

/** RFC 9496, appendix A.3: the bytes alone tell of the one, of the other only a root. */
const badPoints = {
  'not canonical': 'f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'not square': '26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371',
} as const

const builds = {
  ours: evaluateLabel,
  /** Weakened: the points are decoded one after another, as the tree uses them, and the first bad one is refused. */
  'early return': (group: Group, task: LabelTask) => {
    for (const { bit } of task.splits) {
      const bytes = task.ciphertexts.subarray(2 * encodingBytes * bit, 2 * encodingBytes * (bit + 1))
      const { valid } = group.borrow((space) => ({ valid: space.decode(bytes).valid }))
      if (valid.includes(false)) throw new ProtocolError('bad-ciphertext')
    }
    return evaluateLabel(group, task)
  },
} as const

export async function labelTiming(print: (line: string) => void): Promise<LabelTimingResult[]> {
  const group = await readyGroup()
  const { contract, leaves } = labelModel({ features: 4, cuts: 8, leaves: 8 })
  const client = defineLabelClient<object, string>(contract)
  const { request } = await client.seal({ x0: 0, x1: 0, x2: 0, x3: 0 }, await client.generateKey())
  const { decodeRequest, encodeRequest } = messagesOf(contract, await fingerprint(contract))
  print(
    `timing: evaluate of label (${group.engine}), ${pairs} pairs of a good request and one with a bad point in a used cut`,
  )
  print('         build            kind   mean ms        t')
  const results: LabelTimingResult[] = []
  for (const [build, evaluate] of Object.entries(builds)) {
    for (const [kind, hex] of Object.entries(badPoints)) {
      let used = 0
      const server = defineLabelServer(contract, leaves, {
        runner: {
          idle: 1,
          async run(task) {
            used = at((task as LabelTask).splits, 0).bit
            return evaluate(group, task as LabelTask)
          },
        },
      })
      await server.evaluate(request)
      const { ciphertexts = new Uint8Array(), ...fields } = decodeRequest(request)
      const spoilt = ciphertexts.slice()
      spoilt.set(Buffer.from(hex, 'hex'), 2 * encodingBytes * used)
      const bad = encodeRequest({ ...fields, ciphertexts: spoilt })
      const samples = [
        { bytes: request, times: [] as number[] },
        { bytes: bad, times: [] as number[] },
      ] as const
      for (let i = 0; i < pairs; i++) {
        const first = Number(Math.random() < 0.5)
        for (const { bytes, times } of [at(samples, first), at(samples, 1 - first)]) {
          const start = performance.now()
          await server.evaluate(bytes)
          times.push(performance.now() - start)
        }
      }
      const names = { build: build as keyof typeof builds, kind: kind as keyof typeof badPoints }
      const result = { ...names, pairs, ...welch(samples[0].times, samples[1].times) }
      results.push(result)
      print(
        row([
          [build, 14],
          [kind, 16],
          [result.meanMs.toFixed(2), 10],
          [result.t.toFixed(2), 9],
        ]),
      )
    }
  }
  return results
}
