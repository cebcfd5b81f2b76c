import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { cannotRead, notAReplyKey } from '../errors.ts'
import { moduleOf } from './command.ts'
import { keepFromGit } from './keep-from-git.ts'
import { writeNewFile } from './output.ts'
import { jsonRow } from './rows.ts'

export const { builder, handler, optionNames } = moduleOf({
  argument: { name: 'file', text: 'file to write; it is never overwritten' },
  options: { json: jsonRow },
  examples: [['reply-key reply-key.pem > reply-key.pub.pem', 'then compile with --reply-key reply-key.pub.pem']],
  async run({ json }, file) {
    const { privateKey, publicKey } = generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    })
    await keepFromGit(file)
    await writeNewFile(file, privateKey, 0o600)
    if (json) return console.log(JSON.stringify({ written: [file], publicKey }))
    console.error(`${file} written, for the server alone. The public key, for --reply-key at compile:`)
    process.stdout.write(publicKey)
  },
})

/**
 * The public key for a contract, out of a PEM file of the private or the public key: the point of P-256,
 * uncompressed, in base64url.
 *
 * @throws {CompileError} `cannot-read`, `not-a-reply-key`
 */
export async function readPublicKey(file: string): Promise<string> {
  const pem = await readFile(file, 'utf8').catch((error: unknown) => {
    throw cannotRead(file, error)
  })
  const { crv, x = '', y = '' } = publicJwk(file, pem)
  if (crv !== 'P-256') throw notAReplyKey(file)
  const point = [Uint8Array.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]
  return Buffer.concat(point).toString('base64url')
}

/** Only the public part leaves this function, and no text of the file's enters the error. */
function publicJwk(file: string, pem: string): JsonWebKey {
  try {
    return createPublicKey(pem).export({ format: 'jwk' })
  } catch {
    throw notAReplyKey(file)
  }
}
