import { afterEach, describe, expect, test } from 'vitest'
import { labelModel, labelOf } from '../bench/label-models.ts'
import { lower } from '../compiler/3-lower/lower.ts'
import { cellsFor } from '../compiler/report/figures.ts'
import { predict } from '../compiler/tree.ts'
import { defineLabelClient } from '../runtime/label/client.ts'
import { evaluateLabelHere, type LabelEvaluation } from '../runtime/label/evaluation.ts'
import { defineLabelServer } from '../runtime/label/server.ts'
import { bigintEngine } from '../runtime/paillier/bigint-engine.ts'
import { evaluateHere } from '../runtime/paillier/evaluation.ts'
import { evaluatorPool, type Pool } from '../runtime/pool.ts'
import { defineServer } from '../runtime/server.ts'
import { insecureTestKey } from './support/keys.ts'
import { clientOf, recordOf } from './support/plans.ts'
import { tableOf } from './support/tables.ts'
import { boundedOptions, classLeaf, trainClasses } from './support/trees.ts'

/** Threads run JavaScript: the built worker. */
const script = new URL('../dist/runtime/pool-worker.js', import.meta.url)
const rows = Array.from({ length: 80 }, (_, i) => [
  String((i * 37) % 61),
  String((i * 29) % 43),
  (i * 37) % 61 > 30 !== (i * 29) % 43 > 20 || i % 7 === 0 ? 'sick' : 'well',
])
const table = tableOf(['age', 'weight', 'target'], rows)
const tree = trainClasses(table, { ...boundedOptions, maxDepth: 6, minSamplesLeaf: 1 })
const keyBits = 768
const plan = lower(tree, { model: 'test', keyBits })
const key = insecureTestKey(keyBits)
const [client, server] = [clientOf(plan), defineServer(plan.contract, plan.server.tests)]
const expectedOf = (row: number) => {
  const leaf = classLeaf(predict(tree, cellsFor(table, tree)(row)))
  return { answer: tree.answers[leaf.answer], counts: leaf.counts }
}

const pools: Pool[] = []
const poolOf = (threads: number, waiting?: number) => {
  const pool = evaluatorPool({ threads, script, ...(waiting === undefined ? {} : { waiting }) })
  pools.push(pool)
  return pool
}
afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.close())))

describe('a pool of threads', () => {
  test.each([1, 2, 3])('of %i answers many requests at once, each with its own answer', async (threads) => {
    const pooled = server.with({ evaluator: poolOf(threads).evaluator })
    expect(plan.cost.replyCiphertexts).toBe(2)
    const sessions = rows.slice(0, 40).map(async (_, row) => {
      const sealed = await client.seal(recordOf(table, tree, row), row % 2 === 0 ? key : insecureTestKey(keyBits))
      return sealed.open(await pooled.evaluate(sealed.request))
    })
    expect(await Promise.all(sessions)).toEqual(sessions.map((_, row) => expectedOf(row)))
  })

  test('computes what this thread computes', async () => {
    const { n } = key.publicKey
    const factors = [{ base: 0, mantissa: 12_345n, shift: 7 }]
    const products = [1n, 2n, 3n, 4n, 5n].map((unit) => ({ factors, unit }))
    const evaluation = { keyBits, n, bases: [77n], products }
    const here = await evaluateHere(bigintEngine())(evaluation)
    for (const threads of [1, 2, 4, 8]) expect(await poolOf(threads).evaluator(evaluation)).toEqual(here)
  })

  test('passes on what is wrong with a key or a ciphertext, and goes on', async () => {
    const { evaluator } = poolOf(2)
    const { n } = key.publicKey
    const good = { keyBits, n, bases: [77n], products: [{ factors: [], unit: 2n }] }
    await expect(evaluator({ ...good, n: n + 1n })).rejects.toMatchObject({ code: 'bad-key' })
    await expect(evaluator({ ...good, bases: [key.p] })).rejects.toMatchObject({ code: 'bad-ciphertext' })
    await expect(evaluator({ ...good, products: [], bases: [0n] })).rejects.toMatchObject({ code: 'bad-ciphertext' })
    expect(await evaluator(good)).toHaveLength(1)
  })

  test('refuses what is more than may wait, and serves again when there is room', async () => {
    const pooled = server.with({ evaluator: poolOf(1, 2).evaluator })
    const sealed = await client.seal(recordOf(table, tree, 3), key)
    const replies = await Promise.all(Array.from({ length: 12 }, () => pooled.evaluate(sealed.request)))
    const outcomes = await Promise.all(replies.map((reply) => sealed.open(reply).catch((error) => error.code)))
    expect(outcomes).toContain('busy')
    expect(outcomes.filter((outcome) => outcome !== 'busy')).not.toEqual([])
    for (const outcome of outcomes) if (outcome !== 'busy') expect(outcome).toEqual(expectedOf(3))
    const calm = server.with({ evaluator: poolOf(1, plan.cost.replyCiphertexts).evaluator })
    for (let i = 0; i < 3; i++) expect(await sealed.open(await calm.evaluate(sealed.request))).toEqual(expectedOf(3))
  })

  test('does not block the thread that asks', async () => {
    const { evaluator } = poolOf(1)
    const products = Array.from({ length: 40 }, (_, i) => ({ factors: [], unit: BigInt(i + 2) }))
    let turns = 0
    const timer = setInterval(() => {
      turns += 1
    }, 1)
    await evaluator({ keyBits, n: key.publicKey.n, bases: [77n], products })
    clearInterval(timer)
    expect(turns).toBeGreaterThan(5)
  })

  test('outlives a thread that dies, whose task alone is lost', async () => {
    const evaluation = { keyBits, n: key.publicKey.n, bases: [77n], products: [{ factors: [], unit: 2n }] }
    const dying = `import { parentPort } from 'node:worker_threads'
      parentPort.on('message', ({ evaluation }) => {
        if (evaluation.n === 0n) process.exit(1)
        if (evaluation.n === 1n) throw new Error('unexpected')
        parentPort.postMessage({ ciphertexts: [evaluation.n], code: null })
      })`
    const pool = evaluatorPool({ threads: 2, script: new URL(`data:text/javascript,${encodeURIComponent(dying)}`) })
    pools.push(pool)
    const results = await Promise.allSettled([0n, 5n, 1n, 6n, 7n, 0n].map((n) => pool.evaluator({ ...evaluation, n })))
    expect(results.map((result) => (result.status === 'fulfilled' ? result.value : null))).toEqual([
      null,
      [5n],
      null,
      [6n],
      [7n],
      null,
    ])
    expect(await pool.evaluator(evaluation)).toHaveLength(1)
  })

  test('rejects what is left when it is closed, and all that comes later', async () => {
    const pool = poolOf(1)
    const evaluation = { keyBits, n: key.publicKey.n, bases: [77n], products: [{ factors: [], unit: 2n }] }
    const waiting = [1, 2, 3].map(() => pool.evaluator(evaluation))
    const settled = Promise.allSettled(waiting)
    await pool.close()
    expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    await expect(pool.evaluator(evaluation)).rejects.toThrow('closed')
  })
})

describe('a pool of threads, for label', () => {
  const model = labelModel({ features: 3, cuts: 5, leaves: 19, padded: 32 })
  const labelClient = defineLabelClient<object, string>(model.contract)
  const recordAt = (i: number) => ({ x0: i % 6, x1: (i * 5) % 6, x2: (i * 7 + 1) % 6 })

  test.each([1, 2, 5])('of %i answers many requests at once, each with its own answer', async (threads) => {
    const { labelEvaluator } = poolOf(threads)
    const pooled = defineLabelServer(model.contract, model.leaves).with({ labelEvaluator })
    const labelKey = await labelClient.generateKey()
    const answers = Array.from({ length: 20 }, async (_, i) => {
      const sealed = await labelClient.seal(recordAt(i), labelKey)
      return sealed.open(await pooled.evaluate(sealed.request))
    })
    const expected = answers.map((_, i) => model.contract.answers[labelOf(model, Object.values(recordAt(i)))])
    expect(await Promise.all(answers)).toEqual(expected)
  })

  /** The evaluations that a server asks for. */
  async function evaluationOf(record: object): Promise<LabelEvaluation> {
    let asked: LabelEvaluation | null = null
    const asking = defineLabelServer(model.contract, model.leaves, {
      labelEvaluator: async (evaluation) => {
        asked = evaluation
        return evaluateLabelHere(evaluation)
      },
    })
    await asking.evaluate((await labelClient.seal(record, await labelClient.generateKey())).request)
    return asked ?? expect.fail('nothing was asked for')
  }

  test('computes what this thread computes, in the same order', async () => {
    const evaluation = await evaluationOf(recordAt(3))
    const here = await evaluateLabelHere(evaluation)
    for (const threads of [1, 2, 3, 7]) expect(await poolOf(threads).labelEvaluator(evaluation)).toEqual(here)
  })

  test('passes on what is wrong with a key or a ciphertext, and goes on', async () => {
    const { labelEvaluator } = poolOf(2)
    const good = await evaluationOf(recordAt(1))
    const noPoint = new Uint8Array(32).fill(0xfe)
    await expect(labelEvaluator({ ...good, key: noPoint })).rejects.toMatchObject({ code: 'bad-key' })
    const ciphertexts = good.ciphertexts.slice()
    ciphertexts.set(noPoint, ciphertexts.length - 32)
    await expect(labelEvaluator({ ...good, ciphertexts })).rejects.toMatchObject({ code: 'bad-ciphertext' })
    expect(await labelEvaluator(good)).toEqual(await evaluateLabelHere(good))
  })

  test('serves both ways at once', async () => {
    const pool = poolOf(2)
    const signs = server.with({ evaluator: pool.evaluator, labelEvaluator: pool.labelEvaluator })
    const label = defineLabelServer(model.contract, model.leaves).with({ labelEvaluator: pool.labelEvaluator })
    const labelKey = await labelClient.generateKey()
    const sealed = [
      await client.seal(recordOf(table, tree, 5), key),
      await labelClient.seal(recordAt(5), labelKey),
    ] as const
    const [first, second] = await Promise.all([signs.evaluate(sealed[0].request), label.evaluate(sealed[1].request)])
    expect(await sealed[0].open(first)).toEqual(expectedOf(5))
    expect(await sealed[1].open(second)).toEqual(model.contract.answers[labelOf(model, Object.values(recordAt(5)))])
  })
})
