import { at } from '../at.ts'
import { type Counts, secondsBounds } from './counters.ts'
import type { Vitals } from './vitals.ts'

type Labels = Readonly<Record<string, string>>
type Sample = readonly [labels: Labels, value: number, suffix?: string]

const prefix = 'emp_compile_'

/** What a server counts and measures, in the text format of Prometheus (version 0.0.4). */
export function metricsText(counts: Counts, vitals: Pick<Vitals, 'unready' | 'queue' | 'looks'>): string {
  const { waiting, inHand } = vitals.queue()
  const looks = vitals.looks()
  const byCode = (codes: Readonly<Record<string, number>>): Sample[] =>
    Object.entries(codes).map(([code, value]) => [{ code }, value])
  const evaluations = counts.answered + Object.values(counts.refused).reduce((sum, value) => sum + value, 0)
  const one = (value: number): Sample[] => [[{}, value]]
  const histogram: Sample[] = [
    ...secondsBounds.map((bound, i): Sample => [{ le: String(bound) }, at(counts.within, i), '_bucket']),
    [{ le: '+Inf' }, evaluations, '_bucket'],
    [{}, counts.milliseconds / 1000, '_sum'],
    [{}, evaluations, '_count'],
  ]
  return [
    metric('answered_total', 'counter', 'Requests that were answered.', one(counts.answered)),
    metric('refused_total', 'counter', 'Error replies, by code.', byCode(counts.refused)),
    metric('failed_total', 'counter', 'Failures that were or will be tried again, by code.', byCode(counts.failed)),
    metric('busy_total', 'counter', 'Requests refused as they would have waited too long.', one(counts.busy)),
    metric('limited_total', 'counter', 'Requests refused by the rate limit.', one(counts.limited)),
    metric('aborted_total', 'counter', 'Requests whose clients went away.', one(counts.aborted)),
    metric('expired_total', 'counter', 'Requests removed, as nobody waited any more.', one(counts.expired)),
    metric('swept_total', 'counter', 'Objects removed that nobody fetched.', one(counts.swept)),
    metric('tickets_total', 'counter', 'Tickets handed out.', one(counts.tickets)),
    metric('request_bytes_total', 'counter', 'Bytes of requests.', one(counts.requestBytes)),
    metric('reply_bytes_total', 'counter', 'Bytes of replies.', one(counts.replyBytes)),
    metric('evaluation_seconds', 'histogram', 'Time from request to reply.', histogram),
    metric('queue', 'gauge', 'Requests over HTTP that wait.', one(waiting)),
    metric('in_hand', 'gauge', 'Requests over HTTP that are evaluated.', one(inHand)),
    metric('store_waiting', 'gauge', 'Requests in the store.', one(looks.waiting)),
    metric('store_oldest_seconds', 'gauge', 'Age of the oldest request in the store.', one(looks.oldest / 1000)),
    metric('store_foreign', 'gauge', 'Objects among the requests that are not requests.', one(looks.foreign)),
    metric('ready', 'gauge', '1 if /ready says so.', one(vitals.unready() === null ? 1 : 0)),
  ].join('')
}

function metric(name: string, type: string, help: string, samples: readonly Sample[]): string {
  const head = `# HELP ${prefix}${name} ${help}\n# TYPE ${prefix}${name} ${type}\n`
  const lines = samples.map(([labels, value, suffix = '']) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${text.replace(/["\\\n]/g, '')}"`)
    return `${prefix}${name}${suffix}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}\n`
  })
  return head + lines.join('')
}
