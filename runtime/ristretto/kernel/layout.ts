/** Gives out places in the kernel's memory, one after another, each at a multiple of 16. */
export type AllocatePlace = (bytes: number) => number

export function placesFrom(start: number): { readonly place: AllocatePlace; readonly end: () => number } {
  let end = start
  return {
    place(bytes) {
      const at = end
      end += 16 * Math.ceil(bytes / 16)
      return at
    },
    end: () => end,
  }
}
