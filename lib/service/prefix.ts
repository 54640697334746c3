import { type Input, text } from '../inputs.ts'

/** Most characters of a prefix: a bucket's name has 63, also in a region whose name has 17 characters. */
export const longestPrefix = 16

/**
 * The grammar of a prefix, the same in each template. It begins the names of resources whose services refuse some
 * beginnings: capacity providers (`aws`, `ecs`, `fargate`), parameters of SSM (`aws`, `ssm`), load balancers
 * (`internal-`) and buckets (`sthree-`, `amzn-s3-demo-`, and `xn--` as any double dash).
 */
export const prefixPattern = '(?!aws|ecs|fargate|ssm|(internal|sthree|amzn)(-|$))[a-z][a-z0-9]*(-[a-z0-9]+)*'

/** What that means, in words. */
export const prefixRule = `up to ${longestPrefix} lower-case letters and digits, with single dashes between them, that do not begin with aws, ecs, fargate, ssm, internal-, sthree- or amzn-`

/** Returns whether a text can be a prefix. */
export const isPrefix = (text: string) =>
  text.length <= longestPrefix && new RegExp(`^(?:${prefixPattern})$`).test(text)

const format = { matches: isPrefix, expected: prefixRule }

/** The input for the first part of the names of stacks and buckets; `ddn` by default. */
export function prefixInput(meaning: string): Input<string> {
  return text({ default: 'ddn', format, meaning })
}
