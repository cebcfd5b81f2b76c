/** What a form says of its own accord: in `<emp-form>`, and on a page. The names and meanings of columns come with the model. */
export const formEn = {
  'form.submit': 'Encrypt and send',
  'form.cancel': 'Cancel',
  'form.working': 'Your answers are being encrypted and sent.',
  'form.cancelled': 'Cancelled.',
  'form.failed': 'No answer came. Try again later.',
  'form.disclaimer':
    'This is research, not a medical device. It has not been checked for use in care, it knows only what is asked here, and it ' +
    'must not be used to decide about treatment. If you are worried about your health, see a doctor.',
  'question.missing': 'Not measured, or not known',
  'question.or': 'or',
  'question.select': 'Select an answer',
  'question.unit': 'Unit of {title}',
  'question.range': '{minimum} to {maximum}',
  'question.range-unit': '{minimum} to {maximum} {unit}',
  'fault.no-choice': 'Select an answer to “{title}”',
  'fault.empty': 'Enter a number for “{title}”',
  'fault.empty-or-missing': 'Enter a number for “{title}”, or tick that it was not measured',
  'fault.not-a-number': '“{title}” must be a number, such as {example}',
  'fault.not-whole': '“{title}” must be a whole number',
  'fault.too-fine': {
    one: '“{title}” must have at most {count} decimal',
    other: '“{title}” must have at most {count} decimals',
  },
  'fault.out-of-range': '“{title}” must be {range}: this model knows no other values',
  'fault.ambiguous':
    '“{title}” may be {first} or {second}: write {second} without a sign between its digits, or {first}',
  'fault.spoken': 'Error: ',
  'told.counted': '{part} of {whole} like this in the training data',
  'told.chance': '{percent} by the model',
  'told.clamped': 'A value beyond the range counted as its end.',
} as const
