import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Answering } from './answer.ts'
import type { ServeEvent } from './events.ts'
import { deliveriesOf, sessionOf } from './notifications.ts'

export interface NotifyOptions {
  /** Where in its bucket the store lies; by default at the top. */
  readonly prefix?: string
  readonly onEvent?: (event: ServeEvent) => void
}

/** Bytes of a notification at most. */
const notificationLimit = 1_000_000
/** Sessions that notifications have in hand at most; what comes beyond them is left to the server's loop. */
const mostInHand = 64

/**
 * `POST /notify` takes the notifications of a store, as Ceph and MinIO send them to a webhook, and has the sessions they
 * name answered. It returns at once: such a service may let the client wait for it. It may miss one; a loop over the
 * store is the net. Whoever can call it learns nothing, and can make the server look into the store.
 */
export function notifyApp(
  model: string,
  answer: Answering,
  { prefix = '', onEvent = () => {} }: NotifyOptions = {},
): Hono {
  const app = new Hono()
  let inHand = 0
  app.post('/notify', bodyLimit({ maxSize: notificationLimit }), async (c) => {
    const deliveries = deliveriesOf(await c.req.json().catch(() => null))
    const ids = deliveries.flatMap(({ created }) => (created ?? []).map((object) => sessionOf(object, model, prefix)))
    for (const id of ids) {
      if (id === null || inHand >= mostInHand) continue
      inHand += 1
      const work = answer(id).then(onEvent, (error: unknown) => onEvent({ kind: 'failed', session: id, error }))
      void work.finally(() => {
        inHand -= 1
      })
    }
    return c.body(null, 204)
  })
  return app
}
