import { sha256, toHex } from '../bytes.ts'
import { byId, replace } from './dom.ts'

/** The page as it came, hashed: what an auditor compares with the build. */
export async function showPageHash(otherwise: string): Promise<void> {
  const response = await fetch(location.pathname, { cache: 'force-cache' }).catch(() => null)
  const hash = response?.ok === true ? toHex(await sha256(new Uint8Array(await response.arrayBuffer()))) : null
  replace(byId('page-hash'), hash ?? otherwise)
}
