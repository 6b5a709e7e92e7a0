import { unescapeText } from './bind.js'

/** A row as libsql gives it; every value is checked when it is taken out. */
export type Row = Readonly<Record<string, unknown>>

export function text(row: Row, column: string): string {
  const value = row[column]
  if (typeof value !== 'string') throw unexpected(column, value)
  return unescapeText(value)
}

export function textOrNull(row: Row, column: string): string | null {
  return row[column] === null ? null : text(row, column)
}

export function number(row: Row, column: string): number {
  const value = row[column]
  if (typeof value !== 'number') throw unexpected(column, value)
  return value
}

export function numberOrNull(row: Row, column: string): number | null {
  return row[column] === null ? null : number(row, column)
}

export function flag(row: Row, column: string): boolean {
  return number(row, column) === 1
}

function unexpected(column: string, value: unknown): TypeError {
  return new TypeError(`column ${column} holds ${value === null ? 'null' : typeof value}`)
}
