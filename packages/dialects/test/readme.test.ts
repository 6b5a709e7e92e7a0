import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'

const read = (name: string) => readFileSync(join(import.meta.dirname, name), 'utf8')

// readme.example.ts is compiled with the tests; this holds the README to it.
test('the example of the README is the one that is compiled', () => {
  const examples = [...read('../README.md').matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => match[1])
  expect(examples).toEqual([read('readme.example.ts')])
})

test('the example does what its comments say', async () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {})
  await import('./readme.example.js')
  const lines = log.mock.calls
  log.mockRestore()
  expect(lines).toEqual([
    [2, 1],
    ['completed', { type: 'message', role: 'assistant', status: 'completed', content: [{ type: 'text', text: 'Hi.' }] }],
  ])
})
