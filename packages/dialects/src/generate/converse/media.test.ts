import { describe, expect, it } from 'vitest'
import type { Loss } from '../canonical/loss.js'
import type { FilePart, ImagePart } from '../canonical/part.js'
import { converse } from './converse.js'
import type { ContentBlock } from './wire.js'

function encode(...content: (FilePart | ImagePart)[]): { blocks: ContentBlock[]; losses: readonly Loss[] } {
  const items = [{ type: 'message', role: 'user', content } as const]
  const { body, losses } = converse.request.encode({ model: 'm', items, sampling: {}, stream: false, state: {} }, { model: 'm' })
  return { blocks: body.messages?.[0]?.content ?? [], losses: losses.filter(({ path }) => path.includes('content')) }
}
const file = (filename?: string, data = 'AAAA'): FilePart => ({ type: 'file', data, ...(filename !== undefined && { filename }) })
const documents = (...files: FilePart[]) => encode(...files).blocks.flatMap(({ document }) => document ?? [])

describe('an image', () => {
  it.each([
    ['data:image/png;base64,AAAA', 'png'],
    ['data:image/jpg;base64,AAAA', 'jpeg'],
    ['DATA:IMAGE/GIF;base64,AAAA', 'gif'],
    ['data:image/webp;charset=x;base64,AAAA', 'webp'],
  ])('%s goes as its bytes and the format %s', (url, format) => {
    const { blocks, losses } = encode({ type: 'image', url })
    expect(blocks).toEqual([{ image: { format, source: { bytes: 'AAAA' } } }])
    expect(losses).toEqual([])
  })

  it.each([
    [{ url: 'https://example.org/a.png' }, 'Converse fetches no image from a URL.'],
    [{ fileId: 'file-1' }, 'Converse takes an image by its bytes only, not by a file id.'],
    [{ url: 'data:image/tiff;base64,AAAA' }, 'Converse takes no image of the type image/tiff.'],
    [{ url: 'data:image/svg+xml,<svg/>' }, 'Converse fetches no image from a URL.'],
  ])('of %j is a declared loss', (fields, reason) => {
    expect(encode({ type: 'image', ...fields }).losses[0]).toEqual({
      path: 'items[0].content[0]',
      disposition: 'dropped',
      reason,
    })
  })
})

describe('a document', () => {
  it.each([
    ['Report 2026 (final) [v2].pdf', 'pdf', 'Report 2026 (final) [v2]'],
    ['a_b.c.docx', 'docx', 'a-b-c'],
    ['Zürich\t\n plan.XLSX', 'xlsx', 'Z-rich plan'],
    ['...md', 'md', '--'],
    [`${'x'.repeat(300)}.txt`, 'txt', 'x'.repeat(200)],
    ['page.htm', 'html', 'page'],
    [' .csv', 'csv', 'document'],
  ])('%j has the format %s and a safe name', (filename, format, name) => {
    expect(documents(file(filename))).toEqual([{ format, name, source: { bytes: 'AAAA' } }])
  })

  it('has a name that no other one of the request has', () => {
    const names = documents(
      file('a.pdf'),
      file('a.md'),
      file('a .pdf'),
      file(`${'y'.repeat(250)}.md`),
      file(`${'y'.repeat(260)}.md`),
    )
    expect(names.map(({ name }) => name)).toEqual(['a', 'a (2)', 'a (3)', 'y'.repeat(200), `${'y'.repeat(192)} (2)`])
  })

  it('is known by its media type where its name says nothing', () => {
    expect(documents(file(undefined, 'data:application/pdf;base64,AAAA'))).toEqual([
      { format: 'pdf', name: 'document', source: { bytes: 'AAAA' } },
    ])
    expect(documents(file('notes.md', 'data:text/plain;base64,AAAA'))[0]?.format).toBe('md')
    expect(documents(file('scan.txt', 'data:application/pdf;base64,AAAA'))[0]).toMatchObject({ format: 'pdf', name: 'scan' })
  })

  it('is plain text where it is code', () => {
    const { blocks, losses } = encode(file('main.py', 'data:text/x-python;base64,AAAA'))
    expect(blocks[0]?.document).toMatchObject({ format: 'txt', name: 'main-py' })
    expect(losses.map(({ path }) => path)).toEqual(['items[0].content[0]', 'items[0].content[0].filename'])
  })

  it('stands beside a text, without which Converse takes none', () => {
    expect(encode(file('a.pdf')).blocks.at(-1)).toEqual({ text: 'The documents of this message are attached.' })
  })

  it.each([
    [{ url: 'https://example.org/a.pdf' }, 'Converse takes a file by its bytes only, not by a URL or a file id.'],
    [{ fileId: 'file-1' }, 'Converse takes a file by its bytes only, not by a URL or a file id.'],
    [{ data: 'data:application/zip;base64,AAAA', filename: 'a.zip' }, 'Converse takes no file of this type, application/zip.'],
    [{ data: 'AAAA' }, 'Converse takes no file of this type.'],
  ])('of %j is a declared loss', (fields, reason) => {
    expect(encode({ type: 'file', ...fields }).losses[0]).toMatchObject({ disposition: 'dropped', reason })
  })
})
