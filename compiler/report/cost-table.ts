import type { GroupOperations, LabelCost, Plan, SignsCost } from '../plan.ts'
import { kilobytes } from './summary.ts'

/** What one prediction takes, as a table of Markdown. */
export function costTable(plan: Plan): string {
  return plan.reveal === 'signs' ? signsTable(plan.cost) : labelTable(plan.cost)
}

function signsTable(cost: SignsCost): string {
  return `| | ciphertexts | bytes | multiplications, in plain JavaScript | on Node: exponentiations, by OpenSSL, and multiplications, in WebAssembly |
| --- | ---: | ---: | ---: | ---: |
| seal (client) | ${cost.requestCiphertexts} | ${cost.requestBytes} up (${kilobytes(cost.requestBytes)}) | ${cost.bigint.sealMultiplications} of half size | ${cost.openssl.sealExponentiations} exponentiations of half size${cost.openssl.sealMultiplications === 0 ? '' : `, and ${cost.openssl.sealMultiplications} multiplications`} |
| evaluate (server) | ${cost.replyCiphertexts} | ${cost.replyBytes} down (${kilobytes(cost.replyBytes)}) | ${cost.bigint.evaluateMultiplications} modulo n² | ${cost.openssl.evaluateMultiplications} multiplications |
| open (client) | | | ${cost.bigint.openMultiplications} of half size | ${cost.openssl.openExponentiations} exponentiations of half size |`
}

function labelTable(cost: LabelCost): string {
  const operations = ({ baseMultiplications, multiplications, additions }: GroupOperations) =>
    `${baseMultiplications} | ${multiplications} | ${additions}`
  return `| | ciphertexts | bytes | multiplications of the base | of other points | additions |
| --- | ---: | ---: | ---: | ---: | ---: |
| seal (client) | ${cost.requestCiphertexts} | ${cost.requestBytes} up (${kilobytes(cost.requestBytes)}) | ${operations(cost.seal)} |
| evaluate (server) | ${cost.replyCiphertexts} | ${cost.replyBytes} down (${kilobytes(cost.replyBytes)}) | ${operations(cost.evaluate)} |
| open (client) | | | ${operations(cost.open)} |`
}
