import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const dist = join(import.meta.dirname, '../dist')

test('the declarations stay small, since every editor and build downstream reads them', () => {
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.d.ts'))
  const bytes = files.reduce((sum, file) => sum + statSync(join(dist, file)).size, 0)
  expect(files.length).toBeGreaterThan(10)
  expect(bytes).toBeLessThan(250 * 1024)
})
