/** These fields of a body, as far as it has them. */
export const pick = (body: object, fields: readonly string[]): object =>
  Object.fromEntries(Object.entries(body).filter(([field]) => fields.includes(field)))
