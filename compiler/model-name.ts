import { badOption } from './errors.ts'

/** A model's name is that of a directory, and of a path of URLs. @throws {CompileError} `bad-option` */
export function checkName(name: string): void {
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(name)) {
    throw badOption('name', name, 'up to 64 small letters, digits and hyphens')
  }
}
