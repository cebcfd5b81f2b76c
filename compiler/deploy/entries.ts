import type { Contract } from 'emp-compile-runtime/internal/contract'

/** The modules that the functions of a package begin with. */

/** @param modules paths of the models' `server.ts`, as the entry imports them. */
export const serverEntry = (modules: readonly string[]) => `
import { lambdaHandler } from 'emp-compile-runtime/lambda'
${modules.map((module, i) => `import { server as server${i} } from ${JSON.stringify(module)}`).join('\n')}
export { server0 as server }
export const handler = lambdaHandler([${modules.map((_, i) => `server${i}`).join(', ')}])
`

/** What the function of models that pin no reply key never imports. */
export const forReplyKeys = ['@aws-sdk/client-secrets-manager']

/** The contracts as they are: the client modules would bring the decision logic along. */
export const ticketsEntry = (contracts: readonly Contract[]) => `
import { ticketHandler } from 'emp-compile-runtime/lambda-tickets'
export const handler = ticketHandler(${JSON.stringify(contracts)})
`
