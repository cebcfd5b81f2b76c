import type { Contract } from 'emp-compile-runtime/internal/contract'
import { noPinnedKey } from '../errors.ts'

/** Where strangers can write, answers have to be signed. @throws {CompileError} `no-pinned-key` */
export function requirePinnedKeys(contracts: readonly Contract[]): void {
  const without = contracts.find(({ replyKey }) => replyKey === undefined)
  if (without !== undefined) throw noPinnedKey(without.name)
}
