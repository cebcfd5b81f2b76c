/**
 * Does the time of open tell the answer? Welch's t-test on replies to two records that end in different leaves, opened
 * in random order (Reparaz, Balasch, Verbauwhede, "Dude, is my code constant time?", DATE 2017). |t| above 4.5 says that it
 * does; below, that so many measurements did not show it.
 */

import { bigintEngine } from 'emp-compile-runtime/internal/paillier/bigint-engine'
import { generateKey } from 'emp-compile-runtime/internal/paillier/keys'
import { opensslEngine } from 'emp-compile-runtime/internal/paillier/openssl-engine'
import { defineSignsServer } from 'emp-compile-runtime/internal/schemes/signs/server'
import { lowerSigns } from '../compiler/schemes/signs/lower.ts'
import { row } from './measure.ts'
import { clientOf, heartTree, recordsOf } from './models.ts'
import { welch } from './welch.ts'

interface TimingResult {
  readonly engine: 'openssl' | 'bigint'
  readonly measurements: number
  readonly meanMs: number
  readonly t: number
}

const bits = 2048
const measurements = 3000

export async function timingSection(print: (line: string) => void): Promise<TimingResult[]> {
  const plan = lowerSigns(await heartTree(), { keyBits: bits }, { name: 'heart-disease' })
  const server = defineSignsServer(plan.contract, plan.server.tests)
  const results: TimingResult[] = []
  print(`timing: open at ${bits} bits, ${measurements} times, two records with different answers; Welch's t-test`)
  print('  engine   mean ms        t')
  for (const engine of [opensslEngine(), bigintEngine()]) {
    if (engine === null) continue
    const client = clientOf(plan, { engine })
    const key = await generateKey(bits)
    const opened = new Map<string, { open: () => Promise<unknown>; times: number[] }>()
    for (const record of recordsOf(plan, 50)) {
      const sealed = await client.seal(record, key)
      const reply = await server.evaluate(sealed.request)
      const { answer } = await sealed.open(reply)
      opened.set(answer, opened.get(answer) ?? { open: () => sealed.open(reply), times: [] })
      if (opened.size === 2) break
    }
    const [first, second] = [...opened.values()]
    if (first === undefined || second === undefined) throw new Error('all records have the same answer')
    for (let i = 0; i < measurements; i++) {
      const one = Math.random() < 0.5 ? first : second
      const start = performance.now()
      await one.open()
      one.times.push(performance.now() - start)
    }
    const result = { engine: engine.name, measurements, ...welch(first.times, second.times) }
    results.push(result)
    print(
      row([
        [result.engine, 8],
        [result.meanMs.toFixed(2), 10],
        [result.t.toFixed(2), 9],
      ]),
    )
  }
  return results
}
