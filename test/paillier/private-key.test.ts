import assert from 'node:assert'
import { Console } from 'node:console'
import { Writable } from 'node:stream'
import { format, type InspectOptions, inspect } from 'node:util'
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { encode } from 'cborg'
import { describe, expect, test } from 'vitest'
import { privateCipher } from '../../runtime/paillier/cipher.ts'
import { fastestEngine } from '../../runtime/paillier/fastest-engine.ts'
import { generateKey, type PrivateKey, privateKey } from '../../runtime/paillier/keys.ts'
import { systemRandom } from '../../runtime/random.ts'
import { insecureTestKey } from '../support/keys.ts'

const key = insecureTestKey(512)

/** Fails if a factor stands in the text: decimal or hexadecimal, whole or in part. */
function expectNoFactor(text: string, { p, q }: PrivateKey = key): void {
  for (const secret of [p, q]) {
    for (const digits of [secret.toString(10), secret.toString(16)]) {
      for (const part of [digits.slice(0, 20), digits.slice(20, 40), digits.slice(-20)]) {
        expect(text.toLowerCase()).not.toContain(part)
      }
    }
  }
}

const withIntegers = (_: string, value: unknown) =>
  typeof value === 'bigint' ? `${value} ${value.toString(16)}` : value

/** What a console made of a stream writes. */
function written(write: (console: Console) => void): string {
  let text = ''
  const stdout = new Writable({
    write(chunk, _, done) {
      text += String(chunk)
      done()
    },
  })
  write(new Console({ stdout, stderr: stdout }))
  return text
}

test('the check finds factors where there are any', () => {
  const leaks = [inspect({ p: key.p }), `0x${key.q.toString(16)}`, JSON.stringify({ p: key.p }, withIntegers)]
  for (const leak of leaks) expect(() => expectNoFactor(leak)).toThrow()
})

describe('a private key does not appear', () => {
  const everything: InspectOptions = { showHidden: true, getters: true, showProxy: true, depth: 9 }
  test.each<[string, InspectOptions]>([
    ['as it is', {}],
    ['with what is hidden', { showHidden: true, depth: 9 }],
    ['with getters run', { getters: true, depth: 9 }],
    ['with everything', everything],
    ['with everything, sorted and in colour', { ...everything, sorted: true, colors: true, compact: false }],
    ['without its own printing', { customInspect: false, depth: 9 }],
    ['without its own printing, hidden', { customInspect: false, showHidden: true, depth: 9 }],
    ['without its own printing, getters run', { customInspect: false, getters: true, depth: 9 }],
  ])('in util.inspect, %s', (_, options) => {
    for (const value of [key, { key }, [key], new Map([[key, key]]), new Error('failed', { cause: key })]) {
      expectNoFactor(inspect(value, options))
    }
  })

  test('in consoles and formatted texts', () => {
    const shown = [
      written((console) => console.log(key, { key })),
      written((console) => console.log('%o %O %s %j', key, key, key, key)),
      written((console) => console.dir(key, { showHidden: true, depth: 9 })),
      written((console) => console.table([key])),
      format('%o %O %s', key, key, key),
      String(key),
      `${key}`,
    ]
    for (const text of shown) {
      expect(text).toMatch(/512 bits|publicKey/)
      expectNoFactor(text)
    }
  })

  test('in JSON', () => {
    expect(JSON.stringify(key)).toBe('"PrivateKey(512 bits, not shown)"')
    for (const value of [key, { key }, { ...key }, [key]]) expectNoFactor(JSON.stringify(value, withIntegers))
  })

  test('among its properties, own or enumerable, by any way of listing them', () => {
    const enumerated: string[] = []
    for (const name in key) enumerated.push(name)
    const own = Object.getOwnPropertyNames(key)
    expect([Object.keys(key), enumerated, own, Reflect.ownKeys(key)]).toEqual(new Array(4).fill(['publicKey']))
    expectNoFactor(inspect([{ ...key }, Object.assign({}, key), Object.entries(key)], everything))
    expectNoFactor(inspect(Object.getOwnPropertyDescriptors(key), everything))
  })

  test('in clones, be it in this thread or sent to another', async () => {
    const { port1, port2 } = new MessageChannel()
    port1.postMessage(key)
    const received: unknown = receiveMessageOnPort(port2)?.message
    port1.close()
    const source = `const { parentPort, workerData } = require('node:worker_threads')
      const { inspect } = require('node:util')
      parentPort.postMessage(inspect(workerData, { showHidden: true, getters: true, depth: 9 }))`
    const worker = new Worker(source, { eval: true, workerData: key })
    const inWorker = await new Promise<string>((resolve, reject) => {
      worker.once('message', resolve).once('error', reject)
    })
    for (const clone of [structuredClone(key), received]) {
      expect(clone).toEqual({ publicKey: key.publicKey })
      expectNoFactor(inspect(clone, everything))
    }
    expect(inWorker).toContain('publicKey')
    expectNoFactor(inWorker)
  })

  test('in CBOR, in which messages are written', () => {
    const bytes = Buffer.from(encode({ ...key, publicKey: null }))
    expectNoFactor(bytes.toString('hex'))
  })

  test('in what assertions and test runners say of it', () => {
    const fails: (() => void)[] = [
      () => assert.deepStrictEqual(key, {}),
      () => assert.equal(key, 1),
      () => expect(key).toEqual({}),
      () => expect(key).toBe(insecureTestKey(512)),
    ]
    for (const fail of fails) {
      let error: unknown
      try {
        fail()
      } catch (thrown) {
        error = thrown
      }
      expect(error).toBeInstanceOf(Error)
      expectNoFactor(inspect(error, everything))
    }
  })

  test('in errors of the functions that take factors or the key', () => {
    const cipher = privateCipher(key, fastestEngine, systemRandom)
    const fails: (() => unknown)[] = [
      () => privateKey(key.p, key.p),
      () => cipher.decrypt(undefined as unknown as bigint),
      () => cipher.encrypt('1' as unknown as bigint),
      () => Object.assign(key, { p: 1n }),
      () => Object.defineProperty(key, 'p', { value: 1n }),
      () => Reflect.get(Object.getPrototypeOf(key), 'p', {}),
      () => (key.p as unknown as number) + 1,
    ]
    for (const fail of fails) {
      let error: unknown
      try {
        fail()
      } catch (thrown) {
        error = thrown
      }
      expect(error).toBeInstanceOf(Error)
      expectNoFactor(inspect(error, everything))
    }
  })

  test('in what is made of it, the cipher', () => {
    const cipher = privateCipher(key, fastestEngine, systemRandom)
    expectNoFactor(inspect(cipher, everything))
    expect(() => structuredClone(cipher)).toThrow(DOMException)
  })

  test('if it is a generated one either', async () => {
    const generated = await generateKey(2048)
    expectNoFactor(inspect(generated, everything), generated)
    expectNoFactor(JSON.stringify(generated), generated)
  })
})

test('the factors can be read, and nothing of the key changed', () => {
  expect(key.p * key.q).toBe(key.publicKey.n)
  expect(key.p > key.q).toBe(true)
  expect(Object.isFrozen(key)).toBe(true)
  for (const name of ['p', 'q', 'publicKey', 'other']) expect(Reflect.set(key, name, 1n)).toBe(false)
})
