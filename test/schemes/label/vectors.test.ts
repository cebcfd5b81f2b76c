import { describe, expect, test } from 'vitest'
import { at } from '../../../runtime/at.ts'
import { toHex } from '../../../runtime/bytes.ts'
import { fingerprint } from '../../../runtime/contract.ts'
import type { RandomBytes } from '../../../runtime/random.ts'
import type { Group } from '../../../runtime/ristretto/group.ts'
import { engines, loadGroup } from '../../../runtime/ristretto/load.ts'
import { shortOf } from '../../../runtime/ristretto/short.ts'
import { defineLabelClient, type LabelContract } from '../../../runtime/schemes/label/client.ts'
import { labelMessages } from '../../../runtime/schemes/label/contract.ts'
import type { LabelDraws } from '../../../runtime/schemes/label/draws.ts'
import { evaluateLabel, type LabelTask } from '../../../runtime/schemes/label/evaluation.ts'
import { defineLabelServer } from '../../../runtime/schemes/label/server.ts'
import { type LabelSession, labelVectors } from '../../support/label-vectors.ts'

const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'))

/** Serves what was drawn there, in the order in which it is asked for here. */
const scripted = (...drawn: readonly string[]): RandomBytes => {
  const rest = drawn.map(bytesOf)
  return (length) => {
    const next = rest.shift()
    expect(next).toHaveLength(length)
    return next ?? new Uint8Array()
  }
}

/** What the server draws for a session. */
function drawsOf({ scalars }: Group, session: LabelSession): LabelDraws {
  const reduced = (wide = '') => scalars.reduce(bytesOf(wide))
  const { order, zero, multipliers, rho = '', betas, weights = '', guardBetas, seeds = '' } = session
  const others = reduced(session.others)
  if (zero !== undefined) {
    return { kind: 'multipliers', order, others, zero: reduced(zero), multipliers: reduced(multipliers) }
  }
  const guard = { weights: bytesOf(weights), betas: reduced(guardBetas), seeds: bytesOf(seeds) }
  return { kind: 'betas', order, others, rho: shortOf(bytesOf(rho)), betas: reduced(betas), guard }
}

/** A record whose cells are these. */
function recordOf({ columns, features }: LabelContract, cells: readonly number[]): object {
  return Object.fromEntries(
    columns.map((column) => {
      const own = features.flatMap((feature, i) =>
        feature.column === column.name ? [{ feature, cell: at(cells, i) }] : [],
      )
      if (column.kind === 'text') {
        const level = own.find(({ cell }) => cell === 1)?.feature
        const isOther = level === undefined && column.missing === 'never'
        return [column.name, level !== undefined && 'level' in level ? level.level : isOther ? column.levels[0] : null]
      }
      const cell = at(own, 0).cell - (column.missing === 'never' ? 0 : 1)
      return [column.name, cell < 0 ? null : cell]
    }),
  )
}

describe.each(labelVectors)('the $name sessions of the Python implementation', ({ contract, leaves, ...model }) => {
  test('are of this contract', async () => {
    expect(toHex(await fingerprint(contract))).toBe(model.fingerprint)
    expect(labelMessages(contract)).toEqual(contract.messages)
  })

  describe.each(engines)('by %s', (engine) => {
    test.each(model.sessions)('$name: request, reply and answer, byte by byte', async (session) => {
      const group = () => loadGroup(engine)
      const own = await group()
      const random = scripted(session.key, session.noise)
      const client = defineLabelClient<object, string>(contract, { random, group })
      const sealed = await client.seal(recordOf(contract, session.cells), await client.generateKey())
      expect(toHex(sealed.request)).toBe(session.request)
      const server = defineLabelServer(contract, leaves, {
        group,
        draw: (given) => drawsOf(given, session),
        runner: { idle: 1, run: async (task) => evaluateLabel(own, task as LabelTask) },
      })
      expect(toHex(await server.evaluate(sealed.request))).toBe(session.reply)
      const { answer } = at(contract.possible, session.answer)
      expect(await sealed.open(bytesOf(session.reply))).toEqual({ kind: 'class', answer })
    })
  })
})
