/** The modules that the functions of a package begin with; beside them lies the model's `server.ts`. */

export const serverEntry = `
import { lambdaHandler } from 'emp-compile/runtime/lambda'
import { server } from './server.ts'
export { server }
export const handler = lambdaHandler(server)
`

/** What the function of a model that pins no reply key never imports. */
export const forReplyKeys = ['@aws-sdk/client-secrets-manager']

/** The contract as it is: the client module would bring the decision logic along. */
export const ticketsEntry = (contract: object) => `
import { ticketHandler } from 'emp-compile/runtime/lambda-tickets'
export const handler = ticketHandler(${JSON.stringify(contract)})
`
