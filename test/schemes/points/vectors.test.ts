import { describe, expect, test } from 'vitest'
import { at } from '../../../runtime/at.ts'
import { toHex } from '../../../runtime/bytes.ts'
import { fingerprint } from '../../../runtime/contract.ts'
import type { Value } from '../../../runtime/grid.ts'
import type { RandomBytes } from '../../../runtime/random.ts'
import { engines, loadGroup } from '../../../runtime/ristretto/load.ts'
import { definePointsClient } from '../../../runtime/schemes/points/client.ts'
import type { PointsContract } from '../../../runtime/schemes/points/contract.ts'
import { definePointsServer } from '../../../runtime/schemes/points/server.ts'
import vectors from '../../reference/points.json' with { type: 'json' }

/** Serves what was drawn there, in the order in which it is asked for here. */
function scripted(hex: string): RandomBytes & { rest(): number } {
  const bytes = Uint8Array.from(Buffer.from(hex, 'hex'))
  let from = 0
  const draw = (length: number) => {
    from += length
    if (from > bytes.length) throw new RangeError('more is drawn than there was')
    return bytes.slice(from - length, from)
  }
  return Object.assign(draw, { rest: () => bytes.length - from })
}

/** A record at these positions. */
const recordOf = ([age = 0, smoker = 0, eyes = 0]: readonly number[]): Record<string, Value> => ({
  age: at([null, 5, 25, 45, 80], age),
  smoker: at(['no', 'yes'], smoker),
  eyes: at([null, 'blue', 'brown'], eyes),
})

describe.each(vectors.models)('a model that another program evaluated: $contract.reveal', (model) => {
  const { tables, base, symbols } = model
  const contract = model.contract as unknown as PointsContract
  test('has this fingerprint', async () => expect(toHex(await fingerprint(contract))).toBe(model.fingerprint))

  test.each(model.sessions)(
    '$name, to the byte, on every engine',
    async ({ positions, client, server, request, reply }) => {
      for (const engine of engines) {
        const group = async () => loadGroup(engine)
        const [own, drawn] = [scripted(client), scripted(server)]
        const one = definePointsClient<object, string>(contract, { random: own, group })
        const sealed = await one.seal(recordOf(positions), await one.generateKey())
        expect(toHex(sealed.request)).toBe(request)
        const other = definePointsServer(contract, { tables, base, symbols }, { random: drawn, group })
        const answered = await other.evaluate(sealed.request)
        expect(toHex(answered)).toBe(reply)
        expect([own.rest(), drawn.rest()]).toEqual([0, 0])
        expect((await sealed.open(answered)).kind).toBe('class')
      }
    },
  )
})
