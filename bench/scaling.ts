/** How cost grows with the number of tests: balanced trees on 13 features, 3072 bits, a key in use, by the fastest engine. */

import { cellsOf } from 'emp-compile-runtime/internal/grid'
import { generateKey } from 'emp-compile-runtime/internal/paillier/keys'
import { defineSignsServer } from 'emp-compile-runtime/internal/schemes/signs/server'
import { lowerSigns } from '../compiler/schemes/signs/lower.ts'
import { simulateSigns } from '../compiler/schemes/signs/plan.ts'
import { median, row, timed } from './measure.ts'
import { clientOf, recordsOf, treeOf } from './models.ts'

interface ScalingResult {
  readonly tests: number
  readonly sealMs: number
  readonly evaluateMs: number
  readonly openMs: number
  readonly upBytes: number
  readonly downBytes: number
}

const bits = 3072

export async function scalingSection(print: (line: string) => void): Promise<ScalingResult[]> {
  const results: ScalingResult[] = []
  print(`scaling: tests on 13 features, ${bits} bits; CPU ms, the key's set-up apart`)
  print('   tests      seal  evaluate      open  evaluate/test  bytes up  bytes down')
  const key = await generateKey(bits)
  for (const tests of [10, 100, 1000, 10_000]) {
    const plan = lowerSigns(treeOf(tests), { keyBits: bits }, { name: 'scaling' })
    const [client, server] = [clientOf(plan), defineSignsServer(plan.contract, plan.server.tests)]
    const records = recordsOf(plan, tests > 1000 ? 2 : 4)
    const runs: number[][] = []
    let [upBytes, downBytes] = [0, 0]
    for (const record of records) {
      const sealed = await timed(() => client.seal(record, key))
      const reply = await timed(() => server.evaluate(sealed.value.request))
      const opened = await timed(() => sealed.value.open(reply.value))
      const expected = simulateSigns(plan, cellsOf(plan.contract, record))
      if (opened.value.answer !== expected.answer) {
        throw new Error(`${tests} tests: the private answer is not the plain one`)
      }
      runs.push([sealed, reply, opened].map(({ ms }) => ms))
      upBytes = sealed.value.request.length
      downBytes = reply.value.length
    }
    // The first record pays for the key.
    const [sealMs = 0, evaluateMs = 0, openMs = 0] = [0, 1, 2].map((i) =>
      median(runs.slice(1).map((run) => run[i] ?? 0)),
    )
    const result = { tests, sealMs, evaluateMs, openMs, upBytes, downBytes }
    results.push(result)
    print(
      row([
        [tests, 8],
        ...[sealMs, evaluateMs, openMs].map((ms) => [ms.toFixed(1), 10] as const),
        [(evaluateMs / tests).toFixed(2), 15],
        [upBytes, 10],
        [downBytes, 12],
      ]),
    )
  }
  return results
}
