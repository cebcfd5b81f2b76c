import { at } from '../../at.ts'
import type { RandomBytes } from '../../random.ts'
import type { Group } from '../../ristretto/group.ts'
import { readyGroup } from '../../ristretto/ready.ts'
import { defineServer, type Server, type ServerEnvironment } from '../../server.ts'
import { requireCuts } from '../cuts.ts'
import { guardGroups, type LabelContract, placeBytesOf } from './contract.ts'
import { drawLabel, type LabelDraws } from './draws.ts'
import { type LabelTask, runLabel } from './evaluation.ts'
import { type LabelLeaf, sumsOf } from './sums.ts'

export type { Server } from '../../server.ts'
export type { LabelAnswer, LabelContract } from './contract.ts'
export type { LabelLeaf } from './sums.ts'

/** What a server draws on; the defaults are the right choice outside of tests. */
export interface LabelServerEnvironment extends ServerEnvironment {
  readonly draw?: (...drawn: Parameters<typeof drawLabel>) => LabelDraws
  readonly group?: () => Promise<Group>
}

/**
 * Makes the server of a compiled model. Generated modules call it with their leaves.
 *
 * @throws {RangeError} if these are not the leaves of one tree on the contract's cuts, or the cuts do not show the positions of
 *   the columns.
 */
export function defineLabelServer(
  contract: LabelContract,
  leaves: readonly LabelLeaf[],
  { draw = drawLabel, group = readyGroup, ...environment }: LabelServerEnvironment = {},
): Server {
  requireCuts(contract)
  const groups = contract.guard === undefined ? null : guardGroups(contract)
  const { splits, leaves: sums } = sumsOf(contract, leaves)
  const width = placeBytesOf(contract)

  async function taskFor(key: Uint8Array, ciphertexts: Uint8Array, request: Uint8Array, random: RandomBytes) {
    const draws = draw(await group(), random, sums.length, groups)
    const inOrder = draws.order.map((leaf) => at(sums, leaf))
    return {
      scheme: 'label',
      key,
      ciphertexts,
      request,
      splits,
      sums: inOrder.map(({ sum }) => sum),
      padding: inOrder.map(({ isPadding }) => isPadding),
      answers: placesOf(
        inOrder.map(({ answer }) => answer),
        width,
      ),
      draws,
      groups,
    } as const satisfies LabelTask
  }

  return defineServer(
    contract,
    {
      run: runLabel,
      async evaluate({ key = new Uint8Array(), ciphertexts = new Uint8Array() }, request, { random, runner }) {
        const result = await runner.run(await taskFor(key, ciphertexts, request, random))
        if (!(result instanceof Uint8Array)) throw new TypeError('a task came to no bytes')
        const from =
          result.length - at(contract.messages.reply, contract.messages.reply.length - 1).bytes * contract.leaves
        return groups === null ? { leaves: result } : { guards: result.slice(0, from), leaves: result.slice(from) }
      },
    },
    environment,
  )
}

/** Numbers one after another, big-endian in `width` bytes each. */
function placesOf(places: readonly number[], width: number): Uint8Array {
  const bytes = new Uint8Array(places.length * width)
  places.forEach((place, i) => {
    bytes.set(width === 1 ? [place] : [place >> 8, place & 255], i * width)
  })
  return bytes
}
