import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { StartError } from './config.js'
import { openSeal } from './seal.js'

const older = 'the older key, of thirty-two characters or more'
const newer = 'the newer key, of thirty-two characters or more'
const withKeys = (...sealKeys: string[]) => openSeal({ sealKeys, dataDir: '/nowhere' })

describe('a sealed text', () => {
  const seal = withKeys(older)

  it.each(['', 'a summary', 'ünï ☃ 🎈', '\0\n', 'x'.repeat(1_000_000)])('opens as it was (case %#)', (plain) => {
    const sealed = seal.seal(plain, 'test')
    expect(sealed).toMatch(/^[A-Za-z0-9_.-]+$/)
    expect(seal.open(sealed, 'test')).toBe(plain)
  })

  it('shows nothing of what is in it, and is another one each time', () => {
    const sealed = seal.seal('a secret summary', 'test')
    expect(Buffer.from(sealed.split('.')[2] ?? '', 'base64url').toString('latin1')).not.toContain('secret')
    expect(seal.seal('a secret summary', 'test')).not.toBe(sealed)
  })

  it('opens for its purpose only', () => {
    const sealed = seal.seal('a summary', 'compaction of alice')
    expect(seal.open(sealed, 'compaction of bob')).toBeUndefined()
    expect(seal.open(sealed, '')).toBeUndefined()
  })

  it('does not open when any character of it is another, or gone, or added', () => {
    const sealed = seal.seal('a summary', 'test')
    for (let at = 0; at < sealed.length; at++) {
      const other = sealed[at] === 'A' ? 'B' : 'A'
      expect(seal.open(`${sealed.slice(0, at)}${other}${sealed.slice(at + 1)}`, 'test'), `changed at ${at}`).toBeUndefined()
      expect(seal.open(sealed.slice(0, at), 'test'), `cut at ${at}`).toBeUndefined()
    }
    for (const added of ['A', '=', '.', '.AAAA', ' ']) expect(seal.open(sealed + added, 'test')).toBeUndefined()
  })

  it('does not open under a key that is not known', () => {
    expect(withKeys(newer).open(seal.seal('a summary', 'test'), 'test')).toBeUndefined()
  })

  it('opens under the old key and the new one while both are given, and is sealed with the first', () => {
    const both = withKeys(newer, older)
    expect(both.open(seal.seal('before', 'test'), 'test')).toBe('before')
    const after = both.seal('after', 'test')
    expect(withKeys(newer).open(after, 'test')).toBe('after')
    expect(seal.open(after, 'test')).toBeUndefined()
  })
})

describe('without a key in the environment', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'weir-seal-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  const fromFile = (dataDir: string) => openSeal({ sealKeys: [], dataDir })

  it('the first start makes one that later starts use, readable by its owner alone', () => {
    const data = join(folder, 'data')
    const sealed = fromFile(data).seal('a summary', 'test')
    expect(fromFile(data).open(sealed, 'test')).toBe('a summary')
    expect(readdirSync(data)).toEqual(['seal.key'])
    expect(statSync(join(data, 'seal.key')).mode & 0o777).toBe(0o600)
  })

  it('what it holds can move to the environment', () => {
    const sealed = fromFile(folder).seal('a summary', 'test')
    const key = readFileSync(join(folder, 'seal.key'), 'utf8').trim()
    expect(withKeys(newer, key).open(sealed, 'test')).toBe('a summary')
  })

  it('one that is too short, or cannot be read, stops the start and is left as it is', () => {
    const file = join(folder, 'seal.key')
    writeFileSync(file, 'short')
    expect(() => fromFile(folder)).toThrow(StartError)
    expect(() => fromFile(folder)).toThrow(`${file} is too short`)
    expect(readFileSync(file, 'utf8')).toBe('short')
    expect(() => fromFile(join(file, 'below'))).toThrow(/WEIR_SEAL_KEY.*seal\.key: a part of the path is a file/)
  })

  it('a folder that cannot be written stops the start', () => {
    chmodSync(folder, 0o500)
    // Root may write anywhere.
    if (process.getuid?.() === 0) return
    expect(() => fromFile(folder)).toThrow(StartError)
    expect(existsSync(join(folder, 'seal.key'))).toBe(false)
  })

  it('is not made where the environment has one', () => {
    openSeal({ sealKeys: [older], dataDir: folder })
    expect(readdirSync(folder)).toEqual([])
  })
})
