/**
 * The scores from which boosting begins where there are several answers: the logarithms of their weighted shares, of mean 0. One
 * row that speaks for all answers alike keeps them finite.
 */
export function startOfAnswers(classes: Int32Array, answers: number, weights: Float64Array): number[] {
  const counts = new Float64Array(answers).fill(1 / answers)
  for (let i = 0; i < classes.length; i++) {
    const answer = classes[i] as number
    counts[answer] = (counts[answer] as number) + (weights[i] as number)
  }
  const logs = Array.from(counts, Math.log)
  const mean = logs.reduce((sum, log) => sum + log, 0) / answers
  return logs.map((log) => log - mean)
}
