import { at } from '../../../runtime/at.ts'
import { type Client, defineClient } from '../../../runtime/client.ts'
import type { Contract } from '../../../runtime/contract.ts'
import { ProtocolError } from '../../../runtime/errors.ts'
import type { Opened } from '../../../runtime/schemes/scheme.ts'
import { defineServer, type Server } from '../../../runtime/server.ts'

/** The oracle as a scheme: cells and answers travel in the clear. It hides nothing, and is for tests alone. */
export interface PlainContract extends Contract {
  readonly reveal: 'plain'
  readonly scheme: 'none'
  /** Every answer of the model, as it is opened. */
  readonly leaves: readonly Opened[]
}

/** The nodes of a tree, the root first: a split by a cell, or the place of a leaf. */
export type PlainNode =
  | {
      readonly feature: number
      readonly also?: readonly number[]
      readonly cut: number
      readonly left: number
      readonly right: number
    }
  | { readonly leaf: number }

export function definePlainClient<Features extends object, Answer extends string | number>(
  contract: PlainContract,
): Client<Features, Answer, 'no key'> {
  return defineClient<Features, Answer, 'no key'>(contract, {
    generateKey: async () => 'no key',
    prepare: () => {},
    seal(cells, key) {
      if (key !== 'no key') throw new ProtocolError('wrong-key')
      return {
        fields: { cells: Uint8Array.from(cells.flatMap((cell) => [cell >> 24, cell >> 16, cell >> 8, cell])) },
        open({ leaf = new Uint8Array() }) {
          const opened = contract.leaves[256 * at(leaf, 0) + at(leaf, 1)]
          if (opened === undefined) throw new ProtocolError('bad-reply')
          return { opened: opened as Opened<Answer>, path: [] }
        },
      }
    },
  })
}

export function definePlainServer(contract: PlainContract, nodes: readonly PlainNode[]): Server {
  return defineServer(contract, {
    run: () => Promise.reject(new TypeError('there are no tasks')),
    async evaluate({ cells: bytes = new Uint8Array() }) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      let node = at(nodes, 0)
      const cellOf = (feature: number) => view.getUint32(4 * feature)
      while ('feature' in node) {
        const cell = [node.feature, ...(node.also ?? [])].reduce((sum, one) => sum + cellOf(one), 0)
        node = at(nodes, cell <= node.cut ? node.left : node.right)
      }
      return { leaf: Uint8Array.of(node.leaf >> 8, node.leaf) }
    },
  })
}
