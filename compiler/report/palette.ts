import { at } from 'emp-compile-runtime/internal/at'

/** The colours of all pictures and pages of the report. */

/** Eight hues that differ in lightness too, for grey print and colour-blind eyes; then lighter and darker ones. */
const palette = [
  ['#0b5394', '#f4a73a', '#1f8a70', '#f7e77a', '#16332a', '#c77fb5', '#b93d16', '#bcd3f2'],
  ['#6d98bf', '#f8ca89', '#79b9a9', '#faf1af', '#73857f', '#ddb2d3', '#d58b73', '#d7e5f7'],
  ['#073660', '#9f6d26', '#145a49', '#a1964f', '#0e211b', '#815376', '#78280e', '#7a899d'],
  ['#b6cbdf', '#fce5c4', '#bcdcd4', '#fdf8d7', '#b9c2bf', '#eed9e9', '#eac5b9', '#ebf2fb'],
].flat()

/** Black or white for text on a fill, whichever contrasts more. */
export function textOn(fill: string): '#000000' | '#ffffff' {
  const channels = channelsOf(fill).map((channel) => channel / 255)
  const luminance = [0.2126, 0.7152, 0.0722].reduce((all, share, i) => all + share * at(channels, i) ** 2.2, 0)
  return luminance > 0.18 ? '#000000' : '#ffffff'
}

/** The fill of a class, different for the first 32, and black or white for text on it, whichever contrasts more. */
export function classColour(answer: number): { readonly fill: string; readonly text: '#000000' | '#ffffff' } {
  const fill = palette[answer % palette.length] ?? '#ffffff'
  return { fill, text: textOn(fill) }
}

/** The colour that is `share` of the way from one to another, channel by channel. */
export function mix(from: string, to: string, share: number): string {
  const goal = channelsOf(to)
  const channels = channelsOf(from).map((channel, i) => Math.round(channel + share * (at(goal, i) - channel)))
  return `#${channels.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`
}

const channelsOf = (colour: string) => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16))

/** The colours of everything but the classes; `first` and `second` are those of two series of one chart. */
export const themes = {
  light: {
    paper: '#ffffff',
    box: '#f5f7fa',
    ink: '#17202b',
    muted: '#4d5b6b',
    line: '#8593a3',
    grid: '#dfe5ec',
    first: '#0b5394',
    second: '#c9701a',
  },
  dark: {
    paper: '#12171d',
    box: '#1e2630',
    ink: '#edf1f5',
    muted: '#adb9c6',
    line: '#7c8a9a',
    grid: '#2b3541',
    first: '#5b9bd9',
    second: '#f7c777',
  },
} as const

export type Theme = Readonly<Record<keyof typeof themes.light, string>>

/** The fill of every class of elements that all pictures have; a stroke may follow it. */
export const basicFills = ({ paper, box, ink, muted, line }: Theme): Readonly<Record<string, string>> => {
  return { paper, ink, muted, box: `${box};stroke:${line}`, frame: `none;stroke:${line}` }
}

/** The style of a picture in both modes. All rules are under the scope: pictures on one page leave each other alone. */
export function styleOf(scope: string, fillsOf: (theme: Theme) => Readonly<Record<string, string>>): string {
  const rules = (theme: Theme) =>
    Object.entries(fillsOf(theme))
      .map(([name, fill]) => `${scope} .${name}{fill:${fill}}`)
      .join('')
  return `${rules(themes.light)}@media (prefers-color-scheme:dark){${rules(themes.dark)}}`
}
