/** Up to three of these names that are most like the one asked for, the likeliest first. */
export function nearNames(asked: string, names: Iterable<string>): string[] {
  const wanted = asked.toLowerCase()
  const bound = Math.max(3, Math.ceil(wanted.length / 3))
  const near: { name: string; distance: number }[] = []
  for (const name of names) {
    const lower = name.toLowerCase()
    const tail = lower.slice(lower.indexOf('/') + 1)
    const contained = wanted.length >= 3 && (lower.includes(wanted) || wanted.includes(tail))
    const distance = contained ? 1 : Math.min(editDistance(wanted, lower), editDistance(wanted, tail))
    if (distance <= bound) near.push({ name, distance })
  }
  return near
    .toSorted(
      (one, other) => one.distance - other.distance || one.name.length - other.name.length || one.name.localeCompare(other.name),
    )
    .slice(0, 3)
    .map(({ name }) => name)
}

/** Levenshtein's, on two rows; names are short and this runs on errors only. */
function editDistance(one: string, other: string): number {
  const a = one.slice(0, 100)
  const b = other.slice(0, 100)
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const change = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1)
      current.push(Math.min(change, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1))
    }
    previous = current
  }
  return previous[b.length] ?? 0
}
