/** One cause of a failure: what failed, why, and what to do about it. */
export type Finding = { subject: string; cause: string; advice: string }

/** A text of AWS and what it means; the cause is AWS's own text unless the rule has a clearer one. */
export type Rule = { pattern: RegExp; advice: string; cause?: (match: RegExpExecArray) => string }

/** Explains a text by the first rule that matches it. */
export function explainText(
  text: string,
  rules: readonly Rule[],
): Pick<Finding, 'cause' | 'advice'> | undefined {
  for (const { pattern, advice, cause } of rules) {
    const match = pattern.exec(text)
    if (match) return { cause: cause?.(match) ?? text, advice }
  }
  return undefined
}

/** Writes a finding as one sentence. */
export const renderFinding = ({ subject, cause, advice }: Finding): string =>
  `${subject}: ${cause.replace(/[.\s]+$/, '')}; ${advice}`
