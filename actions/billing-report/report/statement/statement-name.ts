import { createHash } from 'node:crypto'

// With the month in front and an ending, what remains below 255 bytes.
const mostCharacters = 120

/**
 * Names the file of a user's statement, without its ending. Two users never have the same one, also where case makes
 * no difference; nothing in it acts in a path, in a shell or in the name of an artifact's file.
 */
export function nameStatement(month: string, user: string): string {
  const plain = [...Buffer.from(user)].map((byte) => {
    const character = String.fromCharCode(byte)
    return /[a-z0-9@.-]/.test(character) ? character : `_${byte.toString(16).padStart(2, '0')}`
  })
  const name = plain.join('')
  if (name.length <= mostCharacters) return `${month}-${name}`
  const digest = createHash('sha256').update(user).digest('hex').slice(0, 32)
  return `${month}-${name.slice(0, mostCharacters)}~${digest}`
}
