/**
 * Where a value differs from a documented example, as paths: `<string>` stands for any string, `123` for any number, `true` for
 * any boolean, `<any>` for anything that is there, `{}` for any object, and a list's only element for each of its elements.
 */
export function differences(documented: unknown, value: unknown, path = ''): string[] {
  if (value === undefined) return [`${path} is missing`]
  if (documented === '<any>') return []
  if (Array.isArray(documented)) {
    if (!Array.isArray(value)) return [`${path} is no list`]
    return value.flatMap((each: unknown, place) => differences(documented[0], each, `${path}[${place}]`))
  }
  if (documented !== null && typeof documented === 'object') {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return [`${path} is no object`]
    const fields: Readonly<Record<string, unknown>> = { ...value }
    return Object.entries(documented).flatMap(([key, each]) =>
      differences(each, fields[key], path === '' ? key : `${path}.${key}`),
    )
  }
  return typeof value === typeof documented
    ? []
    : [`${path} is ${value === null ? 'null' : typeof value}, not ${typeof documented}`]
}
