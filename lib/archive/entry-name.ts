/**
 * Writes a path in the one way in which entries are named: without `.`, empty parts, and slashes at the ends. `..`
 * stays, so that no name leaves its folder unseen.
 */
export const normalizeName = (name: string): string =>
  name
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')
