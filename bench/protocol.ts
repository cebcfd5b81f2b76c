/**
 * One private prediction beside the textbook's, on one tree, by three engines in one run. Times are CPU time of the
 * whole process, medians over keys. What is done once for a key stands apart: the client's table of powers, the
 * server's validation. A session that makes its own key has both.
 */

import { bigintEngine } from 'emp-compile-runtime/internal/paillier/bigint-engine'
import type { PaillierEngine } from 'emp-compile-runtime/internal/paillier/engine'
import { gcd, modInverse } from 'emp-compile-runtime/internal/paillier/integer'
import { generateKey } from 'emp-compile-runtime/internal/paillier/keys'
import { opensslEngine } from 'emp-compile-runtime/internal/paillier/openssl-engine'
import { randomBelow, systemRandom } from 'emp-compile-runtime/internal/random'
import { type SignsTask, signsWorker } from 'emp-compile-runtime/internal/schemes/signs/evaluation'
import { defineSignsServer } from 'emp-compile-runtime/internal/schemes/signs/server'
import { PrivateKey as TextbookPrivateKey, PublicKey as TextbookPublicKey } from 'paillier-bigint'
import { lowerSigns } from '../compiler/schemes/signs/lower.ts'
import type { SignsPlan } from '../compiler/schemes/signs/plan.ts'
import type { Tree } from '../compiler/tree.ts'
import { median, row, timed } from './measure.ts'
import { clientOf, heartTree, recordsOf } from './models.ts'

interface ProtocolResult {
  readonly reveal: 'signs'
  readonly family: 'tree'
  readonly scheme: 'paillier'
  readonly engine: 'openssl' | 'bigint' | 'textbook'
  readonly bits: number
  readonly features: number
  readonly tests: number
  readonly sealMs: number
  readonly evaluateMs: number
  readonly openMs: number
  readonly upBytes: number
  readonly downBytes: number
  /** What sealing and evaluating take in addition for a key that they have not seen before. Not the making of the key. */
  readonly keySetupMs: number
  /** `evaluateMs` by the counted multiplications times the time of one; not the textbook's. */
  readonly overMultiplications?: number
}

const keys = 7
/** How many of each operation of the textbook are timed. */
const samples = 4

export async function protocolSection(print: (line: string) => void): Promise<ProtocolResult[]> {
  const tree = await heartTree()
  const results: ProtocolResult[] = []
  for (const bits of [2048, 3072]) {
    const plan = lowerSigns(tree, { keyBits: bits }, { name: 'heart-disease' })
    const { tests, features } = plan.contract
    print(
      `protocol, signs: ${bits} bits, ${tests} tests, ${features.length} features, depth ${plan.leakage.depth}; CPU ms`,
    )
    const names = ['engine', 'seal', 'evaluate', 'open', 'total', 'textbook/ours', 'key set-up', 'textbook/ours']
    print(row([...names, 'bytes up', 'bytes down'].map((name, i) => [name, widths[i] ?? 0])))
    const textbook = await textbookFlow(tree, plan, bits)
    const ours = [await ownFlow('openssl', plan, bits), await ownFlow('bigint', plan, bits)]
    for (const result of [textbook, ...ours]) print(describe(result, textbook))
    const [onNode = 0, inBigInt = 0] = ours.map(({ overMultiplications }) => overMultiplications)
    print(`  textbook: paillier-bigint, ${samples} of each operation timed and multiplied; bytes as decimal text`)
    print(
      `  evaluate by its multiplications times the time of one: openssl ${onNode.toFixed(2)}, bigint ${inBigInt.toFixed(2)}`,
    )
    results.push(textbook, ...ours)
  }
  return results
}

const total = ({ sealMs, evaluateMs, openMs }: ProtocolResult) => sealMs + evaluateMs + openMs

function describe(result: ProtocolResult, textbook: ProtocolResult): string {
  const { engine, sealMs, evaluateMs, openMs, keySetupMs, upBytes, downBytes } = result
  const cells = [
    engine,
    ...[sealMs, evaluateMs, openMs, total(result)].map((ms) => ms.toFixed(1)),
    (total(textbook) / total(result)).toFixed(1),
    keySetupMs.toFixed(1),
    (total(textbook) / (total(result) + keySetupMs)).toFixed(1),
    upBytes,
    downBytes,
  ]
  return row(cells.map((cell, i) => [cell, widths[i] ?? 0]))
}

/** Of the columns of a table. */
const widths = [10, 10, 10, 10, 10, 15, 12, 15, 10, 12]

/** The flow of the original: every threshold encrypted and subtracted, every difference decrypted. */
async function textbookFlow(tree: Tree, { contract, server }: SignsPlan, bits: number): Promise<ProtocolResult> {
  const { p, q, publicKey } = await generateKey(bits)
  const { n } = publicKey
  const encrypts = new TextbookPublicKey(n, n + 1n)
  const lambda = ((p - 1n) * (q - 1n)) / gcd(p - 1n, q - 1n)
  const decrypts = new TextbookPrivateKey(lambda, modInverse(lambda, n), encrypts, p, q)
  const [features, tests] = [contract.features.length, server.tests.length]
  const cuts = server.tests.slice(0, samples).map(({ cut }) => BigInt(cut))

  const seal = await timed(() => cuts.map((_, i) => encrypts.encrypt(BigInt(i))))
  const evaluate = await timed(() =>
    cuts.map((cut, i) => encrypts.addition(seal.value[i] ?? 1n, encrypts.multiply(encrypts.encrypt(cut), -1n))),
  )
  const open = await timed(() => evaluate.value.map((difference) => decrypts.decrypt(difference)))
  const expected = cuts.map((cut, i) => (BigInt(i) - cut + n) % n)
  if (open.value.some((difference, i) => difference !== expected[i])) throw new Error('the textbook computes wrongly')
  const digits = (n * n).toString().length
  return {
    reveal: 'signs',
    family: 'tree',
    scheme: 'paillier',
    engine: 'textbook',
    bits,
    features,
    tests,
    sealMs: (seal.ms / samples) * tree.features.length,
    evaluateMs: (evaluate.ms / samples) * tests,
    openMs: (open.ms / samples) * tests,
    keySetupMs: 0,
    upBytes: digits * features,
    downBytes: digits * tests,
  }
}

async function ownFlow(name: 'openssl' | 'bigint', plan: SignsPlan, bits: number): Promise<ProtocolResult> {
  const engine: PaillierEngine | null = name === 'bigint' ? bigintEngine() : opensslEngine()
  if (engine === null) throw new Error('this Node has no OpenSSL')
  const work = signsWorker(engine)
  const client = clientOf(plan, { engine })
  const server = defineSignsServer(plan.contract, plan.server.tests, {
    runner: { idle: 1, run: (task) => work(task as SignsTask) },
  })
  const [first = {}, second = {}] = recordsOf(plan, 2)
  const runs: number[][] = []
  let [upBytes, downBytes] = [0, 0]
  for (let i = 0; i <= keys; i++) {
    const key = await generateKey(bits)
    const sealed = await timed(() => client.seal(first, key))
    const reply = await timed(() => server.evaluate(sealed.value.request))
    const opened = await timed(() => sealed.value.open(reply.value))
    const sealedAgain = await timed(() => client.seal(second, key))
    const replyAgain = await timed(() => server.evaluate(sealedAgain.value.request))
    // The first key warms the compiler up.
    if (i > 0) runs.push([sealed, reply, opened, sealedAgain, replyAgain].map(({ ms }) => ms))
    upBytes = sealed.value.request.length
    downBytes = reply.value.length
  }
  const [firstSeal = 0, firstEvaluate = 0, openMs = 0, sealMs = 0, evaluateMs = 0] = [0, 1, 2, 3, 4].map((column) =>
    median(runs.map((run) => run[column] ?? 0)),
  )
  const result = {
    reveal: 'signs',
    family: 'tree',
    scheme: 'paillier',
    engine: name,
    bits,
    features: plan.contract.features.length,
    tests: plan.contract.tests,
    sealMs,
    evaluateMs,
    openMs,
    upBytes,
    downBytes,
    keySetupMs: firstSeal - sealMs + firstEvaluate - evaluateMs,
  } as const
  return { ...result, overMultiplications: evaluateMs / multiplicationsMs(plan, bits, engine) }
}

/** The multiplications of evaluate, squarings apart, times what one of each takes on this machine right now. */
function multiplicationsMs({ cost }: SignsPlan, bits: number, engine: PaillierEngine): number {
  const n = (1n << BigInt(bits)) - 1n
  const ring = engine.ringOf(n)
  const [a, b] = [ring.residue(randomBelow(systemRandom, n * n)), ring.residue(randomBelow(systemRandom, n * n))]
  const squarings = cost.replyCiphertexts * (bits - 1)
  const products = cost.bigint.evaluateMultiplications - squarings
  return squarings * timeOf(() => ring.square(a)) + products * timeOf(() => ring.multiply(a, b))
}

/** Milliseconds of one call, the median over batches. */
function timeOf(work: () => unknown): number {
  const batches = Array.from({ length: 15 }, () => {
    const start = performance.now()
    for (let i = 0; i < 300; i++) work()
    return (performance.now() - start) / 300
  })
  return median(batches)
}
