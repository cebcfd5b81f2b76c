import { CompileError } from '../errors.ts'

/** The errors of a run of predictions that goes on where it was. */

export const interrupted = (output: string, answered: number, rows: number, cause: unknown) =>
  new CompileError(
    'interrupted',
    { file: output },
    `${answered} of ${rows} rows are answered so far; run the same command again to go on. ${cause instanceof Error ? cause.message : String(cause)}`,
    { cause },
  )
export const otherJournal = (path: string) =>
  new CompileError(
    'other-journal',
    { file: path },
    'holds the answers so far to another input, or of another model. Restore those to go on with it, or remove it to begin anew.',
  )
export const damagedJournal = (path: string, line: number) =>
  new CompileError(
    'damaged-journal',
    { file: path, line },
    'is not a line that emp-compile predict has written. Remove the line, or the file to begin anew.',
  )
