import { expect, test } from 'vitest'
import { StartError } from '../../src/config.js'
import { configured } from '../support/configured.js'

const account = (lines: string): string => `type: provider-account/openai-compatible\nname: local\n${lines}`
const url = 'base_url: http://127.0.0.1:9100/v1\n'

const wrong: readonly { name: string; yaml: string; says: string | RegExp }[] = [
  {
    name: 'a type that is not here yet',
    yaml: 'type: team\nname: search\n',
    says: 'weir.yaml:1: type: "team" is not supported; supported types: provider-account/<provider>, virtual-account.',
  },
  { name: 'no type', yaml: 'name: search\n', says: /^weir\.yaml:1: type: This field is required/ },
  { name: 'a document that is a list', yaml: '- type: team\n', says: /^weir\.yaml:1: type: This field is required/ },
  {
    name: 'an unknown provider, in the second document',
    yaml: `${account(url)}---\nname: b\ntype: provider-account/nobody\n`,
    says: /^weir\.yaml:6: type: There is no provider "nobody"\. There are openai, azure-openai, azure-foundry, anthropic, /,
  },
  {
    name: 'the simulator, which needs no account',
    yaml: 'type: provider-account/simulator\nname: b\n',
    says: /^weir\.yaml:1: type: There is no provider "simulator"/,
  },
  { name: 'an unknown field', yaml: account(`${url}colour: red\n`), says: /^weir\.yaml:4: colour: / },
  {
    name: 'an unknown field further in',
    yaml: account(`${url}auth_data:\n  type: api-key\n  api_key: x\n  region: y\n`),
    says: /^weir\.yaml:7: auth_data\.region: /,
  },
  {
    name: 'a wrong name',
    yaml: 'type: virtual-account\nname: Not OK\n',
    says: /^weir\.yaml:2: name: Expected lower-case letters/,
  },
  { name: 'no name', yaml: 'type: virtual-account\n', says: /^weir\.yaml:1: name: / },
  {
    name: 'a base_url that is none',
    yaml: account('base_url: localhost:9100\n'),
    says: 'weir.yaml:3: base_url: Expected an http or https URL.',
  },
  {
    name: 'no base_url where it is needed',
    yaml: account(''),
    says: 'weir.yaml:1: base_url: An account of openai-compatible has to say its base_url.',
  },
  { name: 'an unknown dialect', yaml: account(`${url}dialect: morse\n`), says: /^weir\.yaml:4: dialect: / },
  {
    name: 'a dialect that the provider does not speak',
    yaml: 'type: provider-account/ollama\nname: here\ndialect: responses\n',
    says: 'weir.yaml:3: dialect: ollama speaks chat-completions.',
  },
  { name: 'an unknown state', yaml: account(`${url}dialect: responses\nstate: there\n`), says: /^weir\.yaml:5: state: / },
  {
    name: 'state upstream where responses are not spoken',
    yaml: account(`${url}state: upstream\n`),
    says: 'weir.yaml:4: state: upstream is for accounts that speak responses; this one speaks chat-completions.',
  },
  {
    name: 'state upstream with a dialect that has none',
    yaml: 'type: provider-account/openai\nname: b\nauth_data: { type: api-key, api_key: env://K }\ndialect: chat-completions\nstate: upstream\n',
    says: 'weir.yaml:5: state: upstream is for accounts that speak responses; this one speaks chat-completions.',
  },
  {
    name: 'a webhook without http',
    yaml: 'type: virtual-account\nname: a\nwebhooks:\n  - url: ftp://hooks.example/\n    secret: x\n',
    says: 'weir.yaml:4: webhooks.0.url: Expected an http or https URL.',
  },
  {
    name: 'a webhook for an event that there is not',
    yaml: 'type: virtual-account\nname: a\nwebhooks:\n  - url: http://hooks.example/\n    secret: x\n    events: [response.begun]\n',
    says: /^weir\.yaml:6: webhooks\.0\.events\.0: /,
  },
  {
    name: 'a webhook secret of another form',
    yaml: 'type: virtual-account\nname: a\nwebhooks:\n  - url: http://hooks.example/\n    secret: whsec_c2hvcnQ=\n',
    says: 'weir.yaml:5: webhooks.0.secret: It takes "whsec_" and 24 to 64 bytes in base64.',
  },
  {
    name: 'two webhooks with one URL',
    yaml: `type: virtual-account\nname: a\nwebhooks:\n${'  - url: http://hooks.example/\n    secret: whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz\n'.repeat(2)}`,
    says: 'weir.yaml:6: webhooks.1.url: Another webhook of this account has the same URL.',
  },
  {
    name: 'a variable that is not set',
    yaml: account(`${url}auth_data:\n  type: bearer-auth\n  bearer_token: env://LOCAL_KEY\n`),
    says: 'weir.yaml:6: auth_data.bearer_token: The environment variable LOCAL_KEY is not set.',
  },
  {
    name: 'a file that is not there',
    yaml: 'type: virtual-account\nname: bench\ntoken: file:///nowhere/token\n',
    says: 'weir.yaml:3: token: The file /nowhere/token cannot be read.',
  },
  {
    name: 'an empty file',
    yaml: 'type: virtual-account\nname: bench\ntoken: file:///dev/null\n',
    says: 'weir.yaml:3: token: The file /dev/null is empty.',
  },
  {
    name: 'a header by a variable that is not set',
    yaml: account(`${url}headers:\n  X-A: b\n  X-Key: env://NONE\n`),
    says: 'weir.yaml:6: headers.X-Key: The environment variable NONE is not set.',
  },
  {
    name: 'credentials of another form',
    yaml: account(`${url}auth_data: { type: digest-auth, user: a, password: b }\n`),
    says: /^weir\.yaml:4: auth_data\.type: /,
  },
  {
    name: 'credentials of a form that the provider does not take',
    yaml: 'type: provider-account/groq\nname: fast\nauth_data:\n  type: basic-auth\n  username: a\n  password: b\n',
    says: 'weir.yaml:4: auth_data.type: groq takes bearer-auth or api-key.',
  },
  {
    name: 'a user with a colon in the name',
    yaml: account(`${url}auth_data:\n  type: basic-auth\n  username: a:b\n  password: c\n`),
    says: 'weir.yaml:6: auth_data.username: Expected a name without a colon.',
  },
  {
    name: 'a key in a header that is none',
    yaml: account(`${url}auth_data:\n  type: header\n  headers:\n    X Key: a\n`),
    says: 'weir.yaml:7: auth_data.headers.X Key: This is no HTTP header.',
  },
  {
    name: 'no place where one is made of fields',
    yaml: 'type: provider-account/aws-bedrock\nname: up\n',
    says: 'weir.yaml:1: base_url: An account of aws-bedrock has to say its base_url, or region.',
  },
  {
    name: 'a field of the place of another provider',
    yaml: 'type: provider-account/aws-bedrock\nname: up\nregion: eu-west-1\nproject_id: p\n',
    says: 'weir.yaml:4: project_id: This is no field of aws-bedrock.',
  },
  {
    name: 'keys that sign for a region that is not known',
    yaml: 'type: provider-account/aws-bedrock\nname: up\nbase_url: https://bedrock.example/\nauth_data: { type: access-key-based, access_key_id: a, secret_access_key: b }\n',
    says: 'weir.yaml:1: region: An account of aws-bedrock has to say the region of its base_url.',
  },
  {
    name: 'a role that is none',
    yaml: 'type: provider-account/aws-bedrock\nname: up\nregion: eu-west-1\nauth_data:\n  type: assumed-role-based\n  assumed_role_arn: speaks\n',
    says: 'weir.yaml:6: auth_data.assumed_role_arn: Expected the ARN of a role.',
  },
  {
    name: 'a profile that is not there',
    yaml: 'type: provider-account/aws-bedrock\nname: up\nregion: eu-west-1\nauth_data:\n  type: profile-based\n  profile: gone\n',
    says: /^weir\.yaml:6: auth_data\.profile: There is no AWS profile "gone" in .*config or .*credentials\.$/,
  },
  ...[
    { content: 'nonsense', says: 'A Google key file is not the JSON that it should be.' },
    { content: '{ type: service_account }', says: 'A Google key file has no "client_email".' },
    {
      content: '{ type: service_account, client_email: a@b, private_key: none }',
      says: 'The "private_key" of a Google key file is no RSA key.',
    },
    {
      content: '{ type: external_account }',
      says: 'A Google key file is of the type "external_account"; service_account and authorized_user are supported.',
    },
  ].map(({ content, says }) => ({
    name: `a key file that cannot be used (${content})`,
    yaml: `type: provider-account/google-vertex\nname: up\nproject_id: p\nregion: global\nauth_data:\n  type: key-file\n  key_file_content: ${content}\n`,
    says: `weir.yaml:7: auth_data.key_file_content: ${says}`,
  })),
  {
    name: 'a place of which a part is missing',
    yaml: 'type: provider-account/google-vertex\nname: up\nproject_id: p\n',
    says: 'weir.yaml:1: base_url: An account of google-vertex has to say its base_url, or region.',
  },
  ...[
    { line: 'url: ftp://a', says: 'weir.yaml:5: integrations.0.url: Expected an http or https URL.' },
    {
      line: 'model_server: tei',
      says: 'weir.yaml:5: integrations.0.model_server: vllm-openai and openai-compatible answer here; servers of embeddings and rankings do not yet.',
    },
    {
      line: 'hosted_model_name: b',
      says: 'weir.yaml:4: integrations.0.url: A model has to say its url, where its account has no base_url.',
    },
    { line: 'region: eu-west-1', says: 'weir.yaml:5: integrations.0.region: This is no field of a model of self-hosted-model.' },
    {
      line: 'url: http://a/\n    auth_data: { type: bearer-auth, bearer_token: env://NONE }',
      says: 'weir.yaml:6: integrations.0.auth_data.bearer_token: The environment variable NONE is not set.',
    },
    {
      line: 'url: http://a/\n    headers: { X Key: a }',
      says: 'weir.yaml:6: integrations.0.headers.X Key: This is no HTTP header.',
    },
  ].map(({ line, says }) => ({
    name: `a self-hosted model that says ${line}`,
    yaml: `type: provider-account/self-hosted-model\nname: own\nintegrations:\n  - name: a\n    ${line}\n`,
    says,
  })),
  {
    name: 'a model with a place of its own, of a provider that has one place',
    yaml: account(`${url}integrations:\n  - name: a\n    url: http://a/\n`),
    says: 'weir.yaml:6: integrations.0.url: This is no field of a model of openai-compatible.',
  },
  {
    name: 'a region of a model, where the account has a base_url',
    yaml: 'type: provider-account/aws-bedrock\nname: up\nbase_url: http://a/\nregion: eu-west-1\nauth_data: { type: api-key, api_key: env://T }\nintegrations:\n  - { name: a, region: us-east-1 }\n',
    says: 'weir.yaml:7: integrations.0.region: The base_url of its account says the region.',
  },
  {
    name: 'no key in the query',
    yaml: account(`${url}auth_data:\n  type: query\n  parameters: {}\n`),
    says: 'weir.yaml:6: auth_data.parameters: Expected one or more.',
  },
  {
    name: 'a token under the name of a key',
    yaml: account(`${url}auth_data: { type: api-key, bearer_token: b }\n`),
    says: /^weir\.yaml:4: auth_data\.api_key: /,
  },
  {
    name: 'no credentials where they are needed',
    yaml: 'type: provider-account/groq\nname: fast\n',
    says: 'weir.yaml:1: auth_data: An account of groq needs auth_data (bearer-auth or api-key).',
  },
  {
    name: 'two accounts of one name',
    yaml: `${account(url)}---\n${account(url)}`,
    says: 'weir.yaml:6: name: There is already a provider-account named "local".',
  },
  {
    name: 'two integrations of one name',
    yaml: account(`${url}integrations:\n  - name: a\n  - name: a\n`),
    says: 'weir.yaml:5: integrations: Two integrations of an account cannot share a name.',
  },
  {
    name: 'two virtual accounts of one token',
    yaml: 'type: virtual-account\nname: a\ntoken: env://T\n---\ntype: virtual-account\nname: b\ntoken: env://T\n',
    says: 'weir.yaml:7: token: Another virtual account has the same token.',
  },
  {
    name: 'an expiration that is no date',
    yaml: 'type: virtual-account\nname: a\ntoken: env://T\nexpiration_date: soon\n',
    says: 'weir.yaml:4: expiration_date: Expected a date, such as "2027-01-31".',
  },
  { name: 'broken YAML', yaml: 'type: virtual-account\nname: [a\n', says: /^weir\.yaml:[23]: / },
  {
    name: 'a key twice',
    yaml: 'type: virtual-account\nname: a\nname: b\n',
    says: 'weir.yaml:3: Map keys must be unique at line 3, column 1:',
  },
]

for (const { name, yaml, says } of wrong)
  test(`${name} stops the start, with file, line and field`, () => {
    let thrown: unknown
    try {
      configured({ T: 'a-token-for-tests-01' }, yaml)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(StartError)
    if (!(thrown instanceof StartError)) return
    if (typeof says === 'string') expect(thrown.message).toBe(says)
    else expect(thrown.message).toMatch(says)
    expect(thrown.message).not.toContain('a-token-for-tests-01')
  })

test("a virtual account with the administrator's key stops the start", () => {
  const key = 'an-admin-key-for-tests-01'
  const yaml = `type: virtual-account\nname: a\ntoken: ${key}\n`
  expect(() => configured({ WEIR_ADMIN_KEY: key }, yaml)).toThrow(/WEIR_ADMIN_KEY as its token/)
})

test('permissions, which are not enforced yet, are warned of', () => {
  const yaml =
    'type: virtual-account\nname: a\ntoken: env://T\npermissions: [{ resource_fqn: local, resource_type: provider-account, role_id: x }]\n'
  const { warnings } = configured({ T: 'a-token-for-tests-01' }, yaml)
  expect(warnings).toEqual([
    expect.stringMatching(/weir\.yaml: a: permissions are not enforced yet; its key may use every account\.$/),
  ])
})
