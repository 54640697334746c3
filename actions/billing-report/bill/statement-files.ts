/** Names the folder of statements, and how the names of a month in it begin, drafts included. */
export const statementsOf = (month: string): string => `statements/${month}-`
