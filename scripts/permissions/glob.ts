/** Makes the pattern of a text in which `*` stands for any characters, as in a policy; case counts. */
export function globToPattern(glob: string): RegExp {
  const parts = glob.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`)
}
