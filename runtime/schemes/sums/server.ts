import { at } from '../../at.ts'
import type { RandomBytes } from '../../random.ts'
import type { Group } from '../../ristretto/group.ts'
import { readyGroup } from '../../ristretto/ready.ts'
import { defineServer, type Server, type ServerEnvironment } from '../../server.ts'
import { requireCuts } from '../cuts.ts'
import { columnGroups, guardGroups } from '../groups.ts'
import { scoreCount } from '../link.ts'
import { addedBy, multipliesBits, type SumsContract, scoreLimit } from './contract.ts'
import { consume, drawSums, payloadsOf, type SumsDraws } from './draws.ts'
import { runSums, type SumsTask } from './evaluation.ts'
import { type SumsModel, sumsLayout, type TreeLayout } from './layout.ts'

export type { Server } from '../../server.ts'
export type { SumsContract } from './contract.ts'
export type { SumNode, SumsModel } from './layout.ts'

/** What a server draws on; the defaults are the right choice outside of tests. */
export interface SumsServerEnvironment extends ServerEnvironment {
  readonly draw?: (...drawn: Parameters<typeof drawSums>) => SumsDraws
  readonly group?: () => Promise<Group>
}

/**
 * Makes the server of a compiled model. Generated modules call it with their trees.
 *
 * @throws {RangeError} if these are not trees of the contract, or a score could reach 2^31 in size.
 */
export function defineSumsServer(
  contract: SumsContract,
  model: SumsModel,
  { draw = drawSums, group = readyGroup, ...environment }: SumsServerEnvironment = {},
): Server {
  requireCuts(contract)
  const groups = contract.guard === undefined ? null : guardGroups(contract)
  const columns = columnGroups(contract)
  if (model.trees.length !== contract.leaves.length) throw new RangeError('the contract has another number of trees')
  const layouts = model.trees.map((root, tree) => sumsLayout(contract, columns, root, at(contract.leaves, tree)))
  checkSize(contract, model.base, layouts)
  const trees = layouts.map(({ terms, ends, from }) => ({ terms, ends, from }))
  const scores = layouts.map(({ leaves }) => leaves.map((leaf) => leaf.scores))
  const ofBits = multipliesBits(contract)

  async function taskFor(key: Uint8Array, ciphertexts: Uint8Array, request: Uint8Array, random: RandomBytes) {
    const draws = consume(draw(await group(), random, contract, model.base, groups))
    const { rho, betas, others, guard, orders } = draws
    const inOrder = layouts.map(({ leaves }, tree) => at(orders, tree).map((leaf) => at(leaves, leaf)))
    return {
      scheme: 'sums',
      key,
      ciphertexts,
      request,
      trees,
      nodes: inOrder.map((leaves) => leaves.map(({ node }) => node)),
      padding: inOrder.map((leaves) => leaves.map(({ isPadding }) => isPadding)),
      payloads: payloadsOf(draws, scores),
      multipliesBits: ofBits,
      draws: { rho, betas, others, guard },
      groups,
    } as const satisfies SumsTask
  }

  return defineServer(
    contract,
    {
      run: runSums,
      async evaluate({ key = new Uint8Array(), ciphertexts = new Uint8Array() }, request, { random, runner }) {
        const result = await runner.run(await taskFor(key, ciphertexts, request, random))
        if (!(result instanceof Uint8Array)) throw new TypeError('a task came to no bytes')
        const { bytes, count } = at(contract.messages.reply, contract.messages.reply.length - 1)
        const from = result.length - bytes * count
        return groups === null ? { leaves: result } : { guards: result.slice(0, from), leaves: result.slice(from) }
      },
    },
    environment,
  )
}

/** @throws {RangeError} if a score could be too large to be read again, or there are not as many as the contract says. */
function checkSize(contract: SumsContract, base: readonly number[], layouts: readonly TreeLayout[]): void {
  const sizes = base.map(Math.abs)
  if (sizes.length !== scoreCount(contract) || !base.every(Number.isInteger)) {
    throw new RangeError('the base has not one whole number for each score')
  }
  layouts.forEach(({ leaves }, tree) => {
    const largest = at(leaves, 0).scores.map((_, i) => Math.max(...leaves.map(({ scores }) => Math.abs(at(scores, i)))))
    for (const [output, size] of addedBy(contract, tree, largest)) sizes[output] = at(sizes, output) + size
  })
  if (!sizes.every((size) => size < scoreLimit)) throw new RangeError('a score may not be below 2^31 in size')
}
