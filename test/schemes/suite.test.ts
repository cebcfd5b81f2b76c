import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { defaultTrainOptions, trainModel } from '../../compiler/2-train/index.ts'
import { CompileError } from '../../compiler/errors.ts'
import { cellsFor } from '../../compiler/missing.ts'
import { columnsOf, predict } from '../../compiler/model.ts'
import type { GivenOptions } from '../../compiler/options.ts'
import { schemes } from '../../compiler/schemes/index.ts'
import { doorOf, type SchemeDoor } from '../../compiler/schemes/scheme.ts'
import type { Table } from '../../compiler/table.ts'
import type { Client } from '../../runtime/client.ts'
import { fingerprint, replyBytes, requestBytes, sha256 } from '../../runtime/contract.ts'
import { runTask } from '../../runtime/schemes/index.ts'
import type { Server } from '../../runtime/server.ts'
import { messagesOf, replyError } from '../../runtime/wire/message.ts'
import { sumOfTrees } from '../support/boosted.ts'
import { importEmitted } from '../support/modules.ts'
import { plain } from '../support/plain/scheme.ts'
import { recordOf } from '../support/plans.ts'
import { completeHeartDisease, diabetes, numberTables, tables } from '../support/tables.ts'

/** Keys as short as are offered, where their length is an option. */
const short = { 'key-bits': 2048 }

/** Training without cross-validation, where it would take time. */
const fast: Readonly<Record<string, object>> = {
  additive: { penalty: 2, points: 63 },
  network: { width: 2, decay: 0.3, starts: 1 },
}

/** What a scheme promises whatever these options are: each of them makes it one more. */
const switches = ['guard']

/** A scheme with values of its options. */
type Variant = SchemeDoor & { readonly values: GivenOptions; readonly title: string }

/** Every scheme, and the oracle as one more; with each switch that it has. */
const all: readonly Variant[] = [...schemes, doorOf(plain)].flatMap((scheme) => {
  const values: GivenOptions = 'key-bits' in scheme.options ? short : {}
  const isAlone =
    schemes.filter(({ family, reveal }) => family === scheme.family && reveal === scheme.reveal).length < 2
  const title = `${scheme.family}, ${scheme.reveal}${isAlone ? '' : `, ${scheme.scheme}`}`
  return [
    { ...scheme, values, title },
    ...switches
      .filter((name) => name in scheme.options)
      .map((name) => ({ ...scheme, values: { ...values, [name]: true }, title: `${title}, ${name}` })),
  ]
})

function compileTable(table: Table, scheme: Variant) {
  const configured = scheme.configure(scheme.values)
  const options = { ...defaultTrainOptions, maxDepth: 4, minSamplesLeaf: 2, prune: null }
  const { cuts } = configured.demands
  const model =
    scheme.family === 'boosted'
      ? sumOfTrees(table, cuts ?? 16)
      : trainModel(table, { ...options, cuts }, scheme.family, {
          ...fast[scheme.family],
          ...configured.demands.training,
        }).model
  const lowered = configured.lower(model, table.target, { name: 'suite' })
  return { model, lowered, contract: lowered.plan.contract }
}

/** Whether a scheme takes models of such a table: of one with several answers, not all do. */
function isFor(table: Table, scheme: Variant): boolean {
  try {
    compileTable(table, scheme)
    return true
  } catch (error) {
    if (error instanceof CompileError) return false
    throw error
  }
}

/** The table; with two answers in place of several, where the scheme takes no more. */
function fitting(table: Table, scheme: Variant): Table {
  const { target } = table
  if (target.kind === 'number' || isFor(table, scheme)) return table
  const two = { answers: target.answers.slice(0, 2), classes: target.classes.map((answer) => answer % 2) }
  return { ...table, target: { ...target, ...two } }
}

async function compiled(table: Table, scheme: Variant) {
  const made = compileTable(table, scheme)
  const documents = { target: { name: 'target', document: table.target.document }, columns: new Map() }
  const modules = await importEmitted<string>(made.lowered.emitClient(documents), made.lowered.emitServer())
  const client: Client<object, string, unknown> = modules.client
  return { ...made, client, server: modules.server }
}

/** Records of a table, and what the model tells its clients of them. */
function rowsOf(table: Table, { model, contract }: ReturnType<typeof compileTable>, scheme: Variant, most: number) {
  const cells = cellsFor(table, { columns: columnsOf(model) })
  return Array.from({ length: Math.min(most, table.rows) }, (_, row) => ({
    record: recordOf(table, { columns: columnsOf(model), features: model.features }, row),
    cells: cells(row),
    expected: scheme.told(contract, predict(model, cells(row))),
  }))
}

describe.each(all.map((scheme) => [scheme.title, scheme] as const))('%s', (_, scheme) => {
  test.each([
    ['answers', tables],
    ['numbers', numberTables],
  ] as const)('predict = simulate = open(evaluate(seal)) for random tables of %s', async (__, arbitrary) => {
    await fc.assert(
      fc.asyncProperty<[Table]>(arbitrary, async (given) => {
        const table = fitting(given, scheme)
        const made = await compiled(table, scheme)
        const key = await made.client.generateKey()
        for (const { record, cells, expected } of rowsOf(table, made, scheme, 3)) {
          expect(made.lowered.simulate(project(made.contract, made.model, cells))).toEqual(expected)
          const sealed = await made.client.seal(record, key)
          expect(await sealed.open(await made.server.evaluate(sealed.request))).toEqual(expected)
        }
      }),
      { numRuns: 4, endOnFailure: true },
    )
  })

  test('all messages are as long as the contract says, and cost what the plan says', async () => {
    const table = completeHeartDisease()
    const { client, server, lowered, contract, ...made } = await compiled(table, scheme)
    const key = await client.generateKey()
    const { cost } = lowered.plan
    expect([cost.requestBytes, cost.replyBytes]).toEqual([requestBytes(contract), replyBytes(contract)])
    for (const { record } of rowsOf(table, { lowered, contract, ...made }, scheme, 3)) {
      const sealed = await client.seal(record, key)
      expect(sealed.request).toHaveLength(requestBytes(contract))
      expect(await server.evaluate(sealed.request)).toHaveLength(replyBytes(contract))
    }
  })

  test('a request of zeros, of noise, cut short or of another contract gets an error reply, and the server goes on', async () => {
    const table = completeHeartDisease()
    const { client, server, contract, ...made } = await compiled(table, scheme)
    const [row] = rowsOf(table, { contract, ...made }, scheme, 1)
    const key = await client.generateKey()
    const sealed = await client.seal(row?.record ?? {}, key)
    const other = { ...contract, name: 'another' }
    const foreign = messagesOf(other, await fingerprint(other)).encodeRequest(
      messagesOf(contract, await fingerprint(contract)).decodeRequest(sealed.request),
    )
    for (const [request, code] of [
      [new Uint8Array(sealed.request.length), 'bad-message'],
      [sealed.request.slice(0, -1), 'bad-message'],
      [new Uint8Array([...sealed.request, 0]), 'bad-message'],
      [foreign, 'wrong-contract'],
    ] as const) {
      expect(replyError(await server.evaluate(request))).toBe(code)
    }
    expect(await sealed.open(await server.evaluate(sealed.request))).toEqual(row?.expected)
  })

  test('a reply to another request, or a damaged one, is refused by the client or says the same', async () => {
    const table = diabetes()
    const { client, server, ...made } = await compiled(table, scheme)
    const [first, second] = rowsOf(table, made, scheme, 2)
    const key = await client.generateKey()
    const [one, two] = [await client.seal(first?.record ?? {}, key), await client.seal(second?.record ?? {}, key)]
    await expect(two.open(await server.evaluate(one.request))).rejects.toMatchObject({ code: 'other-request' })
    const cut = (await server.evaluate(one.request)).slice(0, -1)
    await expect(one.open(cut)).rejects.toMatchObject({ code: 'bad-message' })
  })

  test('a key of another kind is refused', async () => {
    const { client, ...made } = await compiled(completeHeartDisease(), scheme)
    const [row] = rowsOf(completeHeartDisease(), made, scheme, 1)
    await expect(client.seal(row?.record ?? {}, { another: 'key' })).rejects.toMatchObject({ code: 'wrong-key' })
  })

  test('what threads do for the server comes to the same, however many there are', async () => {
    const table = completeHeartDisease()
    const { client, server, ...made } = await compiled(table, scheme)
    const key = await client.generateKey()
    for (const idle of [1, 2, 5]) {
      const threaded: Server = server.with({ runner: { idle, run: (task) => runTask(structuredClone(task)) } })
      for (const { record, expected } of rowsOf(table, made, scheme, 2)) {
        const sealed = await client.seal(record, key)
        expect(await sealed.open(await threaded.evaluate(sealed.request))).toEqual(expected)
      }
    }
  })

  test('two requests of one record under one key have nothing in common but the key, and the same length', async () => {
    if (scheme.reveal === 'plain') return
    const table = completeHeartDisease()
    const { client, ...made } = await compiled(table, scheme)
    const [row] = rowsOf(table, made, scheme, 1)
    const key = await client.generateKey()
    const print = await fingerprint(made.contract)
    const fieldsOf = async () => {
      const { request } = await client.seal(row?.record ?? {}, key)
      const { key: sent, ciphertexts = new Uint8Array() } = messagesOf(made.contract, print).decodeRequest(request)
      return { hash: await sha256(request), key: sent, ciphertexts }
    }
    const [a, b] = [await fieldsOf(), await fieldsOf()]
    expect(a.key).toEqual(b.key)
    expect(a.hash).not.toEqual(b.hash)
    const equal = a.ciphertexts.filter((byte, i) => byte === b.ciphertexts[i]).length
    // One byte in 256 is equal by chance.
    expect(equal / a.ciphertexts.length).toBeLessThan(0.05)
  })
})

/** The cells of a contract's features out of those of the model's. */
function project(
  contract: { readonly features: readonly object[] },
  model: { readonly features: readonly object[] },
  cells: readonly number[],
): number[] {
  const names = model.features.map((feature) => JSON.stringify(feature))
  return contract.features.map((feature) => cells[names.indexOf(JSON.stringify(feature))] ?? Number.NaN)
}
