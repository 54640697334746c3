/**
 * The format of an artifact's name, for an input.
 * https://github.com/actions/toolkit/blob/main/packages/artifact/src/internal/upload/path-and-artifact-name-validation.ts
 */
export const artifactName = {
  matches: (value: string) => /^[^":<>|*?\\/\p{Cc}]{1,255}$/u.test(value),
  expected: 'a name without any of " : < > | * ? \\ /',
}
