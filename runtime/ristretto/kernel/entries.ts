/** The tables of the generator's multiples: one a window, each of 1 to 16 times the window's power of 32. */

export const baseWindowBits = 5
export const baseWindows = 51
/** Entries of a table. The digits are -16 .. 16; that of 0 is made. */
export const entries = 16
/** (y + x, y - x, 2 d x y) of one point. */
export const entryBytes = 120
export const tableBytes = entries * entryBytes

/** Windows of other points, which have tables of their own: digits are -8 .. 8. */
export const windowBits = 4
export const ownEntries = 8
