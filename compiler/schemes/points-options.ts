import { cutsOption } from './cuts-option.ts'
/** The options that both ways to reveal points have. */
export const shared = {
  cuts: cutsOption,
  points: {
    type: 'number',
    whole: true,
    least: 1,
    most: 65_535,
    text: 'most points between the smallest and the largest sum',
    usual: '63, 255 or 4095, by cross-validation; 255 where the answer alone is revealed',
  },
} as const

/** Public cuts of a column where nothing is said. */
export const usualCuts = 16
/** Points of a sum where nothing is said and their number is public. */
export const usualPoints = 255
