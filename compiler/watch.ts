/** Who follows a long piece of work: a terminal, for instance. */
export interface Watch {
  /** The next step begins: `reading`, `training`, `measuring`, `compiling`. */
  step(name: string): void
  /** So many parts of the step are done; `total` is null where nobody knows how many there will be. */
  part(done: number, total: number | null): void
}

/** Told after each part of a piece of work: how many are done, and of how many. */
export type OnPart = (done: number, total: number) => void
