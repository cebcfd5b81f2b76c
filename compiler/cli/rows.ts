/** Options that several commands have: the same name, the same meaning, declared once. */

export const modelArgument = { name: 'model', text: 'directory written by emp-compile' }
export const csvArgument = { name: 'csv', text: 'training data, one header line' }

export const jsonRow = { type: 'flag', text: 'result as JSON' } as const
export const targetRow = { type: 'text', text: 'column to predict', usual: 'the last one' } as const
export const outRow = (text: string, usual: string) => ({ type: 'text', text, usual }) as const
/** Of commands that make a page. @param others how it comes in languages that are not there. */
export const langRow = (others: string) =>
  ({
    type: 'names',
    text: `languages of the page: en, fr, de, ${others}; it begins in the first, and has a switch for several`,
    usual: 'en',
  }) as const
/** Of commands that run a server module. */
export const replyKeyRow = {
  type: 'text',
  text: 'PEM of the private key that signs replies',
  usual: 'EMP_COMPILE_REPLY_KEY',
} as const
