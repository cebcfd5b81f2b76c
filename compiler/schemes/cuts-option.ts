/** How many public cuts a feature may have, where a scheme publishes them before training. */
export const cutsOption = {
  type: 'number',
  whole: true,
  least: 1,
  most: 1024,
  text: 'most cuts for each feature, published before training',
  usual: '32 for trees, 16 for points and sums of trees',
} as const
