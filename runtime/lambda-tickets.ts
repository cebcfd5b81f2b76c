import { handle, type LambdaEvent } from 'hono/aws-lambda'
import type { Contract } from './contract.ts'
import { jsonLine } from './events.ts'
import { callerOfAddress } from './rate-limit.ts'
import { ticketSigner } from './store/s3-presign.ts'
import { ticketApp } from './tickets.ts'

/** What a ticket function is told by its environment. */
export interface TicketEnvironment {
  /** `s3://bucket` or `s3://bucket/prefix`. */
  readonly EMP_COMPILE_STORE?: string | undefined
  /** Tickets for one caller in an hour; 60 by default. Every instance of the function counts for itself. */
  readonly EMP_COMPILE_TICKETS_PER_HOUR?: string | undefined
  /** The origin of the pages that may ask; any by default. */
  readonly EMP_COMPILE_ORIGIN?: string | undefined
}

/**
 * The ticket endpoint as the handler of a Lambda function with a URL. It needs the contract alone, not the model.
 *
 * @throws {RangeError} if the environment names no store on S3.
 */
export function ticketHandler(contract: Contract, environment: TicketEnvironment = process.env) {
  const { EMP_COMPILE_STORE: store = '', EMP_COMPILE_TICKETS_PER_HOUR: perHour, EMP_COMPILE_ORIGIN } = environment
  const app = ticketApp(contract, ticketSigner(store, contract), {
    limit: perHour === undefined ? {} : { perHour: Number(perHour) },
    origin: EMP_COMPILE_ORIGIN ?? '*',
    caller: (c) => {
      const { event }: { event: LambdaEvent } = c.env
      return callerOfAddress('http' in event.requestContext ? event.requestContext.http.sourceIp : '')
    },
    onEvent: (event) => console.log(jsonLine(event)),
  })
  return handle(app)
}
