import { at } from '../../at.ts'
import { bytesToBigint } from '../../bytes.ts'
import { type Client, defineClient } from '../../client.ts'
import { ProtocolError } from '../../errors.ts'
import type { RistrettoKey } from '../../ristretto/keys.ts'
import { pointBytes } from '../groups.ts'
import { checkScores } from '../link.ts'
import { openSums } from '../meaning.ts'
import { keysAndNoise, type RistrettoEnvironment } from '../noise.ts'
import type { Opened } from '../scheme.ts'
import { drawPositionNoise, encryptNumbers, positionMultiples } from './cipher.ts'
import {
  type ContractAnswer,
  type PointsContract,
  type PointsLabelContract,
  payloadBytes,
  placeBytes,
  placesInTables,
  positionCounts,
  sumBytes,
  tablePositions,
  wireBytes,
} from './contract.ts'
import { wirePrime } from './draws.ts'
import { maskEntry, maskSymbol } from './entries.ts'

export * from '../../client.ts'
export type { RistrettoKey } from '../../ristretto/keys.ts'
export type { PointsLabelContract, PointsScoreContract } from './contract.ts'

/** The client of points. */
export type PointsClient<Features extends object, Answer extends string | number> = Client<
  Features,
  Answer,
  RistrettoKey
>

/** Makes the client of a compiled model. Generated modules call it. */
export function definePointsClient<Features extends object, Answer extends string | number>(
  contract: PointsContract,
  environment: RistrettoEnvironment = {},
): PointsClient<Features, Answer> {
  const { generateKey, prepare, take } = keysAndNoise(environment, (key, random) =>
    drawPositionNoise(key, random, contract.columns.length),
  )

  return defineClient(contract, {
    generateKey,
    prepare,
    seal(cells, key) {
      const positions = tablePositions(contract, cells)
      const noise = take(key)
      return {
        fields: { key: key.point, ciphertexts: encryptNumbers(key, noise, positions) },
        open({ points = new Uint8Array(), entries = new Uint8Array(), table = new Uint8Array() }, request) {
          const own = openEntries(key, contract, placesInTables(contract, positions), { points, entries }, request)
          const opened =
            contract.reveal === 'score'
              ? openSums<Answer>(contract, checkScores(sumsOf(own, contract.outputs), rangeOf(contract)))
              : (openedPoints(openSymbol(contract, own, table, request)) as Opened<Answer>)
          return { opened, path: [] }
        },
      }
    },
  })
}

const rangeOf = ({ bound }: { readonly bound: number }) => ({ least: 1 - bound, most: bound - 1 })

/** Of every table the entry at the record's own place. */
function openEntries(
  key: RistrettoKey,
  contract: PointsContract,
  places: readonly number[],
  { points, entries }: { readonly points: Uint8Array; readonly entries: Uint8Array },
  request: Uint8Array,
): Uint8Array[] {
  const width = payloadBytes(contract)
  const multiples = positionMultiples(key, points)
  const point = (bytes: Uint8Array, table: number) => bytes.subarray(table * pointBytes, (table + 1) * pointBytes)
  let first = 0
  return positionCounts(contract).map((count, table) => {
    const position = at(places, table)
    const from = (first + position) * width
    first += count
    const entry = entries.subarray(from, from + width)
    return maskEntry(entry, request, { table, position }, point(points, table), point(multiples, table))
  })
}

/** The sums of every output, as signed numbers of 32 bits. */
function sumsOf(entries: readonly Uint8Array[], outputs: number): number[] {
  const views = entries.map((entry) => new DataView(entry.buffer, entry.byteOffset, entry.byteLength))
  return Array.from({ length: outputs }, (_, k) =>
    views.reduce((sum, view) => (sum + view.getUint32(sumBytes * k)) | 0, 0),
  )
}

/** The answer to a sum that stays hidden: the wires of the entries add up to the one that opens its place. */
function openSymbol(
  { sums, possible }: PointsLabelContract,
  entries: readonly Uint8Array[],
  table: Uint8Array,
  request: Uint8Array,
): ContractAnswer {
  const wire = entries.reduce((sum, entry) => (sum + bytesToBigint(entry.subarray(0, wireBytes))) % wirePrime, 0n)
  const place = entries.reduce((sum, entry) => (sum + Number(bytesToBigint(entry.subarray(wireBytes)))) % sums, 0)
  const symbol = maskSymbol(table.subarray(placeBytes * place, placeBytes * (place + 1)), request, place, wire)
  const answer = possible[Number(bytesToBigint(symbol))]
  if (answer === undefined) throw new ProtocolError('bad-reply')
  return answer
}

/** What the client is told of an answer. */
export function openedPoints({ answer, percent }: ContractAnswer): Opened {
  if (typeof answer === 'number') return { kind: 'number', answer }
  return { kind: 'class', answer, ...(percent === undefined ? {} : { percent }) }
}
