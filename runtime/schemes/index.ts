import type { Task, TaskResult } from './scheme.ts'

/** The schemes whose servers leave work to threads: what does their tasks, loaded when the first one comes. */
const tasks: Readonly<Record<string, () => Promise<(task: Task) => Promise<TaskResult>>>> = {
  signs: async () => (await import('./signs/evaluation.ts')).runSigns,
  label: async () => (await import('./label/evaluation.ts')).runLabel,
  points: async () => (await import('./points/evaluation.ts')).runPoints,
  sums: async () => (await import('./sums/evaluation.ts')).runSums,
}

/** Does a task of any scheme in this thread. @throws {ProtocolError} of the task (by the promise) */
export async function runTask(task: Task): Promise<TaskResult> {
  const load = tasks[task.scheme]
  if (load === undefined) throw new TypeError('a task of an unknown scheme')
  return (await load())(task)
}
