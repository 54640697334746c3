/**
 * Returns whether a text may name a user in logs, keys of objects and bills. `.` and `..` may not: as the first part of
 * a key they would be taken out of a URL's path. `-` may not: it is nobody in the access log, and is never billed.
 */
export function isUserName(text: unknown): text is string {
  return typeof text === 'string' && /^(?!(?:\.{1,2}|-)$)[A-Za-z0-9._@-]{1,64}$/.test(text)
}
