import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Bell } from './bell.ts'
import { deliveriesOf, sessionOf } from './notifications.ts'

/** Bytes of a notification at most. */
const notificationLimit = 1_000_000

/**
 * `POST /notify` takes the notifications of a store, as Ceph and MinIO send them to a webhook, and rings the bell of the
 * loop over the store if one is of a new request. It returns at once: such a service may let the client wait for it.
 * Whoever can call it learns nothing, and can make the server look into the store.
 *
 * @param bells by the place whose requests ring them.
 * @param prefix where in its bucket the store lies; empty at the top.
 */
export function notifyApp(bells: ReadonlyMap<string, Bell>, prefix = ''): Hono {
  const app = new Hono()
  app.post('/notify', bodyLimit({ maxSize: notificationLimit }), async (c) => {
    const deliveries = deliveriesOf(await c.req.json().catch(() => null))
    const created = deliveries.flatMap((delivery) => delivery.created ?? [])
    for (const [place, bell] of bells) {
      if (created.some((object) => sessionOf(object, place, prefix) !== null)) bell.ring()
    }
    return c.body(null, 204)
  })
  return app
}
