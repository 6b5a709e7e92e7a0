import { expect, expectTypeOf, test } from 'vitest'
import { firstIssue, manifestSchema, type Manifest } from '../src/index.js'

const account = { type: 'provider-account/openai', name: 'openai-main' }

const issueOf = (manifest: unknown) => {
  const parsed = manifestSchema.safeParse(manifest)
  return parsed.success ? undefined : firstIssue(parsed.error)
}

test('takes an account as a widely used gateway writes it', () => {
  const manifest = {
    ...account,
    base_url: 'https://api.openai.com/v1',
    auth_data: { type: 'api-key', api_key: 'env://OPENAI_API_KEY' },
    integrations: [{ name: 'gpt-4o', type: 'integration/model/openai', model_id: 'gpt-4o', model_types: ['chat', 'responses'] }],
  }
  expect(manifestSchema.parse(manifest)).toEqual(manifest)
})

test('takes a virtual account', () => {
  const manifest = {
    type: 'virtual-account',
    name: 'checkout-bot',
    token: 'env://CHECKOUT_KEY',
    permissions: [{ resource_fqn: 'acme:openai:main', resource_type: 'provider-account', role_id: 'provider-account-access' }],
    expiration_date: '2027-01-31',
    tags: { cost_center: '42' },
    owned_by: { team: 'payments' },
  }
  expect(manifestSchema.parse(manifest)).toEqual(manifest)
})

test('an empty list equals an absent key, at every depth and for keys it does not know', () => {
  const manifest = { ...account, collaborators: [], integrations: [{ name: 'm', model_types: [], authorized_subjects: [] }] }
  expect(manifestSchema.parse(manifest)).toEqual({ ...account, integrations: [{ name: 'm' }] })
  expect(manifestSchema.parse({ ...account, integrations: [] })).toEqual(account)
})

test.each([
  ['an unknown field', { ...account, discount_percent: 12 }, 'discount_percent'],
  ['an unknown field of an integration', { ...account, integrations: [{ name: 'm', cost: {} }] }, 'integrations[0].cost'],
  ['a name with capitals', { ...account, name: 'Main' }, 'name'],
  ['a name that begins with a dash', { ...account, name: '-main' }, 'name'],
  ['another scheme than http', { ...account, base_url: 'file:///etc' }, 'base_url'],
  ['credentials of an unknown kind', { ...account, auth_data: { type: 'smoke-signals' } }, 'auth_data.type'],
  ['credentials without their key', { ...account, auth_data: { type: 'api-key' } }, 'auth_data.api_key'],
  ['two integrations of one name', { ...account, integrations: [{ name: 'm' }, { name: 'm' }] }, 'integrations'],
  [
    'an unknown model type',
    { ...account, integrations: [{ name: 'm', model_types: ['telepathy'] }] },
    'integrations[0].model_types[0]',
  ],
  ['an expiry that is no date', { type: 'virtual-account', name: 'a', expiration_date: 'soon' }, 'expiration_date'],
])('refuses %s, by name', (_, manifest, path) => {
  expect(issueOf(manifest)?.path).toBe(path)
})

test.each(['team', 'provider-account/virtual-model', 'provider-account/guardrail-config-group', 'provider-account/'])(
  'refuses the type %s by name, and says what it takes',
  (type) => {
    const issue = issueOf({ type, name: 'x' })
    expect(issue?.path).toBe('type')
    expect(issue?.message).toContain(`"${type}"`)
    expect(issue?.message).toContain('virtual-account')
  },
)

test('asks for a type where there is none', () => {
  expect(issueOf({ name: 'x' })).toMatchObject({ path: 'type', missing: true })
  expect(issueOf('x')).toMatchObject({ path: 'type', missing: true })
})

test('a manifest narrows by its type', () => {
  const narrow = (manifest: Manifest) => (manifest.type === 'virtual-account' ? manifest.token : manifest.base_url)
  expectTypeOf(narrow).returns.toEqualTypeOf<string | undefined>()
})
