import { UserError } from '../../../lib/errors.ts'

/** How many tags may be given: the action adds two, and CloudFormation takes 50. */
export const mostTags = 48

const longestKey = 128
const longestValue = 256

/**
 * Returns what is wrong with a tag of a stack, if anything; it quotes nothing of the tag:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Tag.html
 */
export function findTagFault(key: string, value: string): string | undefined {
  if (key === '' || key.length > longestKey)
    return `expected a key of 1 to ${longestKey} characters, got ${key.length}`
  if (key.startsWith('aws:')) return 'expected a key without the prefix "aws:", which AWS keeps for itself'
  if (value.length > longestValue)
    return `expected a value of at most ${longestValue} characters, got ${value.length}`
  return undefined
}

/** Verifies the tags of the input `stack-tags`. Throws UserError, which quotes nothing: a line may be part of a secret. */
export function verifyTags(tags: ReadonlyMap<string, string>): void {
  for (const [at, [key, value]] of [...tags].entries()) {
    const fault = findTagFault(key, value)
    if (fault !== undefined) throw new UserError(`stack-tags: tag ${at + 1}: ${fault}`)
  }
}
