import type { RandomBytes } from '../../random.ts'
import type { Group } from '../../ristretto/group.ts'
import { readyGroup } from '../../ristretto/ready.ts'
import { defineServer, type Server, type ServerEnvironment } from '../../server.ts'
import { pointBytes } from '../groups.ts'
import type { Drawn } from '../once.ts'
import { checkPoints, type PointsSecret } from './check.ts'
import { type PointsContract, payloadBytes, positionCounts } from './contract.ts'
import { drawPoints, type PointsDraws, wirePrime } from './draws.ts'
import { symbolTable } from './entries.ts'
import { type PointsTask, runPoints } from './evaluation.ts'
import { type PointsTable, sumPayloads, wirePayloads } from './payloads.ts'

export type { Server } from '../../server.ts'
export type { PointsLabelContract, PointsScoreContract } from './contract.ts'
export type { PointsTable } from './payloads.ts'

/** What a server draws on; the defaults are the right choice outside of tests. */
export interface PointsServerEnvironment extends ServerEnvironment {
  readonly draw?: (group: Group, random: RandomBytes, contract: PointsContract) => Drawn<PointsDraws>
  readonly group?: () => Promise<Group>
}

/** The model as a server module holds it. */
export type GivenPoints = Pick<PointsSecret, 'tables'> & Partial<PointsSecret>

/**
 * Makes the server of a compiled model. Generated modules call it with their points.
 *
 * @throws {RangeError} if these are no points of the contract, or its cuts are not ascending cells.
 */
export function definePointsServer(
  contract: PointsContract,
  { tables, base = [], symbols = [] }: GivenPoints,
  { draw = drawPoints, group = readyGroup, ...environment }: PointsServerEnvironment = {},
): Server {
  checkPoints(contract, { tables, base, symbols })
  const counts = positionCounts(contract)
  const entryBytes = payloadBytes(contract) * counts.reduce((sum, count) => sum + count, 0)

  return defineServer(
    contract,
    {
      run: (task) => runPoints(task, group),
      async evaluate({ key = new Uint8Array(), ciphertexts = new Uint8Array() }, request, { random, runner }) {
        const draws = draw(await group(), random, contract).take()
        const task: PointsTask = {
          scheme: 'points',
          key,
          ciphertexts,
          request,
          counts,
          pairs: contract.pairs,
          payloads: payloadsOf(contract, tables, base, draws),
          rho: draws.rho,
          betas: draws.betas,
        }
        const result = await runner.run(task)
        if (!(result instanceof Uint8Array) || result.length !== entryBytes + pointBytes * counts.length) {
          throw new TypeError('a task came to other bytes')
        }
        const fields = { entries: result.slice(0, entryBytes), points: result.slice(entryBytes) }
        return draws.kind === 'masks' ? fields : { ...fields, table: tableOf(symbols, request, draws) }
      },
    },
    environment,
  )
}

function payloadsOf(
  contract: PointsContract,
  tables: readonly PointsTable[],
  base: readonly number[],
  draws: PointsDraws,
): Uint8Array {
  if (draws.kind === 'masks') return sumPayloads(tables, base, draws)
  if (contract.reveal === 'score') throw new TypeError('draws of another contract')
  return wirePayloads(tables, contract.sums, draws)
}

/** The table of `label`, by the sums of what stands in an honest record's entries where it has the least points. */
function tableOf(
  symbols: readonly number[],
  request: Uint8Array,
  { delta, wires, places }: Extract<PointsDraws, { readonly kind: 'wires' }>,
): Uint8Array {
  const wire = wires.reduce((sum, own) => (sum + own) % wirePrime, 0n)
  const place = places.reduce((sum, own) => (sum + own) % symbols.length, 0)
  return symbolTable(symbols, request, { place, wire, delta, prime: wirePrime })
}
