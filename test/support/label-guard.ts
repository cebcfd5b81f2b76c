import { at } from '../../runtime/at.ts'
import { concatBytes, toHex } from '../../runtime/bytes.ts'
import { fingerprint, sha256 } from '../../runtime/contract.ts'
import { systemRandom } from '../../runtime/random.ts'
import { generateRistrettoKey, type RistrettoKey } from '../../runtime/ristretto/keys.ts'
import { readyGroup } from '../../runtime/ristretto/ready.ts'
import { multiplesOf } from '../../runtime/schemes/cipher.ts'
import { guardPoints, kappaOf, openGuards } from '../../runtime/schemes/guard.ts'
import type { LabelContract } from '../../runtime/schemes/label/client.ts'
import { type GuardGroup, guardGroups, pointBytes, seedBytes } from '../../runtime/schemes/label/contract.ts'
import { drawLabel, type LabelDraws } from '../../runtime/schemes/label/draws.ts'
import { evaluateLabel, type LabelTask } from '../../runtime/schemes/label/evaluation.ts'
import { findAnswer } from '../../runtime/schemes/label/hidden-answer.ts'
import { defineLabelServer, type LabelLeaf } from '../../runtime/schemes/label/server.ts'
import { messagesOf } from '../../runtime/wire/message.ts'
import { cheatingRequest } from './label-cheat.ts'

/** A model as its server has it. */
export interface Guarded {
  readonly contract: LabelContract
  readonly leaves: readonly LabelLeaf[]
}

/** What the server draws: ours, or a weakened build's. */
export type Draw = (...given: Parameters<typeof drawLabel>) => LabelDraws

/** What a server makes of a task, as bytes: `guards`, then `leaves`. */
export type Evaluate = (task: LabelTask) => Promise<Uint8Array>

const ours: Evaluate = async (task) => evaluateLabel(await readyGroup(), task)

/** The parts of a reply that a cheat has asked for. */
export interface Seen {
  readonly key: RistrettoKey
  /** SHA-256 of the request. */
  readonly request: Uint8Array
  readonly guards: Uint8Array
  readonly leaves: Uint8Array
  /** What the cheat does not see: the seeds of the guard, one after another; none where there is no guard. */
  readonly drawn: Uint8Array
}

interface Build {
  readonly draw?: Draw
  readonly evaluate?: Evaluate
}

/** Asks one server again and again, one question after another, with any numbers in the place of bits, under a fresh key each. */
export function asker(
  { contract, leaves }: Guarded,
  { draw = drawLabel, evaluate = ours }: Build = {},
): (values: readonly bigint[]) => Promise<Seen> {
  let [result, drawn] = [new Uint8Array(), new Uint8Array()]
  const server = defineLabelServer(contract, leaves, {
    draw(...given) {
      const draws = draw(...given)
      drawn = draws.kind === 'betas' ? Uint8Array.from(draws.guard.seeds) : new Uint8Array()
      return draws
    },
    runner: {
      idle: 1,
      async run(task) {
        result = Uint8Array.from(await evaluate(task as LabelTask))
        return result
      },
    },
  })
  const messages = fingerprint(contract).then((print) => messagesOf(contract, print))
  return async (values) => {
    const key = await generateRistrettoKey()
    const request = await cheatingRequest(contract, key, values, systemRandom, messages)
    result = new Uint8Array()
    await server.evaluate(request)
    const from = result.length - 38 * contract.leaves
    return { key, request: await sha256(request), guards: result.slice(0, from), leaves: result.slice(from), drawn }
  }
}

/** Asks once. */
export const ask = (model: Guarded, values: readonly bigint[], build: Build = {}): Promise<Seen> =>
  asker(model, build)(values)

/**
 * Whether the client's key finds, at any positions, the seeds of all groups. Where it does not, no combination of what it
 * finds gives the kappa that leaves are bound to.
 */
export function findsAllSeeds(contract: LabelContract, seen: Seen): boolean {
  const found = seedsOf(guardGroups(contract), seen)
  return found.every((own, g) => {
    const seed = toHex(seen.drawn.subarray(g * seedBytes, (g + 1) * seedBytes))
    return own.some((one) => toHex(one) === seed)
  })
}

/** For each position of a group the seed that the client's key finds there. */
export function seedsOf(groups: readonly GuardGroup[], { key, guards }: Seen): Uint8Array[][] {
  const multiples = multiplesOf(key, guardPoints(groups, guards))
  const most = Math.max(...groups.map(({ positions }) => positions))
  const found = Array.from({ length: most }, (_, j) =>
    openGuards(
      groups,
      guards,
      groups.map(({ positions }) => Math.min(j, positions - 1)),
      multiples,
    ),
  )
  return groups.map(({ positions }, g) =>
    Array.from({ length: positions }, (_, j) => at(found, j).subarray(g * seedBytes, (g + 1) * seedBytes)),
  )
}

/**
 * The answers of the leaves that open, whatever combination of the seeds of these positions it takes.
 *
 * @param positions which positions of each group are tried: all of them, where none are given.
 */
export function openTrying(
  contract: LabelContract,
  seen: Seen,
  positions: readonly (readonly number[] | null)[],
  groups: readonly GuardGroup[] = guardGroups(contract),
): number[] {
  const seeds = seedsOf(groups, seen)
  const tried = groups.map((_, g) => {
    const chosen = positions[g] ?? null
    return chosen === null ? at(seeds, g) : chosen.map((j) => at(at(seeds, g), j))
  })
  const combined = tried.reduce<Uint8Array[]>(
    (all, own) => all.flatMap((before) => own.map((seed) => concatBytes([before, seed]))),
    [new Uint8Array()],
  )
  return openUnder(
    contract,
    seen,
    combined.map((all) => kappaOf(seen.request, all)),
  )
}

/** The answers of the leaves that open under one of these. */
export function openUnder(contract: LabelContract, { key, leaves }: Seen, kappas: readonly Uint8Array[]): number[] {
  const parts = Array.from({ length: contract.leaves }, (_, i) => leaves.subarray(38 * i, 38 * (i + 1)))
  const points = parts.map((leaf) => leaf.subarray(0, pointBytes))
  return multiplesOf(key, points).flatMap((d, i) =>
    kappas.flatMap((kappa) => findAnswer(at(points, i), d, kappa, at(parts, i).subarray(pointBytes)) ?? []),
  )
}

/** The bits of a record of these cells. */
export const bitsAt = ({ cuts }: LabelContract, cells: readonly number[]): bigint[] =>
  cuts.flatMap((own, feature) => own.map((cut) => BigInt(at(cells, feature) > cut)))

/** The position of each group at these cells, where all columns are numbers. */
export const positionsAt = ({ cuts }: LabelContract, cells: readonly number[]): number[] =>
  cuts.map((own, feature) => own.filter((cut) => at(cells, feature) > cut).length)
