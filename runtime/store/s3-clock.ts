import type { S3Client } from '@aws-sdk/client-s3'

/** How far a service's clock is ahead of this machine's. */
export interface StoreClock {
  /** Milliseconds, good to a second; null before the first response. */
  readonly offset: number | null
}

/** Reads the service's clock off its responses. */
export function storeClock(client: S3Client): StoreClock {
  const clock: { offset: number | null } = { offset: null }
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args)
      const date = dateOf(result.response)
      if (date !== null) clock.offset = date - Date.now()
      return result
    },
    { step: 'deserialize', name: 'storeClock' },
  )
  return clock
}

function dateOf(response: unknown): number | null {
  const { headers } = response as { readonly headers?: Readonly<Record<string, string>> }
  const time = Date.parse(headers?.date ?? '')
  return Number.isNaN(time) ? null : time
}
