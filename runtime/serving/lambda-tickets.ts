import { handle, type LambdaEvent } from 'hono/aws-lambda'
import type { Contract } from '../contract.ts'
import { ticketSigner } from '../store/s3-presign.ts'
import { logObject } from './events.ts'
import { callerOfAddress, rateLimiter, readRate } from './rate-limit.ts'
import { ticketApp } from './tickets.ts'

/** What a ticket function is told by its environment. */
export interface TicketEnvironment {
  /** `s3://bucket` or `s3://bucket/prefix`. */
  readonly EMP_COMPILE_STORE?: string | undefined
  /** Tickets for one caller in an hour; 60 by default. Every instance of the function counts for itself. */
  readonly EMP_COMPILE_TICKETS_PER_HOUR?: string | undefined
  /** The origin of the pages that may ask; any by default. */
  readonly EMP_COMPILE_ORIGIN?: string | undefined
  /** The endpoint of a service other than AWS. */
  readonly AWS_ENDPOINT_URL_S3?: string | undefined
  readonly AWS_ENDPOINT_URL?: string | undefined
  /**
   * `yes` for a service other than AWS that refuses headers that are not signed: `findTicketFlaws` tells. The function
   * cannot try it, as its role may do only what a ticket may.
   */
  readonly EMP_COMPILE_ENDPOINT_TRUSTED?: string | undefined
}

/**
 * The ticket endpoint as the handler of a Lambda function with a URL. It needs the contracts alone, not the models.
 *
 * @throws {RangeError} if the environment names no store on S3, or a rate that is not a number, or an endpoint that is not trusted.
 */
export function ticketHandler(contracts: readonly Contract[], environment: TicketEnvironment = process.env) {
  const { EMP_COMPILE_STORE: store = '', EMP_COMPILE_TICKETS_PER_HOUR: perHour, EMP_COMPILE_ORIGIN } = environment
  const endpoint = environment.AWS_ENDPOINT_URL_S3 ?? environment.AWS_ENDPOINT_URL ?? ''
  if (endpoint !== '' && environment.EMP_COMPILE_ENDPOINT_TRUSTED !== 'yes') {
    throw new RangeError('Tickets of this function are for S3 on AWS. Elsewhere emp-compile serve hands them out.')
  }
  const served = contracts.map((contract) => ({ contract, sign: ticketSigner(store, contract) }))
  const app = ticketApp(served, {
    limiter: rateLimiter(perHour === undefined ? {} : { perHour: readRate(perHour) }),
    origin: EMP_COMPILE_ORIGIN ?? '*',
    caller: (c) => {
      const { event }: { event: LambdaEvent } = c.env
      return callerOfAddress('http' in event.requestContext ? event.requestContext.http.sourceIp : '')
    },
    onEvent: logObject,
  })
  return handle(app)
}
