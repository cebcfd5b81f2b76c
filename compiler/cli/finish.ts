import { join } from 'node:path'
import type { Compiled } from '../index.ts'
import { pathTable } from '../report/path-table.ts'
import { summary } from '../report/summary.ts'
import { staleFiles, writeFiles } from './output.ts'
import { describeTimes, type StepTime } from './progress.ts'
import { lineWidth, styled } from './terminal.ts'

/** What every way of compiling ends with; what is null where there is no such evidence. */
export interface Finished extends Pick<Compiled, 'plan' | 'lines' | 'files'> {
  readonly rows: number | null
  readonly figures: Compiled['figures'] | null
  readonly path: Compiled['path']
  /** Of an imported model: what it lost. */
  readonly loss: {
    readonly float: unknown
    readonly quantised: unknown
    readonly cuts: unknown
    readonly sums: unknown
  } | null
}

/** Where the output of a compile goes. */
export interface Destination {
  readonly name: string
  readonly directory: string
  /** Compare with what is there, and write nothing. */
  readonly check: boolean
  readonly json: boolean
}

/** Writes the files of a compile and prints its report, or says which are stale. */
export async function finish(done: Finished, to: Destination, stepTimes: () => readonly StepTime[]): Promise<void> {
  const { name, directory, check, json } = to
  if (check) {
    const stale = await staleFiles(directory, done.files)
    stepTimes()
    process.exitCode = stale.length === 0 ? 0 : 1
    if (json) return console.log(JSON.stringify({ name, directory, stale }))
    return console.log(
      stale.length === 0
        ? `${directory} is up to date.`
        : `${directory} is stale: ${stale.join(', ')}. Run the same command without --check.`,
    )
  }
  await writeFiles(directory, done.files)
  const times = stepTimes()
  if (json) return console.log(JSON.stringify(reportOf(done, to, times), null, 2))
  const path = done.path === null || done.figures === null ? null : pathTable(done.path, done.figures.task)
  const text = summary(done.lines, {
    directory,
    ...(path === null ? {} : { path }),
    ...(times.length === 0 ? {} : { times: describeTimes(times) }),
    width: lineWidth(),
    emphasise: (label) => styled(label === 'warning' ? 'yellow' : 'bold', label),
  })
  console.log(text)
}

/** Of the rows held out, the spread over the parts, and the figures to quote with their intervals. */
function forPrograms({ heldOut, ...figures }: Compiled['figures']): object {
  return { ...figures, heldOut: heldOut?.spreads ?? null, estimates: heldOut?.estimates ?? null }
}

/** The same fields for a model that was trained, and for one that was imported. */
function reportOf(
  { rows, figures, path, loss, plan, files }: Finished,
  { name, directory }: Destination,
  times: readonly StepTime[],
): object {
  const { family, reveal, scheme } = plan.contract
  return {
    name,
    directory,
    family,
    reveal,
    scheme,
    rows,
    figures: figures === null ? null : forPrograms(figures),
    path,
    float: loss?.float ?? null,
    quantised: loss?.quantised ?? null,
    cuts: loss?.cuts ?? null,
    sums: loss?.sums ?? null,
    cost: plan.cost,
    leakage: plan.leakage,
    written: [...files.keys()].map((file) => join(directory, file)),
    seconds: Object.fromEntries(times.map(({ step, seconds }) => [step, Number(seconds.toFixed(3))])),
  }
}
